"""Word tables with a question in each row."""

from __future__ import annotations

from question_files.columns import columns_of
from question_files.language import gettext as _
from question_files.rows import Cell, Rows, look_through, read_row
from question_files.word.building import Built
from question_files.word.drafts import Parsed
from question_files.word.tables import sheet_titles


def from_sheets(parsed: Parsed, built: Built, language: str) -> None:
    """Adds them to what was built."""
    into = Rows(built.questions, built.findings)
    for number, line in enumerate(parsed.sheets, start=1):
        table = line.table
        columns = columns_of(sheet_titles(table)) if table is not None else None
        if table is None or columns is None:
            continue
        look_through(columns, ([Cell(cell.text) for cell in row] for row in table.rows[1:]))
        for place, row in enumerate(table.rows[1:], start=2):
            pictured = any(block.pictures for cell in row for block in cell.blocks if hasattr(block, "pictures"))
            doubts = [_("A picture in the table was left out.")] if pictured else []
            cells = [Cell("\n".join(" ".join(part.split()) for part in cell.text.split("\n"))) for cell in row]
            where = _("table %(table)d, row %(row)d") % {"table": number, "row": place}
            read_row(columns, cells, where, language, into, doubts)
