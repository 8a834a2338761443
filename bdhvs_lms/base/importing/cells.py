"""Reads a cell: texts, whole numbers, shares and days as they are written in Vietnam."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bdhvs_lms.base.text import one_line

MOST_PEOPLE = 1_000_000_000
"""Ten times as many as the country has, and what every database has room for."""

_PLAIN = re.compile(r"\d{1,10}")
# 12.000 as here, 12 000, 12,000 as elsewhere: groups of three, one and the same sign between them.
_GROUPED = re.compile(r"\d{1,3}(?:([.,\u00a0\u202f ])\d{3})(?:\1\d{3}){0,9}")
_SHARE = re.compile(r"(\d{1,3})(?:[.,](\d{1,6}))?\s*%?")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class CellError(ValueError):
    """The cell does not say what its column asks for; the text is for the reader."""


def text(cell: Any) -> str:
    """Return the text in NFC, one line. A number that a workbook keeps (a code that lost its quotes) has no point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return one_line(str(cell))


def whole(cell: Any) -> int | None:
    """Return a number of people; None: empty. Raises CellError."""
    if isinstance(cell, bool):
        raise CellError(_("Enter a whole number, without decimals."))
    if isinstance(cell, int | float):
        if cell < 0 or not float(cell).is_integer():
            raise CellError(_("Enter a whole number, without decimals."))
        return _people(int(cell))
    written = text(cell)
    if not written:
        return None
    if _PLAIN.fullmatch(written):
        return _people(int(written))
    if _GROUPED.fullmatch(written):
        return _people(int(re.sub(r"\D", "", written)))
    raise CellError(_("“%(text)s” is not a whole number.") % {"text": written[:40]})


def _people(number: int) -> int:
    if number > MOST_PEOPLE:
        raise CellError(_("This number is too large for a population."))
    return number


def share(cell: Any) -> Decimal | None:
    """Return percent, at most two decimals; None: empty. Raises CellError."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if 0 < cell < 1:
            # A workbook keeps 81,5 % as 0.815, and nobody can tell it from less than one percent.
            raise CellError(
                _("Enter the share as a plain number, such as 81,5, in a cell without percentage formatting.")
            )
        written = format(Decimal(str(cell)).normalize(), "f")
    else:
        written = text(cell)
    if not written:
        return None
    found = _SHARE.fullmatch(written)
    if found is None or len(found[2] or "") > 2:
        raise CellError(
            _("“%(text)s” is not a valid share. Enter a number such as 81,5 with at most two decimals.")
            % {"text": written[:40]}
        )
    return Decimal(f"{found[1]}.{found[2] or 0}")


def day(cell: Any) -> date | None:
    """Read day/month/year, 2025-12-31, or a workbook's date; None: empty. Raises CellError."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = text(cell)
    if not written:
        return None
    try:
        found = _DAY.fullmatch(written)
        if found is not None:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(written)
    except ValueError:
        raise CellError(
            _("“%(text)s” is not a valid date. Enter a date such as 31/12/2025.") % {"text": written[:40]}
        ) from None
