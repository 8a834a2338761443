"""H5P's texts, which are HTML, as plain texts: an empty line separates paragraphs, a line break lines."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from bdhvs_lms.base.api import nfc

_PARAGRAPHS = {"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"}
_LINES = {"div", "li", "tr"}
_SILENT = {"script", "style", "template"}
_LATEX = re.compile(r"\\\(|\\\[|\$\$")


class Plain:
    """Plain text, and the kinds of content in it that a plain text does not hold: 'picture', 'table', 'formula',
    'video'."""

    def __init__(self, html: Any) -> None:
        self.left: list[str] = []
        source = html if isinstance(html, str) else ""
        parser = _Parser()
        parser.feed(source)
        parser.close()
        self.left = list(dict.fromkeys(parser.left + (["formula"] if _LATEX.search(source) else [])))
        lines = ["".join(part).replace("\u00a0", " ") for part in _split(parser.pieces)]
        text = "\n".join(" ".join(line.split()) for line in lines)
        self.text = nfc(re.sub(r"\n{3,}", "\n\n", text).strip())


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str | None] = []
        """None: the line ends; two of them: the paragraph does."""
        self.left: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.pieces.append("\n")
        elif tag in _PARAGRAPHS:
            self._end(2)
        elif tag in _LINES:
            self._end(1)
            if tag == "li":
                self.pieces.append("- ")
        elif tag in ("td", "th"):
            self.pieces.append(" ")
        named = {"img": "picture", "table": "table", "math": "formula", "video": "video", "audio": "video",
                 "iframe": "video", "svg": "picture"}.get(tag)  # fmt: skip
        if named:
            self.left.append(named)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in _PARAGRAPHS:
            self._end(2)
        elif tag in _LINES:
            self._end(1)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = re.sub(r"[\r\n\t ]+", " ", data)
        before = self.pieces[-1] if self.pieces else None
        # A space behind a space, or where a line begins, is none.
        if text != " " or (before is not None and not before.endswith((" ", "\n"))):
            self.pieces.append(text)

    def _end(self, lines: int) -> None:
        """Add line ends up to this number, however many tags end there."""
        there = 0
        for piece in reversed(self.pieces):
            if there >= lines:
                break
            if piece is None:
                there += 1
            elif piece.strip(" ") or piece == "\n":
                break
        self.pieces.extend([None] * max(lines - there, 0))


def _split(pieces: list[str | None]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for piece in pieces:
        if piece is None or piece == "\n":
            lines.append([])
        else:
            lines[-1].append(piece)
    return lines
