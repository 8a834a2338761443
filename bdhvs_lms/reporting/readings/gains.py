"""What a reading holds of gains, and what earlier readings have told of them.

`frozen`: {"format", "areas": [area ids], "competencies": {key: {"code", "label_vi", "label_en"}},
"groups": [{"key", "label_vi", "label_en", "competencies": [keys], "tables": [...]}]}. A table is of competencies in
which the same people have the same marks: {"competencies": [keys], "activities": [hex], "cells": {area id: [people,
before, after, rose, same, fell, signs]}, "hidden": [area ids]}; in an area of neither of the two nobody has both marks.
Signs are two sums over the people of a cell, by which it is known whether they are the same: of nobody in particular.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, When

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.gain import Beside, Gain, Gains, competency_key, gains
from bdhvs_lms.reporting.queries.gain_table import UNIT, ToldCell, ToldGains
from bdhvs_lms.reporting.queries.places import AreaHistory, AreaTree, Node
from bdhvs_lms.reporting.readings.earlier import said_in
from bdhvs_lms.reporting.readings.models import ReadingGains

FORMAT = 1
# Who is active is among those who have begun.
KINDS = ("passed", "confirmed", "begun")


@dataclass(frozen=True)
class Labelled:
    """A group or a competency, as the reading has it."""

    key: str
    label_vi: str
    label_en: str = ""
    code: str = ""


@dataclass(frozen=True)
class FrozenGains:
    """The gains of a reading, read."""

    content: Mapping[str, Any]

    @cached_property
    def groups(self) -> list[Labelled]:
        return [Labelled(one["key"], one["label_vi"], one["label_en"]) for one in self.content.get("groups", ())]

    def has(self, area: Area) -> bool:
        """Whether the area is one of those that have numbers: part of the reading, and no village."""
        return area.pk in self._areas

    @cached_property
    def _areas(self) -> frozenset[int]:
        return frozenset(self.content.get("areas", ()))

    def competencies(self, group: Labelled) -> list[Labelled]:
        """In which anybody of the group, anywhere, has both marks."""
        named = self.content["competencies"]
        keys = next(one["competencies"] for one in self.content["groups"] if one["key"] == group.key)
        return [Labelled(key, **named[key]) for key in keys]

    def gain(self, group: Labelled, competency: Labelled, area: Area) -> Gain:
        """Of an area that it `has`."""
        table = self._tables[group.key, competency.key]
        cell = table["cells"].get(str(area.pk))
        if cell is None:
            return Gain(competency, None if area.pk in table["hidden"] else 0)
        people, before, after, rose, same, fell, _signs = cell
        if not people:
            return Gain(competency, 0)
        return Gain(competency, people, Decimal(before), Decimal(after), rose, same, fell)

    @cached_property
    def _tables(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {
            (group["key"], key): table
            for group in self.content["groups"]
            for table in group["tables"]
            for key in table["competencies"]
        }


def read_gains(board: Board, area: Area, as_of: date, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is told with a reading of gains in its area and below. `content`: of the reading itself, told beside it."""
    told = told_gains()
    beside: dict[str, list[Mapping[Node, int]]] = {}
    for (group, _year), numbers in said_in(content)[0].items():
        beside.setdefault(group, []).extend(numbers[kind] for kind in KINDS if kind in numbers)
    found = gains(
        AreaTree(board.history, (as_of,)),
        as_of,
        board.at,
        {group: Beside(told.get(group, ()), beside.get(group, ())) for group in {*told, *beside}},
    )
    return _content(found, area)


def _content(found: Gains, area: Area) -> dict[str, Any]:
    nodes = [node for node in found.tree.parents if isinstance(node, int) and area.pk in found.tree.line(node)]
    return {
        "format": FORMAT,
        "areas": nodes,
        "competencies": {
            competency_key(one): {"code": one.code, "label_vi": one.label_vi, "label_en": one.label_en}
            for one in found.competencies
        },
        "groups": [
            {
                "key": group.key,
                "label_vi": group.label_vi,
                "label_en": group.label_en,
                "competencies": [competency_key(one) for one in found.competencies_of(group)],
                "tables": [
                    {
                        "competencies": sorted(told.competencies),
                        "activities": sorted(told.activities),
                        "cells": {
                            str(node): _cell(found.gain(group, found.by_key[min(told.competencies)], node), cell)
                            for node, cell in told.cells.items()
                            if cell.people
                        },
                        "hidden": [node for node in nodes if node not in told.cells],
                    }
                    for told in (found.tables[group.pk].told(nodes) if group.pk in found.tables else ())
                ],
            }
            for group in found.groups
        ],
    }


def _cell(gain: Gain, cell: ToldCell) -> list[Any]:
    signs = [cell.marks - cell.people * UNIT, cell.who - cell.people * UNIT]
    return [cell.people, str(gain.before), str(gain.after), cell.rose, cell.same, cell.fell, signs]


def gains_of(area: Area, history: AreaHistory) -> list[ReadingGains]:
    """Of the area's readings, or of those of the nearest one above it that has some with gains, the newest first.

    Without their content. One query."""
    line = history.line(area.pk)
    near = Case(*(When(reading__area_id=pk, then=place) for place, pk in enumerate(line)))
    found = ReadingGains.objects.filter(reading__area__in=line).select_related("reading")
    ordered = list(found.defer("reading__frozen", "frozen").order_by(near, "-reading__month", "-reading__number"))
    return [one for one in ordered if one.reading.area_id == ordered[0].reading.area_id]


def told_gains() -> dict[str, list[ToldGains]]:
    """By the group's key, of every reading that has gains. One query."""
    found: dict[str, list[ToldGains]] = {}
    for content in ReadingGains.objects.order_by("pk").values_list("frozen", flat=True).iterator():
        for group in content["groups"]:
            found.setdefault(group["key"], []).extend(_told(table, content["areas"]) for table in group["tables"])
    return found


def _told(table: Mapping[str, Any], areas: list[int]) -> ToldGains:
    hidden = set(table["hidden"])
    # Where nobody has both marks it is said.
    cells: dict[Node, ToldCell] = {area: ToldCell(0, 0, 0, 0, 0, 0) for area in areas if area not in hidden}
    for area, (people, _before, _after, rose, same, fell, (marks, who)) in table["cells"].items():
        cells[int(area)] = ToldCell(people, people * UNIT + marks, people * UNIT + who, rose, same, fell)
    return ToldGains(frozenset(table["competencies"]), frozenset(table["activities"]), cells)
