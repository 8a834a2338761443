"""Successions of units: people follow to the successor where there is no doubt, and wait where there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from bdhvs_lms.base.api import require
from bdhvs_lms.campaign.api import Area, AreaSuccession
from bdhvs_lms.learners.models import Placement
from bdhvs_lms.learners.spans import tell_relocated

WHOLE = "all"
PIECE = 500


def _heir(area: Area) -> int | None:
    """Return the one successor that took the whole unit; None: split, in part, or nobody knows."""
    successions = list(AreaSuccession.objects.filter(old=area).values_list("new_id", "part"))
    if len(successions) == 1 and successions[0][1] == WHOLE:
        return successions[0][0]
    return None


def follow_successions(
    *, on: date, at: datetime, by: Any = None, progress: Callable[[int], Any] = lambda _rows: None
) -> dict[str, int]:
    """Place everybody whose area has ended before `on`: in the unit that took it whole, else in none.

    Nobody is guessed into a part of a split unit: they stay 'Chưa xác định xã mới' until somebody places them
    (areas.json, `split_rule_vi`). The new placements begin the day after the old unit's last. In transactions of 500
    people; stopped halfway, a further call goes on. Needs the permission add_placement.

    Returns: {'placed': …, 'unassigned': …}, in people.
    """
    require(by, "add_placement")
    done = {"placed": 0, "unassigned": 0}
    ended = Area.objects.filter(valid_to__lt=on).order_by("valid_to", "pk")
    # In order of their ends, so that a chain of successors is followed to its end in one call.
    for area in ended:
        assert area.valid_to is not None  # noqa: S101 - said by the filter
        heir = _heir(area)
        first = area.valid_to + timedelta(days=1)
        while learners := _left_behind(area, first):
            with transaction.atomic():
                Placement.objects.bulk_create(
                    Placement(learner_id=learner, area_id=heir, valid_from=first, recorded_at=at)
                    for learner in learners
                )
                tell_relocated(*learners)
            done["unassigned" if heir is None else "placed"] += len(learners)
            progress(len(learners))
    return done


def _left_behind(area: Area, first: date) -> list[int]:
    """Return ids of up to 500 learners whose newest placement, of whatever day, is in the ended area."""
    newer = Placement.objects.filter(learner=OuterRef("learner")).filter(
        Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), pk__gt=OuterRef("pk"))
    )
    rows = Placement.objects.filter(area=area, valid_from__lt=first).filter(~Exists(newer))
    return list(rows.order_by("learner").values_list("learner", flat=True)[:PIECE])
