"""Means of results: exact, by the time of the work, and the same in whatever order it arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency import moments, rules
from tests.bdhvs_lms.competency.test_moments import ITEMS, MEAN
from tests.support.loops import for_each

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def items(*scores: str | None, activities: str = "") -> list[rules.Item]:
    """One a day; `activities`: a letter for each, else all of one."""
    return [
        rules.Item(
            UUID(int=day + 1),
            UUID(int=ord(activities[day]) if activities else 1),
            T0 + timedelta(days=day),
            None,
            None if score is None else Decimal(score),
            1,
            False,
        )
        for day, score in enumerate(scores)
    ]


def held_from(tree: dict[str, Any], seen: list[rules.Item]) -> int | None:
    """The day from which on it holds."""
    rules.check(tree)
    found = moments.earliest([[rules.Version(1, tree, T0)]], seen)
    return None if found is None else (found[0] - T0).days


def test_the_first_result_of_each_activity_counts_whatever_is_done_again() -> None:
    tree = {"pick": "firsts", "min_scaled": "0.7", "times": 2}
    assert held_from(tree, items("0.5", "1", "1", activities="aaa")) is None
    assert held_from(tree, items("0.5", "1", "0.9", activities="aab")) == 2
    assert held_from(tree, items("0.5", "1", "0.89", activities="aab")) is None
    assert held_from(tree, items("0.5", None, "0.9", activities="abb")) == 2


def test_a_mean_that_is_just_the_least_suffices() -> None:
    """0.1 + 0.2 is no 0.3 to a computer that rounds, and a third of one has no last decimal."""
    assert held_from({"pick": "firsts", "min_scaled": "0.15", "times": 2}, items("0.1", "0.2", activities="ab")) == 1
    thirds = {"pick": "firsts", "min_scaled": "0.3333333333333333333333333333334", "times": 3}
    assert held_from(thirds, items("1", "0", "0", activities="abc")) is None


@pytest.mark.parametrize(
    ("scores", "weight", "mean"),
    [
        (["0.4"], 65, "0.4"),
        (["0.4", "0.8"], 65, "0.66"),
        (["0.4", "0.8", "0.6"], 65, "0.621"),
        (["0.4", "0.8", "0.6"], 50, "0.6"),
        (["0", *["1"] * 19], 50, str(1 - Decimal(2) ** -19)),
    ],
)
def test_each_newer_result_makes_up_its_weight_and_what_was_before_it_the_rest(
    scores: list[str], weight: int, mean: str
) -> None:
    assert rules.decaying(map(Decimal, scores), weight) == Decimal(mean)


def test_a_decaying_mean_follows_who_learns_and_looks_at_the_newest_twenty() -> None:
    tree = {"pick": "decaying", "min_scaled": "0.8", "times": 2}
    assert held_from(tree, items("1")) is None
    assert held_from(tree, items("0.2", "0.6", "0.9", "0.9")) == 3
    assert held_from({**tree, "weight": 50}, items("0.2", "0.6", "0.9", "0.9")) is None
    long = items("0.2", *["0.79"] * 25, "0.9")
    used = rules.holds(tree, long, long[-1].occurred_at)
    assert used is not None and used == tuple(long[-20:])


@for_each(
    "tree",
    [
        {"pick": "firsts"},
        {"pick": "firsts", "passed": True, "min_scaled": "0.5"},
        {"pick": "firsts", "min_scaled": "0.5", "weight": 65},
        {"pick": "firsts", "min_scaled": "0.5", "distinct": True},
        {"pick": "decaying", "min_scaled": "0.5", "weight": 49},
        {"pick": "decaying", "min_scaled": "0.5", "weight": "65"},
        {"pick": "decaying", "min_scaled": "0.5", "times": 21},
        {"pick": "any", "min_scaled": "0.5", "weight": 65},
        {"pick": "median", "min_scaled": "0.5"},
        {"pick": ["any"], "min_scaled": "0.5"},
    ],
    ids=str,
)
def test_what_is_no_mean_is_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(rules.InvalidRule, match="^rule"):
        rules.check(tree)


@given(tree=MEAN, seen=ITEMS, data=st.data())
def test_any_order_of_arrival_gives_the_same_moment(tree: dict[str, Any], seen: list[rules.Item], data: Any) -> None:
    rules.check(tree)
    ladder = [[rules.Version(1, tree, T0)]]
    assert moments.steps(ladder, data.draw(st.permutations(seen))) == moments.steps(ladder, seen)


@given(tree=MEAN, seen=ITEMS, floor=st.integers(min_value=1, max_value=3))
def test_what_holds_by_trusted_work_holds_by_all_and_uses_trusted_work_alone(
    tree: dict[str, Any], seen: list[rules.Item], floor: int
) -> None:
    at = T0 + timedelta(days=7)
    used = rules.holds(tree, seen, at, floor=floor)
    if used is not None:
        assert min(item.trust for item in used) >= floor
        assert rules.holds(tree, seen, at, floor=floor - 1) is not None


def test_a_rule_by_a_mean_is_said_in_words() -> None:
    firsts = {"pick": "firsts", "times": 3, "min_scaled": "0.7", "trust": 1}
    decaying = {"pick": "decaying", "times": 4, "min_scaled": "0.7", "within_days": 90}
    with translation.override("vi"):
        assert rules.sentence(firsts) == (
            "trung bình của các kết quả đầu tiên trong ít nhất 3 hoạt động khác nhau, "
            "được ít nhất 70% số điểm, mức tin cậy: hệ thống chấm trở lên"
        )
        assert rules.sentence(decaying) == (
            "trung bình giảm dần của ít nhất 4 kết quả, mỗi kết quả mới chiếm 65%, "
            "được ít nhất 70% số điểm, trong vòng 90 ngày"
        )
