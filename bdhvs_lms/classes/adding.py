"""A teacher takes somebody into the class who came to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from bdhvs_lms.base.api import day_of, fold, row_number
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.actions import add_member, require_teacher
from bdhvs_lms.classes.joining import begin_courses
from bdhvs_lms.classes.models import ClassGroup, Membership
from bdhvs_lms.learners.api import Learner, Person, agreed_among, register, twins_of

SOMEBODY_ELSE = "nobody"
"""Of those who are on record the person is none."""


@dataclass(frozen=True)
class Twins:
    """Who on record is likely the person that was typed: the teacher says which, or that it is somebody else."""

    people: Sequence[Person]


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
) -> Learner | Twins:
    """Register somebody and take them into the class; or take in who is on record.

    Args:
        same: primary key of the learner who it is, of those that the answer before named; SOMEBODY_ELSE: none of them.

    Raises PermissionDenied; ValidationError by field.
    """
    require_teacher(class_group, by, at)
    today = day_of(at)
    # A namesake of the same year only: a teacher finds nobody by trying names.
    likely = [one for one in twins_of(full_name, birth_year, area, today) if _is_close(one, full_name, birth_year)]
    chosen = next((one for one in likely if one.learner_id == row_number(same)), None)
    if likely and chosen is None and same != SOMEBODY_ELSE:
        return Twins(likely)
    with transaction.atomic():
        if chosen is not None:
            learner = chosen.learner.whole
        else:
            learner = register(full_name=full_name, birth_year=birth_year, phone=phone, area=area, at=at)
        membership = add_member(class_group, learner, at=at, by=None)
        if chosen is not None and membership.valid_from == today:
            # Whoever knows a name and a year of birth must not come to sign in as that person.
            Membership.objects.filter(pk=membership.pk).update(found=True)
    if agreed_among([learner], at):
        begin_courses(class_group, learner, at=at)
    return learner


def _is_close(person: Any, full_name: str, birth_year: int) -> bool:
    words = sorted(fold(full_name).split())
    return sorted(fold(person.full_name).split()) == words and person.birth_year == birth_year
