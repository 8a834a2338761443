"""Opening a workbook that anybody may have sent: its sheets as rows of cells. No formula is computed, nothing that it
names elsewhere is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, BinaryIO

from question_files.folding import nfc
from question_files.language import gettext as _
from question_files.language import gettext_lazy
from question_files.office.tables import read_rows
from question_files.office.workbooks import TableError, WorkbookCell, WorkbookSheet, read_workbook
from question_files.plain import UnreadableFile
from question_files.rows import Cell, plain_value

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 100
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


@dataclass
class Row:
    """`number`: as Excel counts them."""

    number: int
    cells: list[Cell]
    hidden: bool = False


@dataclass
class Sheet:
    name: str
    rows: list[Row]
    hidden: bool = False


def sheets_of(file: BinaryIO, name: str) -> list[Sheet]:
    """Of a workbook, or the one of a CSV file. Raises UnreadableFile."""
    file.seek(0)
    content = file.read(MOST_BYTES + 1)
    if not content.strip(b"\xef\xbb\xbf \r\n\t\x00"):
        raise UnreadableFile(_("The file is empty."))
    if len(content) > MOST_BYTES:
        raise UnreadableFile(_("The file is larger than 10 MB. Split it, or remove its pictures."))
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile(
                _("The workbook is protected by a password. Remove the password in Excel, then upload it again.")
            )
        raise UnreadableFile(
            _("This is a file of an old Excel (.xls). Open it in Excel, choose “Save as”, “Excel Workbook (.xlsx)”, "
              "and upload that.")
        )  # fmt: skip
    if content.startswith(_ZIP):
        try:
            return [_sheet(sheet) for sheet in read_workbook(content, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)]
        except TableError as refused:
            raise UnreadableFile(str(refused)) from None
    return [_table(content)]


def _table(content: bytes) -> Sheet:
    try:
        rows = read_rows(content)
    except TableError as why:
        raise UnreadableFile(str(why)) from None
    return Sheet(
        "", [Row(line, [Cell(plain_text(str(value))) for value in cells[:MOST_COLUMNS]]) for line, cells in rows]
    )


def _sheet(found: WorkbookSheet) -> Sheet:
    last = max((place for row in found.rows for place in row.cells), default=-1)
    rows = []
    for row in found.rows:
        cells = [_cell(row.cells[place]) if place in row.cells else Cell() for place in range(last + 1)]
        if any(cell.text for cell in cells):
            rows.append(Row(row.number, cells, row.hidden))
    _fill_merged(found, rows)
    return Sheet(nfc(found.name), rows, found.hidden)


def _fill_merged(sheet: WorkbookSheet, rows: list[Row]) -> None:
    """What stands in a cell that was merged over several rows of one column counts for each of them."""
    by_number = {row.number: row for row in rows}
    for first_row, place, last_row, _last_column in sheet.merged[:MOST_ROWS]:
        first = by_number.get(first_row)
        if first is None or place >= len(first.cells):
            continue
        for number in range(first_row + 1, min(last_row, MOST_ROWS) + 1):
            row = by_number.get(number)
            if row is not None and not row.cells[place].text:
                row.cells[place] = first.cells[place]


def _cell(cell: WorkbookCell) -> Cell:
    value = cell.value
    if cell.formula is not None:
        if value is None:
            text = plain_text(f"={cell.formula}")
            return Cell(text, _("A formula has no value in the file, so it was taken as text."))
        return Cell(plain_text(_worded(value)), gettext_lazy("A value was computed by a formula. Check it."))
    if isinstance(value, date):
        return Cell(
            f"{value.day}/{value.month}",
            gettext_lazy("Excel made a date of what was typed, such as 1/2. Type an apostrophe before it."),
        )
    if isinstance(value, time | timedelta):
        return Cell(str(value), gettext_lazy("Excel made a time of what was typed. Write it as text."))
    if cell.error:
        return Cell(plain_text(str(value)), gettext_lazy("A cell has an error of Excel instead of a value."))
    return Cell(plain_text(_worded(value)))


def _worded(value: Any) -> str:
    if isinstance(value, bool):
        return "Đúng" if value else "Sai"
    return plain_value(value) if isinstance(value, int | float) else str(value)


def plain_text(text: str) -> str:
    """As questions hold it."""
    text = nfc(text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", ""))
    # Nobody types so many spaces, and looking for what stands behind them takes long.
    text = re.sub(r"\s{50,}", " ", text).strip()
    # The apostrophe that keeps a text from being a formula.
    return text[1:] if _GUARDED.match(text) else text
