"""The built-ins against the same kit that a stranger's plugin passes."""

from __future__ import annotations

import uuid
from copy import copy
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import TestCase

from bdhvs_content.activity import LessonActivity
from bdhvs_content.api import page_for, read_lesson
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.plugins.testing import (
    ActivityTypeConformance,
    PersonalDataConformance,
    QuestionSample,
)
from bdhvs_quiz.activity import QuizActivity
from bdhvs_quiz.api import (
    MultipleChoice,
    Question,
    QuizVersion,
    ShortText,
    SingleChoice,
    TrueFalse,
    open_attempt,
    submit,
)
from bdhvs_quiz.personal import QuizPersonalData
from bdhvs_quiz.testing import QuestionTypeInBrowser
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds


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


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
class TestTrueFalse(QuestionTypeInBrowser, TestCase):
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


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
class TestShortText(QuestionTypeInBrowser, TestCase):
    question_type = ShortText

    def samples(self) -> list[QuestionSample]:
        row = kinds.short(texts=["Mật khẩu", "Hòa Bình"])
        other = kinds.short(texts=["Khác"], ignore_case=False, explanation="Khác")
        strict = {"ignore_case": False, "ignore_diacritics": False, "ignore_spacing": False}
        exact, elsewhere = kinds.short(texts=["Hòa Bình"], **strict), kinds.short(texts=["Thúy"], **strict)
        long = "a" * 201
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[["Mật khẩu"], ["MAT KHAU."], ["", " mật  khẩu "], ["hoa-binh"], ["Hoà Bình"]],
                wrong=[["mật"], ["mật khẩu 1"], ["."], ["khác thế"]],
                refused=[[long], ["một", "hai"]],
                secrets=["Mật khẩu", "Hòa Bình", "Giải thích kín"],
            ),
            QuestionSample(
                question=exact,
                same_but_for_key=elsewhere,
                # Both places of the tone, composed and not, and any number of spaces: the same whatever is set.
                right=[["Hòa Bình"], ["Hoà Bình"], ["Ho\u0300a Bi\u0300nh"], ["  Hoà   Bình "]],
                wrong=[["hòa bình"], ["Hoa Binh"], ["Hòa-Bình"], ["HòaBình"]],
                refused=[[long]],
                secrets=["Hòa Bình"],
            ),
        ]


class TestPersonal(PersonalDataConformance, TestCase):
    personal_data = QuizPersonalData

    def setUp(self) -> None:
        self.course = pages.course(pages.catalog())
        self.short = kinds.short()
        self.quiz = pages.quiz(self.course, [self.short])

    def person(self) -> Any:
        """A learner who typed an answer, and as an editor locked a question."""
        name = f"an-{uuid.uuid4().hex[:6]}"
        learner = pages.person(name)
        enrol(learner, self.course.translation_key, at=pages.AT)
        attempt = open_attempt(learner, self.quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        typed = {str(self.short.key): f"gọi {name}"}
        submit(attempt.uuid, learner, typed, act_id=uuid.uuid4(), at=pages.AT)
        locked = pages.question(f"Câu bị khóa của {name}?")
        user = get_user_model().objects.get(username=name)
        Question.objects.filter(pk=locked.pk).update(locked=True, locked_by=user, locked_at=pages.AT)
        return learner
