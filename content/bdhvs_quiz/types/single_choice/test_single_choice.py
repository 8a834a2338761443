"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

import uuid
from copy import copy
from fractions import Fraction

import pytest
from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.single_choice.type import SingleChoice
from tests.bdhvs_content import pages


@pytest.mark.usefixtures("chromium")
class TestSingleChoice(QuestionTypeInBrowser, TestCase):
    question_type = SingleChoice

    def samples(self) -> list[QuestionSample]:
        row = pages.question(feedback="Nhận xét kín", explanation="Giải thích kín")
        other = copy(row)
        other.options = pages.options(("Đọc cho họ", "Không đọc cho ai", "Nhắn tin cho họ"), right=2, feedback="Khác")
        other.explanation = "Khác"
        ids = [pages.option_id(row, place) for place in range(3)]
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[[ids[1]], ["", ids[1]], [ids[1], ids[1]]],
                wrong=[[ids[0]], [ids[2]]],
                refused=[["x"], [ids[0], ids[1]], [str(uuid.uuid4())], [ids[1].upper()]],
                secrets=["Nhận xét kín", "Giải thích kín"],
            )
        ]


@pytest.mark.django_db
def test_another_option_can_earn_a_share_of_its_own():
    row = pages.question()
    blocks = row.options.get_prep_value()
    row.options = [
        {**block, "value": {**block["value"], "credit": credit}}
        for block, credit in zip(blocks, ("-1/2", "", "1/3"), strict=True)
    ]
    assert row.problems() == []
    shown, key = SingleChoice().compile(row)
    assert [SingleChoice().grade(shown, key, block["id"]).share for block in blocks] == [0, 1, Fraction(1, 3)]
    assert SingleChoice().gives_parts(shown, key)
    row.options[1].value["credit"] = "1/2"
    assert "cả điểm" in row.problems()[0]
