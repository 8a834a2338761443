"""Queries of when a class meets, and who was there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bdhvs_lms.base.api import day_of, end_of_day, name_order, start_of_day
from bdhvs_lms.classes.models import Attendance, ClassGroup, ClassSession, SessionAct
from bdhvs_lms.classes.queries import courses_of_class, members
from bdhvs_lms.classes.sessions.statements import standing
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner, Person, agreed_among, person_of
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.tracking.api import VERB_EXPERIENCED

AT_ONCE = 20

# Filled by the app as it starts, from a part that stands above this one.
presences: list[Callable[[], QuerySet[Any]]] = []
"""Who attended what, by the statements in force: rows with `learner` (the record that stands) and `session_key`."""


def present() -> QuerySet[Any]:
    """Return rows of `presences`. What is counted and shown is what stands, not what a teacher once ticked."""
    (rows,) = presences
    return rows()


def present_at(session: ClassSession) -> QuerySet[Any]:
    return present().filter(session_key=session.uuid)


def sessions_of(class_group: ClassGroup) -> QuerySet[ClassSession]:
    """Return all sessions and visits of the class, the latest first, with how many were `there`."""
    here = present().filter(session_key=OuterRef("uuid")).order_by().values("session_key")
    there = Coalesce(Subquery(here.annotate(there=Count("pk")).values("there")), 0)
    return ClassSession.objects.filter(class_group=class_group).annotate(there=there).order_by("-starts_at", "-pk")


def sessions_held(class_ids: Iterable[int], on: date, *, since: date | None = None) -> dict[int, int]:
    """Count by class (primary key) the class sessions held by this day, `since`: from that day on; none: not in it. One
    query."""
    rows = ClassSession.objects.filter(
        class_group__in=list(class_ids),
        kind=ClassSession.Kind.CLASS,
        cancelled=False,
        held_at__isnull=False,
        starts_at__lte=end_of_day(on),
    )
    if since is not None:
        rows = rows.filter(starts_at__gte=start_of_day(since))
    return dict(rows.order_by().values_list("class_group").annotate(held=Count("pk")))


@dataclass(frozen=True)
class SheetRow:
    """Row of a learner on the sheet of a session. `present` None: nobody has said, or an operator voided what was said.
    `agreed`: there is consent, without which nothing may be recorded."""

    learner: Learner
    name: str
    birth_year: int | None
    present: bool | None
    agreed: bool


def listed_at(session: ClassSession) -> list[Learner]:
    """Return the people who may have been there: members of the class on that day, for a visit the people visited; and
    whoever was marked before. Of merged records the one that stands. Two queries."""
    marked = Attendance.objects.filter(session=session).values(person=person_of())
    here = present_at(session).values("learner")
    found = {one.pk: one for one in Learner.objects.filter(Q(pk__in=marked) | Q(pk__in=here))}
    if session.kind == ClassSession.Kind.CLASS:
        found |= {one.pk: one for one in members(session.class_group, day_of(session.starts_at))}
    return list(found.values())


def sheet(session: ClassSession, at: datetime) -> list[SheetRow]:
    """Return the sheet of a session, by given name as class lists have it; erased people are not on it. Six queries."""
    absent = Attendance.objects.filter(session=session, present=False).annotate(person=person_of())
    marks = dict.fromkeys(absent.values_list("person", flat=True), False)
    marks |= dict.fromkeys(present_at(session).values_list("learner", flat=True), True)
    return _rows(listed_at(session), marks, at)


def sheet_of(class_group: ClassGroup, at: datetime) -> list[SheetRow]:
    """Return the members of that day, as a sheet on which nobody is marked. Three queries."""
    return _rows(list(members(class_group, day_of(at))), {}, at)


def _rows(learners: Sequence[Learner], marks: Mapping[int, bool], at: datetime) -> list[SheetRow]:
    people = {one.learner_id: one for one in Person.objects.filter(learner__in=[one.pk for one in learners])}
    agreed = agreed_among(learners, at)
    rows = [
        SheetRow(one, people[one.pk].full_name, people[one.pk].birth_year, marks.get(one.pk), one.pk in agreed)
        for one in learners
        if one.pk in people
    ]
    return sorted(rows, key=lambda row: (name_order(row.name), row.learner.pk))


def attended_by(class_group: ClassGroup, learner: Learner) -> list[ClassSession]:
    """Return sessions and visits of this class at which the learner was, in no order. One query."""
    there = present().filter(learner=learner.whole).values("session_key")
    return list(ClassSession.objects.filter(class_group=class_group, uuid__in=there))


def lessons_to_watch(class_group: ClassGroup) -> list[Activity]:
    """Return what can be watched together: what the class's courses offer that is done by being there. Two queries."""
    courses = [course.pk for course in courses_of_class(class_group)]
    kinds = [kind.key for kind in activity_types if "presence" in kind.features]
    rows = Activity.objects.filter(course__in=courses, type_key__in=kinds, active=True).select_related("course")
    place = {pk: number for number, pk in enumerate(courses)}
    return sorted(rows, key=lambda row: (place[row.course_id], row.position, row.pk))


def watched_at(session: ClassSession) -> set[UUID]:
    """Return keys of the lessons that somebody is recorded to have watched there. Two queries; a further one for each
    twenty people of whom an operator has voided it."""
    left: dict[UUID, list[SessionAct]] = defaultdict(list)
    rows = SessionAct.objects.filter(session=session, verb=VERB_EXPERIENCED, voided_at=None)
    for act in rows.select_related("session", "learner"):
        left[act.object_key].append(act)
    found: set[UUID] = set()
    while left:
        found |= {act.object_key for act in standing([act for acts in left.values() for act in acts[:AT_ONCE]])}
        left = {key: acts[AT_ONCE:] for key, acts in left.items() if key not in found and len(acts) > AT_ONCE}
    return found
