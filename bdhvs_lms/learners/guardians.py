"""The parent or guardian of a minor: who is called, and who may consent for the child."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, require
from bdhvs_lms.learners.actions import clean_phone, clean_typed_name
from bdhvs_lms.learners.models import Guardian, Learner, Person

ADULT_AGE = 18


def guardian_of(learner: Learner) -> Guardian | None:
    """Return the guardian on record, of the record that stands first. One query."""
    found = Guardian.objects.filter(learner__in=learner.ids)
    return found.order_by(F("learner__merged_into").asc(nulls_first=True), "pk").first()


def with_guardian(learners: Iterable[Learner]) -> set[int]:
    """Return primary keys of those of these learners who have a guardian on record. One query."""
    whose = {pk: learner.pk for learner in learners for pk in learner.ids}
    return {whose[pk] for pk in Guardian.objects.filter(learner__in=list(whose)).values_list("learner", flat=True)}


def surely_adult(birth_year: int | None, at: datetime) -> bool:
    """Tell whether somebody born in that year has been of age since the beginning of this one."""
    return birth_year is not None and day_of(at).year - birth_year > ADULT_AGE


def must_be_minor(birth_year: int | None, at: datetime) -> None:
    """Raise ValidationError (`guardian`) for somebody who is surely of age: nobody is kept for them."""
    if surely_adult(birth_year, at):
        raise ValidationError({"guardian": _("A parent or guardian is kept for minors only.")})


def name_guardian(
    learner: Learner, *, full_name: str, phone: str, relation: str, at: datetime, by: Any = None
) -> Guardian:
    """Write down the learner's parent or guardian, in place of the one who stood there.

    Needs the permission change_guardian. Raises ValidationError by field (`guardian`, `guardian_phone`, `relation`):
    the name or telephone cannot be, the relation is none of `Guardian.Relation`, the learner is of age.
    """
    require(by, "change_guardian")
    name, number = clean_guardian(full_name, phone, relation)
    person = Person.objects.filter(learner=learner.whole).first()
    must_be_minor(person.birth_year if person is not None else None, at)
    with transaction.atomic():
        # Of merged records one guardian speaks: the one on the record that stands.
        guardian, _created = Guardian.objects.update_or_create(
            learner=learner.whole, defaults={"full_name": name, "phone": number, "relation": relation}
        )
        Guardian.objects.filter(learner__in=learner.ids).exclude(pk=guardian.pk).delete()
    return guardian


def clean_guardian(full_name: str, phone: str, relation: str) -> tuple[str, str]:
    """Return (name, telephone) as they are kept. Raises ValidationError as `name_guardian` does."""
    try:
        name = clean_typed_name(full_name)
    except ValidationError as error:
        raise ValidationError({"guardian": error.messages}) from error
    try:
        number = clean_phone(phone)
    except ValidationError as error:
        raise ValidationError({"guardian_phone": error.messages}) from error
    if relation not in Guardian.Relation.values:
        raise ValidationError({"relation": _("Choose who it is.")})
    return name, number


def forget_guardian(learner: Learner, *, by: Any = None) -> int:
    """Delete the learner's guardian. Needs delete_guardian. Returns how many rows went."""
    require(by, "delete_guardian")
    rows, _by_model = Guardian.objects.filter(learner__in=learner.ids).delete()
    return rows
