"""Words from a package or a browser: without markup and signs that no database takes, and known from the package."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

__all__ = ["Words", "clean", "plain"]

# Neither can run away on “<<<<…”: a tag ends at the next angle bracket, whichever it is.
_TAG = re.compile(r"<[^<>]*>")
_BEGUN = re.compile(r"<(?=[A-Za-z/!?])")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Control characters but tab and line ends; NUL first of all, which PostgreSQL refuses.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACE = re.compile(r"\s+")
# How content types write a gap to be filled in, or shorten a title.
_GAP = re.compile(r"_{3,}|\.{3,}|…")

# Characters of a package's words that are kept for comparing.
MOST_WORDS = 500_000
# Of one letter. No language needs ten.
_MOST_MARKS = 30
_TRIES = 200


def clean(text: str) -> str:
    """Return composed Unicode (NFC) that any database takes: lone surrogates become U+FFFD, control characters go."""
    bare = _few_marks(_CONTROL.sub("", _SURROGATE.sub("\ufffd", text)))
    return _few_marks(unicodedata.normalize("NFC", bare))


def _few_marks(text: str) -> str:
    """Return the text with at most 30 marks in a row (Unicode Standard Annex 15, 13): sorting them takes the square of
    their number, and nothing else goes on meanwhile."""
    if len(text) <= _MOST_MARKS or text.isascii():
        return text
    # Some characters are no marks and become marks.
    found = [char for char in set(text) if unicodedata.combining(unicodedata.normalize("NFKD", char)[0])]
    if not found:
        return text
    marks = f"[{re.escape(''.join(found))}]"
    return re.sub(f"({marks}{{{_MOST_MARKS}}}){marks}+", r"\1", text)


def plain(text: str) -> str:
    """Return one line without markup, also without markup that was escaped."""
    bare = _TAG.sub(" ", clean(text))
    bare = _BEGUN.sub("", _TAG.sub(" ", html.unescape(bare)))
    return _SPACE.sub(" ", clean(bare)).strip()


def _strings(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


class Words:
    """All text of a package's content: the words that a statement about it may bring along.

    Why compare at all? What a browser claims to be the text of a question can be anything, a person's name too, and
    what is in the ledger cannot be taken out. Words of the package are its editor's.
    """

    def __init__(self, params: Any) -> None:
        parts: list[str] = []
        left = MOST_WORDS
        for text in _strings(params):
            # As markup parts words, and as a browser's textContent has them: H<sub>2</sub>O.
            one, joined = plain(text), plain(_TAG.sub("", clean(text)))
            if one and left > 0:
                parts += [one[:left]] if joined == one else [one[:left], joined[:left]]
                left -= len(one) + 1
        # A sign that no text has after `plain`, so that nothing is found across two texts.
        self._all = "\n" + "\n".join(parts) + "\n"

    def known(self, text: str) -> bool:
        """Tell whether each piece between gaps stands somewhere in the package as whole words. "" is known."""
        return all(self._found(piece) for part in _GAP.split(text) if (piece := part.strip()))

    def _found(self, piece: str) -> bool:
        place = -1
        for _ in range(_TRIES):
            place = self._all.find(piece, place + 1)
            if place < 0:
                return False
            before, after = self._all[place - 1], self._all[place + len(piece)]
            if not (_joins(before) and _joins(piece[0])) and not (_joins(after) and _joins(piece[-1])):
                return True
        return False


def _joins(char: str) -> bool:
    return char.isalnum() or unicodedata.combining(char) != 0
