"""Figures served without sign-in: a count of learners fits five true values; verdicts are those of exact counts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.campaign.api import MEASURES, Operator
from bdhvs_lms.reporting.readings.outside import COUNTS, SMALLEST_PUBLIC, round_reading


def a_reading(numerator: int, base: int, goal: int, operator: str, *, unassigned: int | None = 0) -> dict[str, Any]:
    judged = MEASURES["share"].of_people(Operator(operator), goal, numerator, base)  # type: ignore[arg-type]
    counts = {"active": 1, "learning": 7, "numerator": numerator, "confirmed": numerator // 2, "gap": judged.gap}
    cells = {key: [str(value), value] for key, value in counts.items()}
    cells |= {key: ["exact", None] for key in ("share", "points", "verdict")} | {"notes": ["Khảo sát. ", None]}
    row = {
        **counts, "target": "plan/T1", "depth": 0, "figure": None, "base": base, "verdict": judged.verdict,
        "share": None if judged.share is None else str(judged.share), "unassigned": unassigned, "cells": cells,
    }  # fmt: skip
    facts = {"rule": {"number": 1}, "measure": "share", "operator": operator, "value": str(goal)}
    return {"lines": [], "rows": [row], "targets": {"plan/T1": facts}}


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(1, 100), st.sampled_from([">", ">=", "=", "<="]))
def test_each_cell_fits_five_true_values_and_no_share_contradicts_the_verdict(
    numerator: int, base: int, goal: int, operator: str
) -> None:
    content = a_reading(numerator, base, goal, operator)
    exact, [row] = content["rows"][0], round_reading(content)["rows"]
    for key in COUNTS:
        if key == "gap" and row["verdict"] == "met":
            # No operator but "at most" leaves open how many are missing.
            assert row[key] == (None if operator == "<=" else 0)
            assert row["cells"][key] == exact["cells"][key]
        elif (count := row[key]) is not None:
            assert count % 5 == 0 and abs(count - exact[key]) <= 2
            assert row["cells"][key] == (["dưới 3 người", None] if exact[key] < 3 else row["cells"][key])
            assert row["cells"][key][1] in (None, count)
    if base < SMALLEST_PUBLIC:
        assert row["share"] is None and row["verdict"] == "suppressed"
        assert row["cells"]["share"] == row["cells"]["verdict"] == row["cells"]["gap"] == ["Không hiển thị", None]
    else:
        assert row["verdict"] == exact["verdict"]
        assert "exact" not in (row["cells"]["share"][0], row["cells"]["points"][0])
        if row["share"] is not None:
            assert "." not in row["share"]
            assert MEASURES["share"].of_people(Operator(operator), goal, int(row["share"]), 100).met is (  # type: ignore[arg-type]
                row["verdict"] == "met"
            )


def test_words_in_place_of_a_share_that_would_contradict() -> None:
    for numerator, operator, goal, words in (
        (998, "=", 100, "chưa tới 100%"),
        (851, ">", 85, "trên 85%"),
        (851, "<=", 85, "Không hiển thị"),
    ):
        [row] = round_reading(a_reading(numerator, 1000, goal, operator))["rows"]
        assert row["cells"]["share"] == [words, None] and row["cells"]["points"] == ["–", None]


def test_notes_do_not_say_how_many_wait_for_a_commune() -> None:
    content = a_reading(40, 100, 50, ">=", unassigned=7)
    content["rows"][0]["cells"]["notes"][0] += "7 người chưa xác định xã mới được tính ở đây."
    [row] = round_reading(content)["rows"]
    assert row["cells"]["notes"][0] == "Khảo sát." and row["unassigned"] is None
