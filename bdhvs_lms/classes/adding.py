"""Taking somebody into a class: a teacher adds a person who came, an operator takes the end of a stay back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import day_of, fold, require
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.actions import add_member, require_teacher
from bdhvs_lms.classes.joining import begin_courses
from bdhvs_lms.classes.models import ClassGroup, Match, Membership
from bdhvs_lms.classes.queries import members, resumable
from bdhvs_lms.courses.api import enrolments_of
from bdhvs_lms.learners.api import Learner, LearnerIdentity, agreed_among, register, register_self, twins_of
from bdhvs_lms.tracking.api import facts_about

SAME, SOMEBODY_ELSE = "same", "nobody"
"""What a teacher answers: the person is on record already, or is somebody else."""


@dataclass(frozen=True)
class Added:
    """The learner who is in the class now. `waits`: under a record of this class, until the person on record agrees."""

    learner: Learner
    waits: bool = False


@dataclass(frozen=True)
class Twins:
    """People on record who are likely the person that was typed: the teacher says whether it is one of them."""

    people: list[Any]


def add_person(
    class_group: ClassGroup,
    *,
    full_name: str,
    birth_year: int,
    area: Area,
    at: datetime,
    by: Any,
    phone: str = "",
    same: str = "",
) -> Added | Twins:
    """Register somebody and take them into the class. Somebody on record is asked first, and learns at once all the
    same.

    Args:
        same: SAME or SOMEBODY_ELSE, the teacher's answer about those that the answer before named.

    Raises PermissionDenied; ValidationError by field.
    """
    require_teacher(class_group, by, at)
    typed: dict[str, Any] = {"full_name": full_name, "birth_year": birth_year, "area": area, "phone": phone, "at": at}
    # A namesake of the same year only: a teacher finds nobody by trying names.
    likely = [one for one in twins_of(full_name, birth_year, area, day_of(at)) if _is_close(one, full_name, birth_year)]
    if likely and same not in (SAME, SOMEBODY_ELSE):
        return Twins(likely)
    with transaction.atomic():
        if likely and same == SAME:
            added = _on_record(class_group, [one.learner for one in likely], typed, by)
        else:
            added = Added(register(**typed))
        add_member(class_group, added.learner, at=at, by=None)
    if agreed_among([added.learner], at):
        begin_courses(class_group, added.learner, at=at)
    return added


def _on_record(class_group: ClassGroup, likely: list[Learner], typed: dict[str, Any], by: Any) -> Added:
    """Return the member whom the class has; take in somebody of whom only a name is known; ask anybody else."""
    at: datetime = typed["at"]
    inside = members(class_group, day_of(at)).filter(pk__in=[one.pk for one in likely]).first()
    if inside is not None:
        return Added(inside)
    # The row is the lock: of two classes that find somebody at once, the second one asks.
    locked = list(Learner.objects.select_for_update().filter(pk__in=[one.pk for one in likely]).order_by("pk"))
    if len(locked) == 1 and _is_blank(locked[0]):
        Match.objects.create(learner=locked[0], class_group=class_group, asked_at=at)
        log_access(user=by, actors=[locked[0].actor], page="class-found", at=at, detail=class_group.code)
        return Added(locked[0])
    record = register_self(**typed, illustrative=locked[0].illustrative)
    Match.objects.bulk_create(Match(learner=one, record=record, class_group=class_group, asked_at=at) for one in locked)
    return Added(record, waits=True)


def _is_blank(learner: Learner) -> bool:
    """Tell whether the record holds nothing that anybody could take: no way in, no learning, no class."""
    ids = learner.ids
    return not (
        LearnerIdentity.objects.filter(learner__in=ids).exists()
        or Membership.objects.filter(learner__in=ids).exists()
        or enrolments_of(learner)
        or facts_about(learner)
    )


def _is_close(person: Any, full_name: str, birth_year: int) -> bool:
    words = sorted(fold(full_name).split())
    return sorted(fold(person.full_name).split()) == words and person.birth_year == birth_year


def resume_member(membership: Membership, *, by: Any) -> Membership:
    """Resume a stay as if nobody had ended it; undoes `end_member`. Needs change_membership.

    Raises ValidationError when nobody ended it, or the learner has come in again since.
    """
    require(by, "change_membership")
    with transaction.atomic():
        # As `add_member` does: one stay at a time.
        ClassGroup.objects.select_for_update().get(pk=membership.class_group_id)
        if membership.pk not in resumable(membership.class_group):
            raise ValidationError(_("This person is in the class, or has joined it again since."))
        membership.valid_to = None
        membership.save(update_fields=["valid_to"])
    return membership
