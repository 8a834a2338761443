"""Entry and exit quizzes: what their editors see, what is pushed, and that what was taken is a gain."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.competency.models import Evidence
from bdhvs_lms.courses.api import Activity
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.models import QuizVersion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import Taking
from tests.bdhvs_quiz.test_competency_marks import five
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vietnamese() -> Any:
    with translation.override("vi"):
        yield


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", html_of(response))).split())


class Course(Taking):
    """An entry quiz about A1 and A2."""

    def __init__(self) -> None:
        self.competencies = five()
        super().__init__(
            4,
            {"role": "entry", "required": False, "show_answers": "never"},
            [(one, 1) for one in self.competencies[:2]],
        )

    def exit(self, *about: int) -> Any:
        aligned = [(self.competencies[place], 1) for place in about]
        questions = [pages.question(f"Cuối {number}?") for number in range(4)]
        return pages.quiz(self.course, questions, "Bài cuối", aligned=aligned, role="exit")


def test_the_role_is_a_fact_of_the_activity_and_no_version_of_its_own() -> None:
    course = Course()
    assert Activity.objects.get(key=course.key).role == "entry"
    course.quiz.role = ""
    pages.publish(course.quiz)
    assert Activity.objects.get(key=course.key).role == ""
    assert QuizVersion.objects.count() == 1


def test_the_form_says_what_the_other_end_measures() -> None:
    course = Course()
    client, edit = pages.editor(), reverse("wagtailadmin_pages:edit", args=[course.quiz.pk])
    page = words(client.get(edit))
    assert "đầu vào hay đầu ra" in page.lower()
    assert "Ví dụ: mười câu về mật khẩu an toàn trước các bài học" in page
    assert "Khóa học này chưa có bài đầu ra nào được xuất bản" in page
    last = course.exit(1, 2)
    page = words(client.get(edit))
    assert "Bài đầu ra, theo bản đã xuất bản: “Bài cuối”" in page
    assert "cả hai bài cùng có: A2 · Năng lực A2 Chỉ bài này có, nên không tính thay đổi: A1 · Năng lực A1" in page
    page = words(client.get(reverse("wagtailadmin_pages:edit", args=[last.pk])))
    assert "Bài đầu vào, theo bản đã xuất bản: “Kiểm tra cuối bài”" in page
    assert "Chỉ bài này có, nên không tính thay đổi: A3 · Năng lực A3" in page


def test_two_ends_with_nothing_in_common_are_warned_of() -> None:
    course = Course()
    course.exit(2)
    client, edit = pages.editor(), reverse("wagtailadmin_pages:edit", args=[course.quiz.pk])
    assert "Hai bài không có năng lực chung" in words(client.get(edit))


def test_a_quiz_without_a_role_says_nothing_of_ends() -> None:
    taking = Taking()
    page = words(pages.editor().get(reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk])))
    assert "chưa có bài đầu" not in page


def test_what_was_taken_is_evidence_with_the_share_that_a_gain_reads() -> None:
    course = Course()
    last = course.exit(0, 1)
    attempt = course.open()
    submit(attempt, course.learner, course.responses(1), act_id=uuid.uuid4(), at=pages.AT + timedelta(minutes=5))
    later = pages.AT + timedelta(days=9)
    attempt = open_attempt(course.learner, last.translation_key, act_id=uuid.uuid4(), at=later)
    right = {str(item.question.key): pages.option_id(item.question.get_real_instance(), 1) for item in last.items.all()}
    submit(attempt, course.learner, right, act_id=uuid.uuid4(), at=later + timedelta(minutes=5))
    found = Evidence.objects.order_by("occurred_at", "competency").values_list("activity_key", "scaled")
    assert [(key, float(scaled)) for key, scaled in found] == [
        *[(course.key, 0.25)] * 2,
        *[(last.translation_key, 1.0)] * 2,
    ]
