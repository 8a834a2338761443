"""Marks by competency as a statement says them: how they are written, and how they are read again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.acts import CompetencyMark
from bdhvs_lms.tracking.vocabulary import EXTENSION_COMPETENCY_MARKS, VERB_FAILED, VERB_PASSED
from bdhvs_xapi import api as xapi

_IN_BODY = EXTENSION_COMPETENCY_MARKS.encode()
MOST = 10**9
"""Points: as many as nobody gives."""
_POINTS = ("raw", "max", "needed")


def json_number(value: Decimal) -> int | float:
    """Return the number as JSON has it: 3 for three, 2.5 for two and a half."""
    return int(value) if value == value.to_integral_value() else float(value)


def written(mark: CompetencyMark) -> dict[str, Any]:
    """Return plain JSON: {"competency": its IRI, "raw", "max", "needed": points, "reached"}."""
    points = {name: json_number(getattr(mark, name)) for name in _POINTS}
    return {"competency": mark.competency, **points, "reached": mark.reached}


def competency_marks(fact: xapi.Fact) -> tuple[CompetencyMark, ...]:
    """Return the marks that a `passed` or `failed` has for competencies with a pass mark of their own; none of any
    other.

    Other systems may say it too: what is no mark is left out, and only `true` is reached.
    """
    # Most say nothing of it: their JSON is not read.
    if fact.verb not in (VERB_PASSED, VERB_FAILED) or _IN_BODY not in fact.body:
        return ()
    result = fact.statement.get("result")
    extensions = result.get("extensions") if isinstance(result, Mapping) else None
    stated = extensions.get(iris.extension_iri(EXTENSION_COMPETENCY_MARKS)) if isinstance(extensions, Mapping) else None
    if not isinstance(stated, list):
        return ()
    return tuple(mark for one in stated if (mark := _mark(one)) is not None)


def _mark(stated: Any) -> CompetencyMark | None:
    if not isinstance(stated, Mapping) or not isinstance(stated.get("competency"), str):
        return None
    raw, most, needed = (_points(stated.get(name)) for name in _POINTS)
    return CompetencyMark(stated["competency"], raw, most, needed, stated.get("reached") is True)


def _points(stated: Any) -> Decimal:
    """Return no points where it is no number of points."""
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return Decimal(0)
    return Decimal(str(stated)) if 0 <= stated < MOST else Decimal(0)
