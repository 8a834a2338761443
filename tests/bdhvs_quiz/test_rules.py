"""What an editor may set at a quiz: orders of an attempt's own, and when right answers are shown."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bdhvs_quiz.actions import open_attempt
from bdhvs_quiz.api import QuizPage
from bdhvs_quiz.models import Attempt, QuizVersion, ShowAnswers
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import GROUND, Taking, address, statements
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
ground = GROUND.once(8)


def order(page: str) -> list[str]:
    return re.findall(r'<section class="card[^"]*" id="(q-[^"]+)"', page)


def options(page: str) -> list[str]:
    return re.findall(r'type="radio" name="q-[^"]+" id="[^"]+" value="([^"]+)"', page)


def get(taking: Taking, target: str) -> str:
    return str(html_of(taking.client.get(target)))


def test_each_attempt_has_an_order_of_its_own_and_keeps_it() -> None:
    taking = Taking(8, {"shuffle_questions": True, "shuffle_options": True})
    compiled = [f"q-{row.key}" for row in taking.questions]
    seen = []
    for _attempt in range(2):
        attempt = taking.open()
        first = get(taking, address(attempt))
        taking.client.post(address(attempt), taking.form(2, answered=2, do="save"))
        again = get(taking, address(attempt))
        assert order(first) == order(again)
        assert options(first) == options(again)
        assert sorted(order(first)) == sorted(compiled)
        taking.client.post(address(attempt), taking.form(2))
        result = get(taking, address(attempt, "result"))
        places = [result.index(f">{row.prompt}<") for row in taking.questions]
        by_place = sorted(taking.questions, key=lambda row: places[taking.questions.index(row)])
        assert [f"q-{row.key}" for row in by_place] == order(first), "the result page keeps the order"
        seen.append((order(first), options(first)))
    assert seen[0][0] != compiled
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


def test_statements_and_points_know_nothing_of_the_order() -> None:
    taking = Taking(3, {"shuffle_questions": True, "shuffle_options": True})
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(3))
    assert Attempt.objects.get().raw == 3
    for row in taking.questions:
        [said] = [one for one in statements(attempt) if one["object"]["id"].endswith(f"/{row.key}")]
        assert [choice["id"] for choice in said["object"]["definition"]["choices"]] == [b.id for b in row.options]


def test_without_shuffling_the_order_is_the_editors() -> None:
    taking = Taking(4)
    page = get(taking, address(taking.open()))
    assert order(page) == [f"q-{row.key}" for row in taking.questions]
    assert options(page) == [block.id for row in taking.questions for block in row.options]


SECRETS = ("Nhận xét 1", "Ai có mã là lấy được tiền.", "Đáp án đúng</dt>")


def shown(taking: Taking, attempt: Attempt) -> list[bool]:
    page = get(taking, address(attempt, "result"))
    assert re.search("Chưa đúng|Chưa trả lời|verdict--passed", page), "which were not right is always said"
    return [secret in page for secret in SECRETS]


def test_right_answers_wait_until_it_is_passed() -> None:
    taking = Taking(2, {"show_answers": ShowAnswers.WHEN_DONE})
    failed = taking.open()
    taking.client.post(address(failed), taking.form(0))
    assert shown(taking, failed) == [False, False, False]
    page = get(taking, address(failed, "result"))
    assert "Đáp án đúng và giải thích hiện khi đã đạt, hoặc khi hết lượt làm bài." in page
    assert page.count(" checked") == 2, "one's own answers are seen"
    passed = taking.open()
    assert shown(taking, failed) == [False, False, False]
    taking.client.post(address(passed), taking.form(2))
    assert shown(taking, failed) == [True, True, True]


def test_right_answers_wait_until_the_last_attempt_is_handed_in() -> None:
    taking = Taking(2, {"show_answers": ShowAnswers.WHEN_DONE, "attempts_allowed": 2})
    first = taking.open()
    taking.client.post(address(first), taking.form(0))
    assert shown(taking, first) == [False, False, False]
    last = taking.open()
    # None is left to begin, but one is open: the first result must not answer it.
    assert shown(taking, first) == [False, False, False]
    taking.client.post(address(last), taking.form(1))
    assert shown(taking, first) == [True, True, True]
    assert "Làm lại bài kiểm tra" not in get(taking, address(last, "result"))


def test_by_default_right_answers_wait_so_that_an_empty_attempt_teaches_nothing() -> None:
    taking = Taking(2)
    attempt = taking.open()
    taking.client.post(address(attempt), {"act_id": str(uuid.uuid4()), "do": "submit"})
    taking.client.post(address(attempt), {"act_id": str(uuid.uuid4()), "do": "submit", "confirmed": "yes"})
    attempt.refresh_from_db()
    assert attempt.submitted_at is not None
    assert shown(taking, attempt) == [False, False, False]


def test_for_practice_right_answers_are_shown_after_each_attempt() -> None:
    taking = Taking(2, {"show_answers": ShowAnswers.AFTER_EACH})
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(0))
    assert shown(taking, attempt) == [True, True, True]


@pytest.mark.parametrize("percent", [0, 101])
def test_a_pass_mark_that_is_none_is_refused_by_the_form_and_by_the_database(percent: int) -> None:
    from wagtail.test.utils.form_data import inline_formset, nested_form_data

    taking = Taking(1)
    form = nested_form_data(
        {
            "title": "Tên mới đã gõ",
            "slug": "ten-moi",
            "intro": "Lời giới thiệu đã gõ",
            "pass_percent": str(percent),
            "attempts_allowed": "0",
            "wait_minutes": "0",
            "grade_from": "best",
            "show_answers": "after_each",
            "required": "on",
            "items": inline_formset([]),
            "alignments": inline_formset([]),
            "overall_feedback": inline_formset([]),
            "draws": inline_formset([]),
            "comments": inline_formset([]),
        }
    )
    client = pages.editor()
    for more in ({}, {"action-publish": "1"}):
        answer = client.post(f"/quan-tri/pages/{taking.quiz.pk}/edit/", form | more)
        page = html_of(answer)
        assert answer.status_code == 200
        assert "Nhập một số từ 1 đến 100." in page
        assert "Tên mới đã gõ" in page
        assert "Lời giới thiệu đã gõ" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        QuizPage.objects.update(pass_percent=percent)


def test_pages_of_all_types_cost_the_same_for_many_questions_attempts_and_learners() -> None:
    standing = GROUND.rows()
    course, learner, client = standing["course"], standing["learner"], pages.client_of("lan")
    counts: list[list[int]] = []
    for times in (1, 4):
        rows = [row for turn in range(times) for row in kinds.one_of_each(f"cost-{times}-{turn}")]
        quiz = pages.quiz(course, rows, f"Bài {times}", shuffle_options=True, shuffle_questions=True)
        for number in range(times - 1):
            other = pages.person(f"ban-{number}")
            pages.courses.enrol(other, course.translation_key, at=pages.AT)
            open_attempt(other, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        for _again in range(times):
            attempt = open_attempt(learner, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
            client.post(address(attempt), kinds.form(rows, 0, do="save"))
            measured: list[Any] = [quiz.url, address(attempt), f"{address(attempt)}?buoc=nop"]
            here = [_queries(client, target) for target in measured]
            client.post(address(attempt), {**kinds.form(rows, len(rows) // 2), "base": "2"})
            here.append(_queries(client, address(attempt, "result")))
        counts.append(here)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 24


def _queries(client: Any, target: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(target).status_code == 200
    return len(queries)


def test_a_version_of_before_these_rules_still_opens() -> None:
    taking = Taking(2)
    old = {name: value for name, value in QuizVersion.objects.get().shown.items() if name in
           ("language", "title", "intro", "attempts_allowed", "questions")}  # fmt: skip
    version = QuizVersion.objects.get()
    # Versions are append-only: a further one, as an older release would have written it.
    QuizVersion.objects.create(
        activity_key=version.activity_key,
        number=2,
        language=version.language,
        titles=version.titles,
        shown=old,
        key=version.key,
        max_score=2,
        pass_score=2,
        created_at=pages.AT,
    )
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(0))
    assert shown(taking, attempt) == [True, True, True]
