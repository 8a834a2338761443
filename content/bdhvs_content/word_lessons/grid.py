"""Conversion of a Word table to rows and columns of words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bdhvs_content.blocks.tables import CELL, MAX_COLUMNS, MAX_ROWS
from bdhvs_content.word_lessons.words import Note
from question_files.document.parts import Cell, Paragraph, Table


@dataclass(frozen=True)
class Grid:
    """`named`: the first column names the rows."""

    headings: list[str]
    rows: list[list[str]]
    named: bool = False


def is_frame(table: Table) -> bool:
    """Tell whether the table only stands around its text, or beside a picture."""
    widest = max((sum(cell.columns for cell in row) for row in table.rows), default=0)
    return widest < 2 or len(table.rows) < 2


def grid_of(table: Table, note: Note) -> Grid | None:
    """Convert the table; None: it is too large for a lesson. `note` as the Writer's."""
    width = max(sum(cell.columns for cell in row) for row in table.rows)
    if width > MAX_COLUMNS or len(table.rows) > MAX_ROWS + 1:
        return None
    rows: list[list[str]] = []
    merged = False
    for row in table.rows:
        texts: list[str] = []
        for cell in row:
            place = len(texts)
            # Whoever listens to one row hears what stands beside several.
            text = rows[-1][place] if cell.continued and rows and place < len(rows[-1]) else _text(cell)
            merged = merged or cell.continued or cell.columns > 1
            texts += [text, *[""] * (cell.columns - 1)]
        rows.append([*texts, *[""] * (width - len(texts))])
    if any(len(text) > CELL for row in rows for text in row):
        return None
    if merged:
        note(table.number, table.text, _("Merged cells are taken apart. Check where their words stand."))
    first = [cell for cell in table.rows[0] if cell.text.strip()]
    if not table.headed and not all(_bold(cell) for cell in first):
        note(table.number, table.text, _("The first row is taken as the headings of the columns. Check them."))
    named = not rows[0][0].strip() or all(
        _bold(row[0]) for row in table.rows[1:] if row and row[0].text.strip() and not row[0].continued
    )
    if any(not heading.strip() for heading in rows[0][1:]):
        note(table.number, table.text, _("A column has no heading. Enter one before you publish."))
    return Grid([" ".join(heading.split()) for heading in rows[0]], rows[1:], named)


def _text(cell: Cell) -> str:
    lines = []
    for block in cell.blocks:
        if isinstance(block, Paragraph):
            mark = "" if block.place is None else f"{block.place.label} "
            lines.append(f"{mark}{block.text.strip()}" if block.text.strip() else "")
        else:
            lines += [" · ".join(_text(inner) for inner in row) for row in block.rows]
    return "\n".join(line for line in lines if line)


def _bold(cell: Cell) -> bool:
    runs = [run for block in cell.blocks if isinstance(block, Paragraph) for run in block.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)
