"""Reads."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from bdhvs_lms.courses.models import Activity, Course, Enrolment
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.tracking.api import (
    TYPE_ASSESSMENT,
    TYPE_COURSE,
    TYPE_LESSON,
    ObjectRef,
    activity_iri,
    course_iri,
)


def enrolment_of(learner: Learner, course_key: UUID) -> Enrolment | None:
    return Enrolment.objects.filter(learner=learner, course__key=course_key).select_related("course").first()


def enrolments_of(learner: Learner) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(learner=learner).select_related("course").order_by("-enrolled_at", "-pk")


def enrolments_in(learner_ids: Iterable[int], course_ids: Iterable[int] | None = None) -> QuerySet[Enrolment]:
    """Enrolments of these learners, in these courses only (None: in any), each learner's newest first."""
    found = Enrolment.objects.filter(learner__in=set(learner_ids))
    if course_ids is not None:
        found = found.filter(course__in=set(course_ids))
    return found.select_related("course").order_by("learner", "-enrolled_at", "-pk")


def activities_of(course_key: UUID) -> QuerySet[Activity]:
    """What the course offers now, in its order."""
    return Activity.objects.filter(course__key=course_key, active=True).order_by("position", "pk")


def activities_of_courses(course_keys: Iterable[UUID]) -> dict[UUID, list[Activity]]:
    """Course key → what that course offers now, in its order. A course that offers nothing is not in it. One query."""
    found: dict[UUID, list[Activity]] = {}
    rows = Activity.objects.filter(course__key__in=set(course_keys), active=True).select_related("course")
    for row in rows.order_by("course", "position", "pk"):
        found.setdefault(row.course.key, []).append(row)
    return found


def activities_ever_in(course_key: UUID) -> QuerySet[Activity]:
    """All that was ever learned in the course, in its order: withdrawn ones, and ones that moved to another course."""
    # Two conditions and not a join, which would repeat rows.
    moved = Activity.objects.filter(former_courses__key=course_key).values("pk")
    return Activity.objects.filter(Q(course__key=course_key) | Q(pk__in=moved)).order_by("position", "pk")


def activity(key: UUID) -> Activity | None:
    return Activity.objects.filter(key=key).select_related("course").first()


def activities(keys: Iterable[UUID]) -> dict[UUID, Activity]:
    return {row.key: row for row in Activity.objects.filter(key__in=set(keys)).select_related("course")}


def course_ref(course: Course) -> ObjectRef:
    """The course as statements name it."""
    return ObjectRef(course_iri(course.key), TYPE_COURSE, course.titles)


def activity_ref(row: Activity) -> ObjectRef:
    """The activity as statements name it. Its ActivityType says what it is; where its plugin is gone, what finishes
    it has to."""
    kind = activity_types.get(row.type_key)
    guess = TYPE_ASSESSMENT if row.done_on == Activity.DoneOn.PASSED else TYPE_LESSON
    return ObjectRef(activity_iri(row.key), guess if kind is None else kind.activity_iri, row.titles)
