"""Check of drawings (SVG), which are programs too: what could act or ask another site is found before anybody is shown
it.

Read with expat, event by event: nothing is expanded, so a file that declares entities costs nothing and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

# Elements that run, embed or animate an address; compared without prefix and case.
_ACTING = {
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener", "link", "meta",
}  # fmt: skip
_ADDRESSES = {"href", "src", "data", "base"}
_OWN_ADDRESS = re.compile(r"^\s*(#|data:image/(png|jpe?g|gif|webp);base64,)", re.IGNORECASE)
# CSS escapes (\75rl) would hide a word from this search: a backslash is as suspicious as what it could hide.
# Possessive: blanks are gone through once, however many there are.
_ASKING_CSS = re.compile(r"url\(\s*+[^)\s#]|@import|expression\s*\(|\\|javascript:", re.IGNORECASE)


# A tree of so many is read in a second.
MOST_ELEMENTS = 100_000


class _TooLong(Exception):
    """The file has more elements than a drawing has."""


def dangers(file: BinaryIO) -> list[str]:
    """List what may not be shown in this SVG, each once, in words for the editor; empty: nothing. Rewinds the file."""
    return list(_look(file).found)


def is_too_long(file: Any) -> bool:
    """Tell whether it has too many elements for a tree in memory. Rewinds the file."""
    return _look(file).elements > MOST_ELEMENTS


def _look(file: Any) -> _Finder:
    file.seek(0)
    finder = _Finder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = finder.start
    parser.EndElementHandler = finder.end
    parser.CharacterDataHandler = finder.text
    parser.ProcessingInstructionHandler = finder.instruction
    parser.StartDoctypeDeclHandler = finder.doctype
    try:
        parser.ParseFile(file)
    except expat.ExpatError:
        finder.found[_("XML that is not well-formed")] = None
    except _TooLong:
        finder.found[_("more than 100,000 elements")] = None
    finally:
        file.seek(0)
    return finder


class _Finder:
    def __init__(self) -> None:
        self.found: dict[str, None] = {}
        self.style: list[str] = []
        self.in_style = self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise _TooLong
        local = _local(name)
        if local in _ACTING:
            self.found[_("the element <%(name)s>") % {"name": name}] = None
        if local == "style":
            self.in_style += 1
        for problem in _attribute_problems(attributes):
            self.found[problem] = None

    def end(self, name: str) -> None:
        if _local(name) == "style":
            self.in_style -= 1
            if _ASKING_CSS.search("".join(self.style)):
                self.found[_("a style that loads external content")] = None
            self.style.clear()

    def text(self, data: str) -> None:
        if self.in_style:
            self.style.append(data)

    def instruction(self, target: str, data: str) -> None:
        self.found[_("the instruction <?%(name)s?>") % {"name": target}] = None

    def doctype(self, *args: Any) -> None:
        # Only one that declares something itself can hide what the reader would see.
        if args[-1]:
            self.found[_("custom declarations (<!DOCTYPE … [ … ]>)")] = None


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1].lower()


def _attribute_problems(attributes: dict[str, str]) -> Iterator[str]:
    for name, value in attributes.items():
        local = _local(name)
        if local.startswith("on"):
            yield _("a script in the attribute “%(name)s”") % {"name": name}
        elif local in _ADDRESSES and not _OWN_ADDRESS.match(value):
            yield _("a URL in the attribute “%(name)s”") % {"name": name}
        elif local == "attributename" and (_local(value.strip()) in _ADDRESSES or _local(value.strip())[:2] == "on"):
            yield _("an animation that changes a URL")
        elif not name.lower().startswith("xmlns") and _ASKING_CSS.search(value):
            yield _("external content in the attribute “%(name)s”") % {"name": name}
