"""Numbers, days and texts that are data, as Vietnamese and English readers write them. Plain text, for any output."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, get_language_info

from question_files.folding import nfc


def is_vietnamese() -> bool:
    """Tell whether the reader's language is Vietnamese, as it is without any."""
    return (get_language() or "vi").startswith("vi")


def in_language(vi: str, en: str) -> str:
    """Choose the English text for who reads English and where there is one, else the Vietnamese, else the English."""
    return (vi or en) if is_vietnamese() else (en or vi)


def language_name(code: str) -> str:
    """Return a language's name as its readers write it, the first letter large: "Tiếng Việt", "Français"; of an unknown
    one the code."""
    try:
        name = nfc(get_language_info(code)["name_local"])  # Django's own is decomposed
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def format_number(value: int | Decimal, *, short: bool = False) -> str:
    """Write 1.240 or 84,9 in Vietnamese, 1,240 or 84.9 in English. Decimals keep the places they have, or with `short`
    those that they need: 85, 33,3."""
    if short and isinstance(value, Decimal):
        value = value.normalize()
        value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value
    text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,")) if is_vietnamese() else text


def format_day(day: date) -> str:
    """Write 24/11/2026 in Vietnamese, 24 November 2026 in English."""
    return format_date(day, "d/m/Y" if is_vietnamese() else "j F Y")
