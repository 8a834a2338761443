"""Opening a workbook that anybody may have sent: its sheets as rows of cells. No formula is computed, nothing that it
names elsewhere is asked for."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from xml.parsers import expat

import openpyxl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import TableError, nfc, read_rows
from bdhvs_lms.plugins.api import UnreadableFile
from bdhvs_quiz.formats.rows import Cell, plain_value

MB = 1024 * 1024
MOST_BYTES = 10 * MB
MOST_UNPACKED = 60 * MB
MOST_XML = 40 * MB
MOST_MEMBERS = 2_000
# 10,000 rows of 30 cells: more takes longer to read than anybody waits.
MOST_ELEMENTS = 800_000
MOST_ROWS = 10_000
MOST_COLUMNS = 100
DEEPEST = 60
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
    cut: bool = False
    """There are more rows than are read."""


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
        return list(_workbook(content))
    return [_table(content)]


def _table(content: bytes) -> Sheet:
    try:
        rows = read_rows(content)
    except TableError as why:
        raise UnreadableFile(str(why)) from None
    return Sheet(
        "", [Row(line, [Cell(plain_text(str(value))) for value in cells[:MOST_COLUMNS]]) for line, cells in rows]
    )


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        _("The workbook is damaged, or no Excel workbook. Open it in Excel, save it under a new name as .xlsx and "
          "upload that.")
    )  # fmt: skip


def _workbook(content: bytes) -> Iterator[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _look(package)
        with warnings.catch_warnings():
            # What it does not know of a file, it warns of: none of that is read here.
            warnings.simplefilter("ignore")
            typed = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
            computed = openpyxl.load_workbook(io.BytesIO(content), keep_links=False, data_only=True)
            yield from [_sheet(sheet, computed[sheet.title]) for sheet in typed.worksheets]
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError) as broken:
        raise _damaged() from broken
    # The library raises what comes to it where a part is missing or odd.
    except Exception as broken:
        raise _damaged() from broken


def _look(package: zipfile.ZipFile) -> None:
    members = package.infolist()
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise UnreadableFile(
            _("This is not an Excel workbook (.xlsx). Open it in the program that it was made with, save it as .xlsx "
              "and upload that.")
        )  # fmt: skip
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise _too_much()
    elements = 0
    for member in members:
        if member.file_size > MOST_XML:
            raise _too_much()
        data = package.read(member)
        if len(data) > MOST_XML:
            raise _too_much()
        if member.filename.lower().endswith((".xml", ".rels")):
            elements += _elements(data)
            if elements > MOST_ELEMENTS:
                raise _too_much()


def _too_much() -> UnreadableFile:
    return UnreadableFile(
        _("The workbook holds more than can be read at once. Delete the empty rows and columns behind the questions, "
          "or copy the questions into a new workbook; split it where it has more than 10,000 rows.")
    )  # fmt: skip


def _elements(data: bytes) -> int:
    """How many a part has. Raises UnreadableFile where it is too deep or declares something."""
    looking = _Looking()
    parser = expat.ParserCreate()
    parser.StartElementHandler = looking.start
    parser.EndElementHandler = looking.end
    parser.StartDoctypeDeclHandler = looking.doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as broken:
        raise _damaged() from broken
    return looking.elements


class _Looking:
    def __init__(self) -> None:
        self.elements = self.depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST:
            raise _too_much()

    def end(self, name: str) -> None:
        self.depth -= 1

    def doctype(self, *args: object) -> None:
        raise UnreadableFile(
            _("The file holds declarations (DOCTYPE) that no workbook has, and was rejected for safety. Save it anew "
              "in Excel and upload that.")
        )  # fmt: skip


def _sheet(typed: Any, computed: Any) -> Sheet:
    last_row, last_column = min(typed.max_row, MOST_ROWS), min(typed.max_column, MOST_COLUMNS)
    rows = []
    values = computed.iter_rows(max_row=last_row, max_col=last_column, values_only=True)
    for number, (cells, row) in enumerate(
        zip(typed.iter_rows(max_row=last_row, max_col=last_column), values, strict=False), start=1
    ):
        found = [_cell(cell, value) for cell, value in zip(cells, row, strict=True)]
        if any(cell.text for cell in found):
            rows.append(Row(number, found, bool(typed.row_dimensions[number].hidden)))
    _fill_merged(typed, rows)
    return Sheet(nfc(typed.title), rows, typed.sheet_state != "visible", typed.max_row > MOST_ROWS)


def _fill_merged(sheet: Any, rows: list[Row]) -> None:
    """What stands in a cell that was merged over several rows of one column counts for each of them."""
    by_number = {row.number: row for row in rows}
    for merged in list(sheet.merged_cells.ranges)[:MOST_ROWS]:
        first = by_number.get(merged.min_row)
        place = merged.min_col - 1
        if first is None or merged.max_row == merged.min_row or place >= len(first.cells):
            continue
        for number in range(merged.min_row + 1, min(merged.max_row, MOST_ROWS) + 1):
            row = by_number.get(number)
            if row is not None and not row.cells[place].text:
                row.cells[place] = first.cells[place]


def _cell(cell: Any, value: Any) -> Cell:
    if cell.data_type == "f":
        if value is None:
            return Cell(plain_text(str(cell.value)), _("A formula has no value in the file, so it was taken as text."))
        return Cell(plain_text(_worded(value)), gettext_lazy("A value was computed by a formula. Check it."))
    if value is None:
        return Cell()
    if isinstance(value, datetime | date):
        return Cell(
            f"{value.day}/{value.month}",
            gettext_lazy("Excel made a date of what was typed, such as 1/2. Type an apostrophe before it."),
        )
    if isinstance(value, time | timedelta):
        return Cell(str(value), gettext_lazy("Excel made a time of what was typed. Write it as text."))
    if cell.data_type == "e":
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
