"""Queries of teams and what they did: sessions, home visits, people helped. Of a team, never of one of its members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from bdhvs_lms.base.api import day_of
from bdhvs_lms.classes.models import ClassSession, ClassTeacher, Team, TeamMember
from bdhvs_lms.classes.queries import covering
from bdhvs_lms.classes.sessions.queries import present
from bdhvs_lms.conf import app_settings


def kind_of_team() -> str:
    """Return what such teams are called here, in the reader's language."""
    english = (get_language() or "vi").startswith("en")
    return app_settings.TEAM_NAME_EN if english else app_settings.TEAM_NAME_VI


def members_on(on: date) -> QuerySet[TeamMember]:
    """Return stays in a team that cover this day and were not ended at once."""
    return TeamMember.objects.filter(covering(on), ended_at=None)


def with_names(rows: QuerySet[TeamMember]) -> QuerySet[TeamMember]:
    """Order the rows with the leader first, ready for `called`."""
    names = ("user", "learner__person", "learner__merged_into__person")
    return rows.select_related(*names).order_by("-leader", "valid_from", "pk")


def neighbours_before(before: date) -> QuerySet[TeamMember]:
    """Return members with a name only who are out of their team since before this day."""
    return TeamMember.objects.filter(valid_to__lt=before).exclude(full_name="", phone="")


def seen_in(rows: Iterable[TeamMember]) -> list[UUID]:
    """Return actors of the people on record among these members, for the access log."""
    return [row.learner.whole.actor for row in rows if row.learner is not None]


def teams_led_by(user: Any, on: date) -> QuerySet[Team]:
    """Return teams that the account leads on this day; nobody else's, whatever its rank."""
    if not (user.is_authenticated and user.is_active):
        return Team.objects.none()
    led = members_on(on).filter(user_id=user.pk, leader=True)
    return (
        Team.objects.filter(covering(on), pk__in=led.values("team"))
        .select_related("area__parent", "organisation")
        .order_by("name", "pk")
    )


def in_a_team(user: Any) -> bool:
    """Tell whether the account is or was in a team."""
    return TeamMember.objects.filter(user_id=user.pk).exists()


@dataclass(frozen=True)
class TeamWork:
    """Work that a team held in a span. `helped`: different people on record who were there, `others`: who were counted
    and are in no list (of several sessions, as often as they came)."""

    sessions: int = 0
    visits: int = 0
    helped: int = 0
    others: int = 0


def work_of(teams: Iterable[Team], since: date, until: date) -> dict[int, TeamWork]:
    """Return by primary key what each team did from one day to another (included): what was held in classes on a day on
    which a member of the team taught the class. Held together by two teams it is each one's, so their numbers do not
    add up.

    Four queries, however many teams.
    """
    ids = [team.pk for team in teams]
    accounts = TeamMember.objects.filter(team__in=ids, user__isnull=False)
    stays = list(accounts.values_list("team", "user", "valid_from", "valid_to"))
    spans: dict[int, list[tuple[int, date, date]]] = defaultdict(list)
    users = {user for _team, user, _first, _last in stays}
    for group, user, first, last in ClassTeacher.objects.filter(user__in=users).values_list(
        "class_group", "user", "valid_from", "valid_to"
    ):
        for team, member, came, left in stays:
            if member == user:
                begin, end = max(first, came, since), min(last or until, left or until, until)
                if begin <= end:
                    spans[group].append((team, begin, end))
    held = ClassSession.objects.filter(class_group__in=list(spans), cancelled=False, held_at__isnull=False)
    mine: dict[UUID, set[int]] = defaultdict(set)
    by_team: dict[int, list[ClassSession]] = defaultdict(list)
    for session in held.only("uuid", "class_group", "kind", "starts_at", "others"):
        day = day_of(session.starts_at)
        for team in {team for team, begin, end in spans[session.class_group_id] if begin <= day <= end}:
            by_team[team].append(session)
            mine[session.uuid].add(team)
    people: dict[int, set[int]] = defaultdict(set)
    here = present().filter(session_key__in=held.values("uuid"))
    for session_key, person in here.values_list("session_key", "learner"):
        for team in mine.get(session_key, ()):
            people[team].add(person)
    visit = ClassSession.Kind.VISIT
    return {
        team: TeamWork(
            sessions=sum(row.kind != visit for row in by_team[team]),
            visits=sum(row.kind == visit for row in by_team[team]),
            helped=len(people[team]),
            others=sum(row.others for row in by_team[team]),
        )
        for team in ids
    }


def working_teams(on: date) -> QuerySet[Team]:
    """Return teams that work on this day, with area and organisation."""
    return Team.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on)).select_related("area__parent", "organisation")
