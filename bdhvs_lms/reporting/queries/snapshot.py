"""The counts of one moment over the whole tree of areas, and which of them may be shown.

One table for each group with the parts of it: whichever board, area, filter or export asks, a cell is counted and shown
or hidden alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import Target, TargetGroup
from bdhvs_lms.competency.api import PassRule
from bdhvs_lms.reporting.queries.counting import Tally, tally
from bdhvs_lms.reporting.queries.group_table import GroupTable, NodeCounts, RuleAt
from bdhvs_lms.reporting.queries.months import Month
from bdhvs_lms.reporting.queries.places import AreaTree, Node
from bdhvs_lms.reporting.queries.published import KINDS, Beside, Numbers, Published


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
        return table.urban_counts_at(rule_at, node, pairs)

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
            told: dict[Hashable, list[tuple[Numbers, Numbers]]] = {}
            for target in members:
                rule_at = self.rule_at(target)
                if rule_at is not None:
                    rules.append(rule_at)
                    totals.setdefault(rule_at.content, []).extend(self._beside(target, rule_at.on, own=own))
                    told.setdefault(rule_at.content, []).extend(self._told(target, rule_at, own=own))
            for target in self.targets:
                rule_at = self.rule_at(target)
                if (
                    not own
                    and target.group.part_of_id == group.pk
                    and rule_at is not None
                    and rule_at.content in totals
                ):
                    totals[rule_at.content].extend(self._of_part(target, rule_at.on))
            counted = self._counted(group, rules, urban_only=own)
            self._tables[key] = GroupTable(counted, self.places, totals, told)
        return self._tables[key]

    def _told(self, target: Target, rule_at: RuleAt, *, own: bool) -> Iterator[tuple[Numbers, Numbers]]:
        """What readings show of a target's group and, beside it, of its urban part under the same rule."""
        everybody = self.published.numbers(target.group_id, target.year)
        parts = {
            one.group_id
            for one in self.targets
            if not own
            and one.group.urban_only
            and one.group.part_of_id == target.group_id
            and one.year == target.year
            and (part := self.rule_at(one)) is not None
            and part.content == rule_at.content
        }
        of_parts = [self.published.numbers(part, target.year) for part in sorted(parts)]
        for place, numbers in enumerate(everybody):
            yield (
                numbers,
                {
                    kind: {node: number for part in of_parts for node, number in part[place].get(kind, {}).items()}
                    for kind in KINDS
                },
            )

    def _counted(
        self, group: TargetGroup, rules: Iterable[RuleAt], *, urban_only: bool
    ) -> Iterator[tuple[RuleAt, Tally]]:
        """Each rule once, in the order of the years. One query a rule."""
        distinct = {rule_at.content: rule_at for rule_at in sorted(rules, key=lambda one: (one.rule.year, one.rule.pk))}
        for rule_at in distinct.values():
            found = tally(
                group,
                rule_at.rule,
                rule_at.cutoff,
                rule_at.on,
                self.places,
                [end_of_day(day) for day in rule_at.months],
                rows_by=self.ready.get(rule_at.rule.pk),
            )
            yield rule_at, found.where(self.places.is_urban) if urban_only else found

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
