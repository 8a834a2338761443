"""Actions to become a learner, and to say where and to which groups a learner counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, fold, one_line, require, sortable_name
from bdhvs_lms.campaign.api import Area, Organisation, TargetGroup, in_force
from bdhvs_lms.learners.age_rules import follow_age
from bdhvs_lms.learners.models import (
    Belonging,
    Guardian,
    Learner,
    LearnerAlias,
    LearnerIdentity,
    Person,
    Placement,
    SelfRegistration,
)
from bdhvs_lms.learners.queries import is_unclaimed, learner_for_identity
from bdhvs_lms.learners.spans import tell_relocated, told_at_once

EARLIEST_BIRTH_YEAR = 1900
# Of both columns, full_name and search_name.
NAME_LENGTH = 120
SORT_LENGTH = 240
# At most eight characters.
_GRADE = re.compile(r"(1[0-2]|[1-9])([ ./-]?[A-ZĐ][A-ZĐ0-9./-]{0,4}|[./-]\d{1,2})?")
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{5,18}")


class IdentityTaken(ValidationError):
    """Error: this account, card or outside login already belongs to a learner."""


def clean_name(full_name: str) -> str:
    name = one_line(full_name)
    if not name:
        raise ValidationError({"full_name": _("Enter a name.")})
    if len(name) > NAME_LENGTH:
        raise ValidationError({"full_name": _("The name can have at most 120 characters.")})
    return name


def require_letters(full_name: str) -> None:
    """Validate names that people type and lists have: letters with their marks, spaces, hyphens, full stops and
    apostrophes. What cannot be seen is not asked about: `clean_name` leaves it out. Raises ValidationError."""
    name = one_line(full_name)
    if not all(char in " -.'’ʼ" or unicodedata.category(char)[0] in "LM" for char in name):
        raise ValidationError(_("“%(text)s” is not a name.") % {"text": name[:40]})


def clean_typed_name(full_name: str) -> str:
    """Return the name of a person as somebody typed it: `clean_name`, of letters.
    Raises ValidationError (`full_name`)."""
    name = clean_name(full_name)
    try:
        require_letters(name)
    except ValidationError as wrong:
        raise ValidationError({"full_name": wrong.messages}) from wrong
    return name


def clean_birth_year(birth_year: int | None, today: date) -> int | None:
    if birth_year is not None and not EARLIEST_BIRTH_YEAR <= birth_year <= today.year:
        raise ValidationError(
            {
                "birth_year": _("The year of birth must be between %(first)d and %(last)d.")
                % {"first": EARLIEST_BIRTH_YEAR, "last": today.year}
            }
        )
    return birth_year


def clean_phone(phone: str) -> str:
    """Return the number as it is kept; empty: none. Raises ValidationError (`phone`) for what is no
    telephone number."""
    number = one_line(phone)
    if number and not _PHONE.fullmatch(number):
        raise ValidationError({"phone": _("A phone number has 7 to 20 digits; +, spaces and dots are allowed.")})
    return number


def clean_grade(grade: str) -> str:
    """Return a pupil's class as it is kept: “7”, “7A2”, “10 TIN”; empty: none. Raises ValidationError (`grade`)."""
    written = one_line(grade).upper().removeprefix("LỚP ").removeprefix("KHỐI ")
    if written and not _GRADE.fullmatch(written):
        raise ValidationError({"grade": _("A grade is written like 7 or 7A2: the year of school, 1 to 12, first.")})
    return written


def search_name(full_name: str) -> str:
    """Return a name as it is stored for searching: folded, at most as long as the column (folding may lengthen)."""
    return fold(full_name)[:NAME_LENGTH]


def named(full_name: str) -> dict[str, str]:
    """Return the columns of `Person` that a clean name fills."""
    return {
        "full_name": full_name,
        "search_name": search_name(full_name),
        "sort_name": sortable_name(full_name, SORT_LENGTH),
    }


def register(
    *,
    full_name: str,
    at: datetime,
    birth_year: int | None = None,
    phone: str = "",
    area: Area | None = None,
    groups: Iterable[TargetGroup] = (),
    organisation: Organisation | None = None,
    grade: str = "",
    user: Any = None,
    actor: UUID | None = None,
    illustrative: bool = False,
    by: Any = None,
) -> Learner:
    """Make a learner, with a name, and what is known of area, groups (by list) and user account.

    Groups with an age (`TargetGroup.min_age`) that were not given follow from the year of birth: see `age_rules`.

    Args:
        at: moment of registration; its day is the first of placement and belongings.
        organisation: where they belong to these groups; `grade`: in which class of that school.
        actor: the UUID for statements, when another system has it already; else a new random one.
        illustrative: made up for a demonstration. It stays, and every report of the site is marked from then on.
        by: a member of staff who registers somebody; needs the permission add_person.

    Raises:
        PermissionDenied: `by` may not.
        ValidationError: name, year, telephone or grade cannot be; the area is not in force on that day; an
            organisation without a group.
        IdentityTaken: the account (or the actor) already is a learner.
    """
    require(by, "add_person")
    today = day_of(at)
    name = clean_name(full_name)
    year = clean_birth_year(birth_year, today)
    number = clean_phone(phone)
    listed = list(dict.fromkeys(groups))
    if organisation is not None and not listed:
        raise ValidationError({"groups": _("Choose the target group that somebody belongs to at the organisation.")})
    if clean_grade(grade) and organisation is None:
        raise ValidationError({"organisation": _("Choose the school of the grade.")})
    with transaction.atomic(), told_at_once():
        if actor is not None and Learner.objects.filter(actor=actor).exists():
            raise IdentityTaken(_("This actor is already a learner."))
        known = {} if actor is None else {"actor": actor}
        learner = Learner.objects.create(illustrative=illustrative, **known)
        Person.objects.create(learner=learner, **named(name), birth_year=year, phone=number)
        if user is not None:
            link_user(learner, user)
        if area is not None:
            place(learner, area, valid_from=today, at=at)
        for group in listed:
            belong(learner, group, organisation=organisation, grade=grade, valid_from=today, at=at)
        follow_age(learner, year, at=at)
    return learner


def correct_person(
    learner: Learner, *, full_name: str, birth_year: int | None, phone: str, at: datetime, by: Any = None
) -> Person:
    """Write name, year of birth and telephone anew, and the groups that follow from the age.

    Needs the permission change_person. Raises ValidationError by field, Person.DoesNotExist when nobody has a name on
    record for the learner (erased, or known from statements only).
    """
    require(by, "change_person")
    name = clean_name(full_name)
    year = clean_birth_year(birth_year, day_of(at))
    number = clean_phone(phone)
    with transaction.atomic():
        # The row is the lock: two corrections at once must not both read the belongings of before.
        person = Person.objects.select_for_update().get(learner=learner)
        for column, value in {**named(name), "birth_year": year, "phone": number}.items():
            setattr(person, column, value)
        person.save()
        if not is_unclaimed(learner):
            follow_age(learner, year, at=at)
    return person


def identify(learner: Learner, kind: str, subject: str, *, issuer: str = "", brought: bool = False) -> LearnerIdentity:
    """Record that this login, card or outside subject stands for the learner. Again for the same learner is the same
    one.

    Raises IdentityTaken when it stands for somebody else.
    """
    if kind not in LearnerIdentity.Kind.values:
        raise ValueError(f"No kind of identity: {kind!r}. Known: {', '.join(LearnerIdentity.Kind.values)}.")
    try:
        with transaction.atomic():
            identity, _created = LearnerIdentity.objects.get_or_create(
                kind=kind, issuer=issuer, subject=subject, defaults={"learner": learner, "brought": brought}
            )
    except IntegrityError as error:  # the row went between insert and read
        raise IdentityTaken(_("This identity already belongs to a learner.")) from error
    if identity.learner_id != learner.pk:
        raise IdentityTaken(_("This identity already belongs to a learner."))
    return identity


def link_user(learner: Learner, user: Any, *, brought: bool = False) -> LearnerIdentity:
    """Record that whoever signs in as this user is this learner. Raises IdentityTaken.

    `brought`: the account was there before, for other things: it is neither ours to reset nor to close.
    """
    taken = learner_for_identity(LearnerIdentity.Kind.USER, str(user.pk))
    if taken is not None and taken.pk not in learner.ids:
        raise IdentityTaken(_("This account already belongs to a learner."))
    return identify(learner, LearnerIdentity.Kind.USER, str(user.pk), brought=brought)


def _in_the_lists(learner: Learner) -> None:
    if is_unclaimed(learner):
        raise ValidationError(_("This person registered without help. Add them to the list first."))


def place(learner: Learner, area: Area | None, *, valid_from: date, at: datetime, by: Any = None) -> Placement:
    """Place the learner in this area from this day on; None: in none yet ('Chưa xác định xã mới').

    A correction is a further placement of the same day.

    Raises:
        PermissionDenied: a member of staff (`by`) without add_placement.
        ValidationError: the area is not in force on that day; the learner registered without help and is not in the
            lists (`claims.claim` places such people).
    """
    require(by, "add_placement")
    _in_the_lists(learner)
    if area is not None and not in_force(area, valid_from):
        raise ValidationError(
            _("%(area)s did not exist on %(day)s.")
            % {"area": area, "day": date_format(valid_from, "SHORT_DATE_FORMAT")}
        )
    with transaction.atomic():
        placement = Placement.objects.create(learner=learner, area=area, valid_from=valid_from, recorded_at=at)
        tell_relocated(learner.pk)
    return placement


def belong(
    learner: Learner,
    group: TargetGroup,
    *,
    valid_from: date,
    at: datetime,
    valid_to: date | None = None,
    organisation: Organisation | None = None,
    grade: str = "",
    basis: str = "list",
    by: Any = None,
) -> Belonging:
    """Count the learner in this group from `valid_from` to `valid_to` (both included; None: until further notice).

    To end a belonging, write it again with the same `valid_from` and an end.

    Args:
        grade: of a pupil, as `clean_grade` takes it; with an organisation only.

    Raises:
        PermissionDenied: a member of staff (`by`) without add_belonging.
        ValidationError: the end lies before the start; the group is a part of another (`TargetGroup.part_of`), whose
            members are computed; the basis is neither 'list' nor 'rule'; the learner is unclaimed, as in `place`.
    """
    require(by, "add_belonging")
    _in_the_lists(learner)
    if valid_to is not None and valid_to < valid_from:
        raise ValidationError(_("The last day must not be before the first day."))
    if group.part_of_id is not None:
        raise ValidationError(
            _("“%(group)s” takes no list: it is part of another group, and its members are calculated.")
            % {"group": group}
        )
    if basis not in ("list", "rule"):
        raise ValidationError(_("Group membership is either by list or by rule."))
    grade = clean_grade(grade)
    if grade and organisation is None:
        raise ValidationError({"organisation": _("Choose the school of the grade.")})
    with transaction.atomic():
        row = Belonging.objects.create(
            learner=learner,
            group=group,
            organisation=organisation,
            valid_from=valid_from,
            valid_to=valid_to,
            grade=grade,
            basis=basis,
            recorded_at=at,
        )
        tell_relocated(learner.pk)
    return row


def end_belonging(row: Belonging, *, last_day: date, at: datetime, by: Any = None) -> Belonging:
    """Record until which day (included) the learner is in the group; a further row. Needs add_belonging.

    Raises ValidationError: before the first day, ended already on that day or earlier, or it follows from the age.
    """
    if row.basis == "rule":
        raise ValidationError(_("This group follows from the year of birth."))
    if row.valid_to is not None and row.valid_to <= last_day:
        raise ValidationError(_("It has ended already."))
    same = {"organisation": row.organisation, "grade": row.grade, "valid_from": row.valid_from}
    return belong(row.learner, row.group, **same, valid_to=last_day, at=at, by=by)  # type: ignore[arg-type]


def change_belonging(
    row: Belonging,
    *,
    organisation: Organisation | None,
    grade: str,
    since: date,
    at: datetime,
    by: Any = None,
) -> Belonging:
    """Move the learner in the same group to another organisation or grade from this day on, until the row would have
    ended; from the row's first day: it was wrong from the start. Further rows. Needs add_belonging.

    Raises ValidationError by field: before the first day (`since`), an end before it, nothing is different (`grade`),
    or as `belong` does.
    """
    if row.basis == "rule":
        raise ValidationError(_("This group follows from the year of birth."))
    if since < row.valid_from:
        raise ValidationError({"since": _("The day must not be before the first day in this group.")})
    if row.valid_to is not None and since > row.valid_to:
        raise ValidationError({"since": _("It has ended already.")})
    if (organisation, clean_grade(grade)) == (row.organisation, row.grade):
        raise ValidationError({"grade": _("Nothing is different.")})
    with transaction.atomic(), told_at_once():
        if since == row.valid_from:
            withdraw_belonging(row, at=at, by=by)
        else:
            end_belonging(row, last_day=since - timedelta(days=1), at=at, by=by)
        return belong(
            row.learner,
            row.group,
            organisation=organisation,
            grade=grade,
            valid_from=since,
            valid_to=row.valid_to,
            at=at,
            by=by,
        )


def withdraw_belonging(row: Belonging, *, at: datetime, by: Any = None) -> Belonging:
    """Record that the learner never was in the group as this row has it: a mistake. A further row. Needs add_belonging.

    Raises ValidationError when it follows from the age.
    """
    require(by, "add_belonging")
    if row.basis == "rule":
        raise ValidationError(_("This group follows from the year of birth."))
    same = ("learner", "group", "organisation", "valid_from", "grade", "basis")
    values = {name: getattr(row, name) for name in same}
    with transaction.atomic():
        withdrawn = Belonging.objects.create(**values, withdrawn=True, recorded_at=at)
        tell_relocated(row.learner_id)
    return withdrawn


def erase_person(learner: Learner) -> tuple[int, list[str]]:
    """Delete the name, contacts and every way to recognise the learner; the opaque row stays.

    One record of a person at a time; only `privacy.api.erase` calls it, inside its transaction. Returns how many rows
    went, and the primary keys of the user accounts that were the learner's and nothing else's.
    """
    own = learner.identities.filter(kind=LearnerIdentity.Kind.USER, issuer="", brought=False)
    accounts = list(own.values_list("subject", flat=True))
    rows, _by_model = learner.identities.all().delete()
    people, _by_model = Person.objects.filter(learner=learner).delete()
    stated, _by_model = SelfRegistration.objects.filter(learner=learner).delete()
    guardians, _by_model = Guardian.objects.filter(learner=learner).delete()
    # The plain manager, because the table's own refuses every change: what somebody wrote of the person goes.
    noted = LearnerAlias._base_manager.filter(Q(duplicate=learner) | Q(kept=learner)).exclude(reason="")
    return rows + people + stated + guardians + noted.update(reason=""), accounts
