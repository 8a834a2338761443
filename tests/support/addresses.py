"""The same page in another language, at the address that it has there."""

from __future__ import annotations

from django.urls import translate_url
from django.utils.translation import override


def below(prefix: str, path: str) -> str:
    """`path`: in Vietnamese, with or without a query. `prefix`: "" or "/en"."""
    with override("vi"):
        return translate_url(path, prefix.strip("/") or "vi")
