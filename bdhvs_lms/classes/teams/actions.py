"""Actions on teams: make one, and say who is in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, digits, one_line, require
from bdhvs_lms.campaign.api import Area, Organisation, in_force
from bdhvs_lms.classes.models import Team, TeamMember
from bdhvs_lms.classes.teams.queries import neighbours_before
from bdhvs_lms.learners.api import Learner, account_of, clean_phone, clean_typed_name, learner_for_user


def make_team(
    *,
    name: str,
    area: Area,
    valid_from: date,
    at: datetime,
    by: Any,
    organisation: Organisation | None = None,
) -> Team:
    """Make a team of this area from a day on. Needs add_team. Raises ValidationError by field: no name, one that
    another team there has, an area that is not in force on that day."""
    require(by, "add_team")
    day_of(at)
    if not in_force(area, valid_from):
        raise ValidationError({"area": _("The area does not exist on that day.")})
    return _saved(Team(name=one_line(name), area=area, organisation=organisation, valid_from=valid_from))


def change_team(
    team: Team,
    *,
    name: str,
    at: datetime,
    by: Any,
    organisation: Organisation | None = None,
    valid_to: date | None = None,
) -> Team:
    """Update a team's name, organisation or last day. Needs change_team. Raises as `make_team` does."""
    require(by, "change_team")
    day_of(at)
    if valid_to is not None and valid_to < team.valid_from:
        raise ValidationError({"valid_to": _("The last day must not be before the first day.")})
    team.name, team.organisation, team.valid_to = one_line(name), organisation, valid_to
    return _saved(team)


def _saved(team: Team) -> Team:
    if not team.name:
        raise ValidationError({"name": _("Enter a name.")})
    if Team.objects.filter(area=team.area, name=team.name).exclude(pk=team.pk).exists():
        raise ValidationError({"name": _("Another team of this area has this name.")})
    team.save()
    return team


def add_team_member(
    team: Team,
    user: Any = None,
    *,
    at: datetime,
    by: Any,
    learner: Learner | None = None,
    full_name: str = "",
    phone: str = "",
    leader: bool = False,
    youth_union: bool = False,
) -> TeamMember:
    """Add somebody to the team from today; a different role in it ends today. A new leader takes the place of the one
    before, who stays a member. Needs add_teammember.

    Who it is: `user`, an account; `learner`, a person on record, by the account where there is one; else a neighbour by
    `full_name`, with or without `phone`.

    Raises ValidationError: the team has ended; by field: no name, a name or a telephone that cannot be.
    """
    require(by, "add_teammember")
    today = day_of(at)
    if team.valid_to is not None and team.valid_to < today:
        raise ValidationError(_("This team has ended."))
    if user is None and learner is not None:
        user = account_of(learner.whole)
    if user is not None:
        who: dict[str, Any] = {"user": user}
        learner = learner_for_user(user)
    elif learner is not None:
        who = {"learner": learner.whole}
    else:
        who = {"full_name": clean_typed_name(full_name), "phone": clean_phone(phone)}
    with transaction.atomic():
        # The team is locked, so that two at once do not both find it without a leader.
        Team.objects.select_for_update().get(pk=team.pk)
        there = _stay(team, user, learner, who)
        if there is not None:
            if "full_name" in who:
                who = {"full_name": there.full_name, "phone": who["phone"] or there.phone}
            same = all(getattr(there, name) == value for name, value in who.items())
            if same and (there.leader, there.youth_union) == (leader, youth_union):
                return there
            _end(there, today, at)
        if leader:
            for before in TeamMember.objects.filter(team=team, leader=True, valid_to=None):
                _end(before, today, at)
                same_person = {name: getattr(before, name) for name in _WHO}
                TeamMember.objects.create(team=team, **same_person, youth_union=before.youth_union, valid_from=today)
        return TeamMember.objects.create(team=team, **who, leader=leader, youth_union=youth_union, valid_from=today)


_WHO = ("user", "learner", "full_name", "phone")


def _stay(team: Team, user: Any, learner: Learner | None, who: dict[str, Any]) -> TeamMember | None:
    """Return the row by which they are in the team now; who has an account may be there as a person on record from
    before."""
    stays = TeamMember.objects.filter(team=team, valid_to=None)
    if "full_name" in who:
        return next((row for row in stays.exclude(full_name="") if _same_neighbour(row, **who)), None)
    own = Q(user=user) if user is not None else Q()
    if learner is not None:
        own |= Q(learner__in=learner.ids)
    return stays.filter(own).first()


def _same_neighbour(row: TeamMember, full_name: str, phone: str) -> bool:
    numbers = {digits(number) for number in (row.phone, phone) if number}
    return row.full_name.casefold() == full_name.casefold() and len(numbers) < 2


def forget_neighbour(member: TeamMember, *, at: datetime, by: Any) -> TeamMember:
    """Forget the name and telephone of somebody who is not on record; their stay in the team ends, if it has not. Needs
    change_teammember. Again is the same."""
    require(by, "change_teammember")
    with transaction.atomic():
        row = TeamMember.objects.select_for_update().get(pk=member.pk)
        if row.valid_to is None and row.full_name:
            row = _end(row, day_of(at), at)
        row.full_name = row.phone = ""
        row.save(update_fields=["full_name", "phone"])
    return row


def forget_neighbours_before(before: date) -> int:
    """Forget those known by name only who are out of a team since before this day. Returns how many."""
    return neighbours_before(before).update(full_name="", phone="")


def end_team_member(member: TeamMember, *, at: datetime, by: Any) -> TeamMember:
    """End the stay in the team from this moment on; today counts as its last day. Needs change_teammember.

    Raises ValidationError when it has ended.
    """
    require(by, "change_teammember")
    with transaction.atomic():
        row = TeamMember.objects.select_for_update().get(pk=member.pk)
        if row.valid_to is not None:
            raise ValidationError(_("It has ended already."))
        return _end(row, day_of(at), at)


def _end(row: TeamMember, today: date, at: datetime) -> TeamMember:
    row.valid_to, row.ended_at = max(today, row.valid_from), at
    row.save(update_fields=["valid_to", "ended_at"])
    return row
