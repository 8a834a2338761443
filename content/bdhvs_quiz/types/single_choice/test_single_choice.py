"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

import uuid
from copy import copy

import pytest
from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.single_choice.type import SingleChoice
from tests.bdhvs_content import pages


@pytest.mark.slow
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
