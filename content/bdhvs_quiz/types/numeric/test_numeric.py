"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.plugins.testing import QuestionSample, QuestionTypeConformance
from bdhvs_quiz.types.numeric.type import Numeric
from question_files.numbers import plain_number, read_number, read_share, written_number, written_share
from tests.bdhvs_quiz import kinds
from tests.support.loops import for_each

SHOWN = {"language": "vi", "prompt": "?", "unit": "km", "units": ["m", "MW", "mW"], "max_length": 200}
numbers = st.decimals(min_value=Decimal("-999999999999"), max_value=Decimal("999999999999"), places=6, allow_nan=False)


class TestNumeric(QuestionTypeConformance, TestCase):
    """In a browser its field is one of a text with gaps."""

    question_type = Numeric

    def samples(self) -> list[QuestionSample]:
        units = {"unit": "km", "units": [("m", "1000")]}
        row = kinds.numeric(numbers=[{"number": "1.5", "tolerance": "0.25"}, {"number": "7", "credit": "1/3"}], **units)
        other = kinds.numeric(numbers=[{"number": "4"}], explanation="Khác", **units)
        bare = kinds.numeric(numbers=[{"number": "1000", "tolerance": "5%"}])
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[["1,5"], ["1.5"], ["1,75 km"], ["1.250m"], ["", "1500 M"]],
                wrong=[["1,76"], ["-1,5"], ["7"], ["1500"], ["7000 m"]],
                refused=[["một"], ["1,5 kg"], ["1", "2"], ["1,5 m m"], ["9" * 30]],
                secrets=["Giải thích kín"],
            ),
            QuestionSample(
                question=bare,
                same_but_for_key=kinds.numeric(numbers=[{"number": "3"}]),
                right=[["1.000"], ["1000"], ["950"], ["1 050"]],
                wrong=[["949,999999"], ["1,000"], ["-1000"]],
                refused=[["1000 km"], ["1e3"]],
                secrets=["Giải thích kín"],
            ),
        ]


def key_of(*answers: dict[str, str], **more: object) -> dict[str, object]:
    full = {"tolerance": "0", "credit": "1", "feedback": "", "text": "", "off": "0"}
    return {"answers": [{**full, **one} for one in answers], "factors": {"m": "1000"}, "explanation": "", **more}


@given(numbers, numbers, st.decimals(min_value=0, max_value=1000, places=6))
def test_right_is_within_the_tolerance_and_not_beyond(answer, typed, tolerance):
    key = key_of({"number": plain_number(answer), "tolerance": plain_number(tolerance)})
    response = Numeric().parse(SHOWN, [written_number(typed, "vi")])
    assert Numeric().grade(SHOWN, key, response).correct == (abs(answer - typed) <= tolerance)


@given(numbers, st.sampled_from(["vi", "en"]))
def test_a_number_that_is_written_is_read_as_the_same(number, language):
    assert read_number(written_number(number, language), language) == number


@given(st.text(max_size=20) | st.from_regex(r"[+-]?[0-9., ]{1,12} ?(km|m|%)?", fullmatch=True))
def test_whatever_is_typed_is_refused_or_graded(text):
    try:
        response = Numeric().parse(SHOWN, [text])
    except ValueError:
        response = text
    assert Numeric().grade(SHOWN, key_of({"number": "12"}), response).fraction in (0, 1)


def test_of_several_numbers_the_one_that_earns_most_counts_and_says_its_words():
    key = key_of(
        {"number": "10", "tolerance": "5", "credit": "1/2", "feedback": "Gần đúng"},
        {"number": "10", "feedback": "Đúng"},
    )
    outcomes = [Numeric().grade(SHOWN, key, text) for text in ("10", "12000 m", "16")]
    assert [(one.fraction, one.feedback) for one in outcomes] == [
        (1, ("Đúng",)), (Fraction(1, 2), ("Gần đúng",)), (0, ()),
    ]  # fmt: skip
    assert outcomes[2].matched == ("other",)


@for_each(
    ("text", "share"),
    [("50", "1/2"), ("50 %", "1/2"), ("12,5%", "1/8"), ("33,33333 %", "1/3"), ("33.33", "1/3"), ("66,66667", "2/3"),
     ("66,66", "2/3"), ("14.28571", "1/7"), ("-33,33", "-1/3"), ("1/3", "1/3"), ("−1/4", "-1/4"), ("100", "1"),
     ("0", "0"), ("33,3", "333/1000")],
)  # fmt: skip
def test_a_share_is_read_as_it_is_meant(text, share):
    assert read_share(text) == Fraction(share)


@for_each("text", ["", "101", "1/0", "5/3", "-2/1", "ba", "1,2,3", "50 %%"])
def test_what_is_no_share_of_a_mark_is_refused(text):
    with pytest.raises(ValueError, match="1/3"):
        read_share(text)


@given(st.fractions(min_value=-1, max_value=1, max_denominator=9999), st.sampled_from(["vi", "en"]))
def test_a_share_that_is_written_is_read_as_the_same(share, language):
    assert read_share(written_share(share, language)) == share
