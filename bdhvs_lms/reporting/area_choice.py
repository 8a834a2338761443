"""Which area of how many: the one that the committee looks at, and those to go on to from there.

A province has thousands of villages: a list of all would be no choice, and heavier than the board itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import fold
from bdhvs_lms.campaign.api import Area, Plan, areas_for
from bdhvs_lms.reporting.choices import WrongChoice
from bdhvs_lms.reporting.queries.board import Board

AREA_PARAMETER, FIND_PARAMETER = "dia-ban", "tim"
AREA_KEY = re.compile(r"(?P<code>[0-9A-Za-z._-]{1,20})@(?P<valid_from>\d{4}-\d{2}-\d{2})?", re.ASCII)
AREA_ORDER = list(Area.Kind.values)
# As many as can be looked through; whoever has more hits types more of the name.
FOUND = 20


@dataclass(frozen=True)
class AreaChoice:
    area: Area
    offered: list[Area]
    """Own areas, what holds plans, and round the one that is looked at: above it and directly below it."""
    find: str
    """What was typed to find an area by its name."""
    found: list[tuple[Area, Area | None]]
    """Own areas of such a name, each with what it lies in: at most FOUND, larger units first."""
    searchable: bool
    """Whether there are more areas than are offered."""


def area_key(area: Area) -> str:
    """'10015@2025-07-01'; '277@' when no first day is on record."""
    return f"{area.code}@{area.valid_from.isoformat() if area.valid_from else ''}"


def parsed_area(text: str) -> tuple[str, date | None]:
    """(code, first day) of what `area_key` wrote. Raises WrongChoice."""
    match = AREA_KEY.fullmatch(text)
    message = _("The area in the address is not valid. Choose an area from the list.")
    if match is None:
        raise WrongChoice(message)
    if match["valid_from"] is None:
        return match["code"], None
    try:
        return match["code"], date.fromisoformat(match["valid_from"])
    except ValueError:
        raise WrongChoice(message) from None


def _sorted(areas: Iterable[Area]) -> list[Area]:
    return sorted(areas, key=lambda area: (AREA_ORDER.index(area.kind), area.code, area.pk))


def area_choice(request: HttpRequest, board: Board) -> AreaChoice:
    """The area asked for, and those to choose from: own ones that stand today, larger units first.

    Raises PermissionDenied without any, Http404 for somebody else's, WrongChoice.
    """
    own = areas_for(request.user)
    every = list(own)
    standing = [area for area in every if board.stands(area)] or every
    if not standing:
        raise PermissionDenied(_("This page is for the steering committee. No area is assigned to this account."))
    # Whoever sees more than one plan's area (a province, everything) begins where there is a plan.
    planned = set(Plan.objects.filter(replaced_by=None).values_list("area_id", flat=True))
    wanted = request.GET.get(AREA_PARAMETER)
    if wanted is not None:
        code, valid_from = parsed_area(wanted)
        area = get_object_or_404(own, code=code, valid_from=valid_from)
    else:
        ordered = _sorted(standing)
        area = next((area for area in ordered if area.pk in planned), ordered[0])
    above = board.history.parent
    mine = {one.pk for one in standing}
    line = board.history.line(area.pk)
    offered = _sorted(
        one
        for one in standing
        if one.pk in line or one.pk in planned or above[one.pk] not in mine or above[one.pk] == area.pk
    )
    if area not in offered:
        offered.insert(0, area)
    find = " ".join(request.GET.get(FIND_PARAMETER, "")[:100].split())
    letters = fold(find)
    found = _sorted(one for one in standing if letters in fold(one.name)) if letters else []
    # Whoever typed a whole name finds it first.
    found.sort(key=lambda one: fold(one.name) != letters)
    places = [(one, board.history.areas.get(above[one.pk] or 0)) for one in found[:FOUND]]
    return AreaChoice(area, offered, find, places, len(standing) > len(offered))
