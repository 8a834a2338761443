"""One group under all its rules over the whole tree of areas: what is counted, and what of it may be shown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from bdhvs_lms.competency.api import PassRule
from bdhvs_lms.reporting.queries.counting import Tally
from bdhvs_lms.reporting.queries.months import Month, Outline, month_ends, shown_months, year_before
from bdhvs_lms.reporting.queries.places import AreaTree, Node
from bdhvs_lms.reporting.queries.published import Beside, Told, beside_published, known_of
from bdhvs_lms.reporting.queries.targets import Part
from bdhvs_lms.reporting.suppression import (
    SMALL,
    Counts,
    Form,
    Tree,
    complement,
    difference,
    shown_for_part,
    shown_nodes,
    shown_part_beside_known,
    single,
)


@dataclass(frozen=True)
class RuleAt:
    """One rule as of one moment: what a column of counts is of."""

    rule: PassRule
    on: date
    cutoff: datetime

    @property
    def content(self) -> Hashable:
        return self.rule.framework_id, frozenset(self.rule.all_of), self.rule.level, self.on, self.cutoff

    @property
    def months(self) -> tuple[date, ...]:
        """The days whose counts may stand beside this one: that of the year before, then the month ends."""
        return year_before(self.on), *month_ends(self.on)

    @property
    def passed(self) -> Hashable:
        return ("passed", self.content)

    @property
    def confirmed(self) -> Hashable:
        return ("confirmed", self.content)

    @property
    def begun(self) -> Hashable:
        return ("begun", self.content)

    @property
    def active(self) -> Hashable:
        return ("active", self.content)

    @property
    def measures(self) -> tuple[Hashable, ...]:
        return self.passed, self.confirmed, self.begun, self.active


@dataclass(frozen=True)
class NodeCounts:
    """The counts of one target at one node; None: hidden, or nobody of the group is known there (`eligible` 0)."""

    known: bool
    hidden: frozenset[Part] = frozenset()
    numerator: int | None = None
    confirmed: int | None = None
    learning: int | None = None
    active: int | None = None


class GroupTable:
    """One group under the rules of all its targets. Asks nothing: what is counted is handed in."""

    def __init__(
        self,
        counted: Iterable[tuple[RuleAt, Tally]],
        places: AreaTree,
        totals: Mapping[Hashable, Sequence[Beside]],
        told: Told,
    ) -> None:
        """Of two rules that may not stand beside each other, the earlier stays.

        Args:
            counted: each rule once, in the order of the years.
            totals: what was entered or is said beside the counts of each rule (by its content), by node.
            told: of each rule what readings show.
        """
        self.places, self.tree, self.beside = places, Tree(places.parents), totals
        self.rules: list[RuleAt] = []
        self.people: dict[Hashable, dict[Node, int]] = {}
        self.values: dict[Hashable, dict[Node, int]] = {}
        self.until: dict[Hashable, list[dict[Node, int]]] = {}
        self._months: dict[Hashable, _Months] = {}
        within: dict[Hashable, Hashable] = {}
        forms: list[Form] = []
        for rule_at, found in counted:
            self.rules.append(rule_at)
            self.until[rule_at.content] = found.passed_until
            for measure, counts in (
                (rule_at.passed, found.passed),
                (rule_at.confirmed, found.confirmed),
                (rule_at.begun, found.begun),
                (rule_at.active, found.active),
            ):
                self.people[measure], self.values[measure] = found.eligible, counts
                forms.append(single(measure))
            within[rule_at.confirmed] = rule_at.passed
            within[rule_at.active] = rule_at.begun
        for rule_at in self.rules:
            forms.append(difference(rule_at.passed, rule_at.confirmed))
            forms.append(difference(rule_at.begun, rule_at.passed, yields=rule_at.begun))
            # Who has begun and stopped.
            idle = ((rule_at.begun, 1), (rule_at.passed, -1), (rule_at.active, -1))
            forms.append(Form(idle, rule_at.active))
        for earlier, later in combinations(self.rules, 2):
            forms.append(difference(earlier.passed, later.passed))
            forms.append(difference(earlier.confirmed, later.confirmed))
            forms.append(difference(earlier.begun, later.begun))
            forms.append(difference(earlier.active, later.active))
            # Who has begun in one year's rule is often whoever has begun in the other's.
            forms.append(difference(later.begun, earlier.passed, yields=later.begun))
            forms.append(difference(earlier.begun, later.passed, yields=earlier.begun))
        self._entered: dict[int, Beside] = {}
        for rule_at in self.rules:
            for beside in totals.get(rule_at.content, ()):
                total = next((name for name, one in self._entered.items() if one == beside), len(self._entered))
                self._entered[total] = beside
                forms += [complement(total, measure) for measure in rule_at.measures]
        # Of another year's total, too: who passes in one year is among those who may pass in the next.
        forms += [complement(total, rule_at.passed) for total in self._entered for rule_at in self.rules]
        entered: dict[Hashable, Mapping[Node, int]] = {total: one.by_node for total, one in self._entered.items()}
        self.measures = {rule_at.content: rule_at.measures for rule_at in self.rules}
        inside: dict[Hashable, frozenset[Node]] = {
            total: self._side(one.side) for total, one in self._entered.items() if one.side is not None
        }
        self.told = told
        known, beside_told = beside_published(self.measures, told, self.tree, self._side(True))
        forms += beside_told
        self.counts = Counts(
            places.parents, self.people, self.values, tuple(dict.fromkeys(forms)), within, entered, inside, known
        )
        self.shown = shown_nodes(self.counts)
        self.totals = {measure: self.tree.totals(own) for measure, own in self.values.items()}
        self.known = {measure: self.tree.totals(own) for measure, own in self.people.items()}
        self._part: _Part | None = None

    def _side(self, urban: bool) -> frozenset[Node]:
        return frozenset(leaf for leaf in self.tree.leaves if self.places.is_urban(leaf) is urban)

    def counts_at(self, rule_at: RuleAt, node: Node) -> NodeCounts:
        return _counts_at(rule_at, node, self.known, self.totals, self.shown)

    def months(self, rule_at: RuleAt, node: Node) -> tuple[Month, ...]:
        """The days before a cell (`RuleAt.months`); none for villages, and where the cell itself is not shown."""
        if node not in self.shown[rule_at.passed]:
            return ()
        if rule_at.content not in self._months:
            self._months[rule_at.content] = _Months(self, rule_at)
        return self._months[rule_at.content].at(node)

    def urban_counts_at(
        self, rule_at: RuleAt, node: Node, totals: Sequence[tuple[Mapping[Node, int], ...]]
    ) -> NodeCounts:
        """The same of those of the group who live in urban units. `totals`: pairs, of the group and of this part."""
        if self._part is None:
            self._part = _Part(self, totals)
        return _counts_at(rule_at, node, self._part.known, self._part.totals, self._part.shown)


class _Months:
    """The months before one rule's counts, in every area that has them."""

    def __init__(self, table: GroupTable, rule_at: RuleAt) -> None:
        self.days = rule_at.months
        outline = Outline(table.places)
        tree = Tree(outline.parents)
        people, now = (outline.gathered(own[rule_at.passed]) for own in (table.people, table.values))
        until = [outline.gathered(counts) for counts in table.until[rule_at.content]]
        beside = [
            outline.totals(one.by_node, table.people[rule_at.passed])
            for one in table.beside.get(rule_at.content, ())
            if one.side is None
        ]
        urban, mixed = outline.sides()
        within_mixed = {node for leaf in mixed for node in tree.line(leaf)}
        told = []
        for everybody, part in (pair for readings in table.told.values() for pair in readings):
            of_part = {node: one for node, one in part.get("passed", {}).items() if node not in within_mixed}
            told.append(known_of(tree, everybody.get("passed", {}), of_part, urban))
        self.shown = shown_months(outline.parents, people, now, until, table.shown[rule_at.passed], beside, told)
        self.totals = [tree.totals(counts) for counts in until]

    def at(self, node: Node) -> tuple[Month, ...]:
        if node not in self.totals[0]:
            return ()
        months = zip(self.days, self.totals, self.shown, strict=True)
        return tuple(Month(day, total[node] if node in shown else None) for day, total, shown in months)


class _Part:
    """The urban part of a group, under the group's own rules."""

    def __init__(self, whole: GroupTable, totals: Sequence[tuple[Mapping[Node, int], ...]]) -> None:
        urban = {leaf for leaf in whole.tree.leaves if whole.places.is_urban(leaf)}
        self.shown: Mapping[Hashable, frozenset[Hashable]] = shown_for_part(
            whole.counts, whole.shown, urban, [(of_all, of_part) for of_all, of_part in totals]
        )
        self.shown = shown_part_beside_known(whole.counts, whole.shown, self.shown, urban)

        def summed(counts: Mapping[Hashable, Mapping[Node, int]]) -> dict[Hashable, dict[Hashable, int]]:
            return {
                measure: whole.tree.totals({leaf: number for leaf, number in own.items() if leaf in urban})
                for measure, own in counts.items()
            }

        self.totals, self.known = summed(whole.values), summed(whole.people)


def _counts_at(
    rule_at: RuleAt,
    node: Node,
    known: Mapping[Hashable, Mapping[Hashable, int]],
    totals: Mapping[Hashable, Mapping[Hashable, int]],
    shown: Mapping[Hashable, frozenset[Hashable]],
) -> NodeCounts:
    eligible = known[rule_at.passed].get(node, 0)
    if not eligible:
        return NodeCounts(known=False)
    # Here again for parts of a group, whose own people the whole group's table has not counted at the node.
    if eligible < SMALL or node not in shown[rule_at.passed]:
        return NodeCounts(known=True, hidden=frozenset(("numerator", "confirmed", "learning", "active")))
    hidden: set[Part] = set()
    if node not in shown[rule_at.confirmed]:
        hidden.add("confirmed")
    if node not in shown[rule_at.begun]:
        hidden |= {"learning", "active"}
    if node not in shown[rule_at.active]:
        hidden.add("active")
    passed = totals[rule_at.passed][node]
    return NodeCounts(
        known=True,
        hidden=frozenset(hidden),
        numerator=passed,
        confirmed=None if "confirmed" in hidden else totals[rule_at.confirmed][node],
        learning=None if "learning" in hidden else totals[rule_at.begun][node] - passed,
        active=None if "active" in hidden else totals[rule_at.active][node],
    )
