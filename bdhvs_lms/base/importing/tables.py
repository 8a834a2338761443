"""A file of officials as rows of cells: CSV as Excel and others write it, or a workbook's first sheet that has rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

MOST_BYTES = 10 * 1024 * 1024
# All rows of a file go in one transaction: so many are written in less than a second.
MOST_ROWS = 5_000
FIRST_LINES = 20
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Cells = list[Any]


class TableError(ValueError):
    """The file cannot be read as a table; the text says why, in the reader's language."""


def read_rows(content: bytes) -> list[tuple[int, Cells]]:
    """(line number from 1, cells) of every line that is not empty. What kind of file it is, its first bytes say.

    Raises TableError.
    """
    if len(content) > MOST_BYTES:
        raise TableError(_("The file is larger than 10 MB."))
    rows = _workbook(content) if content.startswith((_ZIP, _OLD_EXCEL)) else _csv(content)
    found = [(line, cells) for line, cells in rows if any(_filled(cell) for cell in cells)]
    if not found:
        raise TableError(_("The file is empty."))
    if len(found) > MOST_ROWS + 1:
        raise TableError(_("The file has more than 5,000 rows. Split it."))
    return found


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _workbook(content: bytes) -> Iterator[tuple[int, Cells]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(_filled(cell) for row in rows for cell in row):
                return enumerate((list(row) for row in rows), start=1)
    except PasswordError:
        raise TableError(_("The workbook is password-protected.")) from None
    except CalamineError as error:
        raise TableError(_("This workbook cannot be read: %(reason)s") % {"reason": error}) from None
    return iter(())


def _decoded(content: bytes) -> str:
    # Excel's "Unicode text" is UTF-16 with a mark.
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise TableError(_("The file is not UTF-8. Save it as “CSV UTF-8” or as an Excel workbook.")) from None


def _csv(content: bytes) -> Iterator[tuple[int, Cells]]:
    text = _decoded(content)
    if "\x00" in text:
        raise TableError(_("The file is neither a CSV file nor an Excel workbook."))
    # Whichever of them the first lines have most of, of which some are titles: Excel writes semicolons where a comma is
    # the decimal sign.
    first = "\n".join(text.lstrip("\r\n").split("\n", FIRST_LINES)[:FIRST_LINES])
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        line = 1
        for row in reader:
            # The line where the row begins: a quoted cell may go over several.
            yield line, list(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            _("Line %(line)d cannot be read: %(reason)s") % {"line": reader.line_num, "reason": error}
        ) from None
