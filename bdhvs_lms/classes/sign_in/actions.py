"""Actions of a teacher so that learners of the class can sign in. Each is the class's teacher's, or a superuser's."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import day_of
from bdhvs_lms.classes.actions import require_teacher
from bdhvs_lms.classes.joining import send_away
from bdhvs_lms.classes.models import ClassGroup, Membership
from bdhvs_lms.classes.queries import is_member, members, new_code
from bdhvs_lms.classes.sign_in import cards, pins
from bdhvs_lms.classes.sign_in.queries import found_in
from bdhvs_lms.learners.api import (
    Learner,
    account_of,
    has_work,
    is_waiting,
    new_password,
    registered_self,
    set_password,
)

HELD_OPEN = timedelta(hours=3)
"""How long sign-in stays open; opening again counts anew."""


def _require_own(group: ClassGroup, learner: Learner, by: Any, at: datetime) -> None:
    """Check that `by` teaches the class and the learner is a member of that day: the one rule of who gives ways in.
    Raises PermissionDenied; ValidationError for a member who was only found on record, as was possible before there
    was a `Match`."""
    require_teacher(group, by, at)
    if not is_member(group, learner, day_of(at)):
        raise PermissionDenied("This person is not in the class on that day.")
    if learner.whole.pk in found_in(group, day_of(at)):
        text = _("This person was on record before. Another class, or an operator, gives out the ways to sign in.")
        raise ValidationError(text)


def hold_open(group: ClassGroup, *, by: Any, at: datetime) -> datetime:
    """Open the list of names to whoever types the class's code, for three hours from now. Returns until when."""
    require_teacher(group, by, at)
    group.sign_in_until = at + HELD_OPEN
    group.save(update_fields=["sign_in_until"])
    return group.sign_in_until


def close(group: ClassGroup, *, by: Any, at: datetime) -> None:
    """Hide the names from devices that typed the code, from now on. Who is signed in stays signed in."""
    require_teacher(group, by, at)
    group.sign_in_until = None
    group.save(update_fields=["sign_in_until"])


def open_choosing(group: ClassGroup, *, by: Any, at: datetime) -> datetime:
    """Allow members who have no pictures to choose them on devices that see the list, for half an hour. Returns until
    when."""
    require_teacher(group, by, at)
    group.choosing_until = at + pins.CHOOSING
    group.save(update_fields=["choosing_until"])
    return group.choosing_until


def close_choosing(group: ClassGroup, *, by: Any, at: datetime) -> None:
    """Stop choosing pictures without one's own card."""
    require_teacher(group, by, at)
    group.choosing_until = None
    group.save(update_fields=["choosing_until"])


def take_back(group: ClassGroup, choice: int, *, by: Any, at: datetime) -> None:
    """Withdraw a PIN (key of its `PinChoice`) that its owner did not choose: its sessions end. In the access log.
    A repeated call changes nothing."""
    require_teacher(group, by, at)
    row = pins.choices(group.uuid, at=at).filter(pk=choice).first()
    if row is None:
        return
    learner = row.identity.learner.whole
    pins.reset_pin(learner, group.uuid)
    log_access(user=by, actors=[learner.actor], page="reset-pin", at=at, detail=group.code)


def renew_token(group: ClassGroup, *, by: Any, at: datetime) -> None:
    """Make another sign-in QR code: the one before opens nothing, and devices that scanned it see no names any more.

    Whoever used up the class's wrong PINs with it is out, and those who know theirs go on: the tries are forgotten.
    """
    require_teacher(group, by, at)
    group.sign_in_token = secrets.token_urlsafe(24)
    group.save(update_fields=["sign_in_token"])
    pins.forget_tries(group.uuid)


def came_today(group: ClassGroup, at: datetime) -> list[Learner]:
    """Return the people who came in by the class's code today and are in no list yet. One query."""
    today = day_of(at)
    rows = Membership.objects.filter(class_group=group, valid_from=today)
    return list(members(group, today).filter(is_waiting(), pk__in=rows.values("learner")))


def shut_out(group: ClassGroup, *, newcomers: bool, by: Any, at: datetime) -> None:
    """Shut out somebody who is guessing: another class code and sign-in QR code, nothing is held open, and wrong PINs
    are forgotten, so that everybody else goes on. `newcomers`: who came in by the code today is sent away too."""
    require_teacher(group, by, at)
    sent_away = came_today(group, at) if newcomers else []
    group.code, group.sign_in_until, group.choosing_until = new_code(), None, None
    group.save(update_fields=["code", "sign_in_until", "choosing_until"])
    renew_token(group, by=by, at=at)
    for learner in sent_away:
        with suppress(ValidationError):  # left meanwhile
            send_away(group, learner, at=at, by=by)


def reset_pin(group: ClassGroup, learner: Learner, *, by: Any, at: datetime) -> int:
    """Reset the PIN: the learner chooses new pictures at the next sign-in; sessions begun with the old ones end. In the
    access log."""
    _require_own(group, learner, by, at)
    found = pins.reset_pin(learner, group.uuid)
    log_access(user=by, actors=[learner.actor], page="reset-pin", at=at, detail=group.code)
    return found


def reset_password(group: ClassGroup, learner: Learner, *, by: Any, at: datetime) -> str:
    """Set a new password for the learner's account and return it, to be told once; devices signed in with the old one
    sign out. In the access log.

    Raises PermissionDenied; ValidationError when the learner has no account, made it, or may do more than learn by it:
    a teacher's, a committee member's, of staff.
    """
    _require_own(group, learner, by, at)
    user = account_of(learner)
    if user is not None and registered_self(learner):
        raise ValidationError(_("This person made the username. An operator gives out a new password."))
    password = new_password()
    try:
        if user is not None and has_work(user):
            raise PermissionDenied
        set_password(learner, password=password, by=None)
    except PermissionDenied:
        text = _("This account may do more than learn. Ask an operator for a new password.")
        raise ValidationError(text) from None
    log_access(user=by, actors=[learner.actor], page="reset-password", at=at, detail=group.code)
    return password


def new_card(group: ClassGroup, learner: Learner, *, by: Any, at: datetime) -> str:
    """Make a new card for the learner: the old one is void, and its sessions end. In the access log.
    Returns its token."""
    _require_own(group, learner, by, at)
    token = cards.new_card(learner)
    log_access(user=by, actors=[learner.actor], page="new-card", at=at, detail=group.code)
    return token


def missing_cards(group: ClassGroup, *, by: Any, at: datetime) -> int:
    """Make a card for each member who has none; the others keep theirs. Returns how many."""
    require_teacher(group, by, at)
    people = list(members(group, day_of(at)).filter(person__isnull=False))
    with transaction.atomic():
        # The class is locked, so that two clicks do not both find a learner without a card.
        ClassGroup.objects.select_for_update().get(pk=group.pk)
        there = cards.cards_of(people)
        found = found_in(group, day_of(at))
        without = [learner for learner in people if learner.pk not in there and learner.pk not in found]
        cards.first_cards(without)
    return len(without)
