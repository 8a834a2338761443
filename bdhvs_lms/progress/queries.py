"""Reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from bdhvs_lms.courses.api import Activity, activities_ever_in
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_xapi import api as xapi

Status = Literal["done", "in_progress", "not_begun"]


class Reached(NamedTuple):
    """What a class review shows of a `Result`. A class of two hundred has thousands: they are read without the rest,
    and without models."""

    learner_id: int
    activity_key: UUID
    last_at: datetime
    completed_at: datetime | None
    completed_trust: int | None
    passed_at: datetime | None
    trust: int | None
    failed_at: datetime | None
    best_raw: Decimal | None
    best_max: Decimal | None


def done_at(activity: Activity, result: Result | Reached | None) -> datetime | None:
    """When the activity was done, by what finishes it; None: not yet."""
    if result is None:
        return None
    return result.passed_at if activity.done_on == Activity.DoneOn.PASSED else result.completed_at


def reported(activity: Activity, result: Result | Reached | None) -> bool:
    """Whether it is done, and only a device or another program that is trusted no more says so."""
    if result is None or done_at(activity, result) is None:
        return False
    trust = result.trust if activity.done_on == Activity.DoneOn.PASSED else result.completed_trust
    return trust == xapi.Trust.CLIENT_REPORTED


def status_of(activity: Activity, result: Result | Reached | None) -> Status:
    """How far the learner has come in it, by what finishes it."""
    if done_at(activity, result) is not None:
        return "done"
    return "not_begun" if result is None else "in_progress"


def results_for(course_key: UUID, learner_ids: Iterable[int]) -> dict[tuple[int, UUID], Result]:
    """Results of these learners in the course's activities, withdrawn and moved ones too: one query."""
    return {(row.learner_id, row.activity_key): row for row in _of_course(course_key, learner_ids)}


def reached_in(course_key: UUID, learner_ids: Iterable[int]) -> dict[tuple[int, UUID], Reached]:
    """`results_for()` of a whole class: what its review shows. One query."""
    rows = _of_course(course_key, learner_ids).values_list(*Reached._fields)
    return {(row[0], row[1]): Reached(*row) for row in rows}


def _of_course(course_key: UUID, learner_ids: Iterable[int]) -> QuerySet[Result]:
    keys = activities_ever_in(course_key).order_by().values("key")
    return Result.objects.filter(activity_key__in=keys, learner_id__in=list(learner_ids))


def results_of(learner: Learner, activity_keys: Iterable[UUID]) -> dict[UUID, Result]:
    return {
        row.activity_key: row for row in Result.objects.filter(learner=learner, activity_key__in=list(activity_keys))
    }


def results_of_many(activity_keys: Mapping[int, Iterable[UUID]]) -> dict[tuple[int, UUID], Result]:
    """`results_of()` of many: id of a learner → activities; by learner and activity. One query."""
    keys = {key for listed in activity_keys.values() for key in listed}
    rows = Result.objects.filter(learner__in=list(activity_keys), activity_key__in=keys)
    return {(row.learner_id, row.activity_key): row for row in rows}


def courses_done(course_key: UUID, learner_ids: Iterable[int]) -> dict[int, CourseResult]:
    rows = CourseResult.objects.filter(course_key=course_key, learner_id__in=list(learner_ids))
    return {row.learner_id: row for row in rows}
