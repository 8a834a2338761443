"""What stands beside counts: totals, and numbers that readings have told already, which stay known, so that what is
shown next may not differ from them by few people. Decision 100."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.reporting.queries.places import Node
from bdhvs_lms.reporting.queries.targets import LastTold, Part
from bdhvs_lms.reporting.suppression import Form, Known, Split, Tree, difference

KINDS = ("passed", "confirmed", "begun", "active")

Numbers = Mapping[str, Mapping[Node, int]]
"""Of one reading, a group and a year: of each of KINDS the numbers that it shows, by node."""

Told = Mapping[Hashable, Sequence[tuple[Numbers, Numbers]]]
"""Of each rule what readings show of it: of everybody in the group, and of its urban part."""


@dataclass(frozen=True)
class ReadingTold:
    """What one reading shows of our records."""

    uuid: UUID
    area_id: int
    as_of: date
    number: int
    """Of a month the later one is the greater."""
    numbers: Mapping[tuple[str, int], Numbers]
    """By a group's key and a year."""
    areas: Set[int]
    """Of which areas it has a row."""
    waiting: Mapping[Node, Set[int]]
    """How many people it says wait to be placed, on the days of its targets."""


def _parts_at(numbers: Numbers, node: Node) -> Iterator[tuple[Part, int]]:
    """What a reading says at a node, as a row of the board has it."""
    passed, begun = (numbers.get(kind, {}).get(node) for kind in ("passed", "begun"))
    if passed is None:
        return
    yield "numerator", passed
    if begun is not None:
        yield "learning", begun - passed
    if (confirmed := numbers.get("confirmed", {}).get(node)) is not None:
        yield "confirmed", confirmed
    if (active := numbers.get("active", {}).get(node)) is not None:
        yield "active", active


class Published:
    """What readings show, loaded when the first number is asked for."""

    def __init__(self, load: Callable[[], Sequence[ReadingTold]] = tuple) -> None:
        self._load = load

    @cached_property
    def _readings(self) -> Sequence[ReadingTold]:
        return self._load()

    @cached_property
    def _newest_first(self) -> list[ReadingTold]:
        return sorted(self._readings, key=lambda one: (one.as_of.replace(day=1), one.number), reverse=True)

    @cached_property
    def _keys(self) -> dict[int, str]:
        return dict(TargetGroup.objects.values_list("pk", "key"))

    def last_with(self, area_id: int, line: Sequence[int]) -> ReadingTold | None:
        """The newest reading that has the area, of the nearest area with readings. `line`: the area and those above."""
        found = [one for one in self._newest_first if one.area_id in line and area_id in one.areas]
        return min(found, key=lambda one: line.index(one.area_id), default=None)

    def numbers(self, group_id: int, year: int) -> list[Numbers]:
        """Of a group's primary key and a year, what each reading shows of it."""
        return [one.numbers.get((self._keys[group_id], year), {}) for one in self._readings]

    def last_told(self, group_id: int, year: int, node: Node, parts: Set[Part]) -> LastTold | None:
        """Of a group's primary key and a year, what was last said at a node of these counts."""
        key = self._keys[group_id], year
        for one in self._newest_first:
            numbers = {part: number for part, number in _parts_at(one.numbers.get(key, {}), node) if part in parts}
            if numbers:
                return LastTold(one.as_of, numbers)
        return None

    def waiting(self, node: Node) -> set[int]:
        """The numbers that readings show of the people who wait at a node to be placed."""
        return {number for one in self._readings for number in one.waiting.get(node, ())}


@dataclass(frozen=True)
class Beside:
    """Totals that a reader can compare counts with, by node."""

    by_node: Mapping[Node, int]
    side: bool | None = None
    """Of those in urban units only (True), of the others only, of all (None)."""


def _distinct(found: Iterable[tuple[Numbers, Numbers]]) -> list[tuple[Numbers, Numbers]]:
    """Readings that say the same are one."""
    kept: list[tuple[Numbers, Numbers]] = []
    for one in found:
        if one not in kept:
            kept.append(one)
    return kept


def known_of(tree: Tree, everybody: Mapping[Node, int], part: Mapping[Node, int], urban: Set[Node]) -> Known:
    """What follows from numbers that a reading shows, of areas that are still there."""
    of_all, of_part = ({node: one[node] for node in one if node in tree.parents} for one in (everybody, part))
    return Split(tree, of_all, {node: number for node, number in of_part.items() if node in of_all}, urban).known


def beside_published(
    measures: Mapping[Hashable, tuple[Hashable, ...]], told: Told, tree: Tree, urban: Set[Node] = frozenset()
) -> tuple[dict[Hashable, Known], list[Form]]:
    """(what every reader knows, forms that tell what became of it): the newer number gives way.

    Args:
        measures: of each rule its measures, in the order of KINDS.
        urban: the leaves where the urban part is.
    """
    known: dict[Hashable, Known] = {}
    forms: list[Form] = []
    for rule, readings in told.items():
        for place, (everybody, part) in enumerate(_distinct(readings)):
            names: dict[str, Hashable] = {}
            for kind in KINDS:
                found = known_of(tree, everybody.get(kind, {}), part.get(kind, {}), urban)
                if found.region:
                    names[kind] = ("published", kind, rule, place)
                    known[names[kind]] = found
            for now, own in measures.items():
                # Of other years too: who passes in one is among those who may pass in the next.
                for kind, measure in zip(KINDS, own, strict=True):
                    if kind in names:
                        forms.append(difference(measure, names[kind], yields=measure))
                if now == rule:
                    forms += _net(names, own)
    return known, forms


def _net(names: Mapping[str, Hashable], own: Sequence[Hashable]) -> list[Form]:
    """How those who are learning, who have stopped, and who wait to be confirmed have become more or fewer."""
    passed, confirmed, begun, active = own
    found = []
    if {"passed", "begun"} <= set(names):
        terms = ((begun, 1), (passed, -1), (names["begun"], -1), (names["passed"], 1))
        found.append(Form(terms, begun))
        if "active" in names:
            found.append(Form((*terms, (active, -1), (names["active"], 1)), active))
    if {"passed", "confirmed"} <= set(names):
        terms = ((passed, 1), (confirmed, -1), (names["passed"], -1), (names["confirmed"], 1))
        found.append(Form(terms, confirmed))
    return found
