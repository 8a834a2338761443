"""One table for screen, print, PDF, CSV and XLSX: its columns are declared once, and every medium goes through them.

Suppressed numbers never come here: their cells carry words and no value (`Cell.value` None).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
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
    lead: str = ""
    """What the text begins with, where a narrow sheet has room for that alone."""

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


def _mark_words(style: str) -> str:
    """At most four letters."""
    if style == "done":
        return pgettext("in a narrow column of paper", "done")
    if style == "doing":
        return pgettext("in a narrow column of paper", "open")
    return "!" if style == "help" else NONE


# Millimetres of a sheet: what its columns of words take beside the marks, at most, with room in which tabs may drift,
# and what a mark takes at least.
_WIDE, _TALL, _WORDS, _NAME = 277, 190, 137, 56
_MARK = 9
_STEPS = (_MARK, 11, 14)


@dataclass(frozen=True)
class Block(Generic[S]):
    """Columns that fit on a sheet: those of words, then marks. The first block has all columns of words, the others the
    first one alone, by which a row is found again."""

    words: tuple[Column[S], ...]
    marks: tuple[Column[S], ...]
    rows: tuple[tuple[tuple[str, ...], str], ...]
    """Of each subject its words, in lines, and its marks: a line of them, and one of points, in each from tab to tab.
    A cell for each of six thousand marks takes three times as long."""

    @property
    def heads(self) -> str:
        return "\t".join(getattr(column, "short", "") or column.heading for column in self.marks)


def _width(text: str) -> float:
    """Millimetres in letters of 8.5 points, rather more than less."""
    return sum(0.9 if one in ",./!–" else 1.65 for one in text) + 1


def _blocks(columns: Sequence[Column[S]], rows: Sequence[Row[S]], width: int, step: int) -> list[Block[S]]:
    words = tuple(column for column in columns if column.kind != "activity")
    narrow = [column for column in columns if column.kind == "activity"]
    places = {id(column): place for place, column in enumerate(columns)}
    found: list[Block[S]] = []
    while narrow or not found:
        kept, taken = (words[:1], _NAME) if found else (words, _WORDS)
        marks, narrow = narrow[: (width - taken) // step], narrow[(width - taken) // step :]
        made = []
        for number, row in enumerate(rows, 1):
            cells = row.cells
            shown = [cells[places[id(column)]] for column in marks]
            lines = ("\t".join(lines) for lines in (map(_mark, shown), map(_points, shown)))
            texts = [_on_paper(cells[places[id(column)]]) for column in kept]
            made.append(((f"{number}. {texts[0]}", *texts[1:]), "\n".join(lines).rstrip()))
        found.append(Block(kept, tuple(marks), tuple(made)))
    return found


def _on_paper(cell: Cell) -> str:
    """As a page has it beside marks: short, behind it why, below it who."""
    words = " · ".join(filter(None, (getattr(cell, "short", "") or cell.text, getattr(cell, "brief", ""))))
    who = ", ".join(filter(None, (getattr(cell, "born", ""), getattr(cell, "place", ""))))
    return f"{words}\n{who}" if who else words


def _mark(cell: Cell) -> str:
    """What a narrow column says."""
    style = getattr(cell, "style", "")
    return _mark_words(style) if style else cell.text


def _points(cell: Cell) -> str:
    # A blank of its own, without which tabs that follow one another drift.
    return str(getattr(cell, "points", "")) or "\u00a0"


def to_pdf(table: Table[S]) -> bytes:
    """What is printed of the table, on A4 in letters of 8 points and more. Marks that do not fit beside the words go on
    further sheets, with the first column again; a head is on every sheet. Raises PdfMissing."""
    columns, rows = table.for_file("pdf")
    narrow = [column for column in columns if column.kind == "activity"]
    marks = [cell for row in rows for column, cell in row.pairs if column.kind == "activity"]
    widest = max(map(_width, {text for cell in marks for text in (_mark(cell), _points(cell))}), default=_MARK)
    step = next((one for one in _STEPS if one >= widest), _STEPS[-1])
    landscape = _WORDS + len(narrow) * step > _TALL
    context = {
        "sheet_base": PDF_BASE,
        "table": table,
        "blocks": _blocks(columns, rows, _WIDE if landscape else _TALL, step),
        "step": step,
        "narrow": narrow,
        "marks": [(_mark_words(style), words) for style, words in MARKS.items()],
        "landscape": landscape,
    }
    return pdf_of(render_to_string("bdhvs_lms/table_sheet.html", context))


def download(table: Table[S], *, name: str, on: date, kind: Format, landscape: bool = True) -> HttpResponse:
    """A file for the browser to keep. `name` is ASCII; the day is put behind it: 'bang-277-2025-11-15.xlsx'.

    Raises PdfMissing."""
    if kind == "csv":
        body = to_csv(table)
    else:
        body = to_pdf(table) if kind == "pdf" else to_xlsx(table, landscape=landscape)
    response = HttpResponse(body, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}-{on.isoformat()}.{kind}"'
    return response
