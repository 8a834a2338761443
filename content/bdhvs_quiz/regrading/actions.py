"""Regrading: begun once with a reason, then done person by person, each in one short transaction."""

from __future__ import annotations

import uuid
from copy import copy as copied
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.learners.api import require_consent
from bdhvs_lms.tracking.api import learner_lock, record, staff_actor, statement_id, void_all
from bdhvs_quiz.actions import keep_step
from bdhvs_quiz.counting import METHOD
from bdhvs_quiz.grading import outcome_json
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion, Regrade
from bdhvs_quiz.regrading.judging import Change
from bdhvs_quiz.regrading.queries import Reach, changes, handed_in, newest, older_than, unfinished
from bdhvs_quiz.statements import answered, concluded
from bdhvs_quiz.steps import last_step
from bdhvs_quiz.weighing import settle, weigh
from bdhvs_xapi.api import voided_among

REASON = "regraded"
"""Code of the voidings."""


class NothingToRegrade(Exception):
    """Every attempt is graded with the published keys."""


class AnotherRegrade(Exception):
    """A regrade of this quiz was begun and is not finished: go on with it first. `regrade`."""

    def __init__(self, regrade: Regrade) -> None:
        super().__init__(str(regrade.uuid))
        self.regrade = regrade


def begin(activity_key: UUID, *, reason: str, keep_higher: bool, by: Any, act_id: UUID, at: datetime) -> Regrade:
    """Record that the quiz is graded again with its newest keys. Nothing is graded yet: `step` does.

    The same `act_id` again is the same. Whether `by` may is the caller's to check. Raises ValidationError without a
    reason, NothingToRegrade, AnotherRegrade.
    """
    same = Regrade.objects.filter(act_id=act_id).select_related("version").first()
    if same is not None:
        return same
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("Say why: whoever looks at these marks later reads it."))
    version = newest(activity_key)
    if version is None or not handed_in(version).exists():
        raise NothingToRegrade
    try:
        with transaction.atomic():
            return Regrade.objects.create(
                act_id=act_id,
                activity_key=activity_key,
                version=version,
                reason=reason,
                keep_higher=keep_higher,
                observer=staff_actor(by),
                begun_at=at,
            )
    except IntegrityError:
        going = unfinished(activity_key)
        if going is None:
            raise
        if going.act_id == act_id:
            return going
        raise AnotherRegrade(going) from None


def step(regrade: Regrade, *, at: datetime, people: int = 1) -> bool:
    """Grade the attempts of the next people again; return whether there were any. Two at once do not do the
    same twice."""
    waiting = older_than(regrade.version).filter(learner__gt=regrade.last_learner)
    ids = list(waiting.order_by("learner").values_list("learner", flat=True).distinct()[:people])
    reach = Reach.of(regrade.version)
    for learner_id in ids:
        _person(regrade, learner_id, reach, at=at)
    if not ids:
        Regrade.objects.filter(pk=regrade.pk, finished_at=None).update(finished_at=at)
    regrade.refresh_from_db()
    return bool(ids)


def _person(regrade: Regrade, learner_id: int, reach: Reach, *, at: datetime) -> None:
    with transaction.atomic():
        # First this row, then the person: two who go on with it wait in one order.
        row = Regrade.objects.select_for_update().get(pk=regrade.pk)
        if row.last_learner >= learner_id:
            return
        learner_lock(learner_id)
        rows = list(
            handed_in(reach.version)
            .filter(learner=learner_id)
            .select_related("version", "learner", "graded_by")
            .order_by("number")
        )
        counts = {"higher": 0, "lower": 0, "kept": 0, "same": 0, "skipped": 0}
        for change in changes(rows, reach):
            counts[_grade(row, change, reach, at=at)] += 1
        if rows and METHOD in reach.version.shown:
            settle(rows[0].learner, reach.version.activity_key, by=row.observer, at=at)
        Regrade.objects.filter(pk=row.pk).update(
            last_learner=learner_id, **{name: F(name) + count for name, count in counts.items() if count}
        )


def _grade(regrade: Regrade, change: Change, reach: Reach, *, at: datetime) -> str:
    """Grade one attempt again; return the counter it belongs to."""
    attempt = change.attempt
    later, _keys = reach.keys(attempt)
    if change.lower and regrade.keep_higher:
        return "kept"
    try:
        require_consent(attempt.learner.whole, at)
    except ConsentMissing:
        return "skipped"
    replaced = _Replaced.of(attempt, change)
    if replaced.taken_back:
        return "skipped"
    graded = _graded(change, later)
    if change.concluded_otherwise:
        # What follows for the others is said when all of the person are graded.
        weigh(graded, regraded=True)
    graded.save(update_fields=["raw", "success", "grade", "graded_by", "gradings"])
    if change.questions or change.concluded_otherwise:
        _keep(regrade, change, at=at)
        acts = answered(graded, change.outcomes, only=change.questions)
        if change.concluded_otherwise:
            acts += concluded(graded, change.outcomes)
        # Said anew first: what followed from it has evidence at every moment.
        record(acts, at=at)
        void_all(replaced.ids, by=regrade.observer, reason_code=REASON, at=at)
    return "higher" if change.higher else "lower" if change.lower else "same"


@dataclass(frozen=True)
class _Replaced:
    """The statements that the new ones replace. `taken_back`: somebody has taken the result out of force, and it stays
    so."""

    ids: list[UUID]
    taken_back: bool

    @classmethod
    def of(cls, attempt: Attempt, change: Change) -> _Replaced:
        end = [statement_id(act) for act in concluded(attempt, {})]
        parts = [statement_id(act) for act in answered(attempt, change.outcomes, only=change.questions)]
        return cls([*parts, *(end if change.concluded_otherwise else [])], bool(voided_among(end)))


def _graded(change: Change, later: QuizVersion) -> Attempt:
    graded = copied(change.attempt)
    number = graded.next_grading
    bumped = dict.fromkeys(change.questions, number)
    if change.concluded_otherwise:
        bumped[""] = number
    graded.gradings = {**graded.gradings, **bumped}
    graded.graded_by, graded.raw, graded.success = later, change.raw, change.success
    return graded


def _keep(regrade: Regrade, change: Change, *, at: datetime) -> None:
    last = last_step(change.attempt)
    assert last is not None  # noqa: S101  narrowing for the type checker
    data = {
        "responses": last.data.get("responses", {}),
        "outcomes": {key: outcome_json(outcome) for key, outcome in change.outcomes.items()},
        "regrade": str(regrade.uuid),
    }
    act_id = uuid.uuid5(regrade.uuid, str(change.attempt.uuid))
    keep_step(change.attempt, last.seq + 1, AttemptStep.Kind.REGRADED, data, act_id=act_id, moment=at, at=at)
