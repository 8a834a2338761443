"""What a voice says of a block: plain sentences, a line for each paragraph."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from django.utils.text import Truncator

from bdhvs_content.blocks import ReadAloud
from bdhvs_content.spoken import spoken
from bdhvs_lms.base.api import one_line

# Everything else ends a line: paragraphs, headings, entries of lists.
_INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "u"}
_ENDS = (".", "!", "?", "…", ":", ";", ",")
_CLOSING = "”’»\"')]"


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in _INLINE:
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, None)

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\n", " ")


def plain(pieces: Iterable[str]) -> str:
    """HTML as lines of sentences: headings and entries of lists end like one, so that there is a pause. In the language
    that is active."""
    reader = _Plain()
    for piece in pieces:
        reader.feed(f"{piece}<br>")
    reader.close()
    lines = (spoken(one_line(line)) for line in reader.text.split("\n"))
    return "\n".join(_ended(line) for line in lines if any(char.isalnum() for char in line))


def _ended(line: str) -> str:
    return line if line.rstrip(_CLOSING).endswith(_ENDS) else f"{line}."


def words_of(child: Any) -> str:
    """Of a block in a lesson's body; empty: nothing is to be read. In the language that is active."""
    return plain(child.block.read_out(child.value)) if isinstance(child.block, ReadAloud) else ""


def opening(text: str) -> str:
    """The first words, which tell one block from another: at most 40 characters."""
    return str(Truncator(text.partition("\n")[0]).chars(40)).rstrip(".")
