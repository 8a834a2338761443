"""Conversion of a page's HTML to lines of text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from bdhvs_lms.base.api import one_line

# Everything else ends a line: paragraphs, headings, entries of lists.
_INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "u"}


class _Plain(HTMLParser):
    def __init__(self, item: str) -> None:
        super().__init__()
        self.text, self.item = "", item

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in _INLINE:
            self.text += f"\n{self.item}" if tag == "li" else "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\n", " ")


def lines_of(html: str, *, item: str = "") -> list[str]:
    """Return a line for each paragraph, heading and list entry, without those that say nothing; entries begin with
    `item`."""
    reader = _Plain(item)
    reader.feed(html)
    reader.close()
    lines = (one_line(line) for line in reader.text.split("\n"))
    return [line for line in lines if any(char.isalnum() for char in line)]
