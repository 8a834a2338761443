"""What people see of pass marks by competency: editors in the form, learners after handing in, teachers, whoever asks
why."""

from __future__ import annotations

import html
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import Collection
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import add_member, create_class
from bdhvs_lms.classes.models import ClassTeacher
from bdhvs_lms.courses.api import Course
from bdhvs_quiz.grading import marks_by_competency
from bdhvs_quiz.models import Attempt, QuestionAlignment, QuizDraw, QuizVersion
from bdhvs_quiz.models.marks import coverage_of
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, address
from tests.bdhvs_quiz.test_competency_marks import CODES, Five, about
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
ground = GROUND.once(5)


@pytest.fixture(autouse=True)
def _vietnamese() -> Any:
    with translation.override("vi"):
        yield


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", html_of(response))).split())


def taken(taking: Five, *places: int) -> Attempt:
    """As the browser does it."""
    attempt = taking.open()
    sent = {f"q-{key}": value for key, value in taking.knowing(*places).items()}
    taking.client.post(address(attempt), {**sent, "do": "submit", "act_id": str(uuid.uuid4())})
    return Attempt.objects.get(pk=attempt.pk)


# --- Editors ----------------------------------------------------------------------------------------------------------


def sent_form(taking: Five, *percents: str) -> dict[str, Any]:
    quiz = taking.quiz
    items = [{"id": row.pk, "question": row.question_id} for row in quiz.items.all()]
    alignments = [
        {"id": row.pk, "competency": row.competency_id, "level": row.level, "pass_percent": percent}
        for row, percent in zip(quiz.alignments.all(), percents, strict=True)
    ]
    empty = {name: inline_formset([]) for name in ("overall_feedback", "draws", "comments")}
    return nested_form_data(
        {
            **empty,
            "title": quiz.title,
            "slug": quiz.slug,
            "intro": "",
            "pass_percent": "40",
            "attempts_allowed": "0",
            "wait_minutes": "0",
            "show_answers": quiz.show_answers,
            "grade_from": "best",
            "required": "on",
            "action-publish": "1",
            "items": inline_formset(items, initial=len(items)),
            "alignments": inline_formset(alignments, initial=len(alignments)),
        }
    )


def test_the_form_shows_what_an_attempt_asks_and_hints_at_marks() -> None:
    taking = Five(marked=0)
    client, edit = pages.editor(), reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk])
    page = words(client.get(edit))

    assert "Năng lực Số câu hỏi Điểm Điểm đạt A1 Năng lực A1, trình độ 1 1 1 theo cả bài" in page
    hint = "Đạt bài này là được tính cho nhiều năng lực, dù trả lời đúng những câu nào."
    assert hint in page
    answer = client.post(edit, sent_form(taking, "100", "60", "", "", "100"))
    assert answer.status_code == 302, words(answer)
    version = QuizVersion.objects.order_by("-number").first()
    assert version is not None
    assert [mark["percent"] for mark in version.shown["marks"]] == [100, 60, 100]
    page = words(client.get(edit))
    assert "A2 Năng lực A2, trình độ 1 1 1 60%" in page
    assert hint in page
    client.post(edit, sent_form(taking, "100", "60", "50", "1", ""))
    assert hint not in words(client.get(edit)), "one is the quiz's own business"


def test_the_form_refuses_what_cannot_be_and_says_why() -> None:
    taking = Five(marked=0)
    client, edit = pages.editor(), reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk])
    for wrong in ("0", "101"):
        assert client.post(edit, sent_form(taking, wrong, "", "", "", "")).status_code == 200, wrong
    QuestionAlignment.objects.filter(competency=taking.competencies[2]).delete()
    answer = client.post(edit, sent_form(taking, "", "", "50", "", ""))
    assert "“A3 Năng lực A3” có điểm đạt riêng, nhưng không câu hỏi nào ở đây gắn với năng lực này" in words(answer)
    assert QuizVersion.objects.count() == 1


def test_points_are_those_of_the_quiz_and_what_may_be_drawn_is_a_range() -> None:
    taking = Five(marked=1)
    category = Collection.get_first_root_node().add_child(name="Mật khẩu")
    for number in range(4):
        row = pages.question(f"Rút {number}?")
        type(row).objects.filter(pk=row.pk).update(collection=category)
        if number < 3:
            about(row, taking.competencies[0])
    items = list(taking.quiz.items.all())
    items[0].points = Decimal("2.5")
    taking.quiz.items = items
    taking.quiz.draws = [QuizDraw(count=2, category=category)]
    taking.quiz = pages.publish(taking.quiz)
    first, second = coverage_of(taking.quiz)[:2]
    assert (first.least, first.most, first.least_points, first.most_points) == (2, 3, Decimal("3.5"), Decimal("4.5"))
    assert (second.least, second.most, second.most_points) == (1, 1, 1)
    page = words(pages.editor().get(reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk])))
    assert "A1 Năng lực A1, trình độ 1 2–3 3,5–4,5 100%" in page
    attempt = taken(taking, 0)
    [mark] = marks_by_competency(attempt.version.shown, attempt.questions, {})
    about_it = [one for one in attempt.questions if one.get("competencies")]
    assert mark.max == Decimal("2.5") + len(about_it) - 1


# --- Learners ---------------------------------------------------------------------------------------------------------


def test_the_result_says_what_counts_and_what_next() -> None:
    taking = Five(marked=2)
    attempt = taken(taking, 0, 4)
    with translation.override("en"):
        english = words(taking.client.get(address(attempt, "result")))
    page = words(taking.client.get(address(attempt, "result")))
    assert "Theo từng năng lực Năng lực A1 ✓ Đạt Điểm: 1/1 Năng lực A2 ○ Chưa đạt Điểm: 0/1, cần 1" in page
    assert "cần đạt cả bài và đạt năng lực đó trong cùng một lượt làm. Làm lại bài" in page
    failed = words(taking.client.get(address(taken(taking, 1), "result")))
    assert "Các năng lực này được tính khi cả bài cũng đạt, trong cùng một lượt làm." in failed
    assert "Năng lực A2 ✓ Đạt" in failed
    other = words(taking.client.get(address(taken(taking, 1, 4), "result")))
    assert "Năng lực A1 ○ Chưa đạt Một lượt khác đã được tính cho năng lực này. Điểm: 0/1, cần 1" in other
    assert "Làm lại bài" not in other, "there is nothing left"
    assert "By competency Competency A1 ✓ Passed Points: 1/1" in english
    assert "It does not count yet for the competencies below that are not passed" in english


def test_without_marks_the_result_says_nothing_of_competencies() -> None:
    taking = Five(marked=0)
    page = words(taking.client.get(address(taken(taking, 0, 4), "result")))
    assert "Theo từng năng lực" not in page and "Làm lại bài" not in page


def test_the_result_page_asks_no_more_queries_with_marks() -> None:
    taking, counts = Five(marked=0), []
    for marked in ({}, dict.fromkeys(CODES, 100)):
        taking.mark(**marked)
        attempt = taken(taking, 0, 1, 2, 3, 4)
        taking.client.get(address(attempt, "result"))
        with CaptureQueriesContext(connection) as queries:
            taking.client.get(address(attempt, "result"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


WHY_A2 = "/viec-hoc/nang-luc/test-framework/A2/1/"


def test_why_says_that_a_pass_was_not_used_and_by_which_points() -> None:
    taking = Five()
    taken(taking, 0, 4)
    page = words(taking.client.get(WHY_A2))
    told = page.split("Có ghi nhận nhưng không được tính")[1]
    assert "Cả bài đã đạt, nhưng chưa đủ điểm riêng của năng lực này: phải đủ cả hai mới được tính (0%)" in told
    assert "Điểm riêng 0/1, cần 1" in told
    assert "Vì sao không được tính Đạt cả bài, nhưng chưa đủ điểm đạt riêng của năng lực này." in told
    [result] = re.findall(r'href="(/bai-lam/[^"]*)"', html_of(taking.client.get(WHY_A2)))
    assert taking.client.get(result).status_code == 200, "the learner's own result"
    assert "Làm bài này:" in page, "passed as a whole, and still what helps"
    taken(taking, 1)
    page = words(taking.client.get("/viec-hoc/nang-luc/test-framework/A2/1/"))
    assert "Đã đủ điểm riêng của năng lực này, nhưng cả bài chưa đạt: phải đủ cả hai mới được tính (100%)" in page
    page = words(taking.client.get("/viec-hoc/nang-luc/test-framework/A1/1/"))
    used = page.split("Có ghi nhận nhưng không được tính")[0].split("Những gì đã được tính")[1]
    assert "Kết quả Đạt (100%) Điểm riêng 1/1, cần 1" in used


# --- Teachers, and whoever corrects -----------------------------------------------------------------------------------


def test_a_teacher_sees_it_above_the_answers() -> None:
    taking = Five(marked=2)
    attempt = taken(taking, 0, 4)
    area = Area.objects.create(code="10015", name="Phường Thử", kind="commune")
    user = get_user_model().objects.create_user("co-hanh", password="x")
    course = Course.objects.get(key=taking.course.translation_key)
    group = create_class(
        name="Lớp", code="lop-1", course=course, area=area, starts=pages.AT.date(), at=pages.AT, by=None
    )
    add_member(group, taking.learner, at=pages.AT, by=None)
    ClassTeacher.objects.create(class_group=group, user=user, valid_from=pages.AT.date())
    client = Client()
    client.force_login(user)
    page = words(client.get(f"/day/{group.uuid}/nguoi/{taking.learner.actor}/lan-lam/{attempt.uuid}/"))
    assert "Theo từng năng lực ✓ đạt A1 Năng lực A1: 1/1, cần 1 ! chưa đạt A2 Năng lực A2: 0/1, cần 1" in page


def test_the_preview_of_a_regrade_says_who_gains_and_loses_a_competency() -> None:
    taking = Five()
    taking.take(0, 4)
    for row in taking.questions[:2]:
        row.options = pages.options([block.value["text"] for block in row.options], 0)
        row.save_revision().publish()
    taking.quiz = pages.publish(taking.quiz)
    page = words(pages.editor().get(reverse("bdhvs_quiz_regrade", args=[taking.quiz.pk])))
    assert "Nay mới được tính cho một năng lực: 1. Không còn được tính cho một năng lực: 1." in page
    assert "nay được tính cho: Năng lực A2 không còn được tính cho: Năng lực A1" in page
