"""Reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.timezone import make_aware

from bdhvs_lms.courses.api import Activity, activities_ever_in
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.models import CourseResult, Presence, Result
from bdhvs_xapi import api as xapi

Status = Literal["done", "in_progress", "not_begun"]


class Reached(NamedTuple):
    """The part of a `Result` that a class review shows. A class of two hundred has thousands, and of these few are
    different:
    they are read without the rest, and those that say the same are one object."""

    passed: bool
    completed: bool
    failed: bool
    passed_by_report: bool
    """Only devices and programs that are trusted no more say so."""
    completed_by_report: bool
    raw: Decimal | None
    """The points that count, of `most`: the best, or what the activity says."""
    most: Decimal | None
    grade_from: str | None
    """How they were found, where the activity says it: see `Result`."""
    grade_of: int | None


def done_at(activity: Activity, result: Result | None) -> datetime | None:
    """Return when the activity was done, by what finishes it; None: not yet."""
    if result is None:
        return None
    return result.passed_at if activity.done_on == Activity.DoneOn.PASSED else result.completed_at


def all_done() -> Q:
    """Return the same within a query of enrolments, of whoever `whose` is: all that the course requires now is done by
    the results, and there is something that it requires."""

    def done(column: str) -> Exists:
        own = Result.objects.filter(learner=OuterRef(OuterRef("whose")), activity_key=OuterRef("key"))
        return Exists(own.filter(**{f"{column}__isnull": False}))

    required = Activity.objects.filter(course=OuterRef("course"), active=True, required=True)
    by_passing = Q(done_on=Activity.DoneOn.PASSED)
    undone = required.exclude(by_passing & done("passed_at") | ~by_passing & done("completed_at"))
    return Q(Exists(required)) & ~Q(Exists(undone))


def is_done(activity: Activity, result: Result | Reached | None) -> bool:
    """Tell whether it is done, by what finishes it."""
    if isinstance(result, Reached):
        return result.passed if activity.done_on == Activity.DoneOn.PASSED else result.completed
    return done_at(activity, result) is not None


def reported(activity: Activity, result: Result | Reached | None) -> bool:
    """Tell whether it is done, and only a device or another program that is trusted no more says so."""
    if result is None or not is_done(activity, result):
        return False
    by_passing = activity.done_on == Activity.DoneOn.PASSED
    if isinstance(result, Reached):
        return result.passed_by_report if by_passing else result.completed_by_report
    return (result.trust if by_passing else result.completed_trust) == xapi.Trust.CLIENT_REPORTED


def status_of(activity: Activity, result: Result | Reached | None) -> Status:
    """Return how far the learner has come in it, by what finishes it."""
    if is_done(activity, result):
        return "done"
    return "not_begun" if result is None else "in_progress"


def results_for(course_key: UUID, learner_ids: Iterable[int]) -> dict[tuple[int, UUID], Result]:
    """Return results of these learners in the course's activities, withdrawn and moved ones too: one query."""
    keys = activities_ever_in(course_key).order_by().values("key")
    rows = Result.objects.filter(activity_key__in=keys, learner_id__in=list(learner_ids))
    return {(row.learner_id, row.activity_key): row for row in rows}


def reached_in(
    activity_keys: Sequence[UUID], learner_ids: Iterable[int]
) -> tuple[list[tuple[int, int, Reached]], dict[int, datetime]]:
    """Return what the review of a whole class shows: of each result the learner, the place of the activity in
    `activity_keys` and what was reached; and by learner when anything was done in these activities last. One query."""
    rows = Result.objects.filter(activity_key__in=activity_keys, learner_id__in=list(learner_ids)).order_by()
    # As the database has them: to make UUIDs, times and Decimals of six thousand rows takes longer than to read them,
    # and of what was reached some hundred are different at most.
    texts: dict[str, Any] = {f"{name}_text": Cast(name, CharField()) for name in ("activity_key", "last_at")}
    texts |= {f"{name}_text": Cast(_counting(name), CharField()) for name in ("raw", "max")}
    found = rows.annotate(bits=_BITS, **texts).values_list(
        "learner_id", "activity_key_text", "last_at_text", "bits", "raw_text", "max_text", "grade_from", "grade_of"
    )
    places = {text: place for place, key in enumerate(activity_keys) for text in (key.hex, str(key))}
    known: dict[tuple[Any, ...], Reached] = {}
    reached, latest = [], dict[int, str]()
    for row in found.iterator(chunk_size=2_000):
        learner, last, facts = row[0], row[2], row[3:]
        same = known.get(facts)
        if same is None:
            same = known[facts] = _reached(*facts)
        reached.append((learner, places[row[1]], same))
        # In one zone and form, so that what is later sorts later.
        if learner not in latest or latest[learner] < last:
            latest[learner] = last
    return reached, {learner: moment_of(text) for learner, text in latest.items()}


def _counting(name: str) -> Case:
    return Case(When(grade_at__isnull=False, then=f"grade_{name}"), default=f"best_{name}")


def _bit(place: int, **condition: Any) -> Case:
    return Case(When(**condition, then=Value(1 << place)), default=Value(0), output_field=IntegerField())


# The first fields of `Reached`, a bit each. No number to Django, which would make one of each.
_BITS = ExpressionWrapper(
    _bit(0, passed_at__isnull=False)
    + _bit(1, completed_at__isnull=False)
    + _bit(2, failed_at__isnull=False)
    + _bit(3, trust=xapi.Trust.CLIENT_REPORTED)
    + _bit(4, completed_trust=xapi.Trust.CLIENT_REPORTED),
    output_field=CharField(),
)


def _reached(bits: int, raw: str | None, most: str | None, grade_from: str | None, grade_of: int | None) -> Reached:
    passed, completed, failed, passed_by_report, completed_by_report = (bool(bits & 1 << place) for place in range(5))
    points = _points(raw), _points(most)
    return Reached(passed, completed, failed, passed_by_report, completed_by_report, *points, grade_from, grade_of)


def _points(text: str | None) -> Decimal | None:
    """Return points with the two places that the column keeps."""
    return None if text is None else Decimal(text).quantize(Decimal("0.01"))


def moment_of(text: str) -> datetime:
    """Parse a time that the database was asked for as text: PostgreSQL writes its zone, SQLite keeps none."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else make_aware(found, connection.timezone)


def moment_text(moment: datetime) -> str:
    """Write this time as the database does, to the second: what is earlier is written earlier."""
    return moment.astimezone(connection.timezone).strftime("%Y-%m-%d %H:%M:%S")


def results_of(learner: Learner, activity_keys: Iterable[UUID]) -> dict[UUID, Result]:
    return {
        row.activity_key: row for row in Result.objects.filter(learner=learner, activity_key__in=list(activity_keys))
    }


def presences() -> QuerySet[Presence]:
    """Return who attended which session, by more than a claim (architecture, invariant 5)."""
    return Presence.objects.filter(trust__gte=xapi.Trust.SERVER_GRADED)


def courses_done(course_key: UUID, learner_ids: Iterable[int]) -> dict[int, CourseResult]:
    rows = CourseResult.objects.filter(course_key=course_key, learner_id__in=list(learner_ids))
    return {row.learner_id: row for row in rows}
