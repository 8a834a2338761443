"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

import uuid

import pytest
from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.multiple_choice.type import MultipleChoice
from tests.bdhvs_quiz import kinds


@pytest.mark.slow
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
