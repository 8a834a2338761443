"""Texts that are data: there in Vietnamese and in English, chosen by who reads."""

from __future__ import annotations

from django.utils.translation import get_language


def in_language(vi: str, en: str) -> str:
    """The English text for who reads English and where there is one, else the Vietnamese, else the English."""
    if (get_language() or "vi").startswith("en"):
        return en or vi
    return vi or en
