"""Correcting a question in the admin: publish it, its quizzes with it, see who gains and loses, regrade."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from wagtail.models import PageLogEntry

from bdhvs_content.api import editors
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.plugins.api import what_waits
from bdhvs_quiz.models import Attempt, QuizPage, QuizVersion, Regrade
from bdhvs_quiz.regrading import actions
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import test_bank
from tests.bdhvs_quiz.test_regrading import Wrong
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vietnamese() -> Any:
    with translation.override("vi"):
        yield


def corrected_by_form(taking: Wrong, client: Any) -> Any:
    """The first question with its first option right, published by the form's button."""
    row = taking.questions[0]
    address = reverse("wagtailsnippets_bdhvs_quiz_singlechoicequestion:edit", args=[row.pk])
    form = test_bank.form(row.prompt, 0, tuple(block.value["text"] for block in row.options), **{"action-publish": "1"})
    form |= {f"options-{place}-id": block.id for place, block in enumerate(row.options)}
    return client.post(address, form, follow=True)


def test_from_the_corrected_question_to_the_regraded_quiz() -> None:
    taking = Wrong(count=3, values={"pass_percent": 60})
    gains = taking.take(taking.knows(1))
    taking.take(taking.responses(2), pages.enrolled(taking.course, "mai"))
    client = pages.editor()

    page = corrected_by_form(taking, client)
    text = html_of(page)
    assert "1 bài kiểm tra đang mở có câu này, với 2 lượt đã nộp." in text
    assert QuizPage.objects.get().behind
    listing = html_of(client.get(reverse("wagtailadmin_explore", args=[taking.course.pk])))
    assert "Kiểm tra cuối bài (câu hỏi đã sửa)" in listing
    form = html_of(client.get(reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk])))
    assert "Có câu hỏi trong bài này đã xuất bản lại" in form
    user = get_user_model().objects.get(username="bien-soan")
    assert "1 bài kiểm tra chưa dùng bản mới nhất" in str([one.text for one in what_waits(user)])

    address = reverse("bdhvs_quiz_republish", args=[taking.questions[0].pk])
    page = client.post(address, {"quiz": str(taking.quiz.pk)}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("bdhvs_quiz_regrade", args=[taking.quiz.pk])
    text = html_of(page)
    assert QuizVersion.objects.latest("number").number == 2
    assert not QuizPage.objects.get().behind
    assert "Lượt đã nộp theo bản cũ: 2. Tăng điểm: 1. Giảm điểm: 1. Không đổi: 0." in text
    assert "Nay mới đạt: 1. Không còn đạt: 1." in text
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    line = next(row for row in rows if "Nguyễn Thị Lan" in row)
    assert re.search(r"1/3.*2/3.*nay đạt", line, re.DOTALL)
    assert AccessLog.objects.filter(page="quiz-regrade").count() == 1

    where = reverse("bdhvs_quiz_regrade", args=[taking.quiz.pk])
    asked = {"act_id": str(page.context["form"].initial["act_id"]), "keep_higher": "on"}
    refused = client.post(where, {**asked, "reason": " "})
    assert refused.status_code == 400
    assert not Regrade.objects.exists()
    for _again in range(2):
        done = client.post(where, {**asked, "reason": "Đáp án câu 1 sai"}, follow=True)
    assert "Đáp án câu 1 sai (1 lượt tăng điểm; 1 lượt giữ điểm cũ.)" in html_of(done)
    assert Attempt.objects.get(pk=gains.pk).raw == 2
    assert PageLogEntry.objects.filter(action="bdhvs_quiz.regrade").count() == 1


def test_a_draft_of_the_quiz_stays_a_draft() -> None:
    taking = Wrong(count=2)
    taking.quiz.title = "Bản nháp"
    taking.quiz.save_revision()
    client = pages.editor()
    corrected_by_form(taking, client)
    address = reverse("bdhvs_quiz_republish", args=[taking.questions[0].pk])
    client.post(address, {"quiz": str(taking.quiz.pk)})
    page = QuizPage.objects.get()
    assert (page.title, page.has_unpublished_changes) == ("Kiểm tra cuối bài", True)
    assert page.get_latest_revision_as_object().title == "Bản nháp"
    assert QuizVersion.objects.latest("number").number == 2


def test_an_editor_who_may_see_nobody_sees_which_attempt_and_no_name() -> None:
    taking = Wrong(count=2)
    attempt = taking.take(taking.knows(1))
    taking.correct()
    user = get_user_model().objects.create_user("soan", password="x")
    user.groups.add(editors())
    text = html_of(pages.client_of("soan").get(reverse("bdhvs_quiz_regrade", args=[taking.quiz.pk])))
    assert str(attempt.uuid)[:8] in text
    assert str(attempt.uuid) not in text
    assert "Nguyễn" not in text
    assert not AccessLog.objects.exists()


def test_what_was_begun_is_finished_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    taking = Wrong(count=2)
    taking.take(taking.knows(1))
    taking.correct()
    user = get_user_model().objects.create_superuser("ai", password="x")
    actions.begin(taking.key, reason="Sai", keep_higher=True, by=user, act_id=pages.uid("regrade"), at=pages.AT)
    where = reverse("bdhvs_quiz_regrade", args=[taking.quiz.pk])
    assert "Chưa chấm lại xong: còn 1 người." in html_of(pages.client_of("ai").get(where))
    call_command("regrade")
    assert "1 lượt tăng điểm" in capsys.readouterr().out
    assert Regrade.objects.get().finished_at
    call_command("regrade")
    assert "Không có lần chấm lại nào đang dở." in capsys.readouterr().out
