"""One row of the steering board: how far a target of the plan is in one area, from declared data and attainments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from bdhvs_lms.campaign.api import (
    Area,
    Denominator,
    Indicator,
    Target,
    TargetGroup,
    area_and_below,
    denominator_in_force,
    plans_for,
)
from bdhvs_lms.competency.api import PassRule, confirmed_by, pass_rule, passed_by
from bdhvs_lms.learners.api import Learner, belonging_to, placed_in

Verdict = Literal["met", "not_met", "no_data", "not_measurable", "suppressed"]

# The plans are of a Vietnamese authority: their days are days there, whatever the server's zone.
CALENDAR = ZoneInfo("Asia/Ho_Chi_Minh")

SMALL = 5
"""Counts from 1 to below this are not shown: with local knowledge they would name people."""


@dataclass(frozen=True)
class TargetRow:
    """A target in an area by the end of `as_of`. What is suppressed is None here too, so that no caller can show it."""

    target: Target
    area: Area
    as_of: date
    """The day the data speaks of: today, or the target's own day once that has passed."""
    rule: PassRule | None
    numerator: int | None
    """People who pass ('đạt': demonstrated or confirmed in everything the pass rule asks for)."""
    confirmed: int | None
    """Those among them who are officially confirmed in all of it. None: not to be shown."""
    denominator: Denominator | None
    share: Decimal | None
    """Percent with one decimal, cut and never rounded up."""
    gap: int | None
    """How many more people are needed; 0 when met."""
    verdict: Verdict
    suppressed: bool

    @property
    def illustrative(self) -> bool:
        """Whether the denominator was made up for a demonstration, so that no figure here may be reported."""
        return self.denominator is not None and self.denominator.illustrative

    @property
    def more_than_everyone(self) -> bool:
        """More people pass than the denominator counts: the denominator is too old or too small."""
        return self.numerator is not None and self.denominator is not None and self.numerator > self.denominator.value


def end_of_day(day: date) -> datetime:
    """The last moment of a day in Vietnam, aware."""
    return datetime.combine(day + timedelta(days=1), time(), CALENDAR) - timedelta(microseconds=1)


def needed(operator: str, value: Decimal, denominator: int) -> int:
    """The smallest whole number of people that meets 'operator value percent of denominator'.

    `=` is read as at least: it occurs as '100 %' only, and a plan is not missed because more people pass than an old
    register counts. Counts are compared in whole numbers: 850 of 1,000 is not 'trên 85 %'.

    Raises ValueError for an operator that sets no minimum.
    """
    scaled = int(value * 100) * denominator
    if operator == Target.Operator.GT:
        return scaled // 10_000 + 1
    if operator in (Target.Operator.GE, Target.Operator.EQ):
        return -(-scaled // 10_000)
    raise ValueError(f"A share with the operator {operator!r} sets no minimum.")


def share_of(numerator: int, denominator: int) -> Decimal:
    """Percent with one decimal, cut: 84.96 is 84.9, because a rounded 85.0 would read as a target that is met."""
    return (Decimal(numerator * 1000 // denominator) / 10).quantize(Decimal("0.1"))


def is_small(count: int) -> bool:
    return 0 < count < SMALL


def eligible_learners(group: TargetGroup, area: Area, on: date) -> QuerySet[Learner]:
    """Learners who are counted in the area (or below it) and in the group on this day."""
    return placed_in(area_and_below(area), on).filter(pk__in=belonging_to(group.pk, on).values("pk"))


def target_row(target: Target, area: Area, at: datetime) -> TargetRow:
    """The target's state in the area as of `at`, but not after the day the target speaks of.

    A year's result is cumulative to that day, by placements and memberships of that day: what happens later leaves it
    as it is. At most seven queries, whatever the number of learners.

    Raises ValueError when `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("at= must be a date and time with a zone.")
    cutoff = min(at, end_of_day(target.as_of))
    day = cutoff.astimezone(CALENDAR).date()
    denominator = denominator_in_force(target.group, area, day)
    rule = pass_rule(target.group, target.year)

    def row(verdict: Verdict, **values: object) -> TargetRow:
        blank: dict[str, object] = dict.fromkeys(("numerator", "confirmed", "share", "gap"))
        facts = {"target": target, "area": area, "as_of": day, "rule": rule, "denominator": denominator}
        return TargetRow(**{**facts, **blank, "suppressed": False, **values}, verdict=verdict)  # type: ignore[arg-type]

    if not target.measurable:
        return row("not_measurable")
    if rule is None or target.measure != Target.Measure.SHARE:
        return row("no_data")
    eligible = eligible_learners(target.group, area, day)
    passed = eligible.filter(pk__in=passed_by(rule, cutoff).values("pk"))
    numerator = passed.count()
    if is_small(numerator) or eligible.count() < SMALL:
        return row("suppressed", suppressed=True)
    confirmed: int | None = passed.filter(pk__in=confirmed_by(rule, cutoff).values("pk")).count()
    # A small remainder tells as much as a small part: 4 of 40 who are not confirmed are 4 people.
    if confirmed is not None and (is_small(confirmed) or is_small(numerator - confirmed)):
        confirmed = None
    if denominator is None or denominator.value < 1:
        return row("no_data", numerator=numerator, confirmed=confirmed)
    minimum = needed(target.operator, target.value, denominator.value)
    return row(
        "met" if numerator >= minimum else "not_met",
        numerator=numerator,
        confirmed=confirmed,
        share=share_of(numerator, denominator.value),
        gap=max(0, minimum - numerator),
    )


def board_targets(area: Area) -> list[Target]:
    """Targets of the area's plans that learning records answer today, in the plans' order.

    Counted where people live, as a share, measurable as written, and with a pass rule. Others are left out: a row
    that cannot be computed must not look like one that has no learners.
    """
    targets: Iterable[Target] = (
        Target.objects.filter(
            plan__in=plans_for(area),
            measure=Target.Measure.SHARE,
            measurable=True,
            indicator__source_kind=Indicator.SourceKind.LEARNING_RECORD,
            group__counted_where=TargetGroup.CountedWhere.AREA,
        )
        # "At most" is said of ranks; of a share of people who can do something it would reward not teaching them.
        .exclude(operator=Target.Operator.LE)
        .filter(Exists(PassRule.objects.filter(group=OuterRef("group"), year=OuterRef("year"))))
        .select_related("group", "plan", "indicator")
        .order_by("plan", "year", "row", "pk")
    )
    return list(targets)
