"""The figures of a reading for people outside: counts of learners rounded, so that no cell tells of a few.

Each cell is rounded by itself: counts to the nearest 5, 0 to 2 as words; shares from the rounded count in whole per
cents. Below `SMALLEST_PUBLIC` people there is neither a share nor a verdict. What others counted stands as published.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from bdhvs_lms.base.api import format_number
from bdhvs_lms.campaign.api import MEASURES, Operator
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.board_table import unassigned_words
from bdhvs_lms.reporting.tables import NONE

UNIT = 5
FEWEST = 3
SMALLEST_PUBLIC = 50
COUNTS = ("active", "learning", "numerator", "confirmed", "gap")


def round_count(count: int) -> int:
    """Return the nearest multiple of 5."""
    return (count + UNIT // 2) // UNIT * UNIT


def round_reading(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a reading (see `content`) with the numbers of people rounded."""
    with override("vi"):
        rows = [_rounded(row, content["targets"][row["target"]]) for row in content["rows"]]
        note = _("Numbers of people are rounded to 5, so rows may not add up.")
        return {**content, "lines": [*content["lines"], note], "rows": rows}


def _rounded(row: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    found, cells = {**row, "unassigned": None}, dict(row["cells"])
    words, value = cells["notes"]
    cells["notes"] = [" ".join(words.replace(unassigned_words(row["unassigned"]), "").split()) or NONE, value]
    found["cells"] = cells
    if not facts["rule"] or row["figure"] is not None or row["numerator"] is None:
        return found
    for key in COUNTS:
        # Of a target that is met everybody knows that nobody is missing.
        if row[key] is not None and not (key == "gap" and row["verdict"] == "met"):
            found[key], cells[key] = round_count(row[key]), _count(row[key])
    measure, base = MEASURES[facts["measure"]], row["base"]
    if not measure.of_everyone:
        cells["points"] = [NONE, None]
    elif base is not None and base < SMALLEST_PUBLIC:
        found |= {"share": None, "gap": None, "verdict": "suppressed"}
        cells |= dict.fromkeys(("share", "points", "gap", "verdict"), [wording.not_shown(), None])
    elif row["share"] is not None:
        share = Decimal(100 * found["numerator"] // base)
        cells |= _share_cells(share, row["verdict"], facts)
        found["share"] = cells["share"][1]
    return found


def _share_cells(share: Decimal, verdict: str, facts: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the cells of a rounded share and of its distance to the target, which is judged by exact counts: where the
    rounded share would say otherwise than the verdict, words stand in its place."""
    measure = MEASURES[facts["measure"]]
    shown, none = [format_number(share), str(share)], [NONE, None]
    if verdict not in ("met", "not_met"):
        return {"share": shown, "points": none}
    met, operator, goal = verdict == "met", Operator(facts["operator"]), Decimal(facts["value"])
    if operator.holds(share, goal) is met:
        return {"share": shown, "points": [measure.distance(operator, share - goal, met=met), None]}
    if met:
        words = measure.goal(operator, goal)
    elif operator == Operator.LE:
        words = wording.not_shown()
    else:
        words = _("not yet %(goal)s") % {"goal": measure.amount(goal, short=True)}
    return {"share": [words, None], "points": none}


def _count(count: int) -> list[Any]:
    if count < FEWEST:
        return [_("fewer than %(number)d") % {"number": FEWEST}, None]
    rounded = round_count(count)
    return [format_number(rounded), rounded]
