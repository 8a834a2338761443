"""A wrong key is corrected: what would change is seen first; then marks, feedback, statements and results agree."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.competency.models import Evidence
from bdhvs_lms.progress.models import Result
from bdhvs_lms.tracking.api import check, void
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.models import Attempt, AttemptStep, Regrade, TypedAnswer
from bdhvs_quiz.regrading import actions
from bdhvs_quiz.regrading.queries import corrected_questions, newest, preview
from bdhvs_quiz.regrading.summary import summaries_of
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import Taking, address, verbs
from tests.support.markup import html_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LATER = pages.AT + timedelta(days=1)


class Wrong(Taking):
    """The first question's key says the second option; right is the first, and whoever knows it lost the point."""

    def __post_init__(self) -> None:
        self.values = {"show_answers": "after_each", **self.values}
        super().__post_init__()

    def knows(self, right: int) -> dict[str, str]:
        """Answers of somebody who knows the first question, and `right` of the others."""
        first, *others = self.questions
        given = {str(first.key): pages.option_id(first, 0)}
        return given | {
            str(row.key): pages.option_id(row, 1 if place < right else 0) for place, row in enumerate(others)
        }

    def take(self, answers: dict[str, str], learner: Any = None, at: Any = pages.AT) -> Attempt:
        who = learner or self.learner
        attempt = open_attempt(who, self.key, act_id=uuid.uuid4(), at=at)
        return submit(attempt, who, answers, act_id=uuid.uuid4(), at=at).attempt

    def correct(self) -> None:
        row = self.questions[0]
        row.options = pages.options([block.value["text"] for block in row.options], 0, "Nhận xét mới")
        row.save_revision().publish()
        self.quiz.refresh_from_db()
        self.quiz.save_revision().publish()

    def regrade(self, **more: Any) -> Regrade:
        asked = {"reason": "Đáp án sai", "keep_higher": True, "by": None, "act_id": uuid.uuid4(), "at": LATER, **more}
        regrade = actions.begin(self.key, **asked)
        while actions.step(regrade, at=LATER):
            pass
        return regrade


@pytest.fixture(autouse=True)
def _staff(monkeypatch: pytest.MonkeyPatch) -> None:
    observer = uuid.uuid4()
    monkeypatch.setattr(actions, "staff_actor", lambda user: observer)


def in_force(attempt: Attempt) -> list[dict[str, Any]]:
    return [fact.statement for fact in xapi.facts(registration=attempt.uuid)]


def test_the_preview_says_who_passes_and_who_fails_and_writes_nothing() -> None:
    taking = Wrong(count=3, values={"pass_percent": 60})
    gains = taking.take(taking.knows(1))
    loses = taking.take(taking.responses(2), pages.enrolled(taking.course, "mai"))
    taking.correct()
    version = newest(taking.key)
    assert version is not None
    assert [row.prompt for row in corrected_questions(version)] == ["Câu 1?"]
    found = {change.attempt.pk: change for change in preview(version)}
    assert (found[gains.pk].raw, found[gains.pk].passes_now, found[gains.pk].higher) == (Decimal(2), True, True)
    assert (found[loses.pk].raw, found[loses.pk].fails_now, found[loses.pk].lower) == (Decimal(1), True, True)
    assert not AttemptStep.objects.filter(kind="regraded").exists()
    assert Attempt.objects.get(pk=gains.pk).raw == 1


def test_marks_feedback_statements_and_results_agree() -> None:
    aligned = [(pages.framework().competencies.first(), 1)]
    taking = Wrong(count=3, values={"pass_percent": 60}, aligned=aligned)
    attempt = taking.take(taking.knows(1))
    before = {row["id"] for row in in_force(attempt)}
    assert not Evidence.objects.get().success
    taking.correct()
    done = taking.regrade()

    assert (done.higher, done.same, done.finished_at) == (1, 0, LATER)
    row = Attempt.objects.get()
    assert (row.raw, row.success) == (Decimal(2), True)
    said = in_force(row)
    assert verbs(said).count("answered") == 3
    assert {verb for verb in verbs(said) if verb != "answered"} == {"initialized", "completed", "passed"}
    new = [statement for statement in said if statement["id"] not in before]
    assert sorted(verbs(new)) == ["answered", "completed", "passed"]
    assert {statement["timestamp"] for statement in new} == {said[0]["timestamp"]}, "the learner's time stays"
    result = Result.objects.get(activity_key=taking.key)
    assert (result.passed_at, result.failed_at, result.best_raw) == (pages.AT, None, Decimal(2))
    assert [row.success for row in Evidence.objects.all()] == [True]
    with translation.override("vi"):
        page = html_of(taking.client.get(address(row, "result")))
    assert "2/3" in page
    assert "Nhận xét mới" in page
    assert list(check()) == []


def test_a_lower_mark_is_kept_unless_it_is_asked_for() -> None:
    taking = Wrong(count=3, values={"pass_percent": 60})
    attempt = taking.take(taking.responses(2))
    taking.correct()
    assert taking.regrade().kept == 1
    row = Attempt.objects.get(pk=attempt.pk)
    assert (row.raw, row.success) == (Decimal(2), True)
    assert taking.regrade(keep_higher=False).lower == 1
    row.refresh_from_db()
    assert (row.raw, row.success) == (Decimal(1), False)
    assert {verb for verb in verbs(in_force(row)) if verb != "answered"} == {"initialized", "completed", "failed"}
    assert Result.objects.get(activity_key=taking.key).passed_at is None
    assert list(check()) == []


def test_the_preview_reads_typed_words_of_all_attempts_at_once() -> None:
    course = pages.course(pages.catalog())
    short, gaps = kinds.short(texts=("113",)), kinds.blanks(text="Mật khẩu [[dài]] và [[riêng]].")
    quiz = pages.quiz(course, [short, gaps])

    def take(name: str, number: str, gap: str) -> None:
        learner = pages.enrolled(course, name)
        attempt = open_attempt(learner, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        ids = [blank["id"] for blank in attempt.questions[1]["shown"]["blanks"]]
        given = {str(short.key): number, str(gaps.key): dict(zip(ids, (gap, "riêng"), strict=True))}
        submit(attempt, learner, given, act_id=uuid.uuid4(), at=pages.AT)

    take("lan", "115", "dài")
    take("mai", "113", "ngắn")
    take("nam", "một trăm", "dài")
    short.accepted = kinds.accepted(("115",))
    short.save_revision().publish()
    pages.fresh(quiz).save_revision().publish()
    version = newest(quiz.translation_key)
    assert version is not None
    with CaptureQueriesContext(connection) as queries:
        found = [(change.attempt.raw, change.raw) for change in preview(version)]
    # Half of the second question is half a point.
    assert found == [(1, 2), (Decimal("1.5"), Decimal("0.5")), (1, 1)]
    assert sum(TypedAnswer._meta.db_table in query["sql"] for query in queries) == 1


def test_twice_and_again_after_another_correction() -> None:
    taking = Wrong(count=2, values={"pass_percent": 100})
    attempt = taking.take(taking.knows(1))
    taking.correct()
    act_id = uuid.uuid4()
    first = taking.regrade(act_id=act_id)
    assert taking.regrade(act_id=act_id) == first
    with pytest.raises(actions.NothingToRegrade):
        taking.regrade()
    second = taking.questions[1]
    second.options = pages.options([block.value["text"] for block in second.options], 2)
    second.save_revision().publish()
    taking.quiz.save_revision().publish()
    assert taking.regrade(keep_higher=False).lower == 1
    row = Attempt.objects.get(pk=attempt.pk)
    assert row.raw == 1
    assert row.gradings == {str(taking.questions[0].key): 2, "": 3, str(second.key): 3}
    assert len(in_force(row)) == 1 + 2 + 2
    assert list(check()) == []


def test_what_was_open_is_graded_with_the_corrected_key_when_it_is_handed_in() -> None:
    taking = Wrong(count=2, values={"pass_percent": 100})
    taking.take(taking.knows(1), pages.enrolled(taking.course, "mai"))
    attempt = taking.open()
    taking.correct()
    taking.regrade()
    graded = submit(attempt, taking.learner, taking.knows(1), act_id=uuid.uuid4(), at=LATER).attempt
    assert (graded.raw, graded.success) == (Decimal(2), True)
    assert Attempt.objects.get(pk=attempt.pk).graded_by == newest(taking.key)
    assert "Nhận xét mới" in html_of(taking.client.get(address(attempt, "result")))


def test_who_took_the_consent_back_and_what_was_voided_are_left_alone() -> None:
    taking = Wrong(count=2, values={"pass_percent": 100})
    withdrawn = pages.enrolled(taking.course, "mai")
    left, void_one = taking.take(taking.knows(1), withdrawn), taking.take(taking.knows(1))
    record_consent(withdrawn.actor, given=False, at=LATER)
    for fact in xapi.facts(registration=void_one.uuid, verbs=["http://adlnet.gov/expapi/verbs/completed"]):
        void(fact.statement_id, by=uuid.uuid4(), reason_code="other", at=LATER)
    taking.correct()
    version = newest(taking.key)
    assert version is not None
    assert {change.attempt.pk: change.skipped for change in preview(version)} == {left.pk: False, void_one.pk: True}
    seen, _kept = summaries_of(preview(version))
    assert (seen.attempts, seen.higher, seen.skipped) == (1, 1, 1)
    assert taking.regrade().skipped == 2
    assert {row.raw for row in Attempt.objects.filter(pk__in=[left.pk, void_one.pk])} == {Decimal(1)}


def test_it_goes_person_by_person_and_only_one_at_a_time() -> None:
    taking = Wrong(count=2)
    for name in ("mai", "nam", "tuấn"):
        taking.take(taking.knows(1), pages.enrolled(taking.course, name))
    taking.correct()
    with pytest.raises(ValidationError):
        actions.begin(taking.key, reason=" ", keep_higher=True, by=None, act_id=uuid.uuid4(), at=LATER)
    asked: dict[str, Any] = {"reason": "Sai", "keep_higher": True, "by": None, "at": LATER}
    regrade = actions.begin(taking.key, act_id=uuid.uuid4(), **asked)
    assert actions.step(regrade, at=LATER)
    assert regrade.higher == 1
    with pytest.raises(actions.AnotherRegrade):
        actions.begin(taking.key, act_id=uuid.uuid4(), **asked)
    while actions.step(regrade, at=LATER, people=2):
        pass
    assert (regrade.higher, Regrade.objects.count()) == (3, 1)
    assert {row.raw for row in Attempt.objects.all()} == {Decimal(2)}
