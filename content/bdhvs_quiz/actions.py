"""What a learner does with a quiz. Every action: whose is it, what does it say, then one short transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from bdhvs_content.api import NotOffered, competency_refs, enrolled_in, frozen, grouping
from bdhvs_lms.audit.api import require_consent
from bdhvs_lms.courses.api import activity_ref
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import TYPE_ASSESSMENT, clamp, learner_lock, record
from bdhvs_quiz.grading import QuestionTypeMissing, grade_all, outcome_json, total
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion
from bdhvs_quiz.statements import initialized, submitted
from bdhvs_quiz.typed import ERASED, brought_back, check, forget_others, put_away

QUIZ_TYPE = "bdhvs_quiz.quiz"

Responses = Mapping[str, Any]
"""Question key (as text) to parsed response; a question that is not there, or None, is unanswered."""

__all__ = [
    "AttemptNotFound",
    "Graded",
    "NoAttemptsLeft",
    "QuestionTypeMissing",
    "Responses",
    "open_attempt",
    "save_answers",
    "submit",
]


class AttemptNotFound(LookupError):
    """No such attempt, or somebody else's: the two are not told apart."""


class NoAttemptsLeft(Exception):
    """All attempts that the quiz allows are used up."""


@dataclass(frozen=True)
class Graded:
    """What submitting came to. `already`: it had been submitted before; this is that first result."""

    attempt: Attempt
    already: bool


def own_attempt(attempt_uuid: UUID, learner: Learner) -> Attempt:
    """Raises AttemptNotFound."""
    attempt = Attempt.objects.filter(uuid=attempt_uuid, learner=learner).select_related("version", "learner").first()
    if attempt is None:
        raise AttemptNotFound(attempt_uuid)
    return attempt


def open_attempt(
    learner: Learner,
    activity_key: UUID,
    *,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
    uuid: UUID | None = None,
    language: str = "vi",
) -> Attempt:
    """Begin, or go on with the attempt that is open; the same `act_id` again is the attempt it began.

    Args:
        act_id: the form's idempotency key.
        at: time of receipt, aware. `occurred_at`: the learner's time as claimed, clamped here.
        uuid: of the attempt to be made (loaders); None: a new one.

    Raises NotOffered, NotEnrolled, ConsentMissing, NoAttemptsLeft, and PermissionError when `act_id` is somebody
    else's.
    """
    row, enrolment = enrolled_in(learner, activity_key, QUIZ_TYPE)
    version = QuizVersion.objects.filter(activity_key=activity_key).order_by("-number").first()
    if version is None:
        raise NotOffered(activity_key)
    moment = clamp(occurred_at, at, not_before=enrolment.enrolled_at)
    references = {
        "quiz": frozen(activity_ref(row, TYPE_ASSESSMENT)),
        "grouping": grouping(learner, row, moment),
        "other": [frozen(ref) for ref in competency_refs(activity_key, str(version.number))],
        "language": language,
    }
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner.actor)
        attempts = Attempt.objects.select_related("version")
        same = attempts.filter(act_id=act_id).first()
        if same is not None and same.learner_id != learner.pk:
            raise PermissionError("This act belongs to another learner.")
        going = same or attempts.filter(learner=learner, activity_key=activity_key, submitted_at=None).first()
        if going is not None:
            return going
        if not (row.active and row.course.active):
            raise NotOffered(activity_key)
        used = attempts.filter(learner=learner, activity_key=activity_key).aggregate(last=Max("number"))["last"] or 0
        allowed = version.shown["attempts_allowed"]
        if allowed and used >= allowed:
            raise NoAttemptsLeft(activity_key)
        attempt = Attempt(
            learner=learner,
            enrolment=enrolment,
            version=version,
            activity_key=activity_key,
            number=used + 1,
            act_id=act_id,
            references=references,
            opened_at=moment,
            opened_received_at=at,
        )
        if uuid is not None:
            attempt.uuid = uuid
        attempt.save(force_insert=True)
        _step(attempt, 1, AttemptStep.Kind.OPENED, {}, act_id=act_id, moment=moment, at=at)
        record([initialized(attempt)], at=at)
    return attempt


def save_answers(
    attempt_uuid: UUID,
    learner: Learner,
    responses: Responses,
    *,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
) -> Attempt:
    """Keep the answers given so far. Nothing is said to the ledger: nothing was done yet that counts.

    An attempt that was submitted meanwhile (another tab) stays as it is. Raises AttemptNotFound, ConsentMissing, and
    ValueError for a question that the attempt does not have.
    """
    attempt = own_attempt(attempt_uuid, learner)
    given = _checked(attempt.version, responses)
    with transaction.atomic():
        learner_lock(learner)
        if not Attempt.objects.filter(pk=attempt.pk, submitted_at=None).exists():
            return own_attempt(attempt_uuid, learner)
        require_consent(learner.actor)
        data = {"responses": put_away(attempt, given)}
        step_id = step_id_of(attempt, act_id, AttemptStep.Kind.SAVED, data)
        if not AttemptStep.objects.filter(act_id=step_id).exists():
            moment = clamp(occurred_at, at, not_before=attempt.opened_received_at)
            seq = _next_seq(attempt)
            _step(attempt, seq, AttemptStep.Kind.SAVED, data, act_id=step_id, moment=moment, at=at)
    return attempt


def submit(
    attempt_uuid: UUID,
    learner: Learner,
    responses: Responses | None,
    *,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
) -> Graded:
    """Hand in and grade. What is unanswered is wrong. A second submit, whatever it says, gets the first result.

    Args:
        responses: None takes the answers saved last.

    Raises AttemptNotFound, ConsentMissing, QuestionTypeMissing, and ValueError (a question that the attempt does not
    have, a typed answer that is too long).
    """
    attempt = own_attempt(attempt_uuid, learner)
    if attempt.submitted_at is not None:
        return Graded(attempt, already=True)
    # What the server handed out then cannot have been handed in before.
    moment = clamp(occurred_at, at, not_before=attempt.opened_received_at)
    if responses is not None:
        return _hand_in(attempt, _checked(attempt.version, responses), act_id=act_id, moment=moment, at=at)
    return _hand_in(attempt, None, act_id=act_id, moment=moment, at=at)


def _hand_in(
    attempt: Attempt, responses: dict[str, Any] | None, *, act_id: UUID, moment: datetime, at: datetime
) -> Graded:
    seq, saved = _last_responses(attempt)
    prepared = _prepare(attempt, saved if responses is None else responses, moment=moment, at=at)
    with transaction.atomic():
        learner_lock(attempt.learner_id)
        current = Attempt.objects.select_related("version", "learner").get(pk=attempt.pk)
        if current.submitted_at is not None:
            return Graded(current, already=True)
        require_consent(current.learner.actor)
        newest, saved = _last_responses(attempt)
        if responses is None and newest != seq:
            # Another tab saved between reading and locking: what was saved last is what is handed in.
            prepared = _prepare(attempt, saved, moment=moment, at=at)
        graded, given, outcomes, acts = prepared
        data = {"responses": put_away(attempt, given), "outcomes": outcomes}
        forget_others(attempt, data["responses"])
        graded.save(update_fields=["submitted_at", "submitted_received_at", "raw", "success"])
        step_id = step_id_of(attempt, act_id, AttemptStep.Kind.SUBMITTED, {})
        _step(graded, newest + 1, AttemptStep.Kind.SUBMITTED, data, act_id=step_id, moment=moment, at=at)
        record(acts, at=at)
    return Graded(graded, already=False)


def _prepare(attempt: Attempt, responses: dict[str, Any], *, moment: datetime, at: datetime) -> Any:
    """Grading and statements: pure, and done before the lock is taken."""
    outcomes = grade_all(attempt.version, responses)
    attempt.submitted_at = moment
    attempt.submitted_received_at = at
    attempt.raw = total(outcomes)
    attempt.success = attempt.raw >= attempt.version.pass_score
    kept = {key: outcome_json(outcome) for key, outcome in outcomes.items()}
    return attempt, responses, kept, submitted(attempt, outcomes)


def _checked(version: QuizVersion, responses: Responses) -> dict[str, Any]:
    known = {question["key"] for question in version.shown["questions"]}
    strange = sorted(str(key) for key in responses if str(key) not in known)
    if strange:
        raise ValueError(f"Not in this quiz: {', '.join(strange)}")
    given = {str(key): value for key, value in responses.items() if value is not None and value != ""}
    check(version, given)
    return given


def step_id_of(attempt: Attempt, act_id: UUID, kind: str, data: Mapping[str, Any]) -> UUID:
    """The step's own idempotency key: of the form's key, and of what the form said.

    The page that the back button brings carries the key it had; answers changed there are a new step and not lost,
    while the same form sent twice is one.
    """
    content = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return uuid.uuid5(attempt.uuid, f"{act_id}|{kind}|{content}")


def _next_seq(attempt: Attempt) -> int:
    return int(AttemptStep.objects.filter(attempt=attempt).aggregate(last=Max("seq"))["last"] or 0) + 1


def _last_responses(attempt: Attempt) -> tuple[int, dict[str, Any]]:
    """The newest step's number and its answers, words in their places; what was erased is unanswered."""
    step = AttemptStep.objects.filter(attempt=attempt).order_by("-seq").first()
    if step is None:
        return 0, {}
    found = brought_back(attempt, step.data.get("responses", {}))
    return step.seq, {key: response for key, response in found.items() if response != ERASED}


def _step(
    attempt: Attempt, seq: int, kind: str, data: dict[str, Any], *, act_id: UUID, moment: datetime, at: datetime
) -> None:
    AttemptStep.objects.create(
        attempt=attempt, seq=seq, kind=kind, data=data, act_id=act_id, occurred_at=moment, received_at=at
    )
