"""Vietnamese text that means the same made the same text: composed, and folded for searching."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

# Đ has no decomposition. U+00D0 (Icelandic eth) looks the same, and old keyboard drivers typed it for Đ.
_STROKED = str.maketrans({"đ": "d", "ð": "d"})

# As many as a text may have in a row to be safe in a stream (Unicode Standard Annex 15, 13); no language needs ten.
_MOST_MARKS = 30


def _few_marks(text: str) -> str:
    """The text with no more than that many marks in a row: the first of them."""
    if len(text) <= _MOST_MARKS or text.isascii():
        return text
    # Some characters are no marks and become marks.
    found = [char for char in set(text) if unicodedata.combining(unicodedata.normalize("NFKD", char)[0])]
    if not found:
        return text
    marks = f"[{re.escape(''.join(found))}]"
    return re.sub(f"({marks}{{{_MOST_MARKS}}}){marks}+", r"\1", text)


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in one of Unicode's forms, of each letter's marks the first 30. Idempotent.

    Normalising sorts the marks of a letter, which takes the square of their number, and nothing else goes on meanwhile:
    one answer of a megabyte, all marks, would stop the site.
    """
    return _few_marks(unicodedata.normalize(form, _few_marks(text)))


def nfc(text: str) -> str:
    """The text in Unicode's composed form, as everything is stored."""
    return normalized("NFC", text)


def fold(text: str) -> str:
    """For searching: case off, đ→d, diacritics off. Total and idempotent; spaces stay as they are."""
    # Casefolding may bring combining marks (İ), and taking marks off may bring a letter that folds again.
    while True:
        decomposed = normalized("NFD", text).casefold().translate(_STROKED)
        plain = "".join(
            char for char in normalized("NFD", decomposed) if not unicodedata.category(char).startswith("M")
        )
        folded = nfc(plain)
        if folded == text:
            return folded
        text = folded
