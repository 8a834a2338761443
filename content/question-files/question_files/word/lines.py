"""A Word file as lines: paragraphs, the lines within them, cells of tables, with the look of every letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from question_files.document.parts import Paragraph, Picture, Run, Table, WordFile
from question_files.language import gettext as _
from question_files.plain import UnreadableFile
from question_files.word.labels import OPTION_ALONE, QUESTION_WORD, number_alone, option_label, question_label
from question_files.word.tables import TableKind, kind_of

_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u3000]")
_LONG = re.compile(r"\s{50,}")
MOST_LETTERS = 20_000
_Pictures = list[tuple[int, Picture]]
# As a category: of none.
NOWHERE = "–"
_NOTHING = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
# Styles that exporting writes and reads back: a paragraph of them is one text, line breaks and all.
STYLES = {
    f"quiz {name}": name
    for name in ("title", "intro", "category", "question", "text", "option", "answer", "explanation")
}


@dataclass(frozen=True)
class Line:
    """`looks`: of each letter, None where Word's own numbering made it. `pictures`: with the place in the text."""

    text: str
    looks: tuple[Run | None, ...]
    number: int
    pictures: tuple[tuple[int, Picture], ...] = ()
    style: str = ""
    heading: int = 0
    bullet: bool = False
    automatic: bool = False
    """Its label was made by Word's numbering."""
    cell: bool = False
    table: Table | None = None
    """A table of its own: nothing else is in the line."""
    table_kind: TableKind = "other"

    def cut(self, begin: int, end: int | None = None) -> Line:
        """That part of the text, without spaces around it, and the pictures in it."""
        stop = len(self.text) if end is None else end
        part = self.text[begin:stop]
        left = begin + len(part) - len(part.lstrip())
        right = max(left, stop - (len(part) - len(part.rstrip())))
        last = stop == len(self.text)
        pictures = tuple(
            (max(place - left, 0), one) for place, one in self.pictures if begin <= place and (place < stop or last)
        )
        return Line(
            self.text[left:right], self.looks[left:right], self.number, pictures, self.style, self.heading,
            self.bullet, self.automatic, self.cell,
        )  # fmt: skip

    @property
    def blank(self) -> bool:
        return not self.text.strip() and not self.pictures and self.table is None


@dataclass
class _Building:
    text: list[str] = field(default_factory=list)
    looks: list[Run | None] = field(default_factory=list)
    pictures: list[tuple[int, Picture]] = field(default_factory=list)

    def add(self, text: str, look: Run | None) -> None:
        self.text.append(text)
        self.looks.extend([look] * len(text))


def lines_of(file: WordFile) -> list[Line]:
    found: list[Line] = []
    for block in file.blocks:
        found.extend(_of_paragraph(block) if isinstance(block, Paragraph) else _of_table(block))
    return found


def _of_paragraph(paragraph: Paragraph, cell: bool = False) -> Iterator[Line]:
    style = STYLES.get(paragraph.style, "")
    lines = [_Building()]
    for piece in paragraph.pieces:
        if isinstance(piece, Picture):
            lines[-1].pictures.append((len(lines[-1].looks), piece))
            continue
        text = piece.text if style else _NOTHING.sub("", _SPACES.sub(" ", piece.text))
        parts = [text] if style else text.split("\n")
        for place, part in enumerate(parts):
            if place:
                lines.append(_Building())
            lines[-1].add(part, piece)
    for place, line in enumerate(lines):
        text, looks, pictures = _shortened("".join(line.text), line.looks, line.pictures)
        spaces = len(text) - len(text.lstrip())
        text, looks = text[spaces:], looks[spaces:]
        pictures = [(max(at - spaces, 0), one) for at, one in pictures]
        numbered = paragraph.place if not place else None
        automatic = False
        if numbered is not None and numbered.ordered and not _labelled(text):
            label = f"{numbered.label} "
            text, looks = label + text, [*(None for _sign in label), *looks]
            pictures = [(at + len(label), one) for at, one in pictures]
            automatic = True
        yield Line(
            text.rstrip(), tuple(looks[: len(text.rstrip())]), paragraph.number, tuple(pictures), style,
            paragraph.heading if not place else 0, numbered is not None and not numbered.ordered, automatic, cell,
        )  # fmt: skip


def _shortened(text: str, looks: list[Run | None], pictures: _Pictures) -> tuple[str, list[Run | None], _Pictures]:
    """Without the rest of very long spaces, which nobody types: looking for what stands behind them takes long."""
    if len(text) > MOST_LETTERS:
        raise UnreadableFile(
            _("A paragraph has more than 20,000 letters. Write each question in paragraphs of its own.")
        )
    while (found := _LONG.search(text)) is not None:
        begin, end = found.start() + 8, found.end()
        text, looks = text[:begin] + text[end:], looks[:begin] + looks[end:]
        pictures = [(at if at <= begin else max(begin, at - (end - begin)), one) for at, one in pictures]
    return text, looks, pictures


def _labelled(text: str) -> bool:
    """Whether somebody typed a label although Word numbers the paragraph."""
    found = question_label(text)
    return (found is not None and found.word) or (option_label(text) is not None)


def _of_table(table: Table) -> Iterator[Line]:
    kind = kind_of(table)
    if kind != "layout":
        yield Line("", (), table.number, table=table, table_kind=kind)
        return
    for row in table.rows:
        before: Line | None = None
        for cell in row:
            lines: list[Line] = []
            for block in cell.blocks:
                lines.extend(_of_paragraph(block, cell=True) if isinstance(block, Paragraph) else _of_table(block))
            lines = [line for line in lines if not line.blank]
            if before is not None and lines and lines[0].table is None:
                lines[0] = _joined(before, lines[0])
                before = None
            elif before is not None:
                lines.insert(0, before)
                before = None
            if len(lines) == 1 and _only_label(lines[0]):
                before = lines[0]
                continue
            yield from lines
        if before is not None:
            yield before


def _only_label(line: Line) -> bool:
    text = line.text.strip()
    return bool(number_alone(text) or OPTION_ALONE.fullmatch(text) or QUESTION_WORD.fullmatch(text))


def _joined(label: Line, content: Line) -> Line:
    """A label in a cell of its own, and what stands in the next one."""
    text = label.text.strip()
    if text.isdigit() or QUESTION_WORD.fullmatch(text):
        text += ":" if QUESTION_WORD.fullmatch(text) else "."
    elif len(text) == 1:
        text += "."
    look = next((one for one in label.looks if one is not None), None)
    if _labelled(content.text):
        return content
    text += " "
    pictures = tuple((place + len(text), one) for place, one in content.pictures)
    return Line(
        text + content.text, (look,) * len(text) + content.looks, content.number, pictures, content.style,
        content.heading, False, False, True,
    )  # fmt: skip
