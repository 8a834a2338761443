"""Numbers and shares of a mark as people here write them, read exactly: 12,5 · 1.000 · 50 % · 33,33333 % · 1/3."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from question_files.language import get_language
from question_files.language import gettext_lazy as _

# Twelve digits before the separator and twelve after it.
_SEPARATED = re.compile(r"([+-]?)([0-9]{1,12})(?:[.,]([0-9]{1,12}))?", re.ASCII)
_GROUPED = {
    # 1.000.000,5
    "vi": re.compile(r"([+-]?)([0-9]{1,3}(?:\.[0-9]{3}){1,3})(?:,([0-9]{1,12}))?", re.ASCII),
    # 1,000,000.5
    "en": re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,12}))?", re.ASCII),
}
# What stands before a unit: signs, digits, separators and spaces.
_LEADING = re.compile(r"[+\-−]?[0-9.,\s\u00a0\u202f]+")
_PERCENT = re.compile(r"([+-]?)([0-9]{1,3})(?:[.,]([0-9]{1,7}))? ?%?", re.ASCII)
_FRACTION = re.compile(r"([+-]?)([0-9]{1,4}) ?/ ?([0-9]{1,4})", re.ASCII)
# Of a share that is written with places: 33,33 % is meant as a third.
_PARTS = 12

SHARE = _("Write a share of the mark: 50 %, 33,33333 % or 1/3.")
NUMBER = _("Write a number, for example 12 or 12,5.")


def plain_number(number: Decimal) -> str:
    """Without an exponent and without zeros at its end."""
    with localcontext(prec=80):
        text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def exact_decimal(number: Fraction) -> Decimal:
    """Of a number that ends, however many digits it has."""
    with localcontext(prec=80):
        return Decimal(number.numerator) / number.denominator


def written_number(number: Decimal, language: str) -> str:
    """As people write it in that language, ungrouped; `read_number` gives the same number back."""
    return plain_number(number).replace(".", "," if language[:2] == "vi" else ".")


def read_number(text: str, language: str) -> Decimal:
    """A number as it is written in that language. Raises ValueError.

    In Vietnamese 1.000 is a thousand and 1,5 one and a half; 1.5 cannot be a grouped number, so it is read as meant.
    """
    tight = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-")
    match = _GROUPED.get(language[:2], _GROUPED["en"]).fullmatch(tight) or _SEPARATED.fullmatch(tight)
    if match is None:
        raise ValueError(str(NUMBER))
    sign, whole, part = match.groups()
    return Decimal(f"{sign}{re.sub('[.,]', '', whole)}.{part or 0}")


def read_quantity(text: str, language: str) -> tuple[Decimal, str]:
    """A number and what stands behind it: '12,5 km'. Raises ValueError."""
    match = _LEADING.match(text.strip())
    if match is None:
        raise ValueError(str(NUMBER))
    return read_number(match[0], language), text.strip()[match.end() :].strip()


def stored_number(text: Any) -> Decimal | None:
    """What `plain_number` wrote; None: it is none. Total."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?", text, re.ASCII):
        return None
    return Decimal(text)


def read_share(text: str) -> Fraction:
    """A share of a mark, −1 to 1: '50', '50 %', '33,33333 %', '1/3'. Raises ValueError.

    Per cent with two places or more stand for the simple fraction that they are written for: 66,67 is two thirds.
    """
    tight = " ".join(text.replace("−", "-").split())
    if match := _FRACTION.fullmatch(tight):
        sign, over, under = match.groups()
        if int(under) == 0:
            raise ValueError(str(SHARE))
        share = Fraction(int(f"{sign}{over}"), int(under))
    elif match := _PERCENT.fullmatch(tight):
        sign, whole, part = match.groups()
        share = _meant(Fraction(f"{whole}.{part or 0}") / 100, len(part or ""))
        share = -share if sign == "-" else share
    else:
        raise ValueError(str(SHARE))
    if not -1 <= share <= 1:
        raise ValueError(str(SHARE))
    return share


def _meant(share: Fraction, places: int) -> Fraction:
    if places < 2:
        return share
    near = share.limit_denominator(_PARTS)
    return near if abs(near - share) * 100 < Fraction(1, 10**places) else share


def written_share(share: Fraction, language: str = "") -> str:
    """'50 %'; what per cent with two places cannot say as a fraction: '1/3'."""
    hundredths = share * 100
    if (hundredths * 100).denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    number = Decimal(int(hundredths * 100)) / 100
    return f"{written_number(number, language or get_language())} %"


def stored_share(text: Any, default: Fraction) -> Fraction:
    """What a block or a version holds: '1/3'. Total: without it, or where it is none, `default`."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]{1,9}(/[1-9][0-9]{0,8})?", text, re.ASCII):
        return default
    return Fraction(text)
