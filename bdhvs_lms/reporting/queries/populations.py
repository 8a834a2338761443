"""Which targets another population changes, and in which areas: told before it is entered (ADR 98)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bdhvs_lms.campaign.api import Area, Denominator, Plan, Target
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.targets import TargetRow

# (target, area that was looked at, area of the row or None: people in none below it).
Place = tuple[int, int, int | None]


@dataclass(frozen=True)
class Changed:
    """A target's row in an area as boards show it, now and then."""

    above: Area
    before: TargetRow
    after: TargetRow


def changed_by(entries: Iterable[Denominator], *, at: datetime) -> list[Changed]:
    """Rows whose share, gap or verdict would be another one if these were entered, of every plan in force; those too
    that are shown or hidden because of it. Nothing is written; no person changes by it."""
    now, then = dict(_rows(Board(at))), dict(_rows(Board(at, supposed=entries)))
    areas = Area.objects.in_bulk({above for _target, above, _area in now.keys() | then.keys()})
    found = []
    for place in (*now, *(place for place in then if place not in now)):
        before, after = now.get(place), then.get(place)
        if before is not None and after is not None and _said(before) != _said(after):
            found.append(Changed(areas[place[1]], before, after))
    return found


def _said(row: TargetRow) -> tuple[object, ...]:
    return row.verdict, row.share, row.gap


def _rows(board: Board) -> Iterator[tuple[Place, TargetRow]]:
    targets = Target.objects.filter(plan__in=Plan.objects.filter(replaced_by=None))
    columns = targets.select_related("group__part_of", "plan__area", "indicator").order_by("plan", "year", "row", "pk")
    for target in columns:
        if target.kind.of_everyone:
            area = target.plan.area
            yield (target.pk, area.pk, area.pk), board.row(target, area)
            yield from _below(board, target, area)


def _below(board: Board, target: Target, area: Area) -> Iterator[tuple[Place, TargetRow]]:
    for row in board.below(target, area):
        yield (target.pk, area.pk, None if row.area is None else row.area.pk), row
        if row.area is not None:
            yield from _below(board, target, row.area)
