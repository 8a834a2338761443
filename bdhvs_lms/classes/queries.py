"""Who was in which class on a day, and who taught it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from bdhvs_lms.classes.models import ClassGroup, ClassTeacher, Membership
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, person_of
from bdhvs_lms.tracking.api import ObjectRef, class_iri, class_type


def _covering(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def members(class_group: ClassGroup, on: date) -> QuerySet[Learner]:
    """Learners who are in the class on this day, in the order of their names; erased people come last."""
    inside = Membership.objects.filter(_covering(on), class_group=class_group)
    return Learner.objects.filter(pk__in=inside.values(person=person_of())).order_by(
        F("person__search_name").asc(nulls_last=True), "pk"
    )


def has_taught(user: Any) -> bool:
    """Whether the account is or was the teacher of any class."""
    return ClassTeacher.objects.filter(user_id=user.pk).exists()


def classes_of_teacher(user: Any, on: date) -> QuerySet[ClassGroup]:
    """Classes that this account teaches on this day, those that began last first. Nobody else's, whatever its rank."""
    if not (user.is_authenticated and user.is_active):
        return ClassGroup.objects.none()
    taught = ClassTeacher.objects.filter(_covering(on), user_id=user.pk)
    return ClassGroup.objects.filter(pk__in=taught.values("class_group")).order_by("-starts", "name", "pk")


def teaches(user: Any, class_group: ClassGroup, on: date) -> bool:
    """Whether this account teaches the class on this day. One query."""
    return classes_of_teacher(user, on).filter(pk=class_group.pk).exists()


def classes_of_learner(learner: Learner, on: date) -> QuerySet[ClassGroup]:
    """Classes that the learner is in on this day."""
    inside = Membership.objects.filter(_covering(on), learner__in=learner.ids)
    return ClassGroup.objects.filter(pk__in=inside.values("class_group")).order_by("-starts", "name", "pk")


@dataclass(frozen=True)
class OwnClass:
    """A class as its learner sees it, with the accounts that teach it on that day."""

    class_group: ClassGroup
    teachers: tuple[Any, ...]


def own_classes(learner: Learner, on: date) -> list[OwnClass]:
    """The learner's classes of this day with course, area and teachers. Two queries."""
    teaching = Prefetch(
        "teachers", ClassTeacher.objects.filter(_covering(on)).select_related("user").order_by("valid_from", "pk")
    )
    groups = classes_of_learner(learner, on).select_related("course", "area").prefetch_related(teaching)
    return [OwnClass(group, tuple(one.user for one in group.teachers.all())) for group in groups]


def class_refs_of(learners: Iterable[Learner]) -> Callable[[Learner, Course, date], tuple[ObjectRef, ...]]:
    """`class_refs()` for many decisions about these learners: one query, and none unless it is asked."""

    @cache
    def memberships() -> dict[tuple[int, int], list[Membership]]:
        found: dict[tuple[int, int], list[Membership]] = {}
        of = {record: learner.pk for learner in learners for record in learner.ids}
        rows = Membership.objects.filter(learner__in=list(of)).select_related("class_group")
        for row in rows.order_by("-class_group__starts", "class_group__name", "class_group_id"):
            found.setdefault((of[row.learner_id], row.class_group.course_id), []).append(row)
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
    """The classes in which the learner takes this course on that day, as statements name them.

    Without their names: whoever names a class may put a person's name into it.
    """
    uuids = classes_of_learner(learner, on).filter(course=course).values_list("uuid", flat=True)
    return tuple(ObjectRef(class_iri(uuid), class_type()) for uuid in uuids)
