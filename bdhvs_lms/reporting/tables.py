"""One table for screen, CSV and XLSX: what is not in it is in none of them, what is in it is in all.

Suppressed numbers never come here: their cells carry words and no value (`Cell.value` None).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter  # type: ignore[import-untyped]
from django.http import HttpResponse

from bdhvs_lms.base.api import guarded

Format = Literal["xlsx", "csv"]

CONTENT_TYPES: dict[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Column:
    """`width` is a hint for spreadsheets, in characters."""

    key: str
    label: str
    width: int = 14
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """`text` is what a reader sees, in the reader's language. `value`: the number behind it, where it is one."""

    text: str
    value: int | Decimal | None = None
    vietnamese: tuple[str, ...] = ()
    """Parts of the text that are Vietnamese whatever the reader's language: names, sources, the plan's words."""


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    subject: Any = None
    """What the row is about, for a page that adds pictures and links; no file reads it."""


@dataclass(frozen=True)
class Table:
    title: str
    lines: tuple[str, ...]
    """What must be known before reading: of which area and day, that figures are illustrative."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"{len(row.cells)} cells in a row of {len(self.columns)} columns")


def head_of(table: Table) -> list[list[str]]:
    """The rows above a file's table: title, lines, an empty one."""
    return [[table.title], *([line] for line in table.lines), []]


def to_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, by which Excel knows the letters; CRLF; the texts as on the screen."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    labels = [column.label for column in table.columns]
    body = [[cell.text for cell in row.cells] for row in table.rows]
    for line in (*head_of(table), labels, *body):
        writer.writerow([guarded(text) for text in line])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(table: Table, *, landscape: bool = True) -> bytes:
    """A workbook with one sheet: numbers as numbers, everything else as text and never as a formula or link."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    text = book.add_format({"text_wrap": True, "valign": "top"})
    strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    title = book.add_format({"bold": True, "font_size": 14})
    whole = book.add_format({"num_format": "#,##0", "valign": "top"})
    decimals = {
        places: book.add_format({"num_format": f"#,##0.{'0' * places}", "valign": "top"}) for places in range(1, 5)
    }
    sheet = book.add_worksheet()
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    at = 0
    for line in head_of(table):
        for words in line:
            sheet.write_string(at, 0, words, title if at == 0 else None)
        at += 1
    for place, column in enumerate(table.columns):
        sheet.write_string(at, place, column.label, strong)
    at += 1
    sheet.freeze_panes(at, 0)
    sheet.repeat_rows(at - 1)
    for row in table.rows:
        for place, cell in enumerate(row.cells):
            if cell.value is None:
                sheet.write_string(at, place, cell.text, text)
            else:
                places = -int(cell.value.as_tuple().exponent) if isinstance(cell.value, Decimal) else 0
                sheet.write_number(at, place, float(cell.value), decimals.get(places, whole))
        at += 1
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def download(table: Table, *, name: str, on: date, kind: Format, landscape: bool = True) -> HttpResponse:
    """A file for the browser to keep. `name` is ASCII; the day is put behind it: 'bang-277-2025-11-15.xlsx'."""
    body = to_csv(table) if kind == "csv" else to_xlsx(table, landscape=landscape)
    response = HttpResponse(body, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}-{on.isoformat()}.{kind}"'
    return response
