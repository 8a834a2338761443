"""Text of a block for a voice: plain sentences, a line for each paragraph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.text import Truncator

from bdhvs_content.blocks import ReadAloud
from bdhvs_content.plain import lines_of
from bdhvs_content.spoken import spoken

_ENDS = (".", "!", "?", "…", ":", ";", ",")
_CLOSING = "”’»\"')]"


def plain(pieces: Iterable[str]) -> str:
    """Convert HTML to lines of sentences, in the active language. Headings and list entries end like sentences, so that
    there is a pause."""
    return "\n".join(_ended(spoken(line)) for line in lines_of("<br>".join(pieces)))


def _ended(line: str) -> str:
    return line if line.rstrip(_CLOSING).endswith(_ENDS) else f"{line}."


def words_of(child: Any) -> str:
    """Return the text of a block in a lesson's body, in the active language; empty: nothing is to be read."""
    return plain(child.block.read_out(child.value)) if isinstance(child.block, ReadAloud) else ""


def opening(text: str) -> str:
    """Return the first words, which tell one block from another: at most 40 characters."""
    return str(Truncator(text.partition("\n")[0]).chars(40)).rstrip(".")
