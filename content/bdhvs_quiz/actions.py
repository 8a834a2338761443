"""A learner's actions in a quiz. Every action checks whose attempt it is, reads what was sent, then runs one short
transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from copy import copy as copied
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from bdhvs_lms.attempts.api import Opening, extra_times, open_or_resume
from bdhvs_lms.attempts.api import own_attempt as find_own
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import clamp, learner_lock, record
from bdhvs_quiz.crossing import OnPaperOnly, OtherForm, other_form
from bdhvs_quiz.drawing import drawn_for
from bdhvs_quiz.grading import Questions, QuestionTypeMissing, grade_all, outcome_json, total
from bdhvs_quiz.merging import Copy, Joined, State, join
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion
from bdhvs_quiz.queries import allowed_to, attempts_of
from bdhvs_quiz.statements import answered, concluded
from bdhvs_quiz.steps import last_step, standing_of
from bdhvs_quiz.timing import due, due_again, overdue, require_now
from bdhvs_quiz.typed import check, forget_others, load_typed_answers, store_typed_answers, unerased
from bdhvs_quiz.weighing import say_again, weigh

QUIZ_TYPE = "bdhvs_quiz.quiz"
# Who voids what follows by itself.
NOBODY = UUID(int=0)

Responses = Mapping[str, Any]
"""Question key (as text) to parsed response; a question that is not there, or None, is unanswered."""

__all__ = [
    "AnswersDiffer",
    "Copy",
    "Graded",
    "NoAttemptsLeft",
    "QuestionTypeMissing",
    "Responses",
    "Saved",
    "open_attempt",
    "save_answers",
    "submit",
]


class NoAttemptsLeft(Exception):
    """All attempts that the quiz allows are used up."""


@dataclass(frozen=True)
class Graded:
    """The result of submitting. `already`: it had been submitted before; this is that first result."""

    attempt: Attempt
    already: bool


@dataclass(frozen=True)
class Saved:
    """The result of saving: the current answers, typed words in their places, and the number of the step that holds
    them.
    By question key: `elsewhere`, where the page that was sent shows something else than what is kept now, with its
    answer (None: unanswered); `passed_over`, of these the ones that this page had changed itself."""

    attempt: Attempt
    seq: int
    responses: Mapping[str, Any]
    elsewhere: Mapping[str, Any]
    passed_over: Mapping[str, Any]


class AnswersDiffer(Exception):
    """Refusal to hand in: another copy of the page saved answers that the sent one does not show. Holds `saved`."""

    def __init__(self, saved: Saved) -> None:
        super().__init__(sorted(saved.elsewhere))
        self.saved = saved


def open_attempt(learner: Learner, activity_key: UUID, **form: Unpack[Opening]) -> Attempt:
    """Open an attempt in the form's language, or resume the open one in its own language; hand in an overdue one first.
    Raises what `open_or_resume` raises, NoAttemptsLeft, NotOpenYet, Closed, WaitFirst of `timing`, OtherForm and
    OnPaperOnly."""
    version = QuizVersion.published(activity_key, form.get("language", "")).first()
    if version is not None:
        form["language"] = version.language
    if version is not None and ("time_limit" in version.shown or "closes_at" in version.shown):
        for left in attempts_of(learner, activity_key).filter(submitted_at=None, due_at__lt=form["at"]):
            close_if_overdue(left, at=form["at"])
    return open_or_resume(Attempt, learner, activity_key, type_key=QUIZ_TYPE, version=version, begin=_begin, **form)


def _begin(attempt: Attempt, left: Attempt | None) -> None:
    learner, key = attempt.learner, attempt.activity_key
    if attempt.offered.role == Activity.Role.RETEST:
        raise OnPaperOnly(key)
    allowed = allowed_to(learner, key, attempt.version.shown["attempts_allowed"])
    if allowed and attempts_of(learner, key).count() >= allowed:
        raise NoAttemptsLeft(attempt.activity_key)
    rules = attempt.version.shown
    last = None
    if rules.get("wait_minutes"):
        last = attempts_of(learner, key).aggregate(last=Max("submitted_received_at"))["last"]
    require_now(rules, last, attempt.opened_received_at)
    form = other_form(learner, attempt.offered)
    if form is not None:
        raise OtherForm(form)
    extra = extra_times(learner, key).get(key, 0) if rules.get("time_limit") else 0
    if "draws" in rules:
        earlier = attempts_of(learner, key).order_by("number").values_list("drawn", flat=True)
        attempt.drawn = drawn_for(rules, attempt.uuid, earlier)
    attempt.due_at = due(rules, attempt.opened_received_at, extra)
    attempt.save(force_insert=True)
    times = {"moment": attempt.opened_at, "at": attempt.opened_received_at}
    keep_step(attempt, 1, AttemptStep.Kind.OPENED, {}, act_id=attempt.act_id, **times)


def more_time(learner: Learner, activity_key: UUID, percent: int) -> None:
    """Update the due time of the learner's open attempts to this percentage of extra time; 0 takes it away."""
    for attempt in attempts_of(learner, activity_key).filter(submitted_at=None).select_related("version"):
        ends = (due_again if attempt.reopenings else due)(attempt.version.shown, attempt.begun_at, percent)
        Attempt.objects.filter(pk=attempt.pk, submitted_at=None).update(due_at=ends)


def close_if_overdue(which: UUID | Attempt, *, at: datetime) -> Attempt | None:
    """Hand in an attempt whose time is up, with the answers that were saved in time, as of that moment. None: it goes
    on, was handed in, or nothing may be recorded of its learner."""
    attempt = which if isinstance(which, Attempt) else Attempt.objects.filter(uuid=which).first()
    if attempt is None or attempt.submitted_at is not None or not overdue(attempt.due_at, at):
        return None
    whole = Attempt.objects.select_related("version", "learner").get(pk=attempt.pk)
    if whole.submitted_at is None and not overdue(whole.due_at, at):
        # Opened again since it was read, or given more time.
        return None
    try:
        # Once each time that it is opened.
        act_id = uuid.uuid5(whole.uuid, "time is up" + f" {whole.reopenings}" * bool(whole.reopenings))
        return submit(whole, whole.learner, None, act_id=act_id, at=at).attempt
    except (ConsentMissing, QuestionTypeMissing):
        return None


def own_attempt(which: UUID | Attempt, learner: Learner) -> Attempt:
    """Return the learner's attempt with its version, and the key in it.
    One query, none if it was read already. Raises AttemptNotFound."""
    return find_own(Attempt.objects.select_related("version"), which, learner)


def save_answers(
    attempt_uuid: UUID | Attempt,
    learner: Learner,
    responses: Responses,
    *,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
    copy: Copy | None = None,
) -> Saved:
    """Keep the answers given so far. No statement is recorded: nothing was done yet that counts.

    Args:
        attempt_uuid: or the learner's attempt as it was read just now.
        copy: the copy of the page that they come from: what another has saved since stays. None: whoever sends them
            has seen everything, and they replace what there was.

    An attempt that was submitted meanwhile (another tab) stays as it is. Raises AttemptNotFound, ConsentMissing, and
    ValueError for a question that the attempt does not have.
    """
    attempt = own_attempt(attempt_uuid, learner)
    if overdue(attempt.due_at, at):
        return Saved(submit(attempt, learner, None, act_id=act_id, at=at).attempt, 0, {}, {}, {})
    given = checked_responses(attempt.questions, responses)
    with transaction.atomic():
        learner_lock(learner)
        state, shown, copy = _state(attempt, last_step(attempt), copy)
        if state.submitted:
            return Saved(own_attempt(attempt.uuid, learner), state.seq, {}, {}, {})
        require_consent(learner, at)
        joined = join(state, shown, given, copy)
        moment = clamp(occurred_at, at, not_before=attempt.begun_at)
        return _keep(attempt, state, joined, given, act_id=act_id, moment=moment, at=at)


def _keep(
    attempt: Attempt,
    state: State,
    joined: Joined,
    given: Mapping[str, Any],
    *,
    act_id: UUID,
    moment: datetime,
    at: datetime,
) -> Saved:
    """Write one step if there is anything new. The caller holds the learner's lock."""
    seq = state.seq
    if joined.news(state):
        kept = {"responses": store_typed_answers(attempt, joined.responses)}
        step_id = step_id_of(attempt, act_id, AttemptStep.Kind.SAVED, kept)
        if not AttemptStep.objects.filter(act_id=step_id).exists():
            seq += 1
            data = {**kept, "since": joined.since, "ticks": joined.ticks}
            keep_step(attempt, seq, AttemptStep.Kind.SAVED, data, act_id=step_id, moment=moment, at=at)
    elsewhere = {key: given.get(key) for key in joined.elsewhere}
    return Saved(attempt, seq, joined.responses, elsewhere, joined.passed_over)


def submit(
    attempt_uuid: UUID | Attempt,
    learner: Learner,
    responses: Responses | None,
    *,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
    copy: Copy | None = None,
) -> Graded:
    """Hand in and grade. What is unanswered is wrong. A second submit, whatever it says, gets the first result.

    Args:
        responses: None takes the answers saved last.
        copy: the copy of the page that was sent. If what would be handed in is not what it shows, nothing is: the
            answers are joined and kept, and AnswersDiffer says which. None: whoever sends them has seen everything.

    Raises AttemptNotFound, ConsentMissing, QuestionTypeMissing, AnswersDiffer, and ValueError (a question that the
    attempt does not have, a typed answer that is too long).
    """
    attempt = own_attempt(attempt_uuid, learner)
    if attempt.submitted_at is not None:
        return Graded(attempt, already=True)
    # What the server handed out then cannot have been handed in before.
    moment = clamp(occurred_at, at, not_before=attempt.begun_at)
    if attempt.due_at is not None and at > attempt.due_at:
        moment = min(moment, attempt.due_at)
    if overdue(attempt.due_at, at):
        # What was saved in time counts, whatever is sent now.
        responses = copy = None
    given = None if responses is None else checked_responses(attempt.questions, responses)
    done = _hand_in(attempt, given, copy, act_id=act_id, moment=moment, at=at)
    if isinstance(done, Saved):
        raise AnswersDiffer(done)
    return done


def _hand_in(
    attempt: Attempt,
    given: dict[str, Any] | None,
    copy: Copy | None,
    *,
    act_id: UUID,
    moment: datetime,
    at: datetime,
) -> Graded | Saved:
    def joined(newest: AttemptStep | None) -> tuple[State, Joined, Mapping[str, Any]]:
        """Join the newest state with the page's answers: its form, or the step that the page before submitting had."""
        state, shown, known = _state(attempt, newest, copy)
        page = given if given is not None else state.responses if copy is None else shown
        return state, join(state, shown, page, known), page

    opening = attempt.reopenings + 1
    state, result, page = joined(attempt.newest or last_step(attempt))
    prepared = _prepare(attempt, result.responses, moment=moment, at=at)
    with transaction.atomic():
        learner_lock(attempt.learner_id)
        standing = standing_of(attempt, opening)
        step_id = step_id_of(attempt, act_id, AttemptStep.Kind.SUBMITTED, {})
        # Sent before it was opened again: handing that in is done with.
        again = attempt.reopenings and AttemptStep.objects.filter(act_id=step_id).exists()
        if standing.over or again:
            return Graded(own_attempt(attempt.uuid, attempt.learner), already=True)
        require_consent(attempt.learner, at)
        attempt.graded_by = standing.corrected_by
        overtaken = standing.seq != state.seq
        if overtaken:
            # Another tab saved between reading and locking.
            state, result, page = joined(last_step(attempt))
        if overtaken or attempt.graded_by is not None:
            prepared = _prepare(attempt, result.responses, moment=moment, at=at)
        if result.elsewhere:
            return _keep(attempt, state, result, page, act_id=act_id, moment=moment, at=at)
        graded, handed_in, outcomes, acts = prepared
        others = weigh(graded)
        kept = {key: outcome_json(outcome) for key, outcome in outcomes.items()}
        data = {"responses": store_typed_answers(attempt, handed_in), "outcomes": kept}
        forget_others(attempt, data["responses"])
        AttemptStep.forget_saved(attempt)
        graded.save(update_fields=["submitted_at", "submitted_received_at", "raw", "success", "grade", "graded_by"])
        keep_step(graded, state.seq + 1, AttemptStep.Kind.SUBMITTED, data, act_id=step_id, moment=moment, at=at)
        # What concludes it depends on the other attempts.
        record([*acts, *concluded(graded, outcomes)], at=at)
        say_again(others, by=NOBODY, at=at)
    return Graded(graded, already=False)


def _prepare(attempt: Attempt, responses: dict[str, Any], *, moment: datetime, at: datetime) -> Any:
    """Return (graded copy of the attempt, answers, outcomes, statements of the questions). Pure; runs before the lock
    is
    taken."""
    outcomes = grade_all(attempt.questions, attempt.keys, responses)
    graded = copied(attempt)
    graded.submitted_at = moment
    graded.submitted_received_at = at
    graded.raw = total(attempt.questions, outcomes)
    graded.success = graded.raw >= attempt.version.pass_score
    return graded, responses, outcomes, answered(graded, outcomes)


def checked_responses(questions: Questions, responses: Responses) -> dict[str, Any]:
    """Return the given answers by question key, without empty ones. Raises ValueError for a question that is not among
    these, or words that cannot be kept."""
    known = {question["key"] for question in questions}
    strange = sorted(str(key) for key in responses if str(key) not in known)
    if strange:
        raise ValueError(f"Not in this quiz: {', '.join(strange)}")
    given = {str(key): value for key, value in responses.items() if value is not None and value != ""}
    check(questions, given)
    return given


def step_id_of(attempt: Attempt, act_id: UUID, kind: str, data: Mapping[str, Any]) -> UUID:
    """Return the step's own idempotency key, made of the form's key and its content.
    The page that the back button brings carries the key it had; answers changed there are a new step and not lost,
    while the same form sent twice is one."""
    content = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return uuid.uuid5(attempt.uuid, f"{act_id}|{kind}|{content}")


def _state(
    attempt: Attempt, newest: AttemptStep | None, copy: Copy | None
) -> tuple[State, dict[str, Any], Copy | None]:
    """Return the newest step with typed words in place, the answers that the copy was made from, and the copy.
    A copy that names no step of this attempt has seen nothing. Queries only for typed words and for a copy not of the
    newest step."""
    if newest is None:
        return State(0, {}), {}, copy
    if newest.opening != attempt.reopenings + 1:
        # Handed in and opened again since the row was read.
        attempt.refresh_from_db(fields=["reopenings", "reopened_at", "due_at", "gradings"])
    data = newest.data
    handed_in = newest.kind in AttemptStep.HANDED_IN
    state = State(newest.seq, _answers(attempt, newest), data.get("since", {}), data.get("ticks", {}), handed_in)
    if copy is None or handed_in or copy.base == newest.seq:
        return state, dict(state.responses), copy
    base = AttemptStep.objects.filter(attempt=attempt, seq=copy.base).first()
    if base is None:
        return state, {}, replace(copy, base=0)
    return state, _answers(attempt, base), copy


def _answers(attempt: Attempt, step: AttemptStep) -> dict[str, Any]:
    """Return a step's answers; erased ones are unanswered."""
    found = load_typed_answers(attempt, step.data.get("responses", {}))
    left = {key: unerased(response) for key, response in found.items()}
    return {key: response for key, response in left.items() if response is not None}


def keep_step(
    attempt: Attempt, seq: int, kind: str, data: dict[str, Any], *, act_id: UUID, moment: datetime, at: datetime
) -> None:
    AttemptStep.objects.create(
        attempt=attempt,
        seq=seq,
        kind=kind,
        data=data,
        act_id=act_id,
        opening=attempt.reopenings + 1,
        occurred_at=moment,
        received_at=at,
    )
