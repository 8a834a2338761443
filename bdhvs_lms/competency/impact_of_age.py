"""Changes of membership and result by another age of a group, told before it is done (ADR 98)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from bdhvs_lms.base.api import day_of
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency.impact import (
    Change,
    GoOn,
    Impact,
    always,
    areas_on,
    counted_now,
    passes,
)
from bdhvs_lms.competency.standings import attained_rows
from bdhvs_lms.learners.api import Person, counted_spans, would_belong


def of_min_age(group: TargetGroup, min_age: int | None, *, at: datetime, go_on: GoOn = always) -> Impact:
    """Return the impact of `learners.set_min_age` with these and `learners.apply_group_rules`: who passes then in the
    group and its parts, and who is in them on the last day of the year of `at`. It includes other groups whose rules
    nobody has applied.

    `go_on`: as in `impact.of_application`, after each five hundred people.
    """
    found = Impact(people=Person.objects.count())
    year = day_of(at).year
    last_day = date(year, 12, 31)
    groups = list(TargetGroup.objects.order_by("pk"))
    rules = counted_now(at)
    for people, rows in would_belong(group, min_age, at=at):
        ids = sorted({row.learner_id for row in rows})
        if ids:
            before, after = counted_spans(ids), counted_spans(ids, rows)
            attained = attained_rows(ids)
            concerned = {row.group_id for row in rows}
            for one in groups:
                if (one.part_of_id or one.pk) in concerned:
                    known, then = areas_on(one, last_day, before), areas_on(one, last_day, after)
                    found.members.extend(_differing(one, year, known, then))
            for rule in rules:
                if (rule.group.part_of_id or rule.group.pk) in concerned:
                    passing = {pk for pk in ids if passes(rule, attained.get(pk, ()))}
                    known, then = (_of(passing, areas_on(rule.group, rule.day, spans)) for spans in (before, after))
                    found.changes.extend(_differing(rule.group, rule.year, known, then))
        found.looked_at += people
        if not go_on(found):
            break
    return found


def _of(people: Iterable[int], areas: Mapping[int, int]) -> dict[int, int]:
    return {pk: areas[pk] for pk in people if pk in areas}


def _differing(group: TargetGroup, year: int, before: Mapping[int, int], after: Mapping[int, int]) -> Iterator[Change]:
    for pk in sorted(before.keys() | after.keys()):
        if before.get(pk) != after.get(pk):
            for areas, gained in ((before, False), (after, True)):
                if pk in areas:
                    yield Change(group.pk, year, pk, areas[pk], gained)
