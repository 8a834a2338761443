"""The committee's page of what people have gained, at `/chi-dao/thay-doi/`: numbers only, nobody by name. Read-only."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bdhvs_lms.base.api import now
from bdhvs_lms.reporting.area_choice import AREA_PARAMETER, area_choice, area_key
from bdhvs_lms.reporting.choices import WrongChoice
from bdhvs_lms.reporting.gain_page import GainPage, as_of_words, competency_key
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.gain import gains
from bdhvs_lms.reporting.queries.months import month_ends
from bdhvs_lms.reporting.queries.places import AreaTree
from bdhvs_lms.reporting.views.steering import GROUP_PARAMETER, for_the_committee

COMPETENCY_PARAMETER = "nang-luc"


@for_the_committee
def gain_page(request: HttpRequest) -> HttpResponse:
    """One group in one area, by competency; and the areas below it, for one competency.

    As of the end of the last month: looked at twice within it, the numbers tell of nobody who left in between."""
    board = Board(now())
    choice = area_choice(request, board)
    on = month_ends(board.today)[-1]
    places = AreaTree(board.history, (on,))
    found = gains(places, on)
    group = found.groups[0] if found.groups else None
    if key := request.GET.get(GROUP_PARAMETER, ""):
        group = next((one for one in found.groups if one.key == key), None)
        if group is None:
            raise WrongChoice
    context = {
        "choice": choice,
        "areas": [(area_key(area), area) for area in choice.offered],
        "found": [(area_key(area), area, above) for area, above in choice.found],
        "groups": found.groups,
        "group": group,
        "as_of": as_of_words(on),
        "illustrative": board.made_up,
        "board_query": urlencode({AREA_PARAMETER: area_key(choice.area)}),
    }
    if group is not None:
        asked = found.competencies_of(group)
        keys = {competency_key(one): one for one in asked}
        competency = asked[0] if asked else None
        if key := request.GET.get(COMPETENCY_PARAMETER, ""):
            # The form keeps it when another group is chosen, which may not have it.
            competency = keys.get(key, competency)
        page = GainPage(found, group, choice.area, places.below(choice.area.pk, on), on, board.made_up, competency)
        context |= {"page": page, "table": page.table, "below": page.areas, "competencies": list(keys.items())}
    return render(request, "bdhvs_lms/board_gain.html", context)
