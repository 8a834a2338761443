"""Finds the area that a cell means: by code, by name, by the name without "Xã", with other tone marks, or without any.

The closest reading that fits exactly one area is taken; a reading that is not letter for letter is told the operator.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from bdhvs_lms.base.api import fold, one_line, tone_equal

_KIND = re.compile(
    r"^(xã|phường|thị trấn|thôn|làng|bản|ấp|xóm|khu phố|khu dân cư|tổ dân phố|tổ dân phố số|tdp|tp|thành phố)\s+(?=\S)",
    re.IGNORECASE,
)

T = TypeVar("T")


class NotFound(ValueError):
    """Nothing, or more than one, is called so; the text says which."""


def same_word(name: str) -> str:
    """Return a text that is equal for names that are the same word: case, spaces and the place of the tone off."""
    return tone_equal(one_line(name)).casefold()


def bare(name: str) -> str:
    """Return the name without the word for the kind of unit."""
    return _KIND.sub("", same_word(name))


@dataclass(frozen=True)
class Found(Generic[T]):
    what: T
    exact: bool
    """The name is the same word; only then nothing has to be told."""


class Names(Generic[T]):
    """Things by name, each reading on its own shelf."""

    READINGS = (same_word, bare, fold, lambda name: fold(bare(name)))

    def __init__(self, named: Iterable[tuple[str, T]] = ()) -> None:
        self._shelves: tuple[dict[str, list[tuple[str, T]]], ...] = tuple(defaultdict(list) for _ in self.READINGS)
        for name, what in named:
            self.add(name, what)

    def add(self, name: str, what: T) -> None:
        for shelf, reading in zip(self._shelves, self.READINGS, strict=True):
            shelf[reading(name)].append((name, what))

    def same_word(self, name: str) -> T | None:
        """Find only what is called so but for case and place of tone; None: nothing is."""
        found = self._shelves[0].get(same_word(name))
        return found[0][1] if found else None

    def close(self, name: str) -> str | None:
        """Find the name of something that differs from this one by its marks alone; None: nothing does."""
        near = [other for other, _what in self._shelves[2].get(fold(name), ()) if same_word(other) != same_word(name)]
        return near[0] if near else None

    def find(self, name: str) -> Found[T]:
        """Raises NotFound."""
        for place, (shelf, reading) in enumerate(zip(self._shelves, self.READINGS, strict=True)):
            found = shelf.get(reading(name), [])
            if len(found) == 1:
                return Found(found[0][1], exact=place == 0)
            if found:
                raise NotFound(
                    _("“%(name)s” is ambiguous: %(names)s. Enter the code.")
                    % {"name": name, "names": ", ".join(sorted({other for other, _what in found}))}
                )
        raise NotFound(_("“%(name)s” does not exist on that day.") % {"name": name})
