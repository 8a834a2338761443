"""The rows of the steering board: every target of the plans in an area, and the areas below it beside each other.

The number of queries depends on the number of targets (one count a group and year), not on areas, learners or
statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, TypeVar

from bdhvs_lms.base.api import day_of, end_of_day
from bdhvs_lms.campaign.api import Area, Denominator, Figure, Indicator, Judgement, Operator, Plan, Target, plans_for
from bdhvs_lms.competency.api import PassRule, pass_rules, rows_ready
from bdhvs_lms.learners.api import made_up_people
from bdhvs_lms.reporting.queries.counting import unassigned
from bdhvs_lms.reporting.queries.places import AreaHistory, AreaTree, Node, Unassigned
from bdhvs_lms.reporting.queries.published import Published
from bdhvs_lms.reporting.queries.snapshot import Snapshot
from bdhvs_lms.reporting.queries.targets import Reports, TargetRow
from bdhvs_lms.reporting.suppression import is_small

Dated = TypeVar("Dated", Denominator, Figure)


def board_targets(area: Area) -> list[Target]:
    """All targets of the area's plans, in the plans' order: T1 to T7 of one year, then of the next. Two queries.

    Those too that learning records do not answer: an outside figure does, or the row says why nothing can.
    """
    return list(
        Target.objects.filter(plan__in=plans_for(area))
        .select_related("group__part_of", "plan__area", "indicator")
        .order_by("plan", "year", "row", "pk")
    )


def answered_by_records(target: Target) -> bool:
    """Whether our learning records give the target's numerator."""
    return (
        target.measurable
        and target.kind.counts_people
        and target.indicator.source_kind == Indicator.SourceKind.LEARNING_RECORD
    )


class Board:
    """What the boards of one moment share. Load once for a page, ask for rows as often as needed.

    Raises ValueError when `at` is naive.
    """

    def __init__(self, at: datetime, published: Published | None = None, supposed: Iterable[Denominator] = ()) -> None:
        """`published`: numbers that readings show; what is shown beside them differs by nobody or by five at least.
        `supposed`: populations that are taken to be entered last of all, though they are not."""
        self._supposed = tuple(supposed)
        self.at, self.today, self.published = at, day_of(at), published or Published()
        self._snapshots: dict[date, Snapshot] = {}
        self._unassigned: dict[tuple[date, date], dict[Node, int]] = {}

    @cached_property
    def history(self) -> AreaHistory:
        return AreaHistory()

    @cached_property
    def made_up(self) -> bool:
        """Whether the site holds people made up for a demonstration."""
        return made_up_people()

    def marked(self, rows: Iterable[TargetRow]) -> bool:
        """Whether a page or file with these rows says that its figures may not be reported."""
        return self.made_up or any(row.illustrative for row in rows)

    @cached_property
    def _counted(self) -> tuple[Target, ...]:
        """Every target of every plan in force that our records answer: their rows decide together what is shown."""
        targets = (
            Target.objects.filter(plan__in=Plan.objects.filter(replaced_by=None))
            .select_related("group__part_of", "indicator")
            .order_by("plan", "year", "row", "pk")
        )
        return tuple(target for target in targets if answered_by_records(target))

    @cached_property
    def _rules(self) -> dict[tuple[int, int], PassRule]:
        # The newest of a group and year comes last and stays.
        rules = sorted(self._pass_rules, key=lambda rule: rule.number)
        return {(rule.group_id, rule.year): rule for rule in rules}

    @cached_property
    def _pass_rules(self) -> tuple[PassRule, ...]:
        return tuple(pass_rules())

    @cached_property
    def _denominators(self) -> dict[tuple[int, int], list[Denominator]]:
        found: dict[tuple[int, int], list[Denominator]] = {}
        for one in Denominator.objects.order_by("-as_of", "-entered_at", "-pk"):
            found.setdefault((one.group_id, one.area_id), []).append(one)
        for one in self._supposed:
            rows = found.setdefault((one.group_id, one.area_id), [])
            rows.insert(sum(row.as_of > one.as_of for row in rows), one)
        return found

    @cached_property
    def _figures(self) -> dict[tuple[int, int, int], list[Figure]]:
        found: dict[tuple[int, int, int], list[Figure]] = {}
        for one in Figure.objects.select_related("indicator").order_by("-as_of", "-entered_at", "-pk"):
            found.setdefault((one.indicator_id, one.group_id, one.area_id), []).append(one)
        return found

    def _moment(self, target: Target, today: date) -> tuple[date, datetime]:
        """The day whose numbers a row shows, and the moment up to which results count."""
        day = min(today, target.as_of)
        return day, min(self.at, end_of_day(day))

    def snapshot(self, today: date) -> Snapshot:
        if today not in self._snapshots:
            moments = {target.pk: self._moment(target, today) for target in self._counted}
            days = {day for day, _cutoff in moments.values()} | {today}
            places = AreaTree(self.history, tuple(sorted(days)))
            self._snapshots[today] = Snapshot(
                places,
                self._counted,
                self._rules,
                moments,
                totals=partial(self._totals, places),
                ready=rows_ready(self._pass_rules),
                waiting=partial(self._waiting_by_node, today, places),
                published=self.published,
            )
        return self._snapshots[today]

    def stands(self, area: Area) -> bool:
        """Whether the area has current numbers: in force today, or an old district that goes on in its successors."""
        return self.history.stands(area.pk, self.today)

    def row(self, target: Target, area: Area) -> TargetRow:
        """The target's state in the area as of the moment asked about, but not after the day the target speaks of,

        nor after the last day of a unit that has ended. A year's result is cumulative to that day, by placements and
        memberships of that day: what happens later leaves it as it is."""
        today = self.history.day_for(area, self.today)
        node: Node = area.pk
        return self._row(target, area, node, today, months=True)

    def rows(self, targets: Iterable[Target], area: Area) -> list[TargetRow]:
        return [self.row(target, area) for target in targets]

    def areas_below(self, area: Area) -> list[Area]:
        """The areas directly below one today, or on its last day."""
        today = self.history.day_for(area, self.today)
        return self.snapshot(today).places.below(area.pk, today)

    def below(self, target: Target, area: Area) -> list[TargetRow]:
        """One row for each area directly below on the target's day; the last, when anybody is counted there, for people

        who are in none of them (`area` None)."""
        today = self.history.day_for(area, self.today)
        day, _cutoff = self._moment(target, today)
        places = self.snapshot(today).places
        found = places.below(area.pk, day)
        rows = [self._row(target, one, one.pk, today) for one in found]
        if found:
            rest = self._row(target, None, Unassigned(area.pk), today)
            if rest.hidden or rest.numerator is not None or rest.unassigned != 0:
                rows.append(rest)
        return rows

    def with_last_told(self, rows: Iterable[TargetRow]) -> list[TargetRow]:
        """Rows for a page of the day: where a count is hidden, what a reading last said of it, with that day.

        Of what whoever looks at the row may open in that reading. A new reading repeats no number of an old one."""
        return [self._with_last_told(row) for row in rows]

    def _with_last_told(self, row: TargetRow) -> TargetRow:
        if row.area is None or not row.hidden:
            return row
        target = row.target
        return replace(row, last_told=self.published.last_told(target.group_id, target.year, row.area.pk, row.hidden))

    def _row(self, target: Target, area: Area | None, node: Node, today: date, *, months: bool = False) -> TargetRow:
        day, _cutoff = self._moment(target, today)
        facts: dict[str, Any] = {"target": target, "area": area, "as_of": day}
        facts["unassigned"] = self._waiting(today, day, node)
        if area is not None:
            facts["denominator"] = _newest(self._denominators.get((target.group_id, area.pk), ()), day)
            facts["beside"] = self._beside(target, area, day)
        if not target.measurable:
            return TargetRow(verdict="not_measurable", **facts)
        if answered_by_records(target):
            row = self._from_records(target, node, today, facts, months=months)
        else:
            row = self._from_figure(target, area, day, today, facts)
        if row.year_of_figure is not None:
            # What was counted in another year is shown as such: it neither meets the target nor misses it.
            return replace(row, verdict="no_data", gap=None)
        if row.verdict in ("met", "not_met") and target.kind.adds_up and (area is None or area != target.plan.area):
            return replace(row, verdict="part", gap=None)
        return row

    def _from_records(
        self, target: Target, node: Node, today: date, facts: dict[str, Any], *, months: bool
    ) -> TargetRow:
        snapshot = self.snapshot(today)
        rule = snapshot.rule_of(target)
        if rule is None:
            return TargetRow(verdict="no_data", **facts)
        counts = snapshot.counts_at(target, node)
        facts |= {
            "rule": rule,
            "hidden": counts.hidden,
            "numerator": counts.numerator,
            "confirmed": counts.confirmed,
            "learning": counts.learning,
            "active": counts.active,
            "made_up": self.made_up and counts.known,
        }
        if "numerator" in counts.hidden:
            return TargetRow(verdict="suppressed", **facts)
        denominator: Denominator | None = facts.get("denominator")
        everyone = denominator.value if denominator is not None else None

        def judged(people: int | None) -> Judgement:
            return target.kind.of_people(Operator(target.operator), target.value, people, everyone)

        if months:
            earlier = [replace(one, share=judged(one.numerator).share) for one in snapshot.months(target, node)]
            if earlier:
                facts["year_before"], *rest = earlier
                facts["months"] = tuple(rest)
        return _row_of(judged(counts.numerator), facts)

    def _from_figure(
        self, target: Target, area: Area | None, day: date, today: date, facts: dict[str, Any]
    ) -> TargetRow:
        """A survey's or another body's number: the newest, whoever says it; other sources stand beside it. Where there

        is none about the area itself, the sum of those about the units below it."""
        if area is None:
            return TargetRow(verdict="no_data", **facts)
        figures = self._figures.get((target.indicator_id, target.group_id, area.pk), ())
        figure = _newest(figures, day)
        if figure is None:
            return self._from_reports(target, area, day, today, facts)
        facts |= {"figure": figure, "beside": tuple(one for one in facts["beside"] if one.pk != figure.pk)}
        if target.kind.counts_people:
            facts["numerator"] = figure.numerator
        denominator: Denominator | None = facts.get("denominator")
        everyone = denominator.value if denominator is not None else None
        asked = _is_of_some(target)
        if target.kind.of_everyone and figure.base is not None:
            # Of those who were asked or counted, whatever the population is: 90 of 100 are 90 %.
            asked = asked or everyone not in (None, figure.base)
            everyone, facts["denominator"] = figure.base, None
        judged = target.kind.of_figure(Operator(target.operator), target.value, figure, everyone)
        return _row_of(replace(judged, gap=None) if asked else judged, facts)

    def _from_reports(self, target: Target, area: Area, day: date, today: date, facts: dict[str, Any]) -> TargetRow:
        units = self.snapshot(today).places.below(area.pk, day) if target.kind.counts_people else []
        found = []
        for unit in units:
            figure = _newest(self._figures.get((target.indicator_id, target.group_id, unit.pk), ()), day)
            if (
                figure is not None
                and figure.numerator is not None
                and (figure.base is not None or not target.kind.of_everyone)
                and figure.as_of.year == target.year
            ):
                found.append(figure)
        if not found:
            return TargetRow(verdict="no_data", **facts)
        reports = Reports(len(units), tuple(found))
        facts |= {"reports": reports, "numerator": reports.numerator}
        judged = target.kind.of_people(Operator(target.operator), target.value, reports.numerator, reports.base)
        if not reports.complete:
            # Whoever has not reported may turn it: the share is of those who have, and nothing is judged yet.
            return TargetRow(verdict="no_data", share=judged.share, **facts)
        return _row_of(replace(judged, gap=None) if _is_of_some(target) else judged, facts)

    def _beside(self, target: Target, area: Area, day: date) -> tuple[Figure, ...]:
        """Of each source the newest figure about the target's group and indicator."""
        found: dict[str, Figure] = {}
        for one in self._figures.get((target.indicator_id, target.group_id, area.pk), ()):
            if one.as_of <= day:
                found.setdefault(one.source, one)
        return tuple(found.values())

    def _totals(self, places: AreaTree, group_id: int, day: date) -> dict[Node, int]:
        """The denominators in force on a day, by area."""
        found: dict[Node, int] = {}
        for (group, area_id), rows in self._denominators.items():
            if group == group_id and area_id in places.parents:
                newest = _newest(rows, day)
                if newest is not None:
                    found[area_id] = newest.value
        return found

    def _unplaced(self, today: date, places: AreaTree, day: date) -> dict[Node, int]:
        key = (today, day)
        if key not in self._unassigned:
            self._unassigned[key] = unassigned(day, places)
        return self._unassigned[key]

    def _waiting_by_node(self, today: date, places: AreaTree, day: date) -> dict[Node, int]:
        """What rows say of people who wait to be placed, by node."""
        waiting = self._unplaced(today, places, day)
        return {node: people for node, people in waiting.items() if not self._tells_of_few(node, people)}

    def _waiting(self, today: date, day: date, node: Node) -> int | None:
        """How many wait here to be placed; None: 1 to 4, or so few more or less than a reading says."""
        at = Unassigned(node) if isinstance(node, int) else node
        people = self._unplaced(today, self.snapshot(today).places, day).get(at, 0)
        return None if self._tells_of_few(at, people) else people

    def _tells_of_few(self, node: Node, people: int) -> bool:
        return is_small(people) or any(is_small(people - told) for told in self.published.waiting(node))


def _newest(rows: Sequence[Dated], day: date) -> Dated | None:
    """The first of rows, newest first, that is not after the day: it is in force."""
    return next((one for one in rows if one.as_of <= day), None)


def _is_of_some(target: Target) -> bool:
    """Whether its figures say a share of some who were asked: how many more people are needed they do not say."""
    return target.kind.of_everyone and target.indicator.source_kind == Indicator.SourceKind.SURVEY


def _row_of(found: Judgement, facts: dict[str, Any]) -> TargetRow:
    return TargetRow(verdict=found.verdict, share=found.share, gap=found.gap, **facts)
