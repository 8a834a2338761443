"""A GIFT file in pieces: categories and questions, each with the line where it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Escaped signs while a question is taken apart: characters that no text has.
_ESCAPED = dict(zip(":#={}~n\\", map(chr, range(0xFDD0, 0xFDD8)), strict=True))
_MEANT = {mark: "\n" if sign == "n" else sign for sign, mark in _ESCAPED.items()}
_CATEGORY = re.compile(r"\s*\$CATEGORY\s*:\s*(.*)", re.IGNORECASE)
_MARK = re.compile(r"\[(id|tag):((?:\\\]|[^\]\x00-\x1f])+)\]")
# How many pieces a question may be parted in by empty lines within its braces.
_MOST_PIECES = 40


@dataclass(frozen=True)
class Block:
    line: int
    text: str
    comments: str

    @property
    def category(self) -> str | None:
        found = _CATEGORY.fullmatch(self.text)
        return found[1].strip() if found else None

    @property
    def key(self) -> str:
        return next((_unmarked(value) for kind, value in _MARK.findall(self.comments) if kind == "id"), "")

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(_unmarked(value) for kind, value in _MARK.findall(self.comments) if kind == "tag")


def _unmarked(value: str) -> str:
    return value.replace("\\]", "]").strip()


def hidden(text: str) -> str:
    """Each escaped sign as one that means nothing."""
    text = re.sub("[\ufdd0-\ufdef]", "", text).replace("\\\\", _ESCAPED["\\"])
    return re.sub(r"\\([:#={}~n])", lambda found: _ESCAPED[found[1]], text)


def shown(text: str) -> str:
    """Signs that were escaped as they are meant."""
    return re.sub("[\ufdd0-\ufdd7]", lambda found: _MEANT[found[0]], text)


def blocks(text: str) -> Iterator[Block]:
    """Questions and categories. Escaped signs are hidden in what comes."""
    pieces = _pieces(text)
    at = 0
    while at < len(pieces):
        taken = _belonging(pieces, at)
        lines = [one for piece in pieces[at : at + taken] for one in piece]
        at += taken
        yield from _parted(lines)


def _pieces(text: str) -> list[list[tuple[int, str]]]:
    """Lines with their numbers, parted by empty ones."""
    found: list[list[tuple[int, str]]] = [[]]
    for number, one in enumerate(re.split(r"\r\n?|\n", text), 1):
        if _CATEGORY.fullmatch(one):
            # Nothing in it is escaped.
            found += [[(number, one)], []]
        elif one.strip():
            found[-1].append((number, one if one.lstrip().startswith("//") else hidden(one)))
        elif found[-1]:
            found.append([])
    return [piece for piece in found if piece]


def _belonging(pieces: list[list[tuple[int, str]]], at: int) -> int:
    """How many pieces from there on are one question: people leave empty lines between answers."""
    first = _uncommented(pieces[at])
    if _CATEGORY.fullmatch(first) or first.count("{") <= first.count("}"):
        return 1
    for further, piece in enumerate(pieces[at + 1 : at + _MOST_PIECES], 2):
        opened, closed = (_uncommented(piece).find(sign) for sign in "{}")
        if closed >= 0 and (opened < 0 or closed < opened):
            return further
        if opened >= 0:
            return 1
    return 1


def _uncommented(lines: list[tuple[int, str]]) -> str:
    return "\n".join(text for _number, text in lines if not text.lstrip().startswith("//"))


def _parted(lines: list[tuple[int, str]]) -> Iterator[Block]:
    """One block of them, or several where the empty line between two is missing."""
    taken: list[tuple[int, str]] = []
    comments: list[str] = []
    # Behind the braces: of the next one, where there is one.
    behind: list[str] = []
    opened = closed = 0
    for number, text in lines:
        bare = text.strip()
        if bare.startswith("//"):
            (behind if closed >= max(1, opened) else comments).append(bare)
            continue
        if bare.startswith("::") and closed >= max(1, opened):
            yield _block(taken, comments)
            taken, comments, behind, opened, closed = [], behind, [], 0, 0
        taken.append((number, text))
        opened, closed = opened + text.count("{"), closed + text.count("}")
    if taken:
        yield _block(taken, comments + behind)


def _block(lines: list[tuple[int, str]], comments: list[str]) -> Block:
    return Block(lines[0][0], "\n".join(text for _number, text in lines).strip(), "\n".join(comments))
