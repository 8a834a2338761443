"""The committee's page of the classes behind a target in a commune: numbers only, nobody by name. Read-only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bdhvs_lms.reporting.area_choice import area_key
from bdhvs_lms.reporting.classes_page import classes_table
from bdhvs_lms.reporting.queries.board import answered_by_records
from bdhvs_lms.reporting.queries.classes import Classes, classes_of, has_classes
from bdhvs_lms.reporting.views.steering import for_the_committee, target_and_choice


@for_the_committee
def classes_page(request: HttpRequest, plan_key: str, target_key: str) -> HttpResponse:
    """Of a larger area the communes to go on to: a class is told of within one of them."""
    wanted, target = target_and_choice(request, plan_key, target_key)
    if not answered_by_records(target):
        raise Http404
    board, area = wanted.board, wanted.area
    counted = has_classes(board, target, area)
    found = classes_of(board, target, area) if counted else Classes()
    marked = board.made_up
    table = classes_table(found.rows, target, area, board.today, marked=marked)
    as_of, *about = table.lines[1:] if marked else table.lines
    below = [] if counted or target.group.part_of_id is not None else board.areas_below(area)
    return render(
        request,
        "bdhvs_lms/board_classes.html",
        {
            "wanted": wanted,
            "target": target,
            "table": table,
            "as_of": as_of,
            "about": about,
            "counted": counted,
            "ready": found.ready,
            "areas": [(area_key(one), one) for one in below],
            "illustrative": marked,
        },
    )
