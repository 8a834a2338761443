"""Questions in an Excel sheet, one in each row; the same as CSV is read too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO

from question_files.base import QuestionFormat
from question_files.columns import SILENT, Columns, columns_of
from question_files.excel.losses import losses_of
from question_files.excel.opening import Row, Sheet, sheets_of
from question_files.excel.writing import HELP_SHEETS, write
from question_files.language import Text, gettext_lazy
from question_files.language import gettext as _
from question_files.plain import Loss, PlainQuiz, Reading, UnreadableFile
from question_files.row_words import KINDS
from question_files.rows import Rows, look_through, read_row
from question_files.values import short_reason

# Titles stand in one of the first rows: above them there may be a school's name, or what Kahoot explains.
FIRST_ROWS = 25
_NEEDED = re.compile(r"\((?:required|optional|bắt buộc|không bắt buộc|tùy chọn)\b[^()]*\)", re.IGNORECASE)


class ExcelFormat(QuestionFormat):
    key = "excel"
    label = gettext_lazy("Excel workbook")
    suffix = ".xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    kinds = frozenset(KINDS)
    reads = True

    def recognises(self, head: bytes, name: str) -> int:
        if head.startswith(b"PK\x03\x04") and b"xl/" in head:
            return 3
        return 1 if name.endswith((self.suffix, ".xls", ".xlsm", ".csv", ".tsv", ".ods")) else 0

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        sheets = sheets_of(file, name)
        into, known = Rows(), 0
        notes: list[Text] = []
        several = sum(1 for sheet in sheets if sheet.rows and sheet.name not in HELP_SHEETS) > 1
        for sheet in sheets:
            if not sheet.rows or sheet.name in HELP_SHEETS:
                continue
            found = _titles(sheet)
            if sheet.hidden:
                notes.append(_("The hidden sheet “%(name)s” was not read.") % {"name": sheet.name})
            elif found is None:
                notes.append(_("The sheet “%(name)s” has no row of titles, so it was not read.") % {"name": sheet.name})
            else:
                known += 1
                notes.extend(_read(sheet, *found, language, into, several))
        if not known:
            raise UnreadableFile(
                _(
                    "No row of titles was found. The first row names the columns: “Câu hỏi”, “A”, “B”, “C”, “D”, "
                    "“Đáp án đúng”. The template has them all."
                )
            )
        return Reading(tuple(into.questions), tuple(into.findings), tuple(notes))

    def losses(self, quiz: PlainQuiz) -> Sequence[Loss]:
        return losses_of(quiz)

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        write(quiz, into)


def _titles(sheet: Sheet) -> tuple[int, Columns] | None:
    """The place of the row with titles among the rows, and what they say."""
    for place, row in enumerate(sheet.rows[:FIRST_ROWS]):
        columns = columns_of([cell.text for cell in row.cells])
        if columns is not None:
            return place, columns
    return None


def _read(sheet: Sheet, titles: int, columns: Columns, language: str, into: Rows, several: bool) -> list[Text]:
    rows = sheet.rows[titles + 1 :]
    notes: list[Text] = []
    if rows and _explains(rows[0]):
        notes.append(_("Row %(number)d explains the columns. It was not read.") % {"number": rows[0].number})
        del rows[0]
    look_through(columns, (row.cells for row in rows))
    for row in rows:
        doubts = [gettext_lazy("The row is hidden in the file.")] if row.hidden else []
        if _again(row, columns):
            continue
        place = _("row %(number)d") % {"number": row.number}
        if several:
            place = _("sheet “%(sheet)s”, row %(number)d") % {"sheet": sheet.name, "number": row.number}
        read_row(columns, row.cells, place, language, into, doubts)
    if columns.left:
        notes.append(_("Columns that were not read: %(titles)s.") % {"titles": short_reason(columns.left, 10)})
    if "time" in columns.at:
        notes.append(_("Times for single questions are not taken over."))
    return notes


def _explains(row: Row) -> bool:
    """As below the titles of Quizizz: 'Text of the question (required)'."""
    needed = [_NEEDED.search(cell.text) for cell in row.cells if cell.text]
    return sum(map(bool, needed)) >= 2


def _again(row: Row, columns: Columns) -> bool:
    """Titles that stand once more further down, or a row with nothing but its number."""
    filled = {place for place, cell in enumerate(row.cells) if cell.text}
    silent = {place for name, place in columns.at.items() if name in SILENT}
    if filled <= silent:
        return True
    question = columns.at["question"]
    return question < len(row.cells) and columns_of([cell.text for cell in row.cells]) is not None and len(filled) > 2
