"""Attempts: one open at a time, submitted once, said to the ledger as it was."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_duration

from bdhvs_lms.attempts.api import AttemptNotFound
from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.courses.api import Enrolment, activity, enrol, enrolment_of
from bdhvs_lms.learners.api import Learner, account_of
from bdhvs_lms.progress.api import results_of, status_of
from bdhvs_lms.tracking.api import check, merge_records
from bdhvs_quiz.actions import NoAttemptsLeft, open_attempt, save_answers, submit
from bdhvs_quiz.models import Attempt, AttemptStep
from bdhvs_quiz.personal import QuizPersonalData
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, statements, verbs

pytestmark = pytest.mark.django_db
ground = GROUND.once(5)
LATER = pages.AT + timedelta(minutes=7)


def act() -> uuid.UUID:
    return uuid.uuid4()


def only(rows: list[dict[str, Any]], verb: str) -> dict[str, Any]:
    [row] = [row for row in rows if row["verb"]["id"].endswith(f"/{verb}")]
    return row


def test_opening_is_the_first_step() -> None:
    assert [step.kind for step in Taking().open().steps.all()] == ["opened"]


def test_passing_says_every_answer_then_completed_then_passed() -> None:
    taking = Taking()
    attempt = taking.open()
    graded = submit(attempt.uuid, taking.learner, taking.responses(4), act_id=act(), at=LATER)
    assert (graded.already, graded.attempt.raw, graded.attempt.success) == (False, Decimal(4), True)
    said = statements(attempt)
    assert sorted(verbs(said)) == [*["answered"] * 5, "completed", "initialized", "passed"]
    assert {row["context"]["registration"] for row in said} == {str(attempt.uuid)}
    first = taking.questions[0]
    [answered] = [row for row in said if row["object"]["id"].endswith(f"/questions/{first.key}")]
    assert answered["object"]["definition"]["interactionType"] == "choice"
    assert [row["id"] for row in answered["object"]["definition"]["choices"]] == [
        pages.option_id(first, place) for place in range(3)
    ]
    assert answered["result"]["response"] == pages.option_id(first, 1)
    assert answered["result"]["success"] is True
    assert [row["id"].rsplit("/", 1)[1] for row in answered["context"]["contextActivities"]["parent"]] == [
        str(taking.key)
    ]
    completed, passed = only(said, "completed"), only(said, "passed")
    assert completed["result"]["score"] == {"raw": 4, "min": 0, "max": 5, "scaled": 0.8}
    assert parse_duration(completed["result"]["duration"]) == timedelta(minutes=7)
    assert passed["result"]["success"] is True
    row = activity(taking.key)
    assert status_of(row, results_of(taking.learner, [taking.key])[taking.key]) == "done"


def test_failing_says_failed_and_the_quiz_is_not_done() -> None:
    taking = Taking()
    attempt = taking.open()
    graded = submit(attempt.uuid, taking.learner, taking.responses(3), act_id=act(), at=LATER)
    assert graded.attempt.success is False
    assert {"completed", "failed"} <= set(verbs(statements(attempt)))
    assert "passed" not in verbs(statements(attempt))
    assert status_of(activity(taking.key), results_of(taking.learner, [taking.key])[taking.key]) == "in_progress"


def test_what_is_unanswered_is_wrong_and_said_with_no_response() -> None:
    taking = Taking()
    attempt = taking.open()
    submit(attempt.uuid, taking.learner, taking.responses(2, answered=2), act_id=act(), at=LATER)
    said = {
        row["object"]["id"].rsplit("/", 1)[1]: (row["result"]["response"], row["result"]["success"])
        for row in statements(attempt)
        if row["verb"]["id"].endswith("answered")
    }
    assert len(said) == 5
    assert [said[str(row.key)] for row in taking.questions[2:]] == [("", False)] * 3


def test_a_second_submit_gets_the_first_result_whatever_it_says() -> None:
    taking = Taking()
    attempt = taking.open()
    submit(attempt.uuid, taking.learner, taking.responses(5), act_id=act(), at=LATER)
    before = len(statements())
    again = submit(attempt.uuid, taking.learner, taking.responses(0), act_id=act(), at=LATER + timedelta(hours=1))
    assert (again.already, again.attempt.raw, again.attempt.submitted_at) == (True, Decimal(5), LATER)
    assert len(statements()) == before
    assert attempt.steps.filter(kind="submitted").count() == 1


def test_saving_says_nothing_and_what_was_saved_last_is_handed_in() -> None:
    taking = Taking()
    attempt = taking.open()
    save_answers(attempt.uuid, taking.learner, taking.responses(1), act_id=act(), at=LATER)
    save_answers(attempt.uuid, taking.learner, taking.responses(5), act_id=act(), at=LATER)
    assert verbs(statements(attempt)) == ["initialized"]
    assert submit(attempt.uuid, taking.learner, None, act_id=act(), at=LATER).attempt.raw == Decimal(5)


def test_one_form_sent_twice_is_one_step_and_answers_changed_behind_the_back_button_are_not_lost() -> None:
    taking = Taking()
    attempt = taking.open()
    key = act()
    for right in (1, 1, 3):
        save_answers(attempt.uuid, taking.learner, taking.responses(right), act_id=key, at=LATER)
    assert [step.data["responses"] for step in attempt.steps.filter(kind="saved")] == [
        taking.responses(1),
        taking.responses(3),
    ]
    assert submit(attempt.uuid, taking.learner, None, act_id=key, at=LATER).attempt.raw == Decimal(3)


def test_saving_after_submitting_changes_nothing() -> None:
    taking = Taking()
    attempt = taking.open()
    submit(attempt.uuid, taking.learner, taking.responses(5), act_id=act(), at=LATER)
    saved = save_answers(attempt.uuid, taking.learner, taking.responses(0), act_id=act(), at=LATER)
    assert saved.attempt.submitted_at == LATER
    assert attempt.steps.count() == 2


def test_attempts_run_out() -> None:
    taking = Taking(1, {"attempts_allowed": 1})
    submit(taking.open().uuid, taking.learner, {}, act_id=act(), at=LATER)
    with pytest.raises(NoAttemptsLeft):
        taking.open()


def test_somebody_elses_attempt_is_not_found() -> None:
    taking = Taking()
    attempt = taking.open()
    other = pages.person("minh")
    enrol(other, taking.course.translation_key, at=pages.AT)
    for action in (save_answers, submit):
        with pytest.raises(AttemptNotFound):
            action(attempt.uuid, other, {}, act_id=act(), at=LATER)


def test_an_attempt_is_graded_by_the_version_it_was_opened_on() -> None:
    taking = Taking(1)
    attempt = taking.open()
    row = taking.questions[0]
    row.options = pages.options(("Đọc cho họ", "Không đọc cho ai", "Nhắn tin cho họ"), right=0)
    row.save_revision().publish()
    pages.publish(taking.quiz)
    graded = submit(attempt.uuid, taking.learner, taking.responses(1), act_id=act(), at=LATER)
    assert (graded.attempt.raw, graded.attempt.version.number) == (Decimal(1), 1)
    assert {row["context"]["revision"] for row in statements(attempt)} == {"1"}


def test_a_question_of_another_quiz_is_refused() -> None:
    taking = Taking()
    attempt = taking.open()
    with pytest.raises(ValueError, match="Not in this quiz"):
        submit(attempt.uuid, taking.learner, {str(uuid.uuid4()): "x"}, act_id=act(), at=LATER)
    assert Attempt.objects.get().submitted_at is None


def test_the_learners_time_is_kept_when_it_can_be_true() -> None:
    taking = Taking()
    Enrolment.objects.update(enrolled_at=pages.AT - timedelta(days=2))
    attempt = taking.open(occurred_at=pages.AT - timedelta(days=1))
    assert attempt.opened_at == pages.AT - timedelta(days=1)
    assert attempt.opened_received_at == pages.AT
    graded = submit(attempt.uuid, taking.learner, {}, act_id=act(), at=LATER, occurred_at=LATER + timedelta(days=400))
    assert graded.attempt.submitted_at == LATER


def test_a_clock_put_back_moves_nothing_before_what_the_server_knows() -> None:
    """Or work of this year could be made to count for the last one."""
    taking = Taking()
    attempt = taking.open(occurred_at=pages.AT - timedelta(days=3))
    assert attempt.opened_at == pages.AT, "opened before enrolling"
    graded = submit(attempt.uuid, taking.learner, {}, act_id=act(), at=LATER, occurred_at=pages.AT - timedelta(days=1))
    assert graded.attempt.submitted_at == LATER, "handed in before it was handed out"
    completed = only(statements(attempt), "completed")
    assert parse_duration(completed["result"]["duration"]) == LATER - pages.AT


def test_the_database_refuses_a_half_graded_attempt() -> None:
    attempt = Taking().open()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(submitted_at=LATER)


def test_steps_are_never_changed() -> None:
    step = Taking().open().steps.get()
    with pytest.raises(AppendOnlyError):
        step.save()
    with pytest.raises(AppendOnlyError):
        AttemptStep.objects.update(seq=9)


def test_saves_on_the_way_end_with_the_attempt_and_the_record_is_whole() -> None:
    taking = Taking(2)
    attempt = taking.open()
    for place in range(12):
        save_answers(attempt.uuid, taking.learner, taking.responses(place % 3), act_id=act(), at=LATER)
    submit(attempt.uuid, taking.learner, None, act_id=act(), at=LATER)
    steps = list(attempt.steps.values_list("seq", "kind"))
    assert steps == [(1, "opened"), (14, "submitted")]
    assert attempt.steps.get(seq=14).data["responses"] == taking.responses(2)
    exported = QuizPersonalData().export(taking.learner)["bdhvs_quiz.AttemptStep"]
    assert [row["answers"] for row in exported] == [{}, taking.responses(2)]
    assert list(check()) == []
    # Of this attempt only, and of one that is open nothing.
    other = taking.open()
    save_answers(other.uuid, taking.learner, taking.responses(1), act_id=act(), at=LATER)
    assert other.steps.filter(kind="saved").count() == 1


def test_when_the_ledger_refuses_nothing_of_the_submit_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from bdhvs_quiz import actions

    taking = Taking()
    attempt = taking.open()

    def refuse(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no ledger")

    monkeypatch.setattr(actions, "record", refuse)
    with pytest.raises(RuntimeError, match="no ledger"):
        submit(attempt.uuid, taking.learner, taking.responses(5), act_id=act(), at=LATER)
    assert Attempt.objects.get().submitted_at is None
    assert attempt.steps.count() == 1


def test_statements_carry_competencies_and_course_and_name_nobody() -> None:
    a1 = pages.framework().competencies.get(code="A1")
    taking = Taking(2, aligned=[(a1, 1)])
    attempt = taking.open()
    submit(attempt.uuid, taking.learner, taking.responses(2), act_id=act(), at=LATER)
    for row in statements(attempt):
        contexts = row["context"]["contextActivities"]
        assert [ref["id"].split("/competencies/")[1] for ref in contexts["other"]] == ["test-framework/A1/levels/1"]
        assert [ref["id"].rsplit("/", 1)[1] for ref in contexts["grouping"]] == [str(taking.course.translation_key)]
        assert row["actor"]["account"]["name"] == str(taking.learner.actor)
        assert "Nguyễn" not in str(row)


def test_rebuild_finds_nothing_to_correct() -> None:
    taking = Taking(2)
    submit(taking.open().uuid, taking.learner, taking.responses(2), act_id=act(), at=LATER)
    assert list(check()) == []


@pytest.mark.database
def test_of_one_in_each_record_of_a_person_the_one_of_the_record_that_stands_goes_on() -> None:
    """Attempts, enrolments and accounts. Databases do not agree on where rows without a value come."""
    taking = Taking()
    hoa = pages.enrolled(taking.course, "hoa")
    taking.open()
    own = open_attempt(hoa, taking.key, act_id=act(), at=pages.AT)
    merge_records(taking.learner, hoa, by=None, reason="một người", at=LATER)
    whole = Learner.objects.get(pk=hoa.pk).whole
    assert open_attempt(whole, taking.key, act_id=act(), at=LATER) == own
    found = enrolment_of(whole, taking.course.translation_key)
    assert found is not None and found.learner == hoa
    assert account_of(whole).get_username() == "hoa"
