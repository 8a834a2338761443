"""Questions in a text file, as teachers type them into Word: “Câu 1:”, A. B. C. D., “Đáp án: B”. Markdown too."""

from __future__ import annotations

import re
from typing import BinaryIO

from question_files.base import QuestionFormat
from question_files.language import gettext_lazy as _
from question_files.plain import Reading
from question_files.text.paragraphs import paragraphs
from question_files.texts import decoded, glimpse, guessed
from question_files.word.labels import option_label, question_label
from question_files.word.reading import read_document

_NAMES = (".md", ".markdown")
_TABLES = (".csv", ".tsv")


class TextFormat(QuestionFormat):
    key = "text"
    label = _("Text file")
    suffix = ".txt"
    content_type = "text/plain; charset=utf-8"
    reads = True
    writes = False

    def recognises(self, head: bytes, name: str) -> int:
        text = glimpse(head)
        if text.lstrip()[:1] in ("", "<", "{") or name.endswith(_TABLES):
            return 0
        worded = numbered = options = 0
        for block in paragraphs(text).paragraphs():
            line = block.text.strip()
            label = question_label(line)
            worded, numbered = worded + bool(label and label.word), numbered + bool(label)
            options += option_label(line) is not None
        if options > 1 and worded:
            return 3
        return 2 if options > 1 and numbered else int(name.endswith(_NAMES))

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        text, encoding = decoded(file.read())
        # The mark of the encoding, where a program wrote it twice.
        reading = read_document(paragraphs(re.sub("^\ufeff+", "", text)), language, in_lines=True)
        if not encoding:
            return reading
        return Reading(reading.questions, reading.findings, (*reading.notes, guessed(encoding)))
