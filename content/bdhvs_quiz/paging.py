"""The page of an attempt: all questions or one of them, and how much time is left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models import Attempt
from bdhvs_quiz.queries import PLACE, Item, one_per_page

GOAL = re.compile(r"go-([0-9]{1,4})", re.ASCII)


def _place(text: str, count: int) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else 1
    return min(max(number, 1), count)


def place_of(request: HttpRequest, row: Attempt) -> int:
    """Return the place of the shown question, from the address or the form that was sent."""
    given = request.POST.get("place", "") if request.method == "POST" else request.GET.get(PLACE, "")
    return _place(given, len(row.questions))


def posted_goal(request: HttpRequest, row: Attempt) -> int | None:
    """Return the place of the question to which the pressed button leads; None: to none."""
    found = GOAL.fullmatch(request.POST.get("do", ""))
    return _place(found[1], len(row.questions)) if found and one_per_page(row) else None


def one_of(request: HttpRequest, row: Attempt, items: Sequence[Item]) -> dict[str, Any]:
    """Return {"place", "before", "after"} of the one question shown; {} if all are shown; `before`, `after` None: there
    is
    none. The others stand hidden in the form, so that it always holds all answers."""
    if not one_per_page(row):
        return {}
    wrong = next((item.place for item in items if item.error or item.differs), None)
    place = wrong or place_of(request, row)
    return {"place": place, "before": place - 1 or None, "after": place + 1 if place < len(items) else None}


def assets(items: Sequence[Item]) -> dict[str, tuple[str, ...]]:
    """Return {"scripts", "styles"} that the types of these questions add to the page, each once, in the order of
    asking."""
    kinds = [kind for item in items if (kind := question_types.get(item.type_key)) is not None]
    return {
        name: tuple(dict.fromkeys(file for kind in kinds for file in getattr(kind, name)))
        for name in ("scripts", "styles")
    }


def time_left(row: Attempt, at: datetime) -> dict[str, Any]:
    """Return {"due_at", "seconds_left"}; {} if the attempt has no end."""
    if row.due_at is None:
        return {}
    return {"due_at": row.due_at, "seconds_left": max(0, int((row.due_at - at).total_seconds()))}
