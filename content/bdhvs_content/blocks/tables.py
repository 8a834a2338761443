"""A table: a caption, a heading for each column, words in its cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock

from bdhvs_content.blocks.aloud import ReadAloud
from bdhvs_content.blocks.base import CheckedStructBlock, is_blank

# On a telephone each row is a card with a line for each column, and is listened to in one go.
MAX_COLUMNS, MAX_ROWS = 8, 100
CELL = 1000


@dataclass(frozen=True)
class Field:
    """A cell with the heading of its column; `heads`: it is the heading of its row."""

    column: str
    text: str
    heads: bool = False


class GridBlock(TypedTableBlock):
    """Wagtail's table of typed columns, of which ours has one type. It implements what wagtail-localize asks of an
    unknown block: its texts, and the same block with them translated."""

    def get_translatable_segments(self, value: Any) -> list[Any]:
        # Of an app that a site may have or not have; only it calls this.
        from wagtail_localize.segments import StringSegmentValue

        texts = {"caption": value.caption}
        texts |= {f"column.{place}": column["heading"] for place, column in enumerate(value.columns)}
        for down, row in enumerate(value.row_data):
            texts |= {f"cell.{down}.{across}": text for across, text in enumerate(row["values"])}
        return [StringSegmentValue(path, text) for path, text in texts.items() if text]

    def restore_translated_segments(self, value: Any, segments: list[Any]) -> TypedTable:
        texts: dict[str, str] = defaultdict(str, {one.path: one.render_text() for one in segments})
        return TypedTable(
            [
                {**column, "heading": texts[f"column.{place}"] or column["heading"]}
                for place, column in enumerate(value.columns)
            ],
            [
                {"values": [texts[f"cell.{down}.{across}"] or text for across, text in enumerate(row["values"])]}
                for down, row in enumerate(value.row_data)
            ],
            texts["caption"] or value.caption,
        )


class TableBlock(ReadAloud, CheckedStructBlock):
    table = GridBlock(
        [("text", blocks.TextBlock(label=_("Text"), required=False, max_length=CELL, rows=1))],
        label=_("Table"),
        required=False,
        help_text=_("Keep it short: a phone shows its rows one below the other, each as a list."),
    )
    row_headings = blocks.BooleanBlock(
        label=_("The first column names the rows"),
        required=False,
        help_text=_("Example: the first column lists services, the others say what each costs."),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        problem = self._problem(value["table"], bool(value["row_headings"]))
        return {"table": problem} if problem else {}

    def _problem(self, table: Any, named: bool) -> Any:
        if not table.columns or not table.row_data:
            return _("Add columns and rows.")
        if is_blank(table.caption):
            return _("Enter a caption that says what the table shows. It is read aloud before the table.")
        if len(table.columns) > MAX_COLUMNS:
            return ngettext_lazy("Use at most %(most)d column.", "Use at most %(most)d columns.", MAX_COLUMNS) % {
                "most": MAX_COLUMNS
            }
        if len(table.row_data) > MAX_ROWS:
            return ngettext_lazy("Use at most %(most)d row.", "Use at most %(most)d rows.", MAX_ROWS) % {
                "most": MAX_ROWS
            }
        # The corner above the names of rows may be empty.
        if any(is_blank(column["heading"]) for column in table.columns[1 if named else 0 :]):
            return _("Enter a heading for each column. Without them nobody can follow the table by ear.")
        return None

    def read_out(self, value: Any) -> Iterator[str]:
        yield escape(value["table"].caption)
        for fields in fields_of(value):
            there = [one for one in fields if one.text.strip()]
            spoken = (f"{one.column}: {one.text}" if one.column and not one.heads else one.text for one in there)
            yield escape(". ".join(spoken))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return {**context, "table_fields": fields_of(value)}

    class Meta:
        icon = "table"
        label = _("Table")
        template = "bdhvs_content/blocks/table.html"


def fields_of(value: Any) -> list[list[Field]]:
    """Return the fields row by row, without empty rows."""
    table, named = value["table"], bool(value["row_headings"])
    headings = [str(column["heading"] or "") for column in table.columns]
    rows = [
        [
            Field(heading, str(text or ""), named and not place)
            for place, (heading, text) in enumerate(zip(headings, row["values"], strict=False))
        ]
        for row in table.row_data
    ]
    return [row for row in rows if any(one.text.strip() for one in row)]
