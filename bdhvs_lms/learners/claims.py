"""People who register without anybody of ours: they learn at once, and count nowhere until somebody knows them.

What a board counts by, a placement and belongings, is written when a teacher or officer takes them into the lists, and
begins on that day. So nothing that was read before, of whatever day, says anything else afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, F, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import day_of, require
from bdhvs_lms.campaign.api import Area, in_force
from bdhvs_lms.learners.actions import clean_birth_year, clean_name, clean_phone, named
from bdhvs_lms.learners.age_rules import follow_age
from bdhvs_lms.learners.consent import Consenting
from bdhvs_lms.learners.guardians import name_guardian
from bdhvs_lms.learners.models import Claim, Learner, Person, Placement, SelfRegistration
from bdhvs_lms.learners.queries import is_waiting, newest_placement
from bdhvs_lms.learners.spans import tell_relocated, told_at_once

AGAIN = timedelta(minutes=10)


def register_self(
    *,
    full_name: str,
    birth_year: int | None,
    area: Area | None,
    at: datetime,
    form: UUID | None = None,
    origin: str = "",
    phone: str = "",
    illustrative: bool = False,
) -> Learner:
    """Make a learner of somebody who registers without help; `area`: where they say they live, None: not known.

    Args:
        form: of the page that was sent. The same page with the same name within some minutes is the same person: a bad
            line, a finger that pressed twice.
        origin: a digest of where it came from, to count by; see `newcomers`.
        phone, illustrative: as `register` takes them.

    Raises ValidationError by field: name or year cannot be, the area does not exist on that day.
    """
    today = day_of(at)
    name, year, number = clean_name(full_name), clean_birth_year(birth_year, today), clean_phone(phone)
    if area is not None and not in_force(area, today):
        raise ValidationError({"area": _("Choose an area from the list.")})
    sent = None if form is None else uuid5(form, f"{name} {year}")
    earlier = _sent(sent)
    if earlier is not None:
        if earlier.registered_at > at - AGAIN:
            return earlier.learner
        sent = None
    try:
        with transaction.atomic():
            learner = Learner.objects.create(illustrative=illustrative)
            Person.objects.create(learner=learner, **named(name), birth_year=year, phone=number)
            SelfRegistration.objects.create(learner=learner, area=area, registered_at=at, form=sent, origin=origin)
    except IntegrityError:
        # Of two at once the second finds the first.
        earlier = _sent(sent)
        if earlier is None:
            raise
        return earlier.learner
    return learner


def note_agreement(learner: Learner, consenting: Consenting, guardian: dict[str, str] | None, *, at: datetime) -> None:
    """Record what whoever registered has said in the same form: who answers for a child (`guardian`, as `name_guardian`
    takes it), and who has agreed to the text in force. Raises ValidationError by field."""
    if guardian is not None:
        name_guardian(learner, at=at, **guardian)
    for by_representative, yes in ((False, consenting.own), (True, consenting.guardian)):
        if yes:
            record_consent(learner.actor, given=True, at=at, by_representative=by_representative)


def _sent(form: UUID | None) -> SelfRegistration | None:
    found = None if form is None else SelfRegistration.objects.filter(form=form)
    return None if found is None else found.select_related("learner").first()


def claim(learner: Learner, *, at: datetime, by: Any, teaches: bool = False) -> Claim:
    """Take somebody who registered without help into the lists: from the day of `at` they count where they said they
    live, and in the groups of their age. Again is the same claim.

    An area that no longer exists, or none, leaves them without one, for operators to say.

    Args:
        by: who knows the person; needs the permission add_claim.
        teaches: the caller has asked: `by` teaches a class that the learner is in.

    Raises PermissionDenied; ValidationError when the person did not register without help, or has no name any more.
    """
    if not teaches:
        require(by, "add_claim")
    today = day_of(at)
    with transaction.atomic(), told_at_once():
        # The row is the lock: of two who claim at once, the second finds the first one's.
        stated = SelfRegistration.objects.select_for_update().filter(learner=learner).first()
        if stated is None:
            raise ValidationError(_("This person did not register without help."))
        made = Claim.objects.filter(learner=learner).first()
        if made is not None:
            return made
        made = Claim.objects.create(learner=learner, at=at, by=by)
        area = stated.area
        if area is not None and in_force(area, today):
            Placement.objects.create(learner=learner, area=area, valid_from=today, recorded_at=at)
            tell_relocated(learner.pk)
        follow_age(learner, Person.objects.get(learner=learner).birth_year, at=at)
    return made


def unclaimed() -> QuerySet[SelfRegistration]:
    """Return the registrations that wait to be taken into the lists, the latest first."""
    return (
        SelfRegistration.objects.filter(is_waiting("learner__"), learner__merged_into=None)
        .select_related("learner__person", "area")
        .order_by("-registered_at", "-pk")
    )


def duplicates_among(learner_ids: Iterable[int], on: date) -> dict[int, list[Person]]:
    """Find for each of these learners (by primary key) the other people on record who are likely the same: the same
    name, marks off, and the same year of birth or, on this day, area. Who has none is not in it. Two queries.

    For whoever claims; a visitor is never told, or anybody could ask who is registered here.
    """
    asked = with_area(Person.objects.filter(learner__in=list(learner_ids)), on)
    people = {person.learner_id: person for person in asked}
    alike: dict[str, list[Any]] = {}
    named_so = Person.objects.filter(search_name__in={one.search_name for one in people.values()})
    for other in with_area(named_so, on):
        alike.setdefault(other.search_name, []).append(other)
    found = {}
    for pk, person in people.items():
        same = [
            other
            for other in alike.get(person.search_name, ())
            if other.learner_id != pk
            and (
                (other.birth_year is not None and other.birth_year == person.birth_year)
                or (other.lives_in is not None and other.lives_in == person.lives_in)
            )
        ]
        if same:
            found[pk] = same
    return found


def with_area(people: QuerySet[Person], on: date) -> QuerySet[Any]:
    """Add `lives_in` to each: primary key of the area on this day, else of the one that they stated; None.

    Without records that were merged into another.
    """
    stated = F("learner__self_registration__area")
    lives_in = Coalesce(Subquery(newest_placement(on).values("area")[:1]), stated, output_field=BigIntegerField())
    people = people.filter(learner__merged_into=None)
    return people.select_related("learner").annotate(lives_in=lives_in).order_by("pk")
