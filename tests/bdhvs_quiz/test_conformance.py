"""The built-ins against the same kit that a stranger's plugin passes."""

from __future__ import annotations

import uuid
from copy import copy
from typing import Any
from uuid import UUID

from django.test import TestCase

from bdhvs_content.activity import LessonActivity
from bdhvs_content.api import page_for, read_lesson
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.plugins.testing import (
    ActivityTypeConformance,
    PersonalDataConformance,
    QuestionSample,
    QuestionTypeConformance,
)
from bdhvs_quiz.activity import QuizActivity
from bdhvs_quiz.api import QuizVersion, SingleChoice, open_attempt, submit
from bdhvs_quiz.personal import QuizPersonalData
from tests.bdhvs_content import pages


class TestLesson(ActivityTypeConformance, TestCase):
    activity_type = LessonActivity

    def publish(self) -> UUID:
        key: UUID = pages.lesson(pages.course(pages.catalog())).translation_key
        return key

    def finish(self, activity_key: UUID) -> None:
        page = page_for(activity_key)
        assert page is not None
        learner = pages.enrolled(page.get_parent(), f"an-{uuid.uuid4().hex[:6]}")
        read_lesson(learner, activity_key, act_id=uuid.uuid4(), at=pages.AT)


def hand_in(learner: Any, activity_key: UUID) -> None:
    attempt = open_attempt(learner, activity_key, act_id=uuid.uuid4(), at=pages.AT)
    right = {key: hidden["right"] for key, hidden in QuizVersion.objects.get(activity_key=activity_key).key.items()}
    submit(attempt.uuid, learner, right, act_id=uuid.uuid4(), at=pages.AT)


class TestQuiz(ActivityTypeConformance, TestCase):
    activity_type = QuizActivity

    def publish(self) -> UUID:
        key: UUID = pages.quiz(
            pages.course(pages.catalog()), [pages.question(), pages.question("Hai?")]
        ).translation_key
        return key

    def finish(self, activity_key: UUID) -> None:
        page = page_for(activity_key)
        assert page is not None
        hand_in(pages.enrolled(page.get_parent(), f"an-{uuid.uuid4().hex[:6]}"), activity_key)


class TestSingleChoice(QuestionTypeConformance, TestCase):
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


class TestPersonal(PersonalDataConformance, TestCase):
    personal_data = QuizPersonalData

    def setUp(self) -> None:
        self.course = pages.course(pages.catalog())
        self.quiz = pages.quiz(self.course, [pages.question()])

    def person(self) -> Any:
        learner = pages.person(f"an-{uuid.uuid4().hex[:6]}")
        enrol(learner, self.course.translation_key, at=pages.AT)
        hand_in(learner, self.quiz.translation_key)
        return learner
