"""Word documents with questions, as teachers in Vietnam write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from question_files.base import QuestionFormat
from question_files.document.opening import open_docx
from question_files.document.parts import WordRefused
from question_files.language import gettext_lazy
from question_files.plain import Loss, PlainQuiz, Reading, UnreadableFile
from question_files.word.losses import losses_of
from question_files.word.reading import read_document
from question_files.word.writing import write

# What is no Word document but is brought as one: it is told what to do.
_OTHERS = (".doc", ".odt", ".rtf", ".pdf", ".docm", ".dotx", ".pages", ".wps")


class WordFormat(QuestionFormat):
    """Numbered questions with options A. B. C. D.; what is right is marked, or said below, or in a key at the end."""

    key = "word"
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
