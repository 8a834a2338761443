"""A quiz grades from the best, the last, the first or the average of the attempts: said the same way everywhere."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from bdhvs_lms.competency.models import Evidence
from bdhvs_lms.progress.models import Result
from bdhvs_lms.tracking.api import check, void
from bdhvs_lms.tracking.iris import extension_iri
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.models import Attempt, QuizVersion
from bdhvs_quiz.queries import attempts_used
from bdhvs_quiz.regrading import actions as regrading
from bdhvs_quiz.regrading.queries import newest, preview
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_lms.reporting.reading import text_of
from tests.bdhvs_quiz.helpers import GROUND, Taking, address
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
ground = GROUND.once(10)
HOUR = timedelta(hours=1)


class Going(Taking):
    """Ten questions, eight to pass."""

    def __init__(self, method: str, **more: Any) -> None:
        super().__init__(10, {"grade_from": method, "show_answers": "after_each", **more.pop("values", {})}, **more)
        self.at = pages.AT

    def take(self, *rights: int) -> list[Attempt]:
        return [self.answer(self.responses(right)) for right in rights]

    def answer(self, responses: dict[str, str]) -> Attempt:
        self.at += HOUR
        attempt = open_attempt(self.learner, self.key, act_id=uuid.uuid4(), at=self.at)
        return submit(attempt, self.learner, responses, act_id=uuid.uuid4(), at=self.at + HOUR / 2).attempt

    @property
    def result(self) -> Result:
        return Result.objects.get(activity_key=self.key)

    @property
    def counted(self) -> tuple[str | None, int | None, str, str]:
        row = self.result
        return row.grade_from, row.grade_of, str(row.grade_raw), str(row.grade_max)


def said(attempt: Attempt) -> list[tuple[str, float, Any]]:
    """(verb, points, what counts) of what concludes an attempt, in force."""
    return sorted(
        (
            fact.verb.rsplit("/", 1)[1],
            fact.statement["result"]["score"]["raw"],
            fact.statement["context"].get("extensions", {}).get(extension_iri("grade")),
        )
        for fact in xapi.facts(registration=attempt.uuid)
        if not fact.verb.endswith(("answered", "initialized"))
    )


def test_the_best_is_not_said_and_nothing_is_other_than_before() -> None:
    going = Going("best")
    first, second = going.take(4, 9)
    assert "grade_from" not in QuizVersion.objects.get().shown
    assert [row.grade for row in (first, second)] == [None, None]
    assert said(second) == [("completed", 9, None), ("passed", 9, None)]
    assert going.counted == (None, None, "None", "None")


def test_of_the_last_a_later_failure_is_what_counts_and_takes_no_pass_away() -> None:
    going = Going("last")
    going.take(4)
    assert going.result.passed_at is None
    passed, failed = going.take(9, 3)
    counts = {"from": "last", "of": 3, "raw": 3, "max": 10}
    assert said(failed) == [("completed", 3, counts), ("failed", 3, counts)]
    assert going.counted == ("last", 3, "3.00", "10.00")
    assert going.result.passed_at == passed.submitted_at
    assert going.result.best_raw == 9
    assert list(check()) == []


def test_of_the_first_no_later_attempt_says_a_verdict() -> None:
    aligned = [(pages.framework().competencies.first(), 1)]
    going = Going("first", aligned=aligned, values={"show_answers": "when_passed_or_no_attempts_left"})
    first, second = going.take(4, 9)
    counts = {"from": "first", "of": 2, "raw": 4, "max": 10}
    assert [verb for verb, _raw, _counts in said(first)] == ["completed", "failed"]
    assert said(second) == [("completed", 9, counts)]
    assert going.counted == ("first", 2, "4.00", "10.00")
    assert going.result.passed_at is None
    assert [row.success for row in Evidence.objects.all()] == [False]
    assert not attempts_used(going.learner, going.key).passed, "the answers are not shown yet"
    assert list(check()) == []


def test_of_the_average_it_is_passed_when_the_average_reaches_the_mark() -> None:
    aligned = [(pages.framework().competencies.first(), 1)]
    going = Going("average", aligned=aligned)
    first, second = going.take(7, 8)
    counts = {"from": "average", "of": 2, "raw": 7.5, "max": 10}
    assert said(second) == [("completed", 8, counts), ("failed", 7.5, counts)], "8 alone would have passed"
    assert going.result.passed_at is None
    third, fourth = going.take(10, 2)
    assert said(third)[1][:2] == ("passed", 8.33)
    assert said(fourth)[1][:2] == ("failed", 6.75)
    assert going.counted == ("average", 4, "6.75", "10.00")
    assert going.result.passed_at == third.submitted_at, "and stays so"
    assert [row.success for row in Evidence.objects.order_by("occurred_at")] == [False, False, True, False]
    assert list(check()) == []


def test_pages_say_which_method_counts_and_what() -> None:
    going = Going("average")
    with translation.override("vi"):
        page = html_of(going.client.get(going.quiz.url))
        assert "Tính điểm trung bình của mọi lượt." in page
        assert "Điểm tính" not in page
        *_, third = going.take(10, 8, 4)
        page = html_of(going.client.get(going.quiz.url))
        assert "Điểm tính: trung bình của 3 lượt: 7,33/10" in page
        assert "Lượt 3: 4/10" in page
        result = html_of(going.client.get(address(third, "result")))
    assert "Chưa đạt: 7,33/10" in result
    assert "Điểm tính: trung bình của 3 lượt. Lượt này: 4/10." in result
    assert "đã đạt từ trước" in result and "luyện tập" not in result


def test_whoever_fails_the_first_is_told_that_others_are_for_practice() -> None:
    going = Going("first")
    [first] = going.take(4)
    with translation.override("vi"):
        result = html_of(going.client.get(address(first, "result")))
    assert "Điểm tính: lượt đầu. Lượt này: 4/10. Chỉ tính điểm lượt đầu. Các lượt sau để luyện tập." in result


@for_each(("method", "required", "told"), [("first", False, False), ("last", True, False), ("first", True, True)])
def test_the_form_says_that_a_first_failure_bars_whoever_needs_the_quiz(
    method: str, required: bool, told: bool
) -> None:
    going = Going("best")
    client, edit = pages.editor(), reverse("wagtailadmin_pages:edit", args=[going.quiz.pk])
    form = nested_form_data({
        "title": "Kiểm tra", "slug": "kiem-tra", "intro": "", "pass_percent": "80", "attempts_allowed": "0",
        "grade_from": method, "show_answers": "never", "required": "on" if required else "", "wait_minutes": "0",
        "comments": inline_formset([]), "draws": inline_formset([]), "overall_feedback": inline_formset([]),
        "alignments": inline_formset([]),
    })  # fmt: skip

    def sent(**action: str) -> Any:
        row = {"question": pages.question(f"Thêm {action}").pk, "id": "", "ORDER": "1"}
        more = nested_form_data({"items": inline_formset([row])})
        return client.post(edit, {**form, **more, **action}, follow=True)

    warned = "ai không đạt ở lượt đầu sẽ không hoàn thành được khóa học"
    draft = sent()
    assert draft.redirect_chain and (warned in text_of(html_of(draft))) == told, "saved as a draft"
    if told:
        published = sent(**{"action-publish": "1"})
        assert published.redirect_chain and warned in text_of(html_of(published))
        assert warned in text_of(html_of(client.get(edit))), "and whenever the form is opened"


def test_a_method_that_is_set_later_counts_what_was_there_and_going_back_to_the_best_says_so() -> None:
    going = Going("best")
    going.take(4)
    for method, right, counts in (("average", 10, "7.00"), ("best", 3, "10.00")):
        going.quiz.refresh_from_db()
        going.quiz.grade_from = method
        going.quiz.save_revision().publish()
        going.take(right)
        assert going.counted == (method, 2 if method == "average" else 3, counts, "10.00")
    assert QuizVersion.objects.order_by("-number")[0].shown["grade_from"] == "best"
    assert list(check()) == []


def test_a_regrade_of_one_attempt_says_the_average_of_the_others_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "staff_actor", lambda user: uuid.uuid4())
    going = Going("average", values={"pass_percent": 60})
    wrong, *_ = going.questions

    def knows(right: int) -> dict[str, str]:
        return {**going.responses(right), str(wrong.key): pages.option_id(wrong, 0)}

    first = going.answer(knows(6))  # five by the wrong key
    second = going.answer(going.responses(6))  # six by it, five by the right one
    third = going.answer(knows(7))  # six
    before = said(second)
    wrong.options = pages.options([block.value["text"] for block in wrong.options], 0)
    wrong.save_revision().publish()
    going.quiz.refresh_from_db()
    going.quiz.save_revision().publish()
    assert said(third)[1][:2] == ("failed", 5.67)
    version = newest(going.key)
    assert version is not None
    assert [(change.passes_now, change.fails_now) for change in preview(version)] == [
        (True, False), (False, False), (True, False),
    ]  # fmt: skip
    row = regrading.begin(
        going.key, reason="Đáp án sai", keep_higher=True, by=None, act_id=uuid.uuid4(), at=going.at + 5 * HOUR
    )
    while regrading.step(row, at=going.at + 5 * HOUR):
        pass
    row.refresh_from_db()
    assert (row.higher, row.kept) == (2, 1)
    assert said(first)[1][:2] == ("passed", 6)
    assert said(second) != before
    assert said(second)[0][:2] == ("completed", 6), "kept"
    assert said(second)[1][:2] == ("passed", 6)
    assert said(third)[1][:2] == ("passed", 6.33)
    assert (going.counted, going.result.passed_at) == (("average", 3, "6.33", "10.00"), first.submitted_at)
    assert list(check()) == []


def test_the_preview_weighs_without_what_operators_took_out_and_says_what_keeping_old_marks_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(regrading, "staff_actor", lambda user: uuid.uuid4())
    going = Going("average", values={"pass_percent": 60})
    wrong, *_ = going.questions

    def knows(right: int) -> dict[str, str]:
        return {**going.responses(right), str(wrong.key): pages.option_id(wrong, 0)}

    out = going.answer(knows(1))
    for fact in list(xapi.facts(registration=out.uuid)):
        if not fact.verb.endswith(("answered", "initialized")):
            void(fact.statement_id, by=uuid.uuid4(), reason_code="wrong-result", at=going.at)
    first = going.answer(knows(6))  # five by the wrong key
    second = going.answer(going.responses(6))  # six by it, five by the right one
    wrong.options = pages.options([block.value["text"] for block in wrong.options], 0)
    wrong.save_revision().publish()
    going.quiz.refresh_from_db()
    going.quiz.save_revision().publish()
    version = newest(going.key)
    assert version is not None
    changes = {change.attempt.pk: change for change in preview(version)}
    assert changes[out.pk].skipped
    assert [changes[row.pk].passes_now for row in (first, second)] == [True, False], "6, and 5.5 on average"
    assert [changes[row.pk].keeping().passes_now for row in (first, second)] == [True, True], "6 and 6"
    with translation.override("vi"):
        page = text_of(html_of(pages.editor().get(reverse("bdhvs_quiz_regrade", args=[going.quiz.pk]))))
    assert "Lượt đã nộp theo bản cũ: 2. Tăng điểm: 1. Giảm điểm: 1. Không đổi: 0. Nay mới đạt: 1." in page
    assert "Nếu giữ điểm cũ khi điểm mới thấp hơn: nay mới đạt: 2, không còn đạt: 0." in page
    assert "vẫn chưa đạt (nếu giữ điểm cũ: nay đạt)" in page
    assert "Không chấm lại 1 lượt vì người vận hành đã vô hiệu kết quả." in page
    row = regrading.begin(
        going.key, reason="Đáp án sai", keep_higher=True, by=None, act_id=uuid.uuid4(), at=going.at + 5 * HOUR
    )
    while regrading.step(row, at=going.at + 5 * HOUR):
        pass
    row.refresh_from_db()
    assert (row.higher, row.kept, row.skipped) == (1, 1, 1)
    assert [said(attempt)[1][:2] for attempt in (first, second)] == [("passed", 6), ("passed", 6)], "as it was said"


def test_what_an_operator_took_out_of_force_does_not_count() -> None:
    going = Going("average")
    [first] = going.take(2)
    for fact in list(xapi.facts(registration=first.uuid)):
        if not fact.verb.endswith(("answered", "initialized")):
            void(fact.statement_id, by=uuid.uuid4(), reason_code="wrong-result", at=going.at)
    going.take(9)
    assert going.counted == ("average", 1, "9.00", "10.00")
    assert list(check()) == []


def test_what_a_stranger_claims_counts_nothing() -> None:
    going = Going("average")
    [attempt] = going.take(5)
    fact = next(one for one in xapi.facts(registration=attempt.uuid) if one.verb.endswith("completed"))
    later = datetime(2026, 1, 1, tzinfo=going.at.tzinfo)
    claim = {**fact.statement, "id": str(uuid.uuid4()), "timestamp": later.isoformat()}
    claim["context"] = {**claim["context"], "extensions": {extension_iri("grade"): {
        "from": "average", "of": 9, "raw": 10, "max": 10}}}  # fmt: skip
    claim.pop("stored", None)
    claim.pop("authority", None)
    xapi.record([claim], authority="client", received_at=later)
    assert going.counted == ("average", 1, "5.00", "10.00")
    assert list(check()) == []


def test_submitting_costs_the_same_with_many_attempts_behind() -> None:
    going = Going("average")
    going.take(5, 6)
    counts = []
    for _round in range(2):
        attempt = open_attempt(going.learner, going.key, act_id=uuid.uuid4(), at=going.at + HOUR)
        with CaptureQueriesContext(connection) as seen:
            submit(attempt, going.learner, going.responses(7), act_id=uuid.uuid4(), at=going.at + HOUR)
        counts.append(len(seen))
        going.at += HOUR
        going.take(5, 5, 5)
    assert counts[0] == counts[1]
