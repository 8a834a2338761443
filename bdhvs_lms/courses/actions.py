"""Writes: facts pushed in by a host, and enrolment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.db import transaction

from bdhvs_lms.courses.models import Activity, Course, Enrolment, RetestActivity
from bdhvs_lms.courses.queries import enrolment_of
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import activity_iri, course_iri, decide, learner_lock
from bdhvs_xapi.api import register_iris


class CourseClosed(Exception):
    """Nobody can enrol: the course is unknown or no longer offered."""


@dataclass(frozen=True)
class ActivityFacts:
    """The facts of an activity that the core needs to report on it without its plugin."""

    key: UUID
    type_key: str
    plugin: str
    titles: Mapping[str, str]
    done_on: Literal["completed", "passed"]
    revision: str
    position: int = 0
    required: bool = True
    max_score: Decimal | None = None
    pass_score: Decimal | None = None
    attempts_allowed: int = 0
    """0: any number."""
    time_limit: int | None = None
    """Minutes of an attempt."""
    role: Literal["", "entry", "exit", "retest"] = ""
    """Whether it asks what people know when they enter the course, when they leave it, or later, of a sample: then it
    is a retest for good (`RetestActivity`)."""


def push_course(key: UUID, *, host: str, titles: Mapping[str, str], revision: str, at: datetime) -> Course:
    """Store the facts of a course that was published, as they are from now on. Raises ValueError without a title."""
    if not any(titles.values()):
        raise ValueError("A course needs a title in at least one language.")
    register_iris([course_iri(key)])
    course, _ = Course.objects.update_or_create(
        key=key,
        defaults={"host": host, "titles": dict(titles), "revision": revision, "active": True, "pushed_at": at},
    )
    return course


def push_activity(course_key: UUID, facts: ActivityFacts, *, at: datetime) -> Activity:
    """Store an activity that was published in a course that was pushed before. Raises Course.DoesNotExist, ValueError.

    In another course than before, it has moved: the old one remembers it, so that results stay readable there.
    """
    if not any(facts.titles.values()):
        raise ValueError("An activity needs a title in at least one language.")
    course = Course.objects.get(key=course_key)
    register_iris([activity_iri(facts.key)])
    before = Activity.objects.filter(key=facts.key).exclude(course=course).values_list("course_id", flat=True).first()
    activity, _ = Activity.objects.update_or_create(
        key=facts.key,
        defaults={
            "course": course,
            "type_key": facts.type_key,
            "plugin": facts.plugin,
            "titles": dict(facts.titles),
            "position": facts.position,
            "required": facts.required,
            "done_on": facts.done_on,
            "max_score": facts.max_score,
            "pass_score": facts.pass_score,
            "attempts_allowed": facts.attempts_allowed,
            "time_limit": facts.time_limit,
            "role": facts.role,
            "revision": facts.revision,
            "active": True,
            "pushed_at": at,
        },
    )
    if facts.role == Activity.Role.RETEST:
        RetestActivity.objects.get_or_create(key=facts.key, defaults={"since": at})
    if before is not None:
        activity.former_courses.add(before)
        activity.former_courses.remove(course)
    return activity


def push_order(course_key: UUID, keys: Sequence[UUID]) -> None:
    """Store the activities' order in the course, as the host shows them now."""
    places = {key: place for place, key in enumerate(keys)}
    changed = []
    for activity in Activity.objects.filter(course__key=course_key, key__in=places):
        if activity.position != places[activity.key]:
            activity.position = places[activity.key]
            changed.append(activity)
    Activity.objects.bulk_update(changed, ["position"])


def withdraw_activity(key: UUID, *, at: datetime) -> None:
    """Withdraw an unpublished or deleted activity: no longer offered or required; results stay readable."""
    Activity.objects.filter(key=key).update(active=False, pushed_at=at)


def withdraw_course(key: UUID, *, at: datetime) -> None:
    Course.objects.filter(key=key).update(active=False, pushed_at=at)


def enrol(learner: Learner, course_key: UUID, *, at: datetime) -> Enrolment:
    """Take a course. Twice is once. Raises CourseClosed."""
    with transaction.atomic():
        learner_lock(learner)
        course = Course.objects.filter(key=course_key).first()
        if course is None:
            raise CourseClosed
        existing = enrolment_of(learner, course_key)
        if existing is not None:
            return existing
        if not course.active:
            raise CourseClosed
        enrolment = Enrolment.objects.create(learner=learner, course=course, enrolled_at=at)
        # What was done before (elsewhere, pulled from another store) may finish something now.
        decide(learner.whole)
        return enrolment
