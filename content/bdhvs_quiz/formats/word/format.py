"""Word documents with questions, as teachers in Vietnam write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy

from bdhvs_content.api import WordRefused, open_docx
from bdhvs_lms.plugins.api import Loss, PlainQuiz, QuestionFormat, Reading, UnreadableFile, question_formats
from bdhvs_quiz.formats.word.losses import losses_of
from bdhvs_quiz.formats.word.reading import read_document
from bdhvs_quiz.formats.word.writing import write

# What is no Word document but is brought as one: it is told what to do.
_OTHERS = (".doc", ".odt", ".rtf", ".pdf", ".docm", ".dotx", ".pages", ".wps")


@question_formats.register
class WordFormat(QuestionFormat):
    """Numbered questions with options A. B. C. D.; what is right is marked, or said below, or in a key at the end."""

    key = "bdhvs_quiz.word"
    label = gettext_lazy("Word document")
    suffix = ".docx"
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    kinds = frozenset({"single", "multiple", "true-false", "short", "numeric", "blanks"})
    reads = True

    def recognises(self, head: bytes, name: str) -> int:
        if head.startswith(b"PK\x03\x04") and (b"word/" in head or name.endswith(self.suffix)):
            return 3 if b"word/" in head else 1
        return 1 if name.endswith((self.suffix, *_OTHERS)) else 0

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        try:
            document = open_docx(file)
        except WordRefused as why:
            raise UnreadableFile(str(why)) from None
        return read_document(document, language)

    def losses(self, quiz: PlainQuiz) -> Sequence[Loss]:
        return losses_of(quiz)

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> Any:
        write(quiz, into)
