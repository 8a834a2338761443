"""The committee's page of what people have gained, at `/chi-dao/thay-doi/`: numbers only, nobody by name. Read-only."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bdhvs_lms.base.api import now
from bdhvs_lms.reporting.area_choice import AREA_PARAMETER, area_choice, area_key
from bdhvs_lms.reporting.choices import WrongChoice
from bdhvs_lms.reporting.gain_page import GainPage
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.places import AreaTree
from bdhvs_lms.reporting.readings.gains import FrozenGains, gains_of
from bdhvs_lms.reporting.views.steering import GROUP_PARAMETER, for_the_committee

COMPETENCY_PARAMETER, READING_PARAMETER = "nang-luc", "ky"


@for_the_committee
def gain_page(request: HttpRequest) -> HttpResponse:
    """One group in one area, by competency; and the areas below it, for one competency.

    As a reading has it, the last one unless another is asked for: what differs from one to the next is decided when it
    is frozen, and what a later one hides an earlier one may say."""
    board = Board(now())
    choice = area_choice(request, board)
    readings = gains_of(choice.area, board.history)
    kept = readings[0] if readings else None
    if asked_for := request.GET.get(READING_PARAMETER, ""):
        try:
            uuid = UUID(asked_for)
        except ValueError:
            raise WrongChoice from None
        # The form keeps it when another area is chosen, which may have readings of its own.
        kept = next((one for one in readings if one.reading.uuid == uuid), kept)
    frozen = FrozenGains({} if kept is None else kept.frozen)
    group = frozen.groups[0] if frozen.groups else None
    if key := request.GET.get(GROUP_PARAMETER, ""):
        group = next((one for one in frozen.groups if one.key == key), None)
        if group is None and kept is not None:
            raise WrongChoice
    made_up = board.made_up or (kept is not None and kept.reading.illustrative)
    context = {
        "choice": choice,
        "areas": [(area_key(area), area) for area in choice.offered],
        "found": [(area_key(area), area, above) for area, above in choice.found],
        "groups": frozen.groups,
        "group": group,
        "reading": kept and kept.reading,
        "readings": [one.reading for one in readings],
        "has_area": frozen.has(choice.area),
        "illustrative": made_up,
        "board_query": urlencode({AREA_PARAMETER: area_key(choice.area)}),
    }
    if group is not None and kept is not None:
        asked = frozen.competencies(group)
        keys = {one.key: one for one in asked}
        competency = asked[0] if asked else None
        if key := request.GET.get(COMPETENCY_PARAMETER, ""):
            # The form keeps it when another group is chosen, which may not have it.
            competency = keys.get(key, competency)
        on = kept.reading.as_of
        below = AreaTree(board.history, (on,)).below(choice.area.pk, on)
        page = GainPage(frozen, group, choice.area, below, on, made_up, competency)
        context |= {"page": page, "table": page.table, "below": page.areas, "competencies": list(keys.items())}
    return render(request, "bdhvs_lms/board_gain.html", context)
