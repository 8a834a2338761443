"""Coming into a class by its code: new people at once, people on record when a teacher lets them in (ADR 66)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of
from bdhvs_lms.classes.actions import add_member, require_teacher
from bdhvs_lms.classes.models import ClassGroup, JoinRequest, Membership
from bdhvs_lms.classes.queries import courses_of_class, current_classes, is_member, members
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import CourseClosed, enrol
from bdhvs_lms.learners.api import Learner, Person, claim, duplicates_among, is_unclaimed, is_waiting, person_of


def come_in(class_group: ClassGroup, learner: Learner, *, at: datetime) -> bool:
    """Take in a learner who has the code; return whether they are a member now. Somebody who has just registered
    without help becomes one at once; anybody else, and whom a teacher has sent away, asks. The caller has asked for
    consent, and whether the class `is_full`."""
    if is_member(class_group, learner, day_of(at)):
        return True
    if not comes_in_at_once(class_group, learner):
        JoinRequest.objects.get_or_create(learner=learner, class_group=class_group, defaults={"asked_at": at})
        return False
    add_member(class_group, learner, at=at, by=None)
    begin_courses(class_group, learner, at=at)
    return True


def begin_courses(class_group: ClassGroup, learner: Learner, *, at: datetime) -> None:
    """Enrol the learner, who has agreed, in the offered courses that the class takes on that day."""
    for course in courses_of_class(class_group, day_of(at)):
        try:
            enrol(learner, course.key, at=at)
        except CourseClosed:
            continue


def begin_own_courses(learner: Learner, at: datetime) -> None:
    """Enrol the learner, who has agreed, in what their classes of that day take."""
    for group in current_classes(learner, day_of(at)):
        begin_courses(group, learner, at=at)


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom a teacher of the class has not answered yet."""

    person: Person
    asks: bool
    """On record already, and asks to come in; else registered with the code, and is in."""
    twins: Sequence[Person]
    """Others on record who are likely the same person."""


def _unclaimed(class_group: ClassGroup, on: date) -> Any:
    return members(class_group, on).filter(is_waiting())


def is_full(class_group: ClassGroup, on: date) -> bool:
    """Tell whether so many came in by the code and wait for the teacher that nobody else may (BDHVS_CLASS_NEWCOMERS): a
    poster hangs where pranksters pass, and the list of names shows them all. One query."""
    limit = app_settings.CLASS_NEWCOMERS
    return limit > 0 and len(_unclaimed(class_group, on).values_list("pk", flat=True)[:limit]) >= limit


def comes_in_at_once(class_group: ClassGroup, learner: Learner) -> bool:
    """Tell whether a learner who has the code need not ask: they registered without help, nobody has taken them into
    the lists, and no teacher has sent them away. Two queries at most."""
    return (
        is_unclaimed(learner)
        and not Membership.objects.filter(class_group=class_group, learner__in=learner.ids).exists()
    )


def newcomers_waiting(class_group: ClassGroup, on: date) -> int:
    """Count the `newcomers`. One query."""
    inside = _unclaimed(class_group, on).order_by().values(whole=Value(1)).values(number=Count("pk"))
    asking = JoinRequest.objects.filter(class_group=class_group).values("class_group").values(number=Count("pk"))
    counted = ClassGroup.objects.filter(pk=class_group.pk).annotate(
        waiting=Coalesce(Subquery(inside), 0) + Coalesce(Subquery(asking), 0)
    )
    return int(counted.values_list("waiting", flat=True).get())


def newcomers(class_group: ClassGroup, on: date) -> list[Newcomer]:
    """Return people who registered with the code and are in no list yet, and who ask to come in. Four queries."""
    inside = list(_unclaimed(class_group, on).values_list("pk", flat=True))
    asking = list(class_group.join_requests.order_by("asked_at", "pk").values_list(person_of(), flat=True))
    people = {
        person.learner_id: person
        for person in Person.objects.filter(learner__in=[*inside, *asking]).select_related(
            "learner__self_registration__area"
        )
    }
    twins = duplicates_among(people, on)
    return [
        Newcomer(people[pk], pk not in inside, twins.get(pk, ()))
        for pk in dict.fromkeys([*inside, *asking])
        if pk in people
    ]


def accept(class_group: ClassGroup, learner: Learner, *, at: datetime, by: Any) -> None:
    """Take a newcomer into the lists, and somebody who asked into the class. A repeated call changes nothing.

    Raises PermissionDenied; ValidationError for somebody who neither is in the class nor has asked.
    """
    require_teacher(class_group, by, at)
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
        if is_unclaimed(learner):
            claim(learner, at=at, by=by, teaches=True)


def send_away(class_group: ClassGroup, learner: Learner, *, at: datetime, by: Any) -> None:
    """Remove a newcomer from this class from this day on, also when they came today, and answer their request. They go
    on learning, and are in no list. Raises PermissionDenied; ValidationError as `accept`."""
    require_teacher(class_group, by, at)
    today = day_of(at)
    with transaction.atomic():
        answered, _by_model = JoinRequest.objects.filter(class_group=class_group, learner__in=learner.ids).delete()
        inside = Membership.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=today), class_group=class_group, learner__in=learner.ids
        )
        if is_unclaimed(learner):
            answered += inside.update(valid_to=today - timedelta(days=1))
        if not answered:
            raise ValidationError(_("This person is not in the class."))
