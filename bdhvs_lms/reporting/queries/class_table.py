"""One table of a commune's people by class, and which of it may stand beside what the board shows. decision 30."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from bdhvs_lms.reporting.queries.class_cuts import TellsOf, few_told
from bdhvs_lms.reporting.queries.group_table import GroupTable, RuleAt
from bdhvs_lms.reporting.queries.places import Node
from bdhvs_lms.reporting.suppression import SMALL, Counts, Form, difference, is_small, shown_in_turn, single

REST = 0
"""Whoever is in no class, or in one with too few people to be told; no class has this primary key."""


@dataclass
class Cells:
    """People under one rule by (class, leaf): how many there are, and of them who passes, is confirmed, has begun."""

    people: dict[tuple[int, Node], int] = field(default_factory=dict)
    passed: dict[tuple[int, Node], int] = field(default_factory=dict)
    confirmed: dict[tuple[int, Node], int] = field(default_factory=dict)
    begun: dict[tuple[int, Node], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """The numbers of one class. None: not shown."""

    people: int | None
    learning: int | None
    passed: int | None
    confirmed: int | None


class ClassTable:
    """A commune under all rules of a group, by class: beside what the board shows of it and of its villages."""

    def __init__(self, table: GroupTable, top: Node, cells: Mapping[Hashable, Cells]) -> None:
        """`cells`: of each rule of the table, by its content."""
        self._table, self._top = table, top
        self.people: dict[Hashable, dict[int, int]] = {}
        self.values: dict[Hashable, dict[int, int]] = {}
        self._cells: dict[Hashable, dict[tuple[int, Node], int]] = {}
        sizes = {content: _by_class(found.people) for content, found in cells.items()}
        self.classes = sorted({one for size in sizes.values() for one, people in size.items() if people >= SMALL})
        self._leaves = [leaf for leaf in table.tree.leaves if top in table.tree.line(leaf)]
        for rule_at in table.rules:
            found = cells[rule_at.content]
            everybody = self._told_apart(table.people[rule_at.passed], found.people)
            for measure, own, inside in (
                (_size(rule_at), table.people[rule_at.passed], found.people),
                (rule_at.passed, table.values[rule_at.passed], found.passed),
                (rule_at.confirmed, table.values[rule_at.confirmed], found.confirmed),
                (rule_at.begun, table.values[rule_at.begun], found.begun),
            ):
                self._cells[measure] = self._told_apart(own, inside)
                self.people[measure] = _by_class(everybody)
                self.values[measure] = _by_class(self._cells[measure])
        self._order = [_size(one) for one in table.rules]
        for name in ("passed", "confirmed", "begun"):
            self._order += [getattr(one, name) for one in table.rules]
        self._forms = _forms(table.rules)
        leaves = [*self.classes, *([REST] if any(people.get(REST) for people in self.people.values()) else [])]
        self._counts = Counts(
            {top: None, **{_leaf(one): top for one in leaves}},
            _on_leaves(self.people),
            _on_leaves(self.values),
            [*self._forms, *_of_sizes(table.rules)],
            {rule_at.confirmed: rule_at.passed for rule_at in table.rules},
        )
        self.shown = self._decided()

    def _told_apart(
        self, by_leaf: Mapping[Node, int], by_cell: Mapping[tuple[int, Node], int]
    ) -> dict[tuple[int, Node], int]:
        """By (class, leaf), where whoever is in none of the classes of this table is `REST`'s."""
        found = {cell: number for cell, number in by_cell.items() if cell[0] in self.classes and number}
        for leaf in self._leaves:
            rest = by_leaf.get(leaf, 0) - sum(found.get((one, leaf), 0) for one in self.classes)
            if rest:
                found[(REST, leaf)] = rest
        return found

    def _decided(self) -> dict[Hashable, frozenset[Hashable]]:
        """Of each measure the classes that are shown. What the board shows stays, so classes give way."""
        banned: set[tuple[Hashable, int]] = set()
        off = {measure for measure in self._order if not self._on_board(measure)}
        off -= {_size(rule_at) for rule_at in self._table.rules}
        while True:
            given = {measure: self._given(measure, banned, off) for measure in self._order}
            found = shown_in_turn(self._counts, given, self._order)
            lost = {measure for measure in self._order if self._top in given[measure] - found[measure]}
            if lost - off:
                off |= lost
                continue
            if lost:
                # Also with its classes hidden the commune's number tells, beside the sizes, of a few who are left.
                return {measure: frozenset() for measure in self._order}
            wrong = self._crossed(found)
            if not wrong:
                return found
            banned |= wrong

    def _on_board(self, measure: Hashable) -> bool:
        return self._top in self._table.shown.get(measure, ())

    def _given(
        self, measure: Hashable, banned: Collection[tuple[Hashable, int]], off: Collection[Hashable]
    ) -> set[Any]:
        found: set[Any] = {self._top} if self._on_board(measure) else set()
        if measure in off:
            return found
        counted, people = self.values[measure], self.people[measure]
        for one in (*self.classes, REST):
            if one == REST and not self._on_board(measure):
                continue
            if people.get(one, 0) >= SMALL and not is_small(counted.get(one, 0)) and (measure, one) not in banned:
                found.add(_leaf(one))
        return found

    def _crossed(self, shown: Mapping[Hashable, Collection[Hashable]]) -> set[tuple[Hashable, int]]:
        """Which classes give way, as somebody who knows which of them lie in which villages could tell of a few."""
        wrong = set()
        for form in (*self._forms, *_of_sizes(self._table.rules)):
            measures = [measure for measure, _sign in form.terms]
            everywhere = (*self.classes, REST)
            told = [(measure, one) for measure in measures for one in everywhere if _leaf(one) in shown[measure]]
            villages = {leaf: tuple(self._village(measure, leaf) for measure in measures) for leaf in self._leaves}
            if len(set(villages.values())) < 2 or not told:
                continue
            classes = {
                one: tuple(one if (measure, one) in told else None for measure in measures) for one in everywhere
            }
            of_whom = self._cells[_size(_rule_of(form.yields, self._table.rules))]
            cells: dict[tuple[TellsOf, TellsOf], list[int]] = {}
            counted = [(self._cells[measure], sign, 0) for measure, sign in form.terms]
            for inside, sign, place in (*counted, (of_whom, 1, 1)):
                for (one, leaf), number in inside.items():
                    cells.setdefault((villages[leaf], classes[one]), [0, 0])[place] += sign * number
            without = {place for place, measure in enumerate(measures) if not self._on_board(measure)}
            years = {_rule_of(measure, self._table.rules).content for measure in measures}
            by = few_told(cells, without, of_years=len(years) > 1)
            if by is not None:
                # The form's last number first, and of few people rather than of many.
                among = [(measure, one) for measure, one in told if (measures.index(measure), one) in by] or told
                wrong.add(min(among, key=lambda at: (at[0] != form.yields, self.people[at[0]].get(at[1], 0), at[1])))
        return wrong

    def _village(self, measure: Hashable, leaf: Node) -> Node | None:
        """The nearest area of the commune above a leaf of which a number is shown."""
        line = self._table.tree.line(leaf)
        here = line[: line.index(self._top) + 1]
        return next((node for node in here if node in self._table.shown.get(measure, ())), None)

    def has_rest(self, rule_at: RuleAt) -> bool:
        """Whether anybody is in none of the classes."""
        return bool(self.people[_size(rule_at)].get(REST))

    def told(self, rule_at: RuleAt, one: int) -> Told:
        """What is shown of a class, or of `REST`, by its primary key."""

        def shown(measure: Hashable) -> int | None:
            return self.values[measure].get(one, 0) if _leaf(one) in self.shown[measure] else None

        begun, passed = shown(rule_at.begun), shown(rule_at.passed)
        return Told(
            people=shown(_size(rule_at)),
            learning=None if begun is None or passed is None else begun - passed,
            passed=passed,
            confirmed=shown(rule_at.confirmed),
        )


def _leaf(one: int) -> Hashable:
    return ("class", one)


def _size(rule_at: RuleAt) -> Hashable:
    return ("size", rule_at.content)


def _by_class(cells: Mapping[tuple[int, Node], int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (one, _node), number in cells.items():
        found[one] = found.get(one, 0) + number
    return found


def _on_leaves(counts: Mapping[Hashable, Mapping[int, int]]) -> dict[Hashable, dict[Any, int]]:
    return {measure: {_leaf(one): number for one, number in own.items()} for measure, own in counts.items()}


def _forms(rules: Sequence[RuleAt]) -> list[Form]:
    """What follows from the numbers that board and classes both have; the later one in the order gives way."""
    found = []
    for rule_at in rules:
        found += [single(rule_at.passed), single(rule_at.confirmed), single(rule_at.begun)]
        found += [
            difference(rule_at.passed, rule_at.confirmed),
            difference(rule_at.begun, rule_at.passed, yields=rule_at.begun),
        ]
    for earlier, later in combinations(rules, 2):
        for name in ("passed", "confirmed", "begun"):
            found.append(difference(getattr(earlier, name), getattr(later, name)))
    return found


def _of_sizes(rules: Sequence[RuleAt]) -> list[Form]:
    """Who of a class has not begun, does not pass, is not confirmed: its size stands beside each."""
    found = [single(_size(rule_at)) for rule_at in rules]
    for rule_at in rules:
        found += [difference(_size(rule_at), measure) for measure in (rule_at.passed, rule_at.confirmed, rule_at.begun)]
    return found


def _rule_of(measure: Hashable, rules: Iterable[RuleAt]) -> RuleAt:
    return next(one for one in rules if measure in (one.passed, one.confirmed, one.begun, _size(one)))
