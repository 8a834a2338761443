"""Workbooks of Excel (.xlsx, ECMA-376 part 1, 18) as the cells that something stands in.

Only those are built: a cell far away costs no more than one nearby, and what a workbook may cost is bounded while its
XML is followed. No formula is computed, and nothing that it names elsewhere is asked for.
"""

from __future__ import annotations

import math
import posixpath
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from question_files.language import format_number
from question_files.language import gettext as _
from question_files.office.packages import Bounds, Package, PackageRefused

MOST_ROWS, MOST_COLUMNS = 20_000, 100
BOUNDS = Bounds(members=2_000, unpacked=60 * 2**20, xml=40 * 2**20, elements=800_000, depth=60)
# Characters of all cells together: one long text may stand in each of them.
MOST_TEXT = 20_000_000
# Excel itself has no more than 65,490.
MOST_FORMATS = 70_000

Value = str | int | float | bool | date | datetime | time | timedelta | None
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')
# Formats of dates and times that have numbers only (18.8.30).
_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)))
_NOTHING = ("", None)


class TableError(ValueError):
    """The file cannot be read as a table; the text says why, in the reader's language."""


@dataclass(slots=True)
class WorkbookCell:
    """`formula`: what the value was computed by; the value is None where the file has none. `error`: as #N/A."""

    value: Value = None
    formula: str | None = None
    error: bool = False


@dataclass(slots=True)
class WorkbookRow:
    """`number`: as Excel counts them; `cells`: by their column, from 0."""

    number: int
    hidden: bool = False
    cells: dict[int, WorkbookCell] = field(default_factory=dict)


@dataclass
class WorkbookSheet:
    """`merged`: first row, first column, last row, last column; rows from 1, columns from 0."""

    name: str
    hidden: bool
    rows: list[WorkbookRow]
    merged: list[tuple[int, int, int, int]]


def read_workbook(
    content: bytes, *, most_rows: int = MOST_ROWS, most_columns: int = MOST_COLUMNS
) -> Iterator[WorkbookSheet]:
    """The sheets of a workbook, one after the other. Raises TableError."""
    try:
        package = Package(content, BOUNDS)
        if "xl/workbook.xml" not in package.members:
            raise TableError(
                _(
                    "This is not an Excel workbook (.xlsx). Open it in the program that it was made with, save it as "
                    ".xlsx and upload that."
                )
            )
        book = _Book(package)
        for name, hidden, part in book.sheets:
            yield _Sheet(package, book, name, most_rows, most_columns).read(part, hidden)
    except PackageRefused as refused:
        raise refusal(refused) from None


def refusal(refused: PackageRefused) -> TableError:
    """The words for a workbook."""
    return TableError(
        {
            "password": _(
                "The workbook is protected by a password. Remove the password in Excel, then upload it again."
            ),
            "declarations": _(
                "The file holds declarations (DOCTYPE) that no workbook has, and was rejected for safety. Save it anew "
                "in Excel and upload that."
            ),
            "bomb": _(
                "The workbook holds more than can be read at once. Delete the empty rows and columns behind the table, "
                "or copy it into a new workbook; split it where it has more than 10,000 rows."
            ),
        }.get(refused.code)
        or _(
            "The workbook is damaged, or no Excel workbook. Open it in Excel, save it under a new name as .xlsx and "
            "upload that."
        )
    )


class _Book:
    """What the sheets of a workbook share."""

    def __init__(self, package: Package) -> None:
        self._package, self._number_formats, self._formats = package, dict[int, str](), list[int]()
        self._in_cells = False
        self.since = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's days have no zone
        self.texts: list[str] = []
        self._sheets: list[tuple[str, bool, str]] = []
        self._targets: dict[str, tuple[str, str]] = {}
        package.parse("xl/workbook.xml", self._workbook)
        if "xl/_rels/workbook.xml.rels" in package.members:
            package.parse("xl/_rels/workbook.xml.rels", self._relation)
        for kind, target in self._targets.values():
            if target in package.members and kind == "sharedStrings":
                _Texts(self.texts).read(package, target)
            elif target in package.members and kind == "styles":
                package.parse(target, self._style, self._style_end)
        self.dates = array("b", (self._kind(number) for number in self._formats))

    @property
    def sheets(self) -> list[tuple[str, bool, str]]:
        """Name, whether it is hidden, part; sheets of charts have no rows."""
        found = [(name, hidden, *self._targets.get(id_, ("", ""))) for name, hidden, id_ in self._sheets]
        there = self._package.members
        return [(name, hidden, part) for name, hidden, kind, part in found if kind == "worksheet" and part in there]

    def _workbook(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            id_ = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            self._sheets.append((attributes.get("name", ""), attributes.get("state", "visible") != "visible", id_))
        elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.since = datetime(1904, 1, 1)  # noqa: DTZ001

    def _relation(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            self._targets[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

    def _style(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._number_formats) + len(self._formats) > MOST_FORMATS:
            raise PackageRefused("bomb")
        if tag == "numFmt":
            self._number_formats[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:255]
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            self._formats.append(_whole(attributes.get("numFmtId")))

    def _style_end(self, tag: str) -> None:
        self._in_cells = self._in_cells and tag != "cellXfs"

    def _kind(self, number: int) -> int:
        """0: no date, 1: a date or a time, 2: a time that may be longer than a day."""
        written = self._number_formats.get(number)
        if written is None:
            return 2 if number == 46 else int(number in _DATES)
        plain = _NO_DATE.sub("", written.partition(";")[0]).lower()
        return 2 if "[" in plain else int(plain != "general" and re.search("[dmyhs]", plain) is not None)

    def moment(self, number: float, kind: int) -> Value:
        """What a number says in a cell of dates; the number itself where the calendar has no such day."""
        try:
            if kind == 2:
                return timedelta(days=number)
            # Excel takes 1900 for a leap year, as Lotus 1-2-3 did.
            early = self.since.year < 1904 and 1 <= number < 60
            found = self.since + timedelta(days=number + early, microseconds=500_000)
        except (OverflowError, ValueError):
            return number
        found = found.replace(microsecond=0)
        if 0 <= number < 1:
            return found.time()
        return found.date() if float(number).is_integer() else found


class _Texts:
    """The texts that cells share; how they are to be read aloud (`rPh`) is left out."""

    def __init__(self, into: list[str]) -> None:
        self._into, self._found, self._taken, self._aside = into, list[str](), False, 0
        self._length = 0

    def read(self, package: Package, part: str) -> None:
        package.parse(part, self._start, self._end, self._text)

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._taken = tag == "t" and not self._aside
        self._aside += tag == "rPh"

    def _end(self, tag: str) -> None:
        self._taken = False
        self._aside -= tag == "rPh"
        if tag == "si":
            self._into.append(_text("".join(self._found)))
            self._found.clear()

    def _text(self, text: str) -> None:
        if self._taken:
            self._length += len(text)
            if self._length > MOST_TEXT:
                raise PackageRefused("bomb")
            self._found.append(text)


class _Sheet:
    """One sheet while it is read."""

    def __init__(self, package: Package, book: _Book, name: str, most_rows: int, most_columns: int) -> None:
        self._package, self._book, self._name = package, book, name
        self._most_rows, self._most_columns = most_rows, most_columns
        self._rows: dict[int, WorkbookRow] = {}
        self._merged: list[tuple[int, int, int, int]] = []
        self._number, self._hidden, self._place = 0, False, -1
        self._numbered = False
        self._kind, self._style = "", 0
        self._into: list[str] | None = None
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._aside = self._length = 0

    def read(self, part: str, hidden: bool) -> WorkbookSheet:
        self._package.parse(part, self._start, self._end, self._text)
        return WorkbookSheet(self._name, hidden, [self._rows[one] for one in sorted(self._rows)], self._merged)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._begin_cell(attributes)
        elif tag in ("v", "t") and not self._aside:
            self._into = self._value
        elif tag == "f":
            self._into = self._formula = []
        elif tag == "row":
            self._numbered = "r" in attributes
            self._number = _whole(attributes["r"]) if self._numbered else self._number + 1
            self._hidden, self._place = attributes.get("hidden") in ("1", "true"), -1
        elif tag == "rPh":
            self._aside += 1
        elif tag == "mergeCell":
            first, _colon, last = attributes.get("ref", "").partition(":")
            begins, ends = _place(first), _place(last)
            if begins and ends:
                self._merged.append((*begins, *ends))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._kind, self._style = attributes.get("t", "n"), _whole(attributes.get("s"))
        self._value, self._formula = [], None
        written = attributes.get("r")
        if written is None:
            self._place += 1
            return
        found = _place(written)
        if found is None:
            raise PackageRefused("damaged")
        number, self._place = found
        if not self._numbered:
            self._number, self._numbered = number, True

    def _text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def _end(self, tag: str) -> None:
        self._into = None
        if tag == "rPh":
            self._aside -= 1
        elif tag == "c":
            written = "".join(self._value)
            formula = None if self._formula is None else "".join(self._formula)
            value = self._meant(written) if written else None
            if value not in _NOTHING or formula is not None:
                self._keep(WorkbookCell(value, formula, self._kind == "e"))

    def _keep(self, cell: WorkbookCell) -> None:
        if not (1 <= self._number <= self._most_rows and self._place < self._most_columns):
            raise TableError(
                _(
                    "Something stands in row %(row)s, column %(column)s of the sheet “%(sheet)s”. At most %(rows)s "
                    "rows and %(columns)s columns are read: delete what stands behind the table, or split it."
                )
                % {
                    "row": format_number(self._number),
                    "column": format_number(self._place + 1),
                    "sheet": self._name[:40],
                    "rows": format_number(self._most_rows),
                    "columns": format_number(self._most_columns),
                }
            )
        self._length += len(cell.value) if isinstance(cell.value, str) else 1
        if self._length > MOST_TEXT:
            raise PackageRefused("bomb")
        row = self._rows.get(self._number)
        if row is None:
            row = self._rows[self._number] = WorkbookRow(self._number, self._hidden)
        row.cells[self._place] = cell

    def _meant(self, written: str) -> Value:
        if self._kind == "s":
            place = _whole(written, -1)
            texts = self._book.texts
            if not 0 <= place < len(texts):
                raise PackageRefused("damaged")
            return texts[place]
        if self._kind == "b":
            return written.strip() in ("1", "true")
        if self._kind not in ("n", "d"):
            return _text(written)
        try:
            if self._kind == "d":
                return datetime.fromisoformat(written.strip())
            number = float(written)
        except ValueError:
            return written
        if not math.isfinite(number):
            return written
        if number.is_integer() and abs(number) < 1e15:
            number = int(number)
        kind = self._book.dates[self._style] if 0 <= self._style < len(self._book.dates) else 0
        return self._book.moment(number, kind) if kind else number


def _whole(written: str | None, otherwise: int = 0) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 10 else otherwise


def _place(written: str) -> tuple[int, int] | None:
    """The row, from 1, and the column, from 0, of a cell as Excel calls it."""
    found = _CELL.fullmatch(written)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def _text(written: str) -> str:
    """Signs that XML has no place for are written as _x000D_ (22.9.2.19)."""
    return _ESCAPED.sub(_sign, written) if "_x" in written else written


def _sign(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if sign in "\t\n\r" or sign.isprintable() else ""
