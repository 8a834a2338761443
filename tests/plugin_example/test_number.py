"""How a number is written and read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugin_example.number import Number, read, written

from tests.support.loops import for_each

SHOWN = {"language": "vi", "prompt": "?", "unit": ""}

numbers = st.decimals(min_value=Decimal("-999999999999"), max_value=Decimal("999999999999"), places=6, allow_nan=False)


@for_each(
    ("text", "language", "number"),
    [
        ("1.000", "vi", "1000"),
        ("1.000", "en", "1"),
        ("1,000", "vi", "1"),
        ("1,000", "en", "1000"),
        ("1.234.567,5", "vi", "1234567.5"),
        ("1,234,567.5", "en", "1234567.5"),
        ("1 000 000", "vi", "1000000"),
        ("1.5", "vi", "1.5"),
        ("1,5", "en", "1.5"),
        ("−3", "vi", "-3"),
        ("-0", "vi", "0"),
        ("007", "vi", "7"),
    ],
)
def test_numbers_are_read_as_they_are_written_in_the_language(text, language, number):
    assert read(text, language) == Decimal(number)


@for_each("text", ["", ".", ",5", "5,", "1.00.000", "1,234.5", "٣", "1e3", "NaN", "12a", "1" * 13])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="Write a number|Hãy ghi một số"):
        read(text, "vi")


@given(numbers, st.sampled_from(["vi", "en"]))
def test_what_the_page_gives_back_is_read_as_the_same_number(number, language):
    assert read(written(number, language), language) == number


@given(numbers)
def test_an_answer_sent_again_from_the_page_is_the_same_answer(number):
    once = Number().parse(SHOWN, [written(number, "vi")])
    assert Number().parse(SHOWN, [once]) == once


@given(numbers, numbers, st.decimals(min_value=0, max_value=1000, places=6))
def test_right_is_within_the_tolerance_and_not_beyond(answer, given_number, tolerance):
    key = {"answer": str(answer), "tolerance": str(tolerance), "text": "", "explanation": ""}
    response = Number().parse(SHOWN, [written(given_number, "vi")])
    assert Number().grade(SHOWN, key, response).correct == (abs(answer - given_number) <= tolerance)


def test_a_question_without_an_answer_has_an_outcome():
    key = {"answer": None, "tolerance": "0", "text": "", "explanation": ""}
    assert Number().grade(SHOWN, key, "1").correct is False
