"""A file of officials as rows of cells: CSV as Excel and others write it, or a workbook's first sheet that has rows."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from question_files.language import gettext as _
from question_files.office.packages import Package, PackageRefused
from question_files.office.workbooks import (
    BOUNDS,
    MOST_COLUMNS,
    MOST_ROWS,
    TableError,
    read_workbook,
    refusal,
)

__all__ = ["MOST_BYTES", "TableError", "read_rows"]

MOST_BYTES = 10 * 1024 * 1024
# All rows of a file go in one transaction: so many are written in less than a second.
MOST_FILLED = 5_000
# Signs of a line of CSV.
MOST_OF_A_LINE = 1024 * 1024
# They are followed here, and built by another process.
OPEN_DOCUMENT_ELEMENTS = 400_000
SECONDS = 5
FIRST = 16 * 1024
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Cells = list[Any]


def read_rows(content: bytes) -> list[tuple[int, Cells]]:
    """(line number from 1, cells) of every line that is not empty. What kind of file it is, its first bytes say.

    Raises TableError.
    """
    if len(content) > MOST_BYTES:
        raise TableError(_("The file is larger than 10 MB."))
    rows = _workbook(content) if content.startswith((_ZIP, _OLD_EXCEL)) else _csv(content)
    found: list[tuple[int, Cells]] = []
    for line, cells in rows:
        if line > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise _too_large()
        if any(_filled(cell) for cell in cells):
            found.append((line, cells))
        if len(found) > MOST_FILLED + 1:
            raise TableError(_("The file has more than 5,000 rows. Split it."))
    if not found:
        raise TableError(_("The file is empty."))
    return found


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _workbook(content: bytes) -> Iterable[tuple[int, Cells]]:
    if content.startswith(_ZIP):
        try:
            package = Package(content, BOUNDS)
            if "xl/workbook.xml" in package.members:
                return _first_sheet(content)
            _bound_open_document(content)
        except PackageRefused as refused:
            raise refusal(refused) from None
    return _old_workbook(content)


def _bound_open_document(content: bytes) -> None:
    rows = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal rows
        rows += name == "table-row"
        if rows > MOST_ROWS:
            raise _too_large()

    package = Package(content, replace(BOUNDS, elements=OPEN_DOCUMENT_ELEMENTS))
    for name in package.members:
        if name.lower().endswith(".xml"):
            package.parse(name, start)


def _first_sheet(content: bytes) -> Iterator[tuple[int, Cells]]:
    for sheet in read_workbook(content):
        if any(_filled(cell.value) for row in sheet.rows for cell in row.cells.values()):
            for row in sheet.rows:
                cells: Cells = [""] * (max(row.cells) + 1)
                for place, cell in row.cells.items():
                    cells[place] = "" if cell.value is None else cell.value
                yield row.number, cells
            return


def _old_workbook(content: bytes) -> Iterator[tuple[int, Cells]]:
    """What another process makes of a workbook that cannot be bounded before it is built."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("old_workbook.py"))]
    try:
        # Without memory to write where it stood, the library sometimes waits for ever.
        env = {**os.environ, "RUST_BACKTRACE": "0"}
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False, env=env)  # noqa: S603
        code = done.returncode
    except subprocess.TimeoutExpired:
        code = -1
    if code == 4:
        raise refusal(PackageRefused("password"))
    if code:
        raise refusal(PackageRefused("damaged" if code == 3 else "bomb"))
    for line in done.stdout.splitlines():
        number, cells = json.loads(line, object_hook=_day)
        yield number, cells


def _day(written: dict[str, str]) -> date:
    text = written["date"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _csv(content: bytes) -> Iterator[tuple[int, Cells]]:
    # Excel's "Unicode text" is UTF-16 with a mark.
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    # Whichever of them the first lines have most of, of which some are titles: Excel writes semicolons where a comma is
    # the decimal sign.
    first = content[:FIRST].decode(encoding, "ignore")
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(_lines(io.TextIOWrapper(io.BytesIO(content), encoding, newline="")), delimiter=delimiter)
    try:
        line = 1
        for row in reader:
            # The line where the row begins: a quoted cell may go over several.
            yield line, list(row)
            line = reader.line_num + 1
    except UnicodeDecodeError:
        raise TableError(_("The file is not UTF-8. Save it as “CSV UTF-8” or as an Excel workbook.")) from None
    except csv.Error as error:
        raise TableError(
            _("Line %(line)d cannot be read: %(reason)s") % {"line": reader.line_num, "reason": error}
        ) from None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for number in range(1, MOST_ROWS + 2):
        line = text.readline(MOST_OF_A_LINE)
        if "\x00" in line:
            raise TableError(_("The file is neither a CSV file nor an Excel workbook."))
        if len(line) == MOST_OF_A_LINE:
            raise TableError(_("Line %(line)d is longer than any of a table.") % {"line": number})
        if not line:
            return
        yield line
    raise _too_large()


def _too_large() -> TableError:
    return TableError(_("The file has more than 20,000 lines or 100 columns. Delete the empty ones, or split it."))
