"""What of a Word file is handed out: plain values, nothing of the library that read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "chart", "comment", "contents", "deleted", "equation", "footnote", "hidden", "linked-picture", "nested-table",
    "object", "other-file", "shape", "symbol", "text-box",
]  # fmt: skip


class WordRefused(ValueError):
    """The file is not taken. `code` says why for programs, the text for people, in the language that is active.

    Codes: empty, too-large, old-word, password, other-kind, macros, strict, damaged, bomb, declarations, tcvn3, vni.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Run:
    """Letters of one look. `highlight`: a colour behind them. `font`: as the file names it. `link`: where it leads, of
    another site or mail; or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    colour: str = ""
    highlight: str = ""
    font: str = ""
    link: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture as it lies in the file: nothing has looked at `data` yet. `alt` is its author's, often empty."""

    data: bytes
    content_type: str
    alt: str = ""
    decorative: bool = False


@dataclass(frozen=True)
class ListPlace:
    """An entry of a list. `level` from 0; `label` as Word prints it ("1.", "a)", "•"), `number` what it counts."""

    key: str
    level: int
    ordered: bool
    label: str
    number: int


@dataclass(frozen=True)
class Paragraph:
    """`number`: from 1 in the whole file, empty ones counted too. `heading`: 1 to 9, or 0. `style`: its English name in
    small letters."""

    number: int
    pieces: tuple[Run | Picture, ...] = ()
    style: str = ""
    heading: int = 0
    place: ListPlace | None = None

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Run))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Picture))

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Cell:
    """`columns`: how many of the table's it is wide. `continued`: belongs to the cell above, and is empty."""

    blocks: tuple[Paragraph | Table, ...] = ()
    columns: int = 1
    continued: bool = False

    @property
    def text(self) -> str:
        lines = (block.text for block in self.blocks)
        return "\n".join(line for line in lines if line.strip())


@dataclass(frozen=True)
class Table:
    """`number`: of the paragraph that it begins with. `headed`: the file says that the first row has headings."""

    number: int
    rows: tuple[tuple[Cell, ...], ...] = ()
    headed: bool = False
    title: str = ""

    @property
    def text(self) -> str:
        return "\n".join("\t".join(cell.text for cell in row) for row in self.rows)


@dataclass(frozen=True)
class LeftOut:
    """Something that the file holds and that is not handed out, or not as it was. `number`: in which paragraph."""

    kind: Kind
    number: int
    near: str = ""


@dataclass(frozen=True)
class WordFile:
    title: str = ""
    blocks: tuple[Paragraph | Table, ...] = ()
    left_out: tuple[LeftOut, ...] = field(default=())

    def paragraphs(self) -> Iterator[Paragraph]:
        """All of them, those in tables too, in the order of the text."""
        yield from _paragraphs(self.blocks)


def _paragraphs(blocks: tuple[Paragraph | Table, ...]) -> Iterator[Paragraph]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from _paragraphs(cell.blocks)
