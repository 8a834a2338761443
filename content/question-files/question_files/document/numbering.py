"""Lists as Word counts them (ECMA-376-1, 17.9): a number is nowhere in the text, it follows from what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from question_files.document.parts import ListPlace

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DEEPEST = 9
# A list that begins with a billion is printed by no one; Roman numbers of it would not end.
MOST = 100_000
# Bullets of symbol fonts, which no other font shows.
BULLET = "•"


@dataclass(frozen=True)
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


def value_of(element: Any, name: str, default: str = "") -> str:
    """The `w:val` of a child, or the default where there is no such child."""
    found = None if element is None else element.find(W + name)
    return default if found is None else str(found.get(W + "val", default))


def whole(text: str | None, default: int = 0) -> int:
    """A whole number from 0; what is none, or larger than sense, is the default."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else default


class Numbering:
    """Counts one file; `place` is asked for each entry once, in the order of the text.

    numbering: the root of its numbering part, or None. styles: by id, elements of its style part.
    """

    def __init__(self, numbering: Any, styles: dict[str, Any]) -> None:
        self._abstract: dict[str, Any] = {}
        self._numbers: dict[str, Any] = {}
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if numbering is not None:
            for element in numbering.iterchildren(W + "abstractNum"):
                self._abstract[str(element.get(W + "abstractNumId"))] = element
            for element in numbering.iterchildren(W + "num"):
                self._numbers[str(element.get(W + "numId"))] = element

    def place(self, number_id: str, depth: int) -> ListPlace | None:
        """Of the next entry of this list at this level (from 0); None: the file knows no such list."""
        number = self._numbers.get(number_id)
        depth = min(max(depth, 0), DEEPEST - 1)
        if number is None:
            return None
        key, abstract = self._abstract_of(number)
        if abstract is None:
            return None
        level = self._level(number, abstract, depth)
        counts = self._counts.setdefault(key, {})
        restart = self._restart(number, depth)
        if restart is not None and (number_id, depth) not in self._begun:
            counts[depth] = restart
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._begun.add((number_id, depth))
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        if level.format == "bullet":
            return ListPlace(number_id, depth, False, BULLET, 0)
        if level.format == "none" and not level.text.strip():
            return None
        label = level.text
        for above in range(depth + 1):
            one = self._level(number, abstract, above)
            label = label.replace(f"%{above + 1}", written(counts.get(above, one.start), one.format))
        return ListPlace(number_id, depth, True, label.strip(), counts[depth])

    def _abstract_of(self, number: Any) -> tuple[str, Any]:
        key = value_of(number, "abstractNumId")
        abstract = self._abstract.get(key)
        linked = value_of(abstract, "numStyleLink")
        if linked and linked in self._styles:
            properties = self._styles[linked].find(f"{W}pPr/{W}numPr")
            other = self._numbers.get(value_of(properties, "numId"))
            if other is not None:
                key = value_of(other, "abstractNumId")
                abstract = self._abstract.get(key, abstract)
        return key, abstract

    def _level(self, number: Any, abstract: Any, depth: int) -> _Level:
        found = None
        for override in number.iterchildren(W + "lvlOverride"):
            if override.get(W + "ilvl") == str(depth):
                found = override.find(W + "lvl")
        if found is None:
            found = next((one for one in abstract.iterchildren(W + "lvl") if one.get(W + "ilvl") == str(depth)), None)
        if found is None:
            return _Level(text=f"%{depth + 1}.")
        return _Level(
            value_of(found, "numFmt", "decimal"), value_of(found, "lvlText"), whole(value_of(found, "start"), 1)
        )

    def _restart(self, number: Any, depth: int) -> int | None:
        for override in number.iterchildren(W + "lvlOverride"):
            if override.get(W + "ilvl") == str(depth) and override.find(W + "startOverride") is not None:
                return whole(value_of(override, "startOverride"), 1)
        return None


def written(number: int, form: str) -> str:
    """A number as a list writes it; forms that are none of Latin letters or digits are written in digits."""
    if form in ("lowerLetter", "upperLetter") and 1 <= number <= MOST:
        # a … z, aa, bb: Word repeats the letter.
        times, place = divmod(number - 1, 26)
        letters = chr(ord("a") + place) * min(times + 1, 4)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 1 <= number < 4000:
        letters = _roman(number)
        return letters if form == "upperRoman" else letters.lower()
    if form == "decimalZero":
        return f"{number:02d}"
    return "" if form == "none" else str(number)


def _roman(number: int) -> str:
    signs = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
    text = ""
    for value, letters in signs:
        times, number = divmod(number, value)
        text += letters * times
    return text
