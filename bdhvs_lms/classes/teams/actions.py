"""Making a team, and saying who is in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, one_line, require
from bdhvs_lms.campaign.api import Area, Organisation, in_force
from bdhvs_lms.classes.models import Team, TeamMember


def make_team(
    *,
    name: str,
    area: Area,
    valid_from: date,
    at: datetime,
    by: Any,
    organisation: Organisation | None = None,
) -> Team:
    """A team of this area from a day on. Needs add_team. Raises ValidationError by field: no name, one that another
    team there has, an area that is not in force on that day."""
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
    """Rename it, say whose it is, or until which day it works. Needs change_team. Raises as `make_team` does."""
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
    team: Team, user: Any, *, at: datetime, by: Any, leader: bool = False, youth_union: bool = False
) -> TeamMember:
    """Somebody is in the team from today; who is in it as something else is that until today. A new leader takes the
    place of the one before, who stays a member. Needs add_teammember. Raises ValidationError: the team has ended."""
    require(by, "add_teammember")
    today = day_of(at)
    if team.valid_to is not None and team.valid_to < today:
        raise ValidationError(_("This team has ended."))
    with transaction.atomic():
        # The team is locked, so that two at once do not both find it without a leader.
        Team.objects.select_for_update().get(pk=team.pk)
        there = TeamMember.objects.filter(team=team, user=user, valid_to=None).first()
        if there is not None:
            if (there.leader, there.youth_union) == (leader, youth_union):
                return there
            _end(there, today, at)
        if leader:
            for before in TeamMember.objects.filter(team=team, leader=True, valid_to=None):
                _end(before, today, at)
                TeamMember.objects.create(team=team, user=before.user, youth_union=before.youth_union, valid_from=today)
        return TeamMember.objects.create(team=team, user=user, leader=leader, youth_union=youth_union, valid_from=today)


def end_team_member(member: TeamMember, *, at: datetime, by: Any) -> TeamMember:
    """From this moment on the account is not in the team; today counts as its last day. Needs change_teammember.

    Raises ValidationError when it has ended."""
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
