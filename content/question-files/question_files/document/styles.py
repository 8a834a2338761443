"""What a file's styles say: names, headings, the look of letters (ECMA-376-1, 17.7)."""

from __future__ import annotations

import re
from typing import Any

from question_files.document.numbering import W, value_of, whole

_HEADING = re.compile(r"(?:heading|tiêu đề) ([1-9])")
# A style may be based on another; on itself only in a broken file.
_MOST_STEPS = 12


class Styles:
    """root: of the style part, or None."""

    def __init__(self, root: Any) -> None:
        self.by_id: dict[str, Any] = {}
        self._usual = ""
        self._defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        for style in () if root is None else root.iterchildren(W + "style"):
            key = str(style.get(W + "styleId"))
            self.by_id[key] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true"):
                self._usual = key

    def _chain(self, key: str) -> list[Any]:
        found: list[Any] = []
        while key in self.by_id and len(found) < _MOST_STEPS:
            found.append(self.by_id[key])
            key = value_of(found[-1], "basedOn")
        return found

    def names(self, key: str) -> list[str]:
        """Of the style and those that it is based on, in small letters."""
        return [value_of(style, "name").lower() for style in self._chain(key or self._usual)]

    def heading(self, properties: Any, key: str) -> int:
        """1 to 9; 0: no heading. By the style's name, or the level that outlines show it at."""
        for name in self.names(key):
            found = _HEADING.fullmatch(name)
            if found:
                return int(found[1])
        own = [properties, *(style.find(W + "pPr") for style in self._chain(key))]
        level = next((value_of(one, "outlineLvl") for one in own if value_of(one, "outlineLvl")), "9")
        return whole(level, 9) + 1 if whole(level, 9) < 9 else 0

    def numbering(self, key: str) -> tuple[str, str] | None:
        """(list, level) that a style belongs to."""
        for style in self._chain(key):
            found = style.find(f"{W}pPr/{W}numPr")
            if found is not None and value_of(found, "numId"):
                return value_of(found, "numId"), value_of(found, "ilvl", "0")
        return None

    def list_depth(self, key: str) -> int:
        """“List Bullet 2” is a list of its own to Word, one level deeper to its reader: 1; of most styles 0."""
        found = re.fullmatch(r"list (?:bullet|number|continue) ([2-5])", (self.names(key) or [""])[0])
        return int(found[1]) - 1 if found else 0

    def look(self, properties: Any, paragraph: str) -> dict[str, Any]:
        """What Run says of its letters, and `hidden`. Headings' own bold says nothing more: it is left out."""
        chain = [properties]
        chain += [style.find(W + "rPr") for style in self._chain(value_of(properties, "rStyle"))]
        heads = any(_HEADING.fullmatch(name) for name in self.names(paragraph)) if paragraph else False
        of_paragraph = [style.find(W + "rPr") for style in self._chain(paragraph or self._usual)]
        every = [one for one in (*chain, *of_paragraph, self._defaults) if one is not None]
        plain = [one for one in chain if one is not None] if heads else every
        return {
            "bold": _on(plain, "b"),
            "italic": _on(plain, "i"),
            "underline": _said(plain, "u", "single") not in ("", "none"),
            "strike": _on(plain, "strike"),
            "colour": _said(plain, "color").upper().replace("AUTO", ""),
            "highlight": _behind(chain),
            "font": _font(every),
            "hidden": _on(every, "vanish"),
        }


def _on(chain: list[Any], name: str) -> bool:
    for properties in chain:
        found = properties.find(W + name)
        if found is not None:
            return found.get(W + "val", "1") not in ("0", "false", "off")
    return False


def _said(chain: list[Any], name: str, default: str = "") -> str:
    return next((value_of(one, name, default) for one in chain if one.find(W + name) is not None), "")


def _behind(chain: list[Any]) -> str:
    """Highlighting, or a shade that is no white; of the letters alone, not of the paragraph's style."""
    for properties in chain:
        if properties is not None:
            named = value_of(properties, "highlight", "none")
            shade = properties.find(W + "shd")
            fill = "" if shade is None else str(shade.get(W + "fill", "")).upper()
            if named not in ("none", "white", "") or fill not in ("", "AUTO", "FFFFFF"):
                return named if named != "none" else fill
    return ""


def _font(chain: list[Any]) -> str:
    for properties in chain:
        found = properties.find(W + "rFonts")
        if found is not None:
            name = found.get(W + "ascii") or found.get(W + "hAnsi")
            if name:
                return str(name)
    return ""
