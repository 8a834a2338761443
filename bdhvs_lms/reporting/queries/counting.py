"""How many people of a group pass, are confirmed, have begun: by place, in two queries a rule. No learner is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Case, Count, F, Func, Q, QuerySet, Subquery, Value, When

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency.api import Attainment, Evidence, PassRule, Standing, confirmed_by, first_attained
from bdhvs_lms.learners.api import belonging_to, belongings_on, placements_on
from bdhvs_lms.reporting.queries.places import AreaTree, Node

# "Still learning" means that there was work within this time; who stopped before has begun, and no more.
LATELY = timedelta(days=30)


@dataclass
class Tally:
    """People of one group under one rule, by the leaf at which they are counted."""

    eligible: dict[Node, int] = field(default_factory=dict)
    passed: dict[Node, int] = field(default_factory=dict)
    confirmed: dict[Node, int] = field(default_factory=dict)
    begun: dict[Node, int] = field(default_factory=dict)
    """Who has done something towards a competency that the rule asks for; whoever passes is among them."""
    active: dict[Node, int] = field(default_factory=dict)
    """Of those who have begun and do not pass, who did something of the kind in the last `LATELY`."""
    passed_until: list[dict[Node, int]] = field(default_factory=list)
    """Of those who pass, how many did so by each of the moments asked about."""

    def where(self, kept: Callable[[Node], bool]) -> Tally:
        """Of the leaves that are kept."""

        def of(counts: dict[Node, int]) -> dict[Node, int]:
            return {leaf: number for leaf, number in counts.items() if kept(leaf)}

        return Tally(
            eligible=of(self.eligible),
            passed=of(self.passed),
            confirmed=of(self.confirmed),
            begun=of(self.begun),
            active=of(self.active),
            passed_until=[of(counts) for counts in self.passed_until],
        )


def _located(group: TargetGroup, on: date) -> QuerySet[Any, Any]:
    """(learner, area, assigned) of everybody in the group who can be counted somewhere on this day."""
    if group.counted_where == TargetGroup.CountedWhere.ORGANISATION:
        return (
            belongings_on(group, on)
            .filter(organisation__isnull=False)
            .values_list("person", "organisation__area_id", Value(True, output_field=BooleanField()))
        )
    members = belonging_to(group, on) if group.part_of_id is None else belonging_to(group.part_of_id, on)
    return (
        placements_on(on)  # type: ignore[misc] # the plugin does not see the annotation
        .filter(person__in=members.values("pk"), last_area__isnull=False)
        .values_list(
            "person",
            "last_area",
            Case(When(area=None, then=Value(False)), default=Value(True), output_field=BooleanField()),
        )
    )


def begun_by(rule: PassRule, on: datetime) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """Learners who have done something towards a competency of the rule at its level, whatever the outcome: by

    evidence, and by what was attained. Both lists belong together."""
    asked = {
        "competency__framework": rule.framework_id,
        "competency__code__in": rule.all_of,
        "level__gte": rule.level,
    }
    return (
        Evidence.objects.filter(**asked, occurred_at__lte=on).order_by().values("learner"),
        Attainment.objects.filter(**asked, attained_at__lte=on).order_by().values("learner"),
    )


def active_by(rule: PassRule, on: datetime) -> QuerySet[Any, Any]:
    """Learners with evidence of the last `LATELY` for a competency of the rule at its level, whatever the outcome.

    Once for each row of evidence."""
    return (
        Evidence.objects.filter(
            competency__framework=rule.framework_id,
            competency__code__in=rule.all_of,
            level__gte=rule.level,
            occurred_at__gt=on - LATELY,
            occurred_at__lte=on,
        )
        .order_by()
        .values("learner")
    )


# Left joins and not conditions inside the counts: databases then hash each list of people once.
_COUNT = """
WITH located(learner_id, area_id, assigned) AS ({located}),
attained(learner_id, competency_id, reached) AS ({passed}),
passed(learner_id, since) AS (
    SELECT learner_id, {since} FROM attained GROUP BY learner_id HAVING COUNT(*) = {asked}
), confirmed(learner_id) AS ({confirmed}),
begun(learner_id) AS ({evidence} UNION {attained}),
active(learner_id) AS ({active})
SELECT located.area_id, located.assigned, passed.since, COUNT(*), COUNT(passed.learner_id), COUNT(confirmed.learner_id),
COUNT(begun.learner_id), COUNT(CASE WHEN passed.learner_id IS NULL THEN active.learner_id END)
FROM located
LEFT JOIN passed ON passed.learner_id = located.learner_id
LEFT JOIN confirmed ON confirmed.learner_id = located.learner_id
LEFT JOIN begun ON begun.learner_id = located.learner_id
LEFT JOIN active ON active.learner_id = located.learner_id
GROUP BY located.area_id, located.assigned, passed.since
"""


def tally(
    group: TargetGroup,
    rule: PassRule,
    cutoff: datetime,
    on: date,
    places: AreaTree,
    moments: Sequence[datetime] = (),
    *,
    rows_by: int | None = None,
) -> Tally:
    """Count by place; one query from attainments, two from rows.

    Groups that are counted where people live: by the placement of the day. Groups that are counted where people work
    or study: by the area of the organisation; whoever is listed without one is counted nowhere. Of a part of a group
    (`TargetGroup.part_of`) the whole group is counted: which places belong to the part is for the caller.

    Args:
        cutoff: what is attained or done by this moment counts.
        on: the day of placements and belongings.
        moments: at which the same people are counted too, earlier ones first.
        rows_by: the rule by which `Standing` has everybody's row (`rows_ready`); None: from attainments themselves,
            which costs some fifty times as much.
    """
    if rows_by is None:
        rows = _from_attainments(group, rule, cutoff, on, moments)
    else:
        rows = _from_standings(group, rule, rows_by, cutoff, on, moments)
    return _gathered(rows, on, places, len(moments))


def _learner_of(found: QuerySet[Any, Any]) -> Q | Func:
    """PostgreSQL sorts an array and goes through the index in its order; for IN it looks up each by itself, which takes

    twice as long for 16,000 learners."""
    if connection.vendor != "postgresql":
        return Q(learner__in=found)
    array = Subquery(found, template="ARRAY(%(subquery)s)")
    return Func(F("learner"), array, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def _from_standings(
    group: TargetGroup, rule: PassRule, rows_by: int, cutoff: datetime, on: date, moments: Sequence[datetime]
) -> Iterable[Any]:
    """Rows as `_COUNT` has them."""
    by_organisation = group.counted_where == TargetGroup.CountedWhere.ORGANISATION
    place = "organisation__area" if by_organisation else "area"
    of_whom = {"organisation__isnull" if by_organisation else "area__isnull": False}
    rows = (
        Standing.objects.filter(rule=rows_by, day_from__lte=on, day_to__gt=on, **of_whom)
        .order_by()
        .annotate(where=F(place), known=Value(True, output_field=BooleanField()) if by_organisation else F("assigned"))
        .values_list("where", "known")
    )
    counted = rows.annotate(
        everybody=Count("*"),
        confirmed=Count("confirmed_at", filter=Q(confirmed_at__lte=cutoff)),
        begun=Count("begun_at", filter=Q(begun_at__lte=cutoff)),
        # Each until then: the database reads the index alone, and sorts nothing.
        **{
            f"passed_{number}": Count("passed_at", filter=Q(passed_at__lte=moment))
            for number, moment in enumerate((*moments, cutoff))
        },
    )
    found = list(counted)
    active: dict[tuple[Any, ...], int] = {}
    # Where anybody has begun who does not pass.
    if any(begun > passed for _area, _known, _everybody, _confirmed, begun, *_earlier, passed in found):
        lately = rows.filter(Q(passed_at=None) | Q(passed_at__gt=cutoff), _learner_of(active_by(rule, cutoff)))
        active = {tuple(at): people for *at, people in lately.annotate(people=Count("*"))}
    for area, known, everybody, confirmed, begun, *passed in found:
        yield area, known, 0, everybody, passed[0], confirmed, begun, active.get((area, known), 0)
        for span, (before, until) in enumerate(pairwise(passed), start=1):
            if until > before:
                yield area, known, span, 0, until - before, 0, 0, 0


def _from_attainments(
    group: TargetGroup, rule: PassRule, cutoff: datetime, on: date, moments: Sequence[datetime]
) -> Iterable[Any]:
    """Rows as `_COUNT` has them."""
    evidence, attained = begun_by(rule, cutoff)
    parts = {
        "located": _located(group, on),
        "passed": first_attained(rule, cutoff),
        "confirmed": confirmed_by(rule, cutoff).values("pk"),
        "evidence": evidence,
        "attained": attained,
        "active": active_by(rule, cutoff).distinct(),
    }
    # In which of the spans between the moments somebody passed: when the last competency was attained.
    since = "CASE " + " ".join(f"WHEN MAX(reached) <= %s THEN {place}" for place in range(len(moments)))
    sql = {"asked": str(len(set(rule.all_of))), "since": f"{since} ELSE {len(moments)} END" if moments else "0"}
    parameters: list[Any] = []
    try:
        for name, query in parts.items():
            sql[name], more = query.query.sql_with_params()
            parameters.extend(more)
            if name == "passed":
                parameters.extend(map(connection.ops.adapt_datetimefield_value, moments))
    except EmptyResultSet:
        # A rule that asks for nothing: nobody is counted by it.
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(**sql), parameters)
        return cursor.fetchall()


def _gathered(rows: Iterable[Any], on: date, places: AreaTree, moments: int) -> Tally:
    found = Tally(passed_until=[{} for _moment in range(moments)])
    for area_id, assigned, span, eligible, passed, confirmed, begun, active in rows:
        node = places.place(area_id, on, assigned=bool(assigned))
        if node is None:
            continue
        for counts, more_people in (
            (found.eligible, eligible),
            (found.passed, passed),
            (found.confirmed, confirmed),
            (found.begun, begun),
            (found.active, active),
        ):
            counts[node] = counts.get(node, 0) + more_people
        if span is not None and passed:
            for until in found.passed_until[span:]:
                until[node] = until.get(node, 0) + passed
    return found


def unassigned(on: date, places: AreaTree) -> dict[Node, int]:
    """How many people, of whatever group, wait for somebody to say which part of their old unit they live in.

    One query."""
    rows = (
        placements_on(on)  # type: ignore[misc] # the plugin does not see the annotation
        .filter(area=None, last_area__isnull=False)
        .order_by()
        .values_list("last_area")
        .annotate(people=Count("pk"))
        .order_by(F("last_area"))
    )
    found: dict[Node, int] = {}
    for area_id, people in rows:
        node = places.place(area_id, on, assigned=False)
        if node is not None:
            found[node] = found.get(node, 0) + people
    return found
