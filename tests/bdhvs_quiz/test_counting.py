"""Which mark of several attempts counts: pure, by the method of the version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_quiz.counting import AVERAGE, BEST, FIRST, LAST, Grade, Mark, grades

pytestmark = pytest.mark.database

AT = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)
MOST, NEEDED = Decimal(10), Decimal(8)


def mark(raw: float | None, hour: int | None, method: str = AVERAGE, most: int = 10) -> Mark:
    share = None if raw is None else Fraction(str(raw)) / most
    at = None if hour is None else AT + timedelta(hours=hour)
    return Mark(share, at, method, Decimal(most), Decimal(most) * NEEDED / MOST)


def row(method: str, *raws: float) -> list[Grade | None]:
    return grades([mark(raw, place, method) for place, raw in enumerate(raws)])


def told(method: str, *raws: float) -> list[tuple[str, bool, bool | None]]:
    return [(str(one.raw), one.success, one.verdict) for one in row(method, *raws) if one is not None]


def test_each_method_says_what_counts_after_each_attempt() -> None:
    raws = (4, 9, 7)
    assert told(BEST, *raws) == [("4.00", False, False), ("9.00", True, True), ("9.00", True, False)]
    assert told(LAST, *raws) == [("4.00", False, False), ("9.00", True, True), ("7.00", False, False)]
    assert told(FIRST, *raws) == [("4.00", False, False), ("4.00", False, None), ("4.00", False, None)]
    assert told(AVERAGE, *raws) == [("4.00", False, False), ("6.50", False, False), ("6.67", False, False)]
    assert [one.of for one in row(AVERAGE, *raws) if one is not None] == [1, 2, 3]


def test_nothing_reaches_the_pass_mark_by_rounding() -> None:
    marks = [mark(raw, place) for place, raw in enumerate((8, 8, 7.99))]
    last = grades(marks)[-1]
    assert last is not None
    assert (last.raw, last.success) == (Decimal("7.99"), False), "7.9966…"
    reached = grades([mark(8, 0), mark(8, 1)])[-1]
    assert reached is not None
    assert (reached.raw, reached.verdict) == (Decimal("8.00"), True)


def test_versions_with_other_points_are_counted_by_their_shares() -> None:
    found = grades([mark(5, 0, most=5), mark(6, 1, most=10)])[-1]
    assert found is not None
    assert (found.raw, found.success) == (Decimal("8.00"), True), "all of five, and six of ten"


def test_an_attempt_of_before_the_method_counts_and_says_nothing_itself() -> None:
    found = grades([mark(10, 0, ""), mark(6, 1)])
    assert found[0] is None
    assert found[1] is not None
    assert (found[1].raw, found[1].of) == (Decimal("8.00"), 2)


def test_one_that_is_opened_again_keeps_its_place_and_counts_once_it_is_handed_in() -> None:
    opened = grades([replace(mark(None, None, FIRST), reopened=True), mark(9, 1, FIRST)])
    assert [(one.success, one.verdict) for one in opened if one] == [(False, None)], "it waits for the first"
    again = grades([replace(mark(3, 2, FIRST), reopened=True), mark(9, 1, FIRST)])
    assert [(one.raw, one.success, one.verdict) for one in again if one] == [(3, False, False), (3, False, None)]
    practice = grades([mark(9, 0, FIRST), replace(mark(None, None, FIRST), reopened=True), mark(3, 2, FIRST)])
    assert [(one.raw, one.success) for one in practice if one] == [(9, True), (9, True)], "it waits for no other"
    average = [replace(mark(None, None), reopened=True), mark(9, 1)]
    assert [(one.success, one.verdict) for one in grades(average) if one] == [(False, None)]
    average[0] = replace(mark(8, 2), reopened=True)
    both = Decimal("8.50")
    assert [(one.raw, one.of, one.verdict) for one in grades(average) if one] == [(both, 2, True), (both, 2, None)]
    last = grades([replace(mark(9, 2, LAST), reopened=True), mark(3, 1, LAST)])
    assert [(one.raw, one.verdict) for one in last if one] == [(Decimal("3.00"), None), (Decimal("3.00"), False)]


raws = st.lists(st.integers(0, 1000).map(lambda hundredths: Decimal(hundredths) / 100), min_size=1, max_size=6)


@given(raws, st.sampled_from([BEST, LAST, FIRST, AVERAGE]))
def test_what_is_handed_in_later_changes_nothing_that_was_said(found: list[Decimal], method: str) -> None:
    marks = [Mark(Fraction(raw) / 10, AT + timedelta(hours=place), method, MOST, NEEDED)
             for place, raw in enumerate(found)]  # fmt: skip
    whole = grades(marks)
    assert all(grades(marks[: place + 1])[-1] == one for place, one in enumerate(whole))
    assert all(one is not None and 0 <= one.raw <= MOST and (one.raw >= NEEDED) == one.success for one in whole)


@given(raws)
def test_each_method_is_what_its_name_says(found: list[Decimal]) -> None:
    def last(method: str) -> Grade:
        one = grades([Mark(Fraction(raw) / 10, AT + timedelta(hours=place), method, MOST, NEEDED)
                      for place, raw in enumerate(found)])[-1]  # fmt: skip
        assert one is not None
        return one

    assert (last(BEST).raw, last(LAST).raw, last(FIRST).raw) == (max(found), found[-1], found[0])
    average = sum(map(Fraction, found), Fraction(0)) / len(found)
    assert abs(Fraction(last(AVERAGE).raw) - average) <= Fraction(1, 100)
    assert last(AVERAGE).success == (average >= 8)
