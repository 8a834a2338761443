"""The page of whoever leads a community team, at `/day/to/`: sums of the team and its village, and its members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import now
from bdhvs_lms.classes.api import (
    Team,
    TeamMember,
    TeamWork,
    kind_of_team,
    members_on,
    seen_in,
    teams_led_by,
    with_names,
    work_of,
)
from bdhvs_lms.learners.api import made_up_people
from bdhvs_lms.reporting.queries.teams import Progress, progress_by_area
from bdhvs_lms.reporting.suppression.forms import is_small
from bdhvs_lms.reporting.views.common import today


@dataclass(frozen=True)
class TeamCard:
    """A team with what it did this year and how far its village is. `hidden`: the village's numbers are so small that
    they would tell of single people."""

    team: Team
    members: tuple[TeamMember, ...]
    work: TeamWork
    progress: Progress

    @property
    def hidden(self) -> bool:
        parts = (self.progress.people, self.progress.learning, self.progress.finished)
        rests = (self.progress.people - self.progress.learning, self.progress.people - self.progress.finished)
        return any(is_small(count) for count in (*parts, *rests))


@never_cache
@require_safe
@login_required
def own_teams(request: HttpRequest) -> HttpResponse:
    """The teams that this account leads today. A constant number of queries."""
    on = today()
    teams = list(teams_led_by(request.user, on))
    if not teams:
        raise PermissionDenied(_("This page is for leaders of a team. This account leads none today."))
    members: dict[int, list[TeamMember]] = {team.pk: [] for team in teams}
    for row in with_names(members_on(on).filter(team__in=teams)):
        members[row.team_id].append(row)
    seen = seen_in(row for rows in members.values() for row in rows)
    log_access(user=request.user, actors=seen, page="own-teams", at=now())
    work = work_of(teams, date(on.year, 1, 1), on)
    progress = progress_by_area(on, [team.area_id for team in teams])
    cards = [
        TeamCard(team, tuple(members[team.pk]), work[team.pk], progress.get(team.area_id, Progress())) for team in teams
    ]
    context = {"cards": cards, "kind": kind_of_team(), "year": on.year, "illustrative": made_up_people()}
    return render(request, "bdhvs_lms/teams.html", context)
