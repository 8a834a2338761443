"""Comparison of short answers: differences that a question ignores, and those that are always ignored."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bdhvs_lms.base.api import fold, one_line, tone_equal


@dataclass(frozen=True)
class Folding:
    """The differences that are ignored. Whatever is set, these are the same: composed and decomposed Unicode, hòa and
    hoà,
    thúy and thuý, one space and several."""

    case: bool = True
    diacritics: bool = True
    spacing: bool = True
    """Spaces, punctuation and symbols, wherever they stand."""

    def __call__(self, text: str) -> str:
        """Fold a text. Total and idempotent. Two texts are the same answer when this makes them equal; "" is
        no answer."""
        while True:
            # Where a sign between them goes, a letter and a mark may meet and become one.
            folded = self._once(text)
            if folded == text:
                return folded
            text = folded

    def _once(self, text: str) -> str:
        plain = one_line(text)
        if self.diacritics:
            # `fold` takes the case off as well: where case counts, each letter keeps its own.
            plain = fold(plain) if self.case else "".join(_without_marks(char) for char in plain)
        else:
            plain = tone_equal(plain.casefold() if self.case else plain)
        if self.spacing:
            # Spaces, punctuation and symbols are Unicode's classes Z, P and S.
            bare = "".join(char for char in plain if unicodedata.category(char)[0] not in "ZPS")
            # An answer that is nothing but signs (“@”, “+”) is compared by them.
            plain = bare or plain.replace(" ", "")
        return plain

    def as_json(self) -> dict[str, bool]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Folding:
        """Read the folding that a version holds; what an older version did not say is on."""
        given = stored or {}
        return cls(**{name: bool(given.get(name, True)) for name in ("case", "diacritics", "spacing")})


def _without_marks(char: str) -> str:
    folded = fold(char)
    return folded.upper() if folded and char != char.lower() else folded
