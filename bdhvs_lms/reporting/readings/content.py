"""What a reading holds: a board's rows as data and as the Vietnamese words of their cells, and tables made of it again.

`content`: {"format", "as_of", "area", "columns": [{"key", "heading", "width", "kind"}], "lines": [...],
"targets": {plan/key: facts}, "rows": [{"target", "area", "above", "depth", "name", numbers, "hidden", "cells"}]}.
A cell is [text, value]; a value is a whole number, a decimal as text, or null.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from bdhvs_lms.base.api import format_day
from bdhvs_lms.campaign.api import Area, Denominator, Figure, Target
from bdhvs_lms.reporting.area_choice import area_key
from bdhvs_lms.reporting.board_table import area_cell, board_table
from bdhvs_lms.reporting.queries.board import Board, board_targets
from bdhvs_lms.reporting.queries.targets import TargetRow, Verdict
from bdhvs_lms.reporting.tables import Cell, Column, Table

FORMAT = 1
NUMBERS = ("learning", "active", "numerator", "confirmed", "gap", "unassigned")
AREA_COLUMN = "area"


@dataclass(frozen=True)
class FrozenRow:
    """A target in an area, as the reading has it."""

    data: dict[str, Any]

    @property
    def target(self) -> str:
        """Plan and key: 'kh02-chuongmy-2025/T3-2025'."""
        return str(self.data["target"])

    @property
    def code(self) -> str:
        return self.target.rpartition("/")[2]

    @property
    def area(self) -> str:
        """As in addresses; with '+' behind it: the people in none of the areas below it."""
        return str(self.data["area"])

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def depth(self) -> int:
        return int(self.data["depth"])

    @property
    def verdict(self) -> Verdict:
        return cast("Verdict", self.data["verdict"])

    @property
    def gap(self) -> int | None:
        return cast("int | None", self.data["gap"])

    @property
    def figure(self) -> dict[str, Any] | None:
        """Of a target that somebody outside counted: source, as_of, value, illustrative."""
        return cast("dict[str, Any] | None", self.data["figure"])

    @property
    def cells(self) -> dict[str, Cell]:
        return {key: Cell(text, _value(value)) for key, (text, value) in self.data["cells"].items()}


@dataclass(frozen=True)
class Frozen:
    """The content of a reading, read."""

    content: dict[str, Any]

    @cached_property
    def rows(self) -> tuple[FrozenRow, ...]:
        return tuple(map(FrozenRow, self.content["rows"]))

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.content["as_of"])

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.content["lines"])

    def facts(self, row: FrozenRow) -> dict[str, Any]:
        """What is said of the row's target: wording, year, rule."""
        return cast("dict[str, Any]", self.content["targets"][row.target])

    def of_area(self, rows: Iterable[FrozenRow] | None = None) -> list[FrozenRow]:
        """The rows of the reading's own area, one a target."""
        return [row for row in (self.rows if rows is None else rows) if row.depth == 0]

    def reported(self) -> list[FrozenRow]:
        """Of the area itself, the targets of the years that have begun; of all years where none has."""
        own = self.of_area()
        return [row for row in own if self.facts(row)["year"] <= self.as_of.year] or own

    def below(self, target: str) -> list[FrozenRow]:
        """The areas directly below, whoever lacks most first; then those of whom it is not known."""
        found = [row for row in self.rows if row.depth == 1 and row.target == target]
        return sorted(found, key=lambda row: (row.gap is None, -(row.gap or 0)))

    def within(self, area: str) -> list[FrozenRow]:
        """The rows of an area and of all below it."""
        keys = {area}
        found = []
        # Areas come after what they lie in.
        for row in self.rows:
            if row.area in keys or row.data["above"] in keys:
                keys.add(row.area)
                found.append(row)
        return found

    def table(self, rows: Sequence[FrozenRow], title: str, *, without: Sequence[str] = ()) -> Table[FrozenRow]:
        columns = [
            Column[FrozenRow](
                one["key"], one["heading"], _cell_of(one["key"]), one["width"], one["kind"], vietnamese=True
            )
            for one in self.content["columns"]
            if one["key"] not in without
        ]
        return Table(title, self.lines, tuple(columns), tuple(rows))

    def whole(self) -> Table[FrozenRow]:
        """Every row: what CSV and XLSX hold."""
        return self.table(self.rows, str(self.content["title"]))


def _cell_of(key: str) -> Any:
    def cell(row: FrozenRow) -> Cell:
        found = row.cells[key]
        return Cell(found.text, found.value, vietnamese=(found.text,))

    return cell


def _value(value: int | str | None) -> int | Decimal | None:
    return Decimal(value) if isinstance(value, str) else value


def _kept(value: int | Decimal | None) -> int | str | None:
    return str(value) if isinstance(value, Decimal) else value


def read(board: Board, area: Area, as_of: date) -> dict[str, Any]:
    """The content of a reading. The same queries for any number of areas."""
    with override("vi"):
        targets = board_targets(area)
        placed = [(row, None, area, 0) for row in board.rows(targets, area)]
        found: list[tuple[TargetRow, Area | None, Area, int]] = list(placed)
        edge, depth = [area], 0
        while edge:
            depth += 1
            further: list[Area] = []
            for above in edge:
                for target in targets:
                    found += [(row, above, row.area or above, depth) for row in board.below(target, above)]
                further += [one for one in board.areas_below(above) if one.pk not in {area.pk}]
            edge = further
        marked = board.marked(row for row, *_rest in found)
        table = board_table([row for row, *_rest in found], area, as_of, marked=marked)
        columns, rows = table.for_file("xlsx")
        return {
            "format": FORMAT,
            "title": _("Readings of targets: %(area)s, data as of %(day)s")
            % {"area": area.name, "day": format_day(as_of)},
            "as_of": as_of.isoformat(),
            "cutoff": board.at.isoformat(),
            "area": {"key": area_key(area), "name": area.name, "kind": area.kind},
            "illustrative": marked,
            "lines": list(table.lines),
            "columns": [
                {"key": AREA_COLUMN, "heading": pgettext("target", "Area"), "width": 26, "kind": "text"},
                *({"key": one.key, "heading": one.heading, "width": one.width, "kind": one.kind} for one in columns),
            ],
            "targets": {_key(target): _facts(target, found) for target in targets},
            "rows": [
                _row(place, [(column.key, cell) for column, cell in row.pairs], area)
                for place, row in zip(found, rows, strict=True)
            ],
        }


def _key(target: Target) -> str:
    return f"{target.plan.key}/{target.key}"


def _facts(target: Target, found: Iterable[tuple[TargetRow, Area | None, Area, int]]) -> dict[str, Any]:
    rule = next((row.rule for row, *_rest in found if row.target == target and row.rule is not None), None)
    return {
        "plan": target.plan.title_vi,
        "quote": target.quote_vi,
        "year": target.year,
        "goal": target.goal,
        "operator": target.operator,
        "value": str(target.value),
        "measure": target.measure,
        "measurable": target.measurable,
        "group": target.group.key,
        "group_label": target.group.label_vi,
        "indicator": target.indicator.key,
        "due": target.as_of.isoformat(),
        "rule": rule
        and {
            "number": rule.number,
            "label": rule.label_vi,
            "note": rule.note_vi,
            "framework": rule.framework.key,
            "all_of": rule.all_of,
            "level": rule.level,
            "created_at": rule.created_at.isoformat(),
        },
    }


def _row(
    place: tuple[TargetRow, Area | None, Area, int], cells: Sequence[tuple[str, Cell]], area: Area
) -> dict[str, Any]:
    row, above, here, depth = place
    rest = row.area is None and depth > 0
    name = area_cell(row, here) if rest else Cell(here.name)
    return {
        "target": _key(row.target),
        "area": f"{area_key(here)}+" if rest else area_key(here),
        "area_id": here.pk,
        "rest": rest,
        "above": None if above is None else area_key(above),
        "name": f"{name.text} ({here.name})" if rest else name.text,
        "depth": depth,
        "verdict": row.verdict,
        "as_of": row.as_of.isoformat(),
        "hidden": sorted(row.hidden),
        "share": _kept(row.share),
        "base": row.base,
        **{key: getattr(row, key) for key in NUMBERS},
        "denominator": _source(row.denominator),
        "figure": _source(row.figure),
        "cells": {
            AREA_COLUMN: [f"{name.text} ({here.name})" if rest else name.text, None],
            **{key: [cell.text, _kept(cell.value)] for key, cell in cells},
        },
    }


def _source(one: Denominator | Figure | None) -> dict[str, Any] | None:
    if one is None:
        return None
    value = one.value if isinstance(one, Denominator) else one.numerator
    return {"source": one.source, "as_of": one.as_of.isoformat(), "value": value, "illustrative": one.illustrative}
