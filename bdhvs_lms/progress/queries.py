"""Reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from bdhvs_lms.courses.api import Activity, activities_ever_in
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_xapi import api as xapi

Status = Literal["done", "in_progress", "not_begun"]


def done_at(activity: Activity, result: Result | None) -> datetime | None:
    """When the activity was done, by what finishes it; None: not yet."""
    if result is None:
        return None
    return result.passed_at if activity.done_on == Activity.DoneOn.PASSED else result.completed_at


def reported(activity: Activity, result: Result | None) -> bool:
    """Whether it is done, and only a device or another program that is trusted no more says so."""
    if result is None or done_at(activity, result) is None:
        return False
    trust = result.trust if activity.done_on == Activity.DoneOn.PASSED else result.completed_trust
    return trust == xapi.Trust.CLIENT_REPORTED


def cell(activity: Activity, result: Result | None) -> Status:
    """What a cell of the class review says."""
    if done_at(activity, result) is not None:
        return "done"
    return "not_begun" if result is None else "in_progress"


def results_for(course_key: UUID, learner_ids: Iterable[int]) -> dict[tuple[int, UUID], Result]:
    """Results of these learners in the course's activities, withdrawn and moved ones too: one query."""
    keys = activities_ever_in(course_key).order_by().values("key")
    rows = Result.objects.filter(activity_key__in=keys, learner_id__in=list(learner_ids))
    return {(row.learner_id, row.activity_key): row for row in rows}


def results_of(learner: Learner, activity_keys: Iterable[UUID]) -> dict[UUID, Result]:
    return {
        row.activity_key: row for row in Result.objects.filter(learner=learner, activity_key__in=list(activity_keys))
    }


def results_of_many(activity_keys: Mapping[int, Iterable[UUID]]) -> dict[tuple[int, UUID], Result]:
    """`results_of()` of many: id of a learner → activities; by learner and activity. One query."""
    keys = {key for listed in activity_keys.values() for key in listed}
    rows = Result.objects.filter(learner__in=list(activity_keys), activity_key__in=keys)
    return {(row.learner_id, row.activity_key): row for row in rows}


def course_done(learner: Learner, course_key: UUID) -> CourseResult | None:
    return CourseResult.objects.filter(learner=learner, course_key=course_key).first()


def courses_done(course_key: UUID, learner_ids: Iterable[int]) -> dict[int, CourseResult]:
    rows = CourseResult.objects.filter(course_key=course_key, learner_id__in=list(learner_ids))
    return {row.learner_id: row for row in rows}
