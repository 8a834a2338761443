"""Pages of the steering committee at `/chi-dao/`: numbers only, nobody by name. Read-only.

The board, and one page a target with what it rests on. Every filter is a plain form whose address can be kept and sent.
Files are those of the last reading: decision 100.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area, Target, TargetGroup
from bdhvs_lms.reporting.adding_up import why_it_differs
from bdhvs_lms.reporting.area_choice import AREA_PARAMETER, AreaChoice, area_choice, area_key
from bdhvs_lms.reporting.board_page import BoardPage, line_of
from bdhvs_lms.reporting.board_table import areas_table, board_table, said_below
from bdhvs_lms.reporting.choices import View, WrongChoice, refusing_wrong_choices
from bdhvs_lms.reporting.months_table import months_table, whom_it_counts
from bdhvs_lms.reporting.queries.basis import basis_of
from bdhvs_lms.reporting.queries.board import Board, answered_by_records, board_targets
from bdhvs_lms.reporting.queries.published import ReadingTold
from bdhvs_lms.reporting.queries.targets import TargetRow
from bdhvs_lms.reporting.readings.earlier import told_by_readings
from bdhvs_lms.reporting.tables import Format

GROUP_PARAMETER, YEAR_PARAMETER, SORT_PARAMETER = "nhom", "nam", "sap-xep"
ALL = "tat-ca"
BY_GAP, BY_NAME = "con-thieu", "ten"
GROUP_KEY = re.compile(r"[-\w]{1,60}", re.ASCII)


@dataclass(frozen=True)
class Wanted:
    """What the address asks for, checked against what this account may see."""

    board: Board
    choice: AreaChoice
    targets: list[Target]
    """Of the area's plans, all of them."""
    group: TargetGroup | None
    year: int | None

    @property
    def area(self) -> Area:
        return self.choice.area

    @property
    def chosen(self) -> list[Target]:
        return [
            target
            for target in self.targets
            if (self.group is None or target.group_id == self.group.pk)
            and (self.year is None or target.year == self.year)
        ]

    @property
    def groups(self) -> list[TargetGroup]:
        """Those of the plans, and the one that was chosen where the form stood at another area."""
        found = {target.group_id: target.group for target in self.targets}
        if self.group is not None:
            found.setdefault(self.group.pk, self.group)
        return list(found.values())

    @property
    def years(self) -> list[int]:
        return sorted({target.year for target in self.targets})

    @property
    def goes_on(self) -> bool:
        """Whether the area has ended and its plan's numbers go on in what became of it."""
        return self.board.stands(self.area)

    @property
    def query(self) -> str:
        """The choices as an address has them."""
        chosen = {AREA_PARAMETER: area_key(self.area), YEAR_PARAMETER: self.year or ALL}
        if self.group is not None:
            chosen[GROUP_PARAMETER] = self.group.key
        return urlencode(chosen)


def _wanted(request: HttpRequest) -> Wanted:
    board = Board(now(), told_by_readings())
    choice = area_choice(request, board)
    targets = board_targets(choice.area)
    group = None
    if key := request.GET.get(GROUP_PARAMETER, ""):
        group = next((target.group for target in targets if target.group.key == key), None)
        if group is None and GROUP_KEY.fullmatch(key):
            # The form keeps the group when another area is chosen, and that area's plans may not have it.
            group = TargetGroup.objects.filter(key=key).first()
        if group is None:
            raise WrongChoice
    years = sorted({target.year for target in targets})
    asked = request.GET.get(YEAR_PARAMETER)
    if asked is None:
        # This year's, else the last that has targets.
        year = board.today.year if board.today.year in years or not years else years[-1]
    elif asked == ALL:
        year = None
    elif asked.isascii() and asked.isdigit() and len(asked) == 4:
        year = int(asked)
    else:
        raise WrongChoice
    return Wanted(board, choice, targets, group, year)


def for_the_committee(view: View) -> View:
    """What the committee's views have in common: signed in, never kept, and a page for a wrong choice."""

    return never_cache(require_safe(login_required(refusing_wrong_choices(view))))


def _board(request: HttpRequest) -> tuple[Wanted, BoardPage]:
    wanted = _wanted(request)
    rows = wanted.board.with_last_told(wanted.board.rows(wanted.chosen, wanted.area))
    marked = wanted.board.marked(rows)
    return wanted, BoardPage(wanted.board, wanted.area, rows, wanted.year, marked)


def _links(rows: Iterable[TargetRow]) -> dict[int, str]:
    """Of each area's primary key the parameter that leads to its board."""
    return {row.area.pk: area_key(row.area) for row in rows if row.area is not None}


@for_the_committee
def board(request: HttpRequest) -> HttpResponse:
    """The targets of the plan in one area, in numbers only: no learner is named or can be singled out."""
    wanted, page = _board(request)
    help_first = page.help_first
    return render(
        request,
        "bdhvs_lms/board.html",
        {
            "wanted": wanted,
            "page_of_board": page,
            "table": page.table,
            "links": {} if help_first is None else _links(help_first.rows),
            "areas": [(area_key(area), area) for area in wanted.choice.offered],
            "found": [(area_key(area), area, above) for area, above in wanted.choice.found],
            "illustrative": page.marked,
            **_reading_context(wanted),
        },
    )


def _reading_context(wanted: Wanted) -> dict[str, Any]:
    reading, query = _files(wanted)
    return {"last_reading": reading, "files_query": query}


def _files(wanted: Wanted) -> tuple[ReadingTold | None, str]:
    """The last reading that has the area, and the query by which its files are of the area."""
    area = wanted.area
    found = wanted.board.published.last_with(area.pk, wanted.board.history.line(area.pk))
    if found is None or found.area_id == area.pk:
        return found, ""
    return found, "?" + urlencode({AREA_PARAMETER: area_key(area)})


@for_the_committee
def board_file(request: HttpRequest, kind: Format) -> HttpResponse:
    """On to the last reading's file: whoever saved a board every hour would see who passed in between."""
    found, query = _files(_wanted(request))
    if found is None:
        return redirect("bdhvs_lms:readings")
    return redirect(reverse("bdhvs_lms:reading-file", args=[found.uuid, kind]) + query)


def target_and_choice(request: HttpRequest, plan_key: str, target_key: str) -> tuple[Wanted, Target]:
    """What the address asks for. Raises Http404, WrongChoice, PermissionDenied."""
    wanted = _wanted(request)
    target = next((one for one in wanted.targets if (one.plan.key, one.key) == (plan_key, target_key)), None)
    if target is None:
        raise Http404
    return wanted, target


def _target(request: HttpRequest, plan_key: str, target_key: str) -> tuple[Wanted, Target, list[TargetRow]]:
    """A target and its rows in the areas below the one looked at, sorted as asked."""
    wanted, target = target_and_choice(request, plan_key, target_key)
    order = request.GET.get(SORT_PARAMETER, BY_GAP)
    if order not in (BY_GAP, BY_NAME):
        raise WrongChoice
    rows = wanted.board.with_last_told(wanted.board.below(target, wanted.area))
    if order == BY_GAP:
        # Whoever is farthest first; then those of whom it is not known or not shown, as they came.
        rows.sort(key=lambda row: (row.gap is None, -(row.gap or 0)))
    return wanted, target, rows


@for_the_committee
def target_page(request: HttpRequest, plan_key: str, target_key: str) -> HttpResponse:
    """One target: its row, the areas below beside each other, and what a status rests on ('Căn cứ xác định')."""
    wanted, target, below = _target(request, plan_key, target_key)
    [row] = wanted.board.with_last_told([wanted.board.row(target, wanted.area)])
    marked = wanted.board.marked([row, *below])
    table = board_table([row], wanted.area, wanted.board.today, marked=marked)
    areas = areas_table(below, target, wanted.area, wanted.board.today, marked=marked)
    months = months_table(row, wanted.area, wanted.board.today, marked=marked)
    basis = basis_of(target, wanted.area, row, wanted.board.at)
    as_of, *about = table.lines[1:] if marked else table.lines
    return render(
        request,
        "bdhvs_lms/board_target.html",
        {
            "wanted": wanted,
            "target": target,
            "row": row,
            "as_of": as_of,
            "about": about,
            "line": line_of(row, target.key, wanted.board.today),
            "table": table,
            "areas": areas,
            "said_below": said_below(below, wanted.area),
            "why_it_differs": why_it_differs(row, below),
            "months": months,
            "months_note": whom_it_counts(row),
            "links": _links(below),
            "has_classes": answered_by_records(target) and target.group.part_of_id is None,
            "sorted_by": request.GET.get(SORT_PARAMETER, BY_GAP),
            "basis": basis,
            "illustrative": marked,
            **_reading_context(wanted),
        },
    )
