"""Names in the order in which Vietnamese lists have them.

The alphabet is a ă â b c d đ e ê … o ô ơ … u ư …; a tone (none, huyền, hỏi, ngã, sắc, nặng) decides between words that
are alike but for it. Neither SQLite nor PostgreSQL without ICU sorts so: a class is small enough for Python, and of
everybody on record a column holds `sortable_name`.
"""

from __future__ import annotations

from functools import lru_cache

from bdhvs_lms.base.text import one_line
from question_files.folding import normalized

__all__ = ["sortable_name", "name_order"]

_LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=100)}
_TONES = {mark: place for place, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}

WordOrder = tuple[tuple[int, ...], tuple[int, ...]]


@lru_cache(maxsize=4_096)
def _word(word: str) -> WordOrder:
    letters: list[int] = []
    tones: list[int] = []
    for char in normalized("NFC", word.casefold()):
        base, tone = char, 0
        if char not in _LETTERS:
            # Of ế the tone goes, and ê is a letter; what is no letter of the alphabet comes after it, by its number.
            marks = normalized("NFD", char)
            tone = next((_TONES[mark] for mark in marks if mark in _TONES), 0)
            base = normalized("NFC", "".join(mark for mark in marks if mark not in _TONES))
        for letter in base:
            letters.append(_LETTERS.get(letter, ord(letter) if letter.isdigit() else 1000 + ord(letter)))
        if tone:
            # Wherever it stands: hòa and hoà are one word.
            tones.append(tone)
    return tuple(letters), tuple(tones)


def name_order(full_name: str) -> tuple[WordOrder, ...]:
    """Return the sort key of a name: the given name (the last word), then family and middle names as they stand."""
    words = [_word(word) for word in one_line(full_name).split()]
    return (*words[-1:], *words[:-1])


def sortable_name(full_name: str, longest: int) -> str:
    """Write `name_order` as text that every database sorts alike: two letters for a letter, digits for ends and tones.

    longest: of the column; names that differ later only are equal.
    """
    words = []
    for letters, tones in name_order(full_name):
        spelt = "".join(f"{chr(97 + place // 26)}{chr(97 + place % 26)}" for place in map(_place, letters))
        words.append(f"{spelt}0{''.join(map(str, tones))}0")
    return "".join(words)[:longest]


def _place(letter: int) -> int:
    """Return a number below 676: digits, then the alphabet, then what is in no Vietnamese name, as far as it goes."""
    return letter - 48 if letter < 100 else letter - 90 if letter < 200 else 50 + (letter - 1000) % 626
