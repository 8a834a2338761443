"""The counts of one moment over the whole tree of areas, and which of them may be shown.

One table for each group with the parts of it: whichever board, area, filter or export asks, a cell is counted and shown
or hidden alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations

from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import Target, TargetGroup
from bdhvs_lms.competency.api import PassRule
from bdhvs_lms.reporting.queries.counting import tally
from bdhvs_lms.reporting.queries.months import Month, Outline, month_ends, shown_months, year_before
from bdhvs_lms.reporting.queries.places import AreaTree, Node
from bdhvs_lms.reporting.queries.published import (
    Beside,
    Numbers,
    Published,
    Told,
    beside_published,
    shown_beside_published,
    told_of_part,
)
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
    """One group under the rules of all its targets."""

    def __init__(
        self,
        group: TargetGroup,
        rules: Iterable[RuleAt],
        places: AreaTree,
        totals: Mapping[Hashable, Sequence[Beside]],
        *,
        ready: Mapping[int, int],
        published: Mapping[Hashable, Sequence[Numbers]],
        urban_only: bool = False,
    ) -> None:
        """`totals`: what was entered or is said beside the counts of each rule (by its content), by node. `ready`: as
        `competency.rows_ready` says. `published`: of each rule what readings show."""
        self.places, self.tree, self.beside = places, Tree(places.parents), totals
        # In the order of the years: of two that may not stand beside each other, the earlier stays.
        distinct = {rule_at.content: rule_at for rule_at in sorted(rules, key=lambda one: (one.rule.year, one.rule.pk))}
        self.rules = list(distinct.values())
        self.people: dict[Hashable, dict[Node, int]] = {}
        self.values: dict[Hashable, dict[Node, int]] = {}
        self.until: dict[Hashable, list[dict[Node, int]]] = {}
        self._months: dict[Hashable, _Months] = {}
        within: dict[Hashable, Hashable] = {}
        forms: list[Form] = []
        for rule_at in self.rules:
            found = tally(
                group,
                rule_at.rule,
                rule_at.cutoff,
                rule_at.on,
                places,
                [end_of_day(day) for day in rule_at.months],
                rows_by=ready.get(rule_at.rule.pk),
            )
            if urban_only:
                found = found.where(places.is_urban)
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
        self._entered: dict[int, Beside] = {}
        for rule_at in self.rules:
            for beside in totals.get(rule_at.content, ()):
                total = next((name for name, known in self._entered.items() if known == beside), len(self._entered))
                self._entered[total] = beside
                forms += [complement(total, measure) for measure in rule_at.measures]
        # Of another year's total, too: who passes in one year is among those who may pass in the next.
        forms += [complement(total, rule_at.passed) for total in self._entered for rule_at in self.rules]
        entered: dict[Hashable, Mapping[Node, int]] = {total: one.by_node for total, one in self._entered.items()}
        self.measures = {rule_at.content: rule_at.measures for rule_at in self.rules}
        told, beside_told = beside_published(self.measures, published, set(places.parents))
        entered |= told
        forms += beside_told
        inside: dict[Hashable, frozenset[Node]] = {
            total: self._side(one.side) for total, one in self._entered.items() if one.side is not None
        }
        self.counts = Counts(
            places.parents, self.people, self.values, tuple(dict.fromkeys(forms)), within, entered, inside
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
        self, rule_at: RuleAt, node: Node, totals: Sequence[tuple[Mapping[Node, int], ...]], told: Sequence[Told]
    ) -> NodeCounts:
        """The same of those of the group who live in urban units. `totals`: pairs, of the group and of this part.
        `told`: what readings show of this part, and so of the rest."""
        if self._part is None:
            self._part = _Part(self, totals, told)
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
        self.shown = shown_months(outline.parents, people, now, until, table.shown[rule_at.passed], beside)
        self.totals = [tree.totals(counts) for counts in until]

    def at(self, node: Node) -> tuple[Month, ...]:
        if node not in self.totals[0]:
            return ()
        months = zip(self.days, self.totals, self.shown, strict=True)
        return tuple(Month(day, total[node] if node in shown else None) for day, total, shown in months)


class _Part:
    """The urban part of a group, under the group's own rules."""

    def __init__(
        self, whole: GroupTable, totals: Sequence[tuple[Mapping[Node, int], ...]], told: Sequence[Told]
    ) -> None:
        urban = {leaf for leaf in whole.tree.leaves if whole.places.is_urban(leaf)}
        self.shown: Mapping[Hashable, frozenset[Hashable]] = shown_for_part(
            whole.counts, whole.shown, urban, [(of_all, of_part) for of_all, of_part in totals]
        )
        self.shown = shown_beside_published(whole.counts, self.shown, urban, whole.measures, *told)

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


@dataclass
class Snapshot:
    """Every group's table as of one moment, counted when first asked for.

    `targets`: all targets of all plans that learning records answer, with `group` and `group__part_of` selected:
    their years stand beside each other wherever the group is shown.
    """

    places: AreaTree
    targets: tuple[Target, ...]
    rules: Mapping[tuple[int, int], PassRule]
    """The newest pass rule of (group id, year)."""
    moments: Mapping[int, tuple[date, datetime]]
    """Of each target's primary key, the day and the moment its numbers are of."""
    totals: Callable[[int, date], Mapping[Node, int]]
    """Of a group's primary key, the totals in force on a day, by area: they stand beside the counts."""
    ready: Mapping[int, int]
    """Each pass rule's primary key to the rule by which everybody's rows are written (`competency.rows_ready`)."""
    waiting: Callable[[date], Mapping[Node, int]]
    """Of a day, how many people are said to wait to be placed, by the node that says so."""
    published: Published
    _tables: dict[tuple[int, bool], GroupTable] = field(default_factory=dict)

    def rule_of(self, target: Target) -> PassRule | None:
        """The rule of the target's own group, else of the group that it is a part of."""
        own = self.rules.get((target.group_id, target.year))
        if own is None and target.group.part_of_id is not None:
            return self.rules.get((target.group.part_of_id, target.year))
        return own

    def rule_at(self, target: Target) -> RuleAt | None:
        rule = self.rule_of(target)
        return None if rule is None else RuleAt(rule, *self.moments[target.pk])

    def counts_at(self, target: Target, node: Node) -> NodeCounts:
        """The counts of a target at a node. Raises KeyError when no pass rule says what is counted."""
        rule_at = self.rule_at(target)
        if rule_at is None:
            raise KeyError(target.key)
        group = target.group
        whole = group.part_of if group.part_of is not None else group
        table = self.table(whole, own=False)
        if group.urban_only and rule_at.content not in {one.content for one in table.rules}:
            # A rule of its own: other people pass it, and nothing of the whole group's table follows from it.
            return self.table(group, own=True).counts_at(rule_at, node)
        if not group.urban_only:
            return table.counts_at(rule_at, node)
        days = sorted({one.on for one in table.rules})
        pairs = [(self.totals(whole.pk, day), self.totals(group.pk, day)) for day in days]
        rules = [(self.rule_at(one), one.year) for one in self.targets if one.group_id == group.pk]
        told = told_of_part(
            self.published, whole.pk, group.pk, [(one.content, year) for one, year in rules if one is not None]
        )
        return table.urban_counts_at(rule_at, node, pairs, told)

    def months(self, target: Target, node: Node) -> tuple[Month, ...]:
        """The days before a target's cell; none for a year that has not begun, and for a part of a group.

        A part is counted by the whole group's rule, and its months would be numbers of their own to hide."""
        rule_at = self.rule_at(target)
        if rule_at is None or target.group.part_of_id is not None or target.year > rule_at.on.year:
            return ()
        return self.table(target.group, own=False).months(rule_at, node)

    def table(self, group: TargetGroup, *, own: bool) -> GroupTable:
        key = (group.pk, own)
        if key not in self._tables:
            if own:
                members = [target for target in self.targets if target.group_id == group.pk]
            else:
                members = [
                    target
                    for target in self.targets
                    if target.group_id == group.pk
                    or (target.group.part_of_id == group.pk and not target.group.urban_only)
                ]
            rules = []
            totals: dict[Hashable, list[Beside]] = {}
            told: dict[Hashable, list[Numbers]] = {}
            for target in members:
                rule_at = self.rule_at(target)
                if rule_at is not None:
                    rules.append(rule_at)
                    totals.setdefault(rule_at.content, []).extend(self._beside(target, rule_at.on, own=own))
                    told.setdefault(rule_at.content, []).extend(self.published(target.group_id, target.year))
            for target in self.targets:
                rule_at = self.rule_at(target)
                if (
                    not own
                    and target.group.part_of_id == group.pk
                    and rule_at is not None
                    and rule_at.content in totals
                ):
                    totals[rule_at.content].extend(self._of_part(target, rule_at.on))
            self._tables[key] = GroupTable(
                group, rules, self.places, totals, ready=self.ready, published=told, urban_only=own
            )
        return self._tables[key]

    def _beside(self, target: Target, on: date, *, own: bool) -> Iterator[Beside]:
        """What a reader can compare a target's counts with."""
        yield Beside(self.totals(target.group_id, on))
        if target.group.counted_where == TargetGroup.CountedWhere.AREA:
            yield Beside(self.waiting(on))
        if own and target.group.part_of_id is not None:
            # Everybody of a purely urban unit is in the part.
            mixed = self._mixed(urban=False)
            whole = self.totals(target.group.part_of_id, on)
            yield Beside({node: value for node, value in whole.items() if node not in mixed})

    def _of_part(self, target: Target, on: date) -> Iterator[Beside]:
        """What is said of the urban part of a group, and so of the rest, beside the counts of the whole group."""
        if target.group.urban_only and target.group.part_of_id is not None:
            part, whole = self.totals(target.group_id, on), self.totals(target.group.part_of_id, on)
            yield Beside(part, side=True)
            yield Beside({node: whole[node] - value for node, value in part.items() if node in whole}, side=False)

    def _mixed(self, *, urban: bool) -> set[Node]:
        """The nodes with (or without, as asked) urban leaves."""
        leaves = (leaf for leaf in self.places.parents if leaf not in self.places.inner)
        return {node for leaf in leaves if self.places.is_urban(leaf) is urban for node in self.places.upwards(leaf)}
