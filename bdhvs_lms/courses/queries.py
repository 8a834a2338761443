"""Reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F, FilteredRelation, Q, QuerySet

from bdhvs_lms.courses.models import Activity, Course, Enrolment
from bdhvs_lms.learners.api import Learner, person_of, records_among
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.tracking.api import (
    TYPE_ASSESSMENT,
    TYPE_COURSE,
    TYPE_LESSON,
    ObjectRef,
    activity_iri,
    course_iri,
)

# Of several of one person in a course the one of the record that stands, else the first.
_OWN_FIRST = (F("learner__merged_into").asc(nulls_first=True), "enrolled_at", "pk")


def _one_a_course(rows: QuerySet[Enrolment], keep: Callable[[Any], bool] = lambda row: True) -> list[Enrolment]:
    """Return one for each person and course, each person's newest first, of the rows to `keep`; with `person`, whose it
    is."""
    found: dict[tuple[int, int], Enrolment] = {}
    for row in rows.select_related("course").annotate(whose=person_of()).order_by(*_OWN_FIRST):
        row.person = row.whose
        if keep(row):
            found.setdefault((row.person, row.course_id), row)
    newest_first = sorted(found.values(), key=lambda row: (row.enrolled_at, row.pk), reverse=True)
    return sorted(newest_first, key=lambda row: row.person)


def enrolment_of(learner: Learner, course_key: UUID) -> Enrolment | None:
    """Return the learner's enrolment in the course, in whichever of the learner's records."""
    rows = Enrolment.objects.filter(learner__in=learner.ids, course__key=course_key).select_related("course")
    return rows.order_by(*_OWN_FIRST).first()


def enrolments_of(learner: Learner) -> list[Enrolment]:
    """Return one for each course that the learner takes, newest first. One query."""
    return _one_a_course(Enrolment.objects.filter(learner__in=learner.ids))


def enrolments_in(learner_ids: Iterable[int], course_ids: Iterable[int] | None = None) -> list[Enrolment]:
    """Return enrolments of these learners, in these courses only (None: in any), one of each course, each learner's
    newest first; with `person`, which of `learner_ids` it is. One query."""
    found = Enrolment.objects.filter(learner__in=records_among(learner_ids))
    if course_ids is not None:
        found = found.filter(course__in=set(course_ids))
    return _one_a_course(found)


def enrolments_doing(activity_keys: Mapping[int, Collection[UUID] | None], *conditions: Any) -> list[Enrolment]:
    """Return `enrolments_in()`, for each learner only in the courses of these activities (None: in any). One query.

    `conditions`: of expressions, in which the enrolment's `whose` is the person's id.
    """
    rows = Enrolment.objects.filter(learner__in=records_among(activity_keys)).annotate(whose=person_of())
    named: set[UUID] = set().union(*(keys for keys in activity_keys.values() if keys is not None))
    if not named:
        return _one_a_course(rows.filter(*conditions))
    if None not in activity_keys.values():
        rows = rows.filter(course__activities__key__in=named)

    def done_in_it(row: Any) -> bool:
        keys = activity_keys[row.person]
        return keys is None or row.activity_key in keys

    return _one_a_course(rows.filter(*conditions).annotate(activity_key=F("course__activities__key")), done_in_it)


def seed_of(enrolment: Enrolment, learner: Learner) -> UUID:
    """Return the seed from which ids follow of what this learner does by the enrolment. One of a record that was merged
    into the learner's stays that record's own: were they parted again, both might go on in the course."""
    if enrolment.learner_id == learner.pk:
        return enrolment.uuid
    return uuid5(enrolment.uuid, str(learner.actor))


def activities_of(course_key: UUID) -> QuerySet[Activity]:
    """Return what the course offers now, in its order."""
    return Activity.objects.filter(course__key=course_key, active=True).order_by("position", "pk")


def activities_of_courses(course_keys: Iterable[UUID]) -> dict[UUID, list[Activity]]:
    """Return course key → what that course offers now, in its order. A course that offers nothing is not in it. One
    query."""
    found: dict[UUID, list[Activity]] = {}
    rows = Activity.objects.filter(course__key__in=set(course_keys), active=True).select_related("course")
    for row in rows.order_by("course", "position", "pk"):
        found.setdefault(row.course.key, []).append(row)
    return found


def activities_ever_in(course_key: UUID) -> QuerySet[Activity]:
    """Return all that was ever learned in the course, in its order: withdrawn ones, and ones that moved to another
    course."""
    # Two conditions and not a join, which would repeat rows.
    moved = Activity.objects.filter(former_courses__key=course_key).values("pk")
    return Activity.objects.filter(Q(course__key=course_key) | Q(pk__in=moved)).order_by("position", "pk")


def activities_ever_in_any(course_ids: Iterable[int]) -> QuerySet[Activity]:
    """Return all that was ever learned in any of these courses (by primary key), in no order."""
    listed = list(course_ids)
    # As above.
    moved = Activity.objects.filter(former_courses__in=listed).values("pk")
    return Activity.objects.filter(Q(course__in=listed) | Q(pk__in=moved)).order_by()


def activity(key: UUID) -> Activity | None:
    return Activity.objects.filter(key=key).select_related("course").first()


def activity_taken(learner: Learner, key: UUID) -> tuple[Activity | None, Enrolment | None]:
    """Return the activity, and the learner's enrolment in its course, in whichever of the learner's
    records. One query."""
    own = FilteredRelation("course__enrolments", condition=Q(course__enrolments__learner__in=learner.ids))
    found: Any = Activity.objects.filter(key=key).annotate(own=own)
    rows = list(found.select_related("course", "own"))
    if not rows:
        return None, None
    taken = [row.own for row in rows if hasattr(row, "own")]
    # As `_OWN_FIRST`.
    taken.sort(key=lambda one: (one.learner_id != learner.whole.pk, one.enrolled_at, one.pk))
    for enrolment in taken:
        enrolment.course = rows[0].course
    return rows[0], next(iter(taken), None)


def activities(keys: Iterable[UUID], *, offered_by: UUID | None = None) -> dict[UUID, Activity]:
    """Return those of these keys, and with them those that a course (its key) offers now. One query."""
    wanted = Q(key__in=set(keys))
    if offered_by is not None:
        wanted |= Q(course__key=offered_by, active=True)
    return {row.key: row for row in Activity.objects.filter(wanted).select_related("course")}


def course_ref(course: Course) -> ObjectRef:
    """Return the course as statements name it."""
    return ObjectRef(course_iri(course.key), TYPE_COURSE, course.titles)


def activity_ref(row: Activity) -> ObjectRef:
    """Return the activity as statements name it. Its ActivityType says what it is; where its plugin is gone, what
    finishes it has to."""
    kind = activity_types.get(row.type_key)
    guess = TYPE_ASSESSMENT if row.done_on == Activity.DoneOn.PASSED else TYPE_LESSON
    return ObjectRef(activity_iri(row.key), guess if kind is None else kind.activity_iri, row.titles)
