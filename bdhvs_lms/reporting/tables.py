"""One table for screen, print, PDF, CSV and XLSX: its columns are declared once, and every medium goes through them.

Suppressed numbers never come here: their cells carry words and no value (`Cell.value` None).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Generic, Literal, TypeVar

import xlsxwriter  # type: ignore[import-untyped]
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from bdhvs_lms.base.api import PDF_BASE, guarded, pdf_of

S = TypeVar("S")
Format = Literal["xlsx", "csv", "pdf"]
Medium = Literal["screen", "print", "xlsx", "csv"]

CONTENT_TYPES: dict[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
NONE = "–"
"""What a cell says that has nothing to say."""


@dataclass(frozen=True)
class Cell:
    """`text` is what a reader sees, in the reader's language. `value`: the number behind it, where it is one."""

    text: str
    value: int | Decimal | None = None
    vietnamese: tuple[str, ...] = ()
    """Parts of the text that are Vietnamese whatever the reader's language: names, sources, the plan's words."""

    @property
    def none(self) -> bool:
        return self.text == NONE


@dataclass(frozen=True)
class Column(Generic[S]):
    """What a column shows of each subject of a table. The first one of a table names the subject."""

    key: str
    heading: str
    cell: Callable[[S], Cell]
    width: int = 14
    """For spreadsheets, in characters."""
    kind: Literal["text", "words", "number", "phone", "verdict", "activity"] = "text"
    """How a page shows it. `words` speak for themselves, where a telephone's card has the heading before others."""
    media: frozenset[Medium] = frozenset(("screen", "print", "xlsx", "csv"))
    card: str = ""
    """A shorter heading, for cards."""
    vietnamese: bool = False
    """Whether the heading is, whatever the reader's language."""

    @property
    def css(self) -> str:
        """For what is only on the screen, or only on paper."""
        return "" if {"screen", "print"} <= self.media else " no-print" if "screen" in self.media else " only-print"


@dataclass(frozen=True)
class Row(Generic[S]):
    subject: S
    pairs: tuple[tuple[Column[S], Cell], ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for _column, cell in self.pairs)


@dataclass(frozen=True)
class Table(Generic[S]):
    """As a page shows it; `for_file` is what a file holds."""

    title: str
    lines: tuple[str, ...]
    """What must be known before reading: of which area and day, that figures are illustrative."""
    all_columns: tuple[Column[S], ...]
    subjects: tuple[S, ...]

    @property
    def columns(self) -> tuple[Column[S], ...]:
        return tuple(column for column in self.all_columns if column.media & {"screen", "print"})

    @cached_property
    def rows(self) -> tuple[Row[S], ...]:
        return self._rows(self.columns)

    def for_file(self, kind: Format) -> tuple[tuple[Column[S], ...], tuple[Row[S], ...]]:
        medium: Medium = "print" if kind == "pdf" else kind
        columns = tuple(column for column in self.all_columns if medium in column.media)
        return columns, self._rows(columns)

    def _rows(self, columns: tuple[Column[S], ...]) -> tuple[Row[S], ...]:
        return tuple(Row(one, tuple((column, column.cell(one)) for column in columns)) for one in self.subjects)


def head_of(table: Table[S]) -> list[list[str]]:
    """The rows above a file's table: title, lines, an empty one."""
    return [[table.title], *([line] for line in table.lines), []]


def to_csv(table: Table[S]) -> bytes:
    """UTF-8 with a byte order mark, by which Excel knows the letters; CRLF; the texts as on the screen."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns, rows = table.for_file("csv")
    headings = [column.heading for column in columns]
    body = [[cell.text for cell in row.cells] for row in rows]
    for line in (*head_of(table), headings, *body):
        writer.writerow([guarded(text) for text in line])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(table: Table[S], *, landscape: bool = True) -> bytes:
    """A workbook with one sheet: numbers as numbers, everything else as text and never as a formula or link."""
    columns, rows = table.for_file("xlsx")
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
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    at = 0
    for line in head_of(table):
        for words in line:
            sheet.write_string(at, 0, words, title if at == 0 else None)
        at += 1
    for place, column in enumerate(columns):
        sheet.write_string(at, place, column.heading, strong)
    at += 1
    sheet.freeze_panes(at, 0)
    sheet.repeat_rows(at - 1)
    for row in rows:
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


# A narrow cell's style to what its mark says, below the table. Only what the PDF files' font can write.
MARKS = {
    "done": pgettext_lazy("an activity of a learner", "Completed"),
    "doing": pgettext_lazy("an activity of a learner", "In progress"),
    "help": gettext_lazy("Not passed yet"),
    "todo": gettext_lazy("Not started"),
}


def mark_words(style: str) -> str:
    """At most four letters."""
    if style == "done":
        return pgettext("in a narrow column of paper", "done")
    if style == "doing":
        return pgettext("in a narrow column of paper", "open")
    return "!" if style == "help" else NONE


def to_pdf(table: Table[S], *, landscape: bool = True) -> bytes:
    """What is printed of the table, on A4, its head on every sheet. Raises PdfMissing."""
    columns, rows = table.for_file("pdf")
    narrow = [column for column in columns if column.kind == "activity"]
    context = {
        "sheet_base": PDF_BASE,
        "table": table,
        "columns": columns,
        "rows": rows,
        "narrow": narrow,
        "marks": [(mark_words(style), words) for style, words in MARKS.items()],
        # Many marks need the long side, and more of them small letters.
        "landscape": landscape or len(narrow) > 8,
        "dense": len(narrow) > 20,
    }
    return pdf_of(render_to_string("bdhvs_lms/table_sheet.html", context))


def download(table: Table[S], *, name: str, on: date, kind: Format, landscape: bool = True) -> HttpResponse:
    """A file for the browser to keep. `name` is ASCII; the day is put behind it: 'bang-277-2025-11-15.xlsx'.

    Raises PdfMissing."""
    if kind == "csv":
        body = to_csv(table)
    else:
        body = to_pdf(table, landscape=landscape) if kind == "pdf" else to_xlsx(table, landscape=landscape)
    response = HttpResponse(body, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}-{on.isoformat()}.{kind}"'
    return response
