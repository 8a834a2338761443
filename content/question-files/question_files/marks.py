"""Shares of a mark and numbers as other systems write them: exactly, with a point."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

_NUMBER = re.compile(r"[+-]?(\d{1,40}([.,]\d{0,40})?|[.,]\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
# More than this no question asks for, and written out it would fill the page.
_MOST_DIGITS = 12
# Whole per cent that stand for simple fractions.
_WHOLE = {11: (1, 9), 14: (1, 7), 16: (1, 6), 17: (1, 6), 33: (1, 3), 66: (2, 3), 67: (2, 3), 83: (5, 6)}


def number(text: str) -> Decimal | None:
    """'12.5', '-3', '1e3', also '12,5'; None: none, or one that twelve digits before the point and twelve after cannot
    say. What programs write, '3.141592653589793', is rounded."""
    text = text.strip().replace("\u2212", "-")
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text.replace(",", "."))
    if not value:
        return Decimal(0)
    if not -_MOST_DIGITS <= value.adjusted() < _MOST_DIGITS:
        return None
    plain = Decimal(written(value))
    if int(plain.as_tuple().exponent) >= -_MOST_DIGITS:
        return plain
    # Of smaller ones too little would be left.
    return Decimal(written(round(plain, _MOST_DIGITS))) if plain.adjusted() >= -3 else None


def is_number(text: str) -> bool:
    """Whether it is one at all, however long."""
    return bool(_NUMBER.fullmatch(text.strip().replace("\u2212", "-")))


def tolerance(text: str) -> Decimal | None:
    """How far an answer may be off: '0.001', '' and what is too small to matter, '1e-15', is 0. None: no number."""
    value = number(text.strip() or "0")
    if value is None and is_number(text) and 0 < abs(Decimal(text.strip().replace(",", "."))) < 1:
        return Decimal(0)
    return None if value is None else abs(value)


def grouped(text: str) -> bool:
    """Whether a comma in it may part thousands: '1,000'."""
    return bool(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text.strip(), re.ASCII))


def written(value: Decimal) -> str:
    """'12.5': no exponent, no zeros at its end, and no sign before zero."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def share(percent: str) -> Fraction | None:
    """A share of the mark from per cent: '50', '-33.33333', '33.33'. Rounded or cut thirds, sixths, sevenths and the
    like are meant exactly, and the third one that makes a hundred of them: '33.34'. None: no number, or beyond 100."""
    value = number(percent)
    if value is None or abs(value) > 100:
        return None
    behind = re.fullmatch(r"[^.,eE]*[.,](\d+)", percent.strip(), re.ASCII)
    meant = _meant(abs(value), min(len(behind[1]), _MOST_DIGITS) if behind else 0)
    return -meant if value < 0 else meant


def _meant(value: Decimal, places: int) -> Fraction:
    exact = Fraction(value) / 100
    if not places:
        return Fraction(*_WHOLE[int(value)]) if value in _WHOLE else exact
    near = exact.limit_denominator(9 if places < 3 else 20 if places < 9 else 1000)
    scaled = near * 100 * 10**places
    meant = {round(scaled), floor(scaled), ceil(scaled) if places > 1 else floor(scaled)}
    return near if Fraction(value) * 10**places in meant else exact


def percent(credit: Fraction) -> str:
    """What `share` gives back: '100', '12.5', '33.33333', '33.00000'."""
    for places in (0, 1, 5, 12):
        text = _fixed(credit, places)
        if share(text) == credit and (places > 1 or Fraction(text) == credit * 100):
            return text
    return text


def _fixed(credit: Fraction, places: int) -> str:
    scaled = round(credit * 100 * 10**places)
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
