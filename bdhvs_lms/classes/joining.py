"""Coming into a class by its code: new people at once, people on record when a teacher lets them in (ADR 66)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, fold, one_line
from bdhvs_lms.classes.actions import add_member
from bdhvs_lms.classes.models import ClassGroup, JoinRequest, Membership
from bdhvs_lms.classes.queries import members, teaches
from bdhvs_lms.courses.api import CourseClosed, enrol
from bdhvs_lms.learners.api import Learner, Person, claim, duplicates_among, person_of, unclaimed_among


def class_with_code(typed: str) -> ClassGroup | None:
    """The class whose code was typed, with or without marks, in whatever case; None: there is none."""
    code = "-".join(fold(one_line(typed)).split())
    found = ClassGroup.objects.filter(code__iexact=code) if 0 < len(code) <= 20 else ClassGroup.objects.none()
    return found.select_related("course", "area").first()


def is_open(class_group: ClassGroup, on: date) -> bool:
    """Whether people may still come in."""
    return class_group.ends is None or class_group.ends >= on


def is_member(class_group: ClassGroup, learner: Learner, on: date) -> bool:
    return members(class_group, on).filter(pk=learner.pk).exists()


def come_in(class_group: ClassGroup, learner: Learner, *, at: datetime) -> bool:
    """The learner has the code. Who has just registered without help is a member at once; anybody else, and whom a
    teacher has sent away, has asked. Whether they are a member now. The caller has asked for consent."""
    if is_member(class_group, learner, day_of(at)):
        return True
    sent_away = Membership.objects.filter(class_group=class_group, learner__in=learner.ids).exists()
    if sent_away or not unclaimed_among([learner.pk]):
        JoinRequest.objects.get_or_create(learner=learner, class_group=class_group, defaults={"asked_at": at})
        return False
    add_member(class_group, learner, at=at, by=None)
    begin_course(class_group, learner, at=at)
    return True


def begin_course(class_group: ClassGroup, learner: Learner, *, at: datetime) -> None:
    """Enrol in the class's course, if it is still offered."""
    try:
        enrol(learner, class_group.course.key, at=at)
    except CourseClosed:
        return


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom a teacher of the class has not answered yet."""

    person: Person
    asks: bool
    """On record already, and asks to come in; else registered with the code, and is in."""
    twins: Sequence[Person]
    """Others on record who are likely the same person."""


def _unclaimed(class_group: ClassGroup, on: date) -> Any:
    return members(class_group, on).filter(self_registration__isnull=False, claim=None)


def newcomers_waiting(class_group: ClassGroup, on: date) -> int:
    """How many `newcomers` there are. Two queries."""
    return int(_unclaimed(class_group, on).count()) + class_group.join_requests.count()


def newcomers(class_group: ClassGroup, on: date) -> list[Newcomer]:
    """Who registered with the code and is in no list yet, and who asks to come in. Four queries."""
    inside = list(_unclaimed(class_group, on).values_list("pk", flat=True))
    asking = list(class_group.join_requests.order_by("asked_at", "pk").values_list(person_of(), flat=True))
    people = {
        person.learner_id: person
        for person in Person.objects.filter(learner__in=[*inside, *asking]).select_related(
            "learner__self_registration__area"
        )
    }
    twins = duplicates_among(people)
    return [
        Newcomer(people[pk], pk not in inside, twins.get(pk, ()))
        for pk in dict.fromkeys([*inside, *asking])
        if pk in people
    ]


def _may_answer(class_group: ClassGroup, by: Any, at: datetime) -> None:
    if not (by.is_active and by.is_superuser) and not teaches(by, class_group, day_of(at)):
        raise PermissionDenied("Teachers of the class say who is in it.")


def accept(class_group: ClassGroup, learner: Learner, *, at: datetime, by: Any) -> None:
    """Take a newcomer into the lists, and into the class who asked for it. Again changes nothing.

    Raises PermissionDenied; ValidationError for somebody who neither is in the class nor has asked.
    """
    _may_answer(class_group, by, at)
    today = day_of(at)
    with transaction.atomic():
        asked = JoinRequest.objects.filter(class_group=class_group, learner__in=learner.ids)
        if not asked.exists() and not is_member(class_group, learner, today):
            raise ValidationError(_("This person is not in the class."))
        # Sent away today by mistake: the same stay goes on.
        Membership.objects.filter(
            class_group=class_group, learner__in=learner.ids, valid_from=today, valid_to__lt=today
        ).update(valid_to=None)
        add_member(class_group, learner, at=at, by=None)
        asked.delete()
        if unclaimed_among([learner.pk]):
            claim(learner, at=at, by=by, teaches=True)


def send_away(class_group: ClassGroup, learner: Learner, *, at: datetime, by: Any) -> None:
    """Not one of this class: no longer a member from this day on, also when they came today; what they asked is
    answered. They go on learning, and are in no list. Raises PermissionDenied; ValidationError as `accept`."""
    _may_answer(class_group, by, at)
    today = day_of(at)
    with transaction.atomic():
        answered, _by_model = JoinRequest.objects.filter(class_group=class_group, learner__in=learner.ids).delete()
        inside = Membership.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=today), class_group=class_group, learner__in=learner.ids
        )
        if unclaimed_among([learner.pk]):
            answered += inside.update(valid_to=today - timedelta(days=1))
        if not answered:
            raise ValidationError(_("This person is not in the class."))
