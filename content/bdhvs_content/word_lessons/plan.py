"""Plan of a lesson from a Word file: its parts, and what its editor has to know. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from bdhvs_content.word_lessons.findings import Finding, of_file, opening
from bdhvs_content.word_lessons.grid import Grid, grid_of, is_frame
from bdhvs_content.word_lessons.words import Writer, letters_in
from question_files.document.parts import Paragraph, Picture, Run, Table, WordFile

# A block is read aloud in one go, and a new topic begins a new one.
ENOUGH = 6_000
MOST_TITLE = 255
MOST_ALT = 250
_CAPTION = re.compile(r"(hình|ảnh|bảng|figure|fig\.|table)\s*\d+", re.IGNORECASE)


@dataclass(frozen=True)
class TextPart:
    html: str


@dataclass(frozen=True)
class PicturePart:
    """A picture of the plan. `number`: from 1. `alt`: the author's own, to begin with. `near`: the words before it."""

    number: int
    picture: Picture
    paragraph: int
    alt: str = ""
    caption: str = ""
    near: str = ""


@dataclass(frozen=True)
class TablePart:
    number: int
    grid: Grid
    paragraph: int
    caption: str = ""


Part = TextPart | PicturePart | TablePart


@dataclass
class Plan:
    """Result of planning. `title`: what the file calls itself. `counts`: of headings, lists, paragraphs."""

    title: str = ""
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    headings: int = 0
    lists: int = 0
    paragraphs: int = 0

    @property
    def pictures(self) -> list[PicturePart]:
        return [part for part in self.parts if isinstance(part, PicturePart)]

    @property
    def tables(self) -> list[TablePart]:
        return [part for part in self.parts if isinstance(part, TablePart)]

    @property
    def doubtful(self) -> list[Finding]:
        return [one for one in self.findings if not one.left_out]

    @property
    def left_out(self) -> list[Finding]:
        return [one for one in self.findings if one.left_out]


def plan_lesson(file: WordFile, *, name: str, why_not: Callable[[Picture], str]) -> Plan:
    """Plan the lesson, with findings in the active language. name: the file's, for a title where there is none.
    why_not: why this site takes no such picture; empty: it does."""
    return _Planner(file, name, why_not).plan()


class _Planner:
    def __init__(self, file: WordFile, name: str, why_not: Callable[[Picture], str]) -> None:
        self._file, self._name, self._why_not = file, name, why_not
        self._plan = Plan(findings=of_file(file))
        self._writer = Writer(self._note)
        self._near = ""
        self._guessed: list[Paragraph] = []

    def _note(self, number: int, near: str, text: str, left_out: bool = False) -> None:
        self._plan.findings.append(Finding(number, opening(near), text, left_out))

    def plan(self) -> Plan:
        blocks = self._with_title(list(self._file.blocks))
        self._levels = self._levels_of(blocks)
        self._blocks(blocks)
        self._flush()
        self._told_of_guesses()
        plan = self._plan
        plan.findings.sort(key=lambda one: one.number)
        plan.lists = self._writer.lists
        return plan

    # Title and headings -----------------------------------------------------------------------------------------------

    def _with_title(self, blocks: list[Paragraph | Table]) -> list[Paragraph | Table]:
        """Take the title for the page: it does not stand in the text again."""
        first = next((block for block in blocks if isinstance(block, Table) or block.text.strip()), None)
        title = ""
        if isinstance(first, Paragraph) and not first.pictures:
            alike = [one for one in self._file.paragraphs() if one.heading == first.heading and one.text.strip()]
            if first.style == "title" or (first.heading and len(alike) == 1):
                title = first.text
                blocks = [block for block in blocks if block is not first]
        if not title.strip():
            stem = re.sub(r"\.docx$", "", self._name, flags=re.IGNORECASE)
            title = self._file.title or re.sub(r"[_\s]+", " ", stem)
        self._plan.title = " ".join(title.split())[:MOST_TITLE]
        return blocks

    def _levels_of(self, blocks: Sequence[Paragraph | Table]) -> dict[int, int]:
        """Return 2 or 3 for each level of the file. A lesson has two, below its title."""
        levels = sorted({block.heading for block in blocks if isinstance(block, Paragraph) and block.heading})
        return {level: min(place, 1) + 2 for place, level in enumerate(levels)}

    def _level(self, paragraph: Paragraph) -> int:
        """Return 2 or 3; 0: no heading. If the file has none at all, a short line in bold is taken for one."""
        if paragraph.heading:
            level = self._levels.get(paragraph.heading, 3)
            if paragraph.heading not in self._levels or sorted(self._levels).index(paragraph.heading) > 1:
                self._note(paragraph.number, paragraph.text, _("A deeper heading becomes one of the second level."))
            return level
        if self._levels or not self._looks_like_one(paragraph):
            return 0
        self._guessed.append(paragraph)
        return 2

    def _looks_like_one(self, paragraph: Paragraph) -> bool:
        text = paragraph.text.strip()
        runs = [run for run in paragraph.runs if run.text.strip()]
        plain = paragraph.place is None or paragraph.place.ordered
        return bool(
            runs
            and plain
            and len(text) <= 100
            and not paragraph.pictures
            and all(run.bold for run in runs)
            and not text.endswith((".", "!", ";", ","))
            and not _CAPTION.match(text)
        )

    def _told_of_guesses(self) -> None:
        for paragraph in self._guessed:
            self._note(
                paragraph.number,
                paragraph.text,
                _("Taken as a heading because the whole line is bold. Word’s style “Heading” leaves no doubt."),
            )

    # Parts ------------------------------------------------------------------------------------------------------------

    def _blocks(self, blocks: Sequence[Paragraph | Table]) -> None:
        place = 0
        while place < len(blocks):
            block = blocks[place]
            after = blocks[place + 1] if place + 1 < len(blocks) else None
            if isinstance(block, Table):
                place += self._table(block, after)
            elif self._is_caption(block, tables=True) and isinstance(after, Table) and not is_frame(after):
                self._table(after, None, caption=block.text)
                place += 2
            else:
                place += self._paragraph(block, after)

    def _is_caption(self, block: object, *, tables: bool) -> bool:
        if not isinstance(block, Paragraph) or block.pictures or not 0 < len(block.text.strip()) <= MOST_ALT:
            return False
        found = _CAPTION.match(block.text.strip())
        return tables == (found[1].lower() in ("bảng", "table")) if found else block.style == "caption"

    def _paragraph(self, paragraph: Paragraph, after: object) -> int:
        """Plan the paragraph and return how many blocks it took: a picture takes the caption below it."""
        level = self._level(paragraph) if paragraph.text.strip() else 0
        if level:
            if level == 2 or self._writer.size >= ENOUGH:
                self._flush()
            self._writer.heading(level, paragraph)
            self._plan.headings += 1
            self._near = paragraph.text
        pieces: list[Run | Picture] = []
        taken = 1
        for piece in paragraph.pieces:
            if not isinstance(piece, Picture):
                pieces.append(piece)
                continue
            if not level:
                self._text(paragraph, pieces)
            pieces = []
            caption = ""
            if piece is paragraph.pictures[-1] and self._is_caption(after, tables=False):
                assert isinstance(after, Paragraph)  # noqa: S101  what a caption is
                caption, taken = after.text, 2
            self._picture(piece, paragraph, caption)
        if not level:
            self._text(paragraph, pieces)
        return taken

    def _text(self, paragraph: Paragraph, pieces: list[Run | Picture]) -> None:
        part = replace(paragraph, pieces=tuple(pieces))
        if not part.text.strip():
            return
        if paragraph.place is None and self._writer.size >= ENOUGH:
            self._flush()
        self._writer.paragraph(part)
        if paragraph.place is None:
            self._plan.paragraphs += 1
        self._near = paragraph.text

    def _picture(self, picture: Picture, paragraph: Paragraph, caption: str) -> None:
        near = paragraph.text.strip() or self._near
        reason = self._why_not(picture)
        if reason:
            self._note(paragraph.number, near, _("An image is left out: %(reason)s") % {"reason": reason}, True)
            return
        self._flush()
        number = len(self._plan.pictures) + 1
        alt = " ".join(picture.alt.split())[:MOST_ALT]
        caption = " ".join(caption.split())
        self._plan.parts.append(PicturePart(number, picture, paragraph.number, alt, caption, opening(near)))

    def _table(self, table: Table, after: object, *, caption: str = "") -> int:
        """Plan the table and return how many blocks it took."""
        taken = 1
        if is_frame(table):
            self._note(table.number, table.text, _("A frame of one row or column becomes text."))
            self._blocks([block for row in table.rows for cell in row for block in cell.blocks])
            return taken
        if not caption and self._is_caption(after, tables=True):
            assert isinstance(after, Paragraph)  # noqa: S101  what a caption is
            caption, taken = after.text, 2
        grid = grid_of(table, self._note)
        if grid is None:
            self._as_text(table)
        else:
            self._flush()
            number = len(self._plan.tables) + 1
            caption = " ".join((caption or table.title).split())[:MOST_ALT]
            self._plan.parts.append(TablePart(number, grid, table.number, caption))
        # A table holds words only: its pictures come after it.
        for row in table.rows:
            for cell in row:
                for block in cell.blocks:
                    if isinstance(block, Paragraph) and block.pictures:
                        self._note(block.number, table.text, _("An image in a table is put below the table."))
                        for picture in block.pictures:
                            self._picture(picture, block, "")
        return taken

    def _as_text(self, table: Table) -> None:
        self._note(table.number, table.text, _("The table is too large and becomes text, a line for each row."))
        for row in table.rows:
            self._writer.line(" · ".join(" ".join(cell.text.split()) for cell in row if cell.text.strip()))
            if self._writer.size >= ENOUGH:
                self._flush()

    def _flush(self) -> None:
        html = self._writer.take()
        if letters_in(html):
            self._plan.parts.append(TextPart(html))
