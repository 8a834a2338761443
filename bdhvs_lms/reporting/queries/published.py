"""What stands beside counts: totals, and numbers that readings have told already, which stay known, so that what is
shown next may not differ from them by few people. Decision 100."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from bdhvs_lms.reporting.queries.places import Node
from bdhvs_lms.reporting.suppression import Counts, Form, difference, shown_in_turn

KINDS = ("passed", "confirmed", "begun", "active")

Numbers = Mapping[str, Mapping[Node, int]]
"""Of one reading, a group and a year: of each of KINDS the numbers that it shows, by node."""
Published = Callable[[int, int], Sequence[Numbers]]
"""Of a group's primary key and a year, what each reading shows of it."""

Told = Mapping[Hashable, Sequence[Numbers]]
"""Of each rule what readings show of it."""


@dataclass(frozen=True)
class Beside:
    """Totals that a reader can compare counts with, by node."""

    by_node: Mapping[Node, int]
    side: bool | None = None
    """Of those in urban units only (True), of the others only, of all (None)."""


def nothing_published(_group_id: int, _year: int) -> Sequence[Numbers]:
    return ()


def _distinct(found: Iterable[Numbers]) -> list[Numbers]:
    """Readings that say the same are one."""
    kept: list[Numbers] = []
    for one in found:
        if one not in kept:
            kept.append(one)
    return kept


def beside_published(
    measures: Mapping[Hashable, tuple[Hashable, ...]],
    published: Mapping[Hashable, Sequence[Numbers]],
    nodes: Set[Node],
) -> tuple[dict[Hashable, Mapping[Node, int]], list[Form]]:
    """(numbers as totals that every reader knows, forms that tell what became of them): the newer number gives way.

    Args:
        measures: of each rule its measures, in the order of KINDS.
        published: of each rule what readings show of it.
    """
    known: dict[Hashable, Mapping[Node, int]] = {}
    forms: list[Form] = []
    for rule, readings in published.items():
        for place, numbers in enumerate(_distinct(readings)):
            names: dict[str, Hashable] = {}
            for kind in KINDS:
                by_node = {node: number for node, number in numbers.get(kind, {}).items() if node in nodes}
                if by_node:
                    names[kind] = ("published", kind, rule, place)
                    known[names[kind]] = by_node
            for now, own in measures.items():
                # Of other years too: who passes in one is among those who may pass in the next.
                for kind, measure in zip(KINDS, own, strict=True):
                    if kind in names:
                        forms.append(difference(measure, names[kind], yields=measure))
                if now == rule:
                    forms += _net(names, own)
    return known, forms


def _net(names: Mapping[str, Hashable], own: Sequence[Hashable]) -> list[Form]:
    """How those who are learning, and those who wait to be confirmed, have become more or fewer."""
    passed, confirmed, begun, _active = own
    found = []
    if {"passed", "begun"} <= set(names):
        terms = ((begun, 1), (passed, -1), (names["begun"], -1), (names["passed"], 1))
        found.append(Form(terms, begun))
    if {"passed", "confirmed"} <= set(names):
        terms = ((passed, 1), (confirmed, -1), (names["passed"], -1), (names["confirmed"], 1))
        found.append(Form(terms, confirmed))
    return found


def shown_beside_published(
    counts: Counts,
    shown: Mapping[Hashable, Iterable[Node]],
    part: Set[Node],
    measures: Mapping[Hashable, tuple[Hashable, ...]],
    of_part: Mapping[Hashable, Sequence[Numbers]],
    of_rest: Mapping[Hashable, Sequence[Numbers]],
) -> dict[Hashable, frozenset[Node]]:
    """Where a part of a table's people (at the leaves in `part`) stays shown beside what readings said of the part, and
    so of the rest."""
    allowed: dict[Hashable, frozenset[Node]] = {measure: frozenset(nodes) for measure, nodes in shown.items()}
    before = None
    while before != allowed:
        before = dict(allowed)
        for inside, published in ((True, of_part), (False, of_rest)):
            known, forms = beside_published(measures, published, set(counts.parents))
            if not forms:
                continue

            def on_side(
                own: Mapping[Hashable, Mapping[Node, int]], inside: bool = inside
            ) -> dict[Hashable, dict[Node, int]]:
                return {
                    measure: {leaf: number for leaf, number in found.items() if (leaf in part) is inside}
                    for measure, found in own.items()
                }

            side = Counts(counts.parents, on_side(counts.people), on_side(counts.values), forms, counts.within, known)
            found = shown_in_turn(side, allowed, list(counts.values))
            allowed = {measure: allowed[measure] & found[measure] for measure in allowed}
    return allowed


def told_of_part(
    published: Published, whole_id: int, part_id: int, rules: Iterable[tuple[Hashable, int]]
) -> tuple[Told, Told]:
    """What readings show of a part of a group, and what follows of the rest. `rules`: the part's, with their years."""
    of_part: dict[Hashable, list[Numbers]] = {}
    of_rest: dict[Hashable, list[Numbers]] = {}
    for rule, year in rules:
        part, whole = published(part_id, year), published(whole_id, year)
        of_part.setdefault(rule, []).extend(part)
        of_rest.setdefault(rule, []).extend(map(_rest, whole, part))
    return of_part, of_rest


def _rest(whole: Numbers, part: Numbers) -> Numbers:
    """Of a reading that shows both, what is left of the whole."""
    return {
        kind: {node: number - part[kind][node] for node, number in whole[kind].items() if node in part[kind]}
        for kind in KINDS
        if kind in whole and kind in part
    }
