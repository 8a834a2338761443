"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample, QuestionTypeConformance
from bdhvs_quiz.types.true_false.type import TrueFalse
from tests.bdhvs_quiz import kinds


class TestTrueFalse(QuestionTypeConformance, TestCase):
    """In a browser its fields are those of a single choice."""

    question_type = TrueFalse

    def samples(self) -> list[QuestionSample]:
        row = kinds.true_false()
        other = kinds.true_false(answer=True, right="Khác", wrong="Khác nữa", explanation="Khác")
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[["false"], ["", "false"]],
                wrong=[["true"]],
                refused=[["x"], ["true", "false"], ["True"], ["0"], ["Đúng"]],
                secrets=["Khen kín", "Chê kín", "Giải thích kín"],
            )
        ]
