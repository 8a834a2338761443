"""From the paragraphs of a file, of Word or of plain text, to its questions."""

from __future__ import annotations

from question_files.document.parts import WordFile
from question_files.language import gettext as _
from question_files.plain import Reading, UnreadableFile
from question_files.word.building import build
from question_files.word.lines import lines_of
from question_files.word.parsing import parse
from question_files.word.sheets import from_sheets


def read_document(document: WordFile, language: str, *, in_lines: bool = False) -> Reading:
    """`in_lines`: its paragraphs are lines, and places are named so. Raises UnreadableFile."""
    parsed = parse(lines_of(document))
    built = build(parsed, document, language, in_lines=in_lines)
    from_sheets(parsed, built, language)
    if not built.questions and not built.findings:
        raise UnreadableFile(
            _(
                "No questions were found in this document. Number each question (“Câu 1:”) and write its options "
                "below it, each with its letter (“A.”, “B.”)."
            )
        )
    words = [line.text for line in parsed.stray if line.text.strip()]
    if words:
        built.notes.append(
            _("Text that belongs to no question was left out: %(text)s")
            % {"text": " · ".join(text[:60] for text in words[:5]) + ("…" if len(words) > 5 else "")}
        )
    return Reading(tuple(built.questions), tuple(built.findings), tuple(built.notes))
