"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

import uuid
from copy import copy
from fractions import Fraction
from itertools import zip_longest

import pytest
from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample, QuestionTypeConformance
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.multiple_choice.type import MultipleChoice
from tests.bdhvs_quiz import kinds


@pytest.mark.usefixtures("chromium")
class TestMultipleChoice(QuestionTypeInBrowser, TestCase):
    question_type = MultipleChoice

    def samples(self) -> list[QuestionSample]:
        row, other = kinds.several(), kinds.several(right=(1, 2, 3), feedback="Khác", explanation="Khác")
        a, b, c, d = (block.id for block in row.options)
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[[a, c], [c, a], ["", a, c], [a, a, c]],
                wrong=[[a], [a, b, c], [b, d], [a, b, c, d]],
                refused=[["x"], [a, str(uuid.uuid4())], [a.upper(), c], [f"{a},{c}"]],
                secrets=["Nhận xét kín", "Giải thích kín"],
            )
        ]


class TestShareOfEach(QuestionTypeConformance, TestCase):
    """In a browser it has the same fields."""

    question_type = MultipleChoice

    def samples(self) -> list[QuestionSample]:
        row, other = kinds.several(), kinds.several(right=(1, 2, 3), feedback="Khác", explanation="Khác")
        a, b, c, d = (block.id for block in row.options)
        return [
            QuestionSample(
                question=marked(row, "each"),
                same_but_for_key=marked(other, "each"),
                right=[[a, c]],
                wrong=[[a], [a, b], [a, b, c], [b, d]],
                refused=[["x"]],
                secrets=["Nhận xét kín"],
            )
        ]


def marked(row, marking, credits=()):
    one = copy(row)
    one.marking = marking
    one.options = [
        {**block, "value": {**block["value"], "credit": credit}}
        for block, credit in zip_longest(row.options.get_prep_value(), credits, fillvalue="")
    ]
    return one


@pytest.mark.django_db
def test_the_mark_is_earned_by_all_by_each_or_by_what_each_option_says():
    row = kinds.several()  # the first and the third are right
    a, b, c, d = (block.id for block in row.options)
    answers = ([a, c], [a], [a, b], [a, b, c], [a, b, c, d], [b])

    def shares(marking, credits=()):
        shown, key = MultipleChoice().compile(marked(row, marking, credits))
        return [MultipleChoice().grade(shown, key, answer).share for answer in answers]

    half, third = Fraction(1, 2), Fraction(1, 3)
    assert shares("all") == [1, 0, 0, 0, 0, 0]
    assert shares("each") == [1, half, 0, half, 0, 0]
    assert shares("own", ["2/3", "-1/3", "1/3", "-1/3"]) == [1, 2 * third, third, 2 * third, third, 0]
    assert shares("own", ["", "", "", "-1/2"]) == [1, half, half, 1, half, 0]
    assert shares("all", ["2/3", "-1/3", "1/3", "-1/3"]) == shares("all")
    assert marked(row, "own", ["1/3", "", "1/3", ""]).problems() != []
    assert marked(row, "own", ["1/3", "", "2/3", ""]).problems() == []
