"""Queries of who was in which class on a day, and who taught it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from bdhvs_lms.base.api import fold, one_line, start_of_day
from bdhvs_lms.classes.models import AssignedCourse, ClassGroup, ClassSession, ClassTeacher, Membership
from bdhvs_lms.courses.api import Activity, Course
from bdhvs_lms.learners.api import Learner, person_of
from bdhvs_lms.tracking.api import ObjectRef, class_iri, class_type

# Neither vowels, so that no code is a word, nor what is taken for something else.
CODE_LETTERS = "bcdfghkmnpqrstvwxz2345679"
SHOWN_ENDED = timedelta(days=30)


def covering(on: date) -> Q:
    """Return the condition for memberships and appointments of this day."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def members(class_group: ClassGroup, on: date) -> QuerySet[Learner]:
    """Return learners who are in the class on this day, in the order of their names; erased people come last."""
    inside = Membership.objects.filter(covering(on), class_group=class_group)
    return Learner.objects.filter(pk__in=inside.values(person=person_of())).order_by(
        F("person__sort_name").asc(nulls_last=True), "pk"
    )


def ended_lately(class_group: ClassGroup, on: date) -> list[Membership]:
    """Return stays in the class that were ended, with a last day in the last `SHOWN_ENDED`, the latest first."""
    ended = Membership.objects.filter(class_group=class_group, valid_to__gte=on - SHOWN_ENDED)
    return list(ended.select_related("learner__merged_into").order_by("-valid_to", "-pk"))


def resumable(class_group: ClassGroup) -> set[int]:
    """Return primary keys of stays whose end may be taken back: each person's last one, where it has ended.
    One query."""
    stays = Membership.objects.filter(class_group=class_group).annotate(person=person_of())
    stays = stays.order_by(F("valid_to").asc(nulls_last=True), "valid_from", "pk")
    last = {one.person: one for one in stays}
    return {one.pk for one in last.values() if one.valid_to is not None}


def is_member(class_group: ClassGroup, learner: Learner, on: date) -> bool:
    """Tell whether the learner is in the class on this day."""
    return members(class_group, on).filter(pk=learner.pk).exists()


def class_with_code(typed: str) -> ClassGroup | None:
    """Find the class whose code was typed, with or without marks, in whatever case; None: there is none."""
    code = "-".join(fold(one_line(typed)).split())
    if not 0 < len(code) <= 20:
        return None
    found = ClassGroup.objects.filter(Q(code__iexact=code) | Q(code=f"{code[:3]}-{code[3:]}"))
    return found.select_related("course", "area").first()


def is_open(class_group: ClassGroup, on: date) -> bool:
    """Tell whether people may still come in: the class has not ended."""
    return class_group.ends is None or class_group.ends >= on


def teaching(on: date) -> QuerySet[ClassTeacher]:
    """Return appointments of this day that nobody has ended at once."""
    return ClassTeacher.objects.filter(covering(on), ended_at=None)


def owns(user: Any, class_group: ClassGroup, on: date) -> bool:
    """Tell whether this account owns the class on this day. One query."""
    if not (user.is_authenticated and user.is_active):
        return False
    return teaching(on).filter(class_group=class_group, user_id=user.pk, owner=True).exists()


def owners_of(class_group: ClassGroup, on: date) -> list[Any]:
    """Return the accounts that own the class on this day. One query."""
    rows = teaching(on).filter(class_group=class_group, owner=True).select_related("user").order_by("valid_from", "pk")
    return [row.user for row in rows]


def is_teacher(user: Any, on: date) -> bool:
    """Tell whether the account is a teacher's: it may make classes, or has taught one.
    A colleague may be named by it."""
    return may_make_classes(user, on) or has_taught(user)


def may_make_classes(user: Any, on: date) -> bool:
    """Tell whether this account may make classes that it teaches: it is a teacher's
    (make_own_class), or teaches today."""
    if not (user.is_authenticated and user.is_active):
        return False
    return teaching(on).filter(user_id=user.pk).exists() or bool(user.has_perm("bdhvs_lms.make_own_class"))


@dataclass(frozen=True)
class TakenCourse:
    """A course that a class takes, from a day on and to be done by a day; its own course has the class's days."""

    course: Course
    opens: date | None = None
    due: date | None = None


def courses_taken(class_group: ClassGroup) -> list[TakenCourse]:
    """Return what the class takes: its own course, then those assigned, in the order of their days. One query, and one
    for its own course where that is not there yet."""
    assigned = AssignedCourse.objects.filter(class_group=class_group).select_related("course").order_by("opens", "pk")
    return [TakenCourse(class_group.course), *(TakenCourse(row.course, row.opens, row.due) for row in assigned)]


def courses_of_class(class_group: ClassGroup, on: date | None = None) -> list[Course]:
    """Return the courses of `courses_taken`; `on`: those that have begun by this day."""
    taken = courses_taken(class_group)
    return [one.course for one in taken if on is None or one.opens is None or one.opens <= on]


def classes_taking(course: Course, on: date) -> QuerySet[ClassGroup]:
    """Return classes that have not ended by this day and take the course by then."""
    assigned = AssignedCourse.objects.filter(course=course, opens__lte=on)
    lasting = ClassGroup.objects.filter(Q(ends=None) | Q(ends__gte=on))
    return lasting.filter(Q(course=course) | Q(pk__in=assigned.values("class_group"))).order_by("name", "pk")


def in_any(groups: QuerySet[ClassGroup], on: date) -> QuerySet[Learner]:
    """Return everybody who is in one of these classes on this day."""
    inside = Membership.objects.filter(covering(on), class_group__in=groups.order_by().values("pk"))
    return Learner.objects.filter(pk__in=inside.values(person=person_of()))


def activity_types_of(class_group: ClassGroup) -> set[str]:
    """Return keys of the kinds of activities that the class's courses offer now. One query."""
    assigned = AssignedCourse.objects.filter(class_group=class_group).values("course")
    rows = Activity.objects.filter(Q(course=class_group.course_id) | Q(course__in=assigned), active=True)
    return set(rows.order_by().values_list("type_key", flat=True).distinct())


def new_code() -> str:
    """Make a class code that says nothing of the class and that no class has: 'k3m-7pq', one of 244 million."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(6))
        code = f"{code[:3]}-{code[3:]}"
        if not ClassGroup.objects.filter(code=code).exists():
            return code


def has_taught(user: Any) -> bool:
    """Tell whether the account is or was the teacher of any class."""
    return ClassTeacher.objects.filter(user_id=user.pk).exists()


def classes_of_teacher(user: Any, on: date) -> QuerySet[ClassGroup]:
    """Return classes that this account teaches on this day, those that began last first. Nobody else's, whatever its
    rank."""
    if not (user.is_authenticated and user.is_active):
        return ClassGroup.objects.none()
    taught = teaching(on).filter(user_id=user.pk)
    return ClassGroup.objects.filter(pk__in=taught.values("class_group")).order_by("-starts", "name", "pk")


def classes_open_to(user: Any, on: date) -> QuerySet[ClassGroup]:
    """Return the classes whose learners this account may see by name: those it teaches; a superuser's: all."""
    every = ClassGroup.objects.order_by("-starts", "name", "pk")
    return (every if user.is_superuser else classes_of_teacher(user, on)).select_related("course", "area")


def class_open_to(user: Any, class_uuid: UUID, on: date) -> ClassGroup:
    """Return one of `classes_open_to`. Raises Http404: another teacher's class answers like one that does not exist."""
    return get_object_or_404(classes_open_to(user, on), uuid=class_uuid)


def teaches(user: Any, class_group: ClassGroup, on: date) -> bool:
    """Tell whether this account teaches the class on this day. One query."""
    return classes_of_teacher(user, on).filter(pk=class_group.pk).exists()


def classes_of_learner(learner: Learner, on: date) -> QuerySet[ClassGroup]:
    """Return classes that the learner is in on this day."""
    inside = Membership.objects.filter(covering(on), learner__in=learner.ids)
    return ClassGroup.objects.filter(pk__in=inside.values("class_group")).order_by("-starts", "name", "pk")


def current_classes(learner: Learner, on: date) -> list[ClassGroup]:
    """Return the learner's classes that have not ended by this day, with their courses, those that began last first.
    One query."""
    going_on = classes_of_learner(learner, on).filter(Q(ends=None) | Q(ends__gte=on))
    return list(going_on.select_related("course"))


class Taken(NamedTuple):
    """A course that a class takes."""

    class_group: ClassGroup
    course_id: int
    course_key: UUID


def taken_by_classes(learner: Learner, on: date) -> list[Taken]:
    """Return what the learner's classes of this day take by this day, those that began last first; of a class its own
    course, then those assigned. One query."""
    rows = (
        classes_of_learner(learner, on)
        .filter(Q(ends=None) | Q(ends__gte=on))
        .select_related("course")
        .annotate(
            assigned=F("assigned_courses__course"),
            assigned_key=F("assigned_courses__course__key"),
            opens=F("assigned_courses__opens"),
        )
        .order_by("-starts", "name", "pk", "opens", "assigned")
    )
    found: dict[tuple[int, int], Taken] = {}
    for row in rows:
        found.setdefault((row.pk, row.course_id), Taken(row, row.course_id, row.course.key))
        if row.assigned is not None and row.opens <= on:
            found[row.pk, row.assigned] = Taken(row, row.assigned, row.assigned_key)
    return list(found.values())


def next_sessions(class_ids: Iterable[int], on: date) -> dict[int, ClassSession]:
    """Return by class (primary key) the session that is to come, or is of this day and nobody has taken attendance of
    yet; classes without one are not in it. One query."""
    found: dict[int, ClassSession] = {}
    rows = ClassSession.objects.filter(
        class_group__in=list(class_ids), kind=ClassSession.Kind.CLASS, cancelled=False, held_at=None
    )
    for row in rows.filter(starts_at__gte=start_of_day(on)).order_by("starts_at", "pk"):
        found.setdefault(row.class_group_id, row)
    return found


@dataclass(frozen=True)
class OwnClass:
    """A class as its learner sees it, with the accounts that teach it on that day, and when it meets `next`."""

    class_group: ClassGroup
    teachers: tuple[Any, ...]
    next: ClassSession | None


def own_classes(learner: Learner, on: date) -> list[OwnClass]:
    """Return the learner's classes of this day with course, area, teachers and the next session. Three queries."""
    taught = Prefetch("teachers", teaching(on).select_related("user").order_by("valid_from", "pk"))
    groups = list(classes_of_learner(learner, on).select_related("course", "area").prefetch_related(taught))
    meeting = next_sessions([group.pk for group in groups], on) if groups else {}
    return [OwnClass(group, tuple(one.user for one in group.teachers.all()), meeting.get(group.pk)) for group in groups]


def class_refs_of(learners: Iterable[Learner]) -> Callable[[Learner, Course, date], tuple[ObjectRef, ...]]:
    """Return `class_refs()` for many decisions about these learners: two queries, and none unless it is asked."""

    @cache
    def memberships() -> dict[tuple[int, int], list[Membership]]:
        found: dict[tuple[int, int], list[Membership]] = {}
        of = {record: learner.pk for learner in learners for record in learner.ids}
        rows = Membership.objects.filter(learner__in=list(of)).select_related("class_group")
        rows = rows.prefetch_related("class_group__assigned_courses")
        for row in rows.order_by("-class_group__starts", "class_group__name", "class_group_id"):
            assigned = (each.course_id for each in row.class_group.assigned_courses.all())
            for course in {row.class_group.course_id, *assigned}:
                found.setdefault((of[row.learner_id], course), []).append(row)
        return found

    def refs(learner: Learner, course: Course, on: date) -> tuple[ObjectRef, ...]:
        covering = {
            row.class_group.uuid: None
            for row in memberships().get((learner.pk, course.pk), ())
            if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
        }
        return tuple(ObjectRef(class_iri(uuid), class_type()) for uuid in covering)

    return refs


def class_refs(learner: Learner, course: Course, on: date) -> tuple[ObjectRef, ...]:
    """Return the classes in which the learner takes this course on that day, as statements name them.

    Without their names: whoever names a class may put a person's name into it.
    """
    assigned = AssignedCourse.objects.filter(course=course).values("class_group")
    groups = classes_of_learner(learner, on).filter(Q(course=course) | Q(pk__in=assigned))
    uuids = groups.values_list("uuid", flat=True)
    return tuple(ObjectRef(class_iri(uuid), class_type()) for uuid in uuids)
