"""A learner's actions in an activity. Every action checks whose it is and what it says, then runs one short
transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format

from bdhvs_h5p.attempts.statements import seen
from bdhvs_h5p.models import Completion, H5PAttempt, H5PState, H5PStep
from bdhvs_h5p.queries import activity_version
from bdhvs_lms.attempts.api import Opening, open_or_resume, own_attempt
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import VERB_EXPERIENCED, clamp, learner_lock, record

H5P_TYPE = "bdhvs_h5p.h5p"
# The number of the step that no page counted: opened, or declared finished.
BY_THE_SITE = 0

__all__ = [
    "H5P_TYPE",
    "AttemptEnded",
    "NotByHand",
    "attempts",
    "end_of",
    "finish_by_hand",
    "open_attempt",
    "viewed",
]


class AttemptEnded(Exception):
    """The attempt has been replaced by a further one."""


class NotByHand(Exception):
    """The activity says itself when it is finished."""


def attempts(request: HttpRequest | None = None) -> QuerySet[H5PAttempt]:
    """Return attempts with their versions, without the large columns of those."""
    large = ("version__h5p_version__params", "version__h5p_version__files", "version__h5p_version__h5p")
    return H5PAttempt.objects.select_related("version__h5p_version").defer(*large)


def locked(attempt: H5PAttempt, at: datetime) -> H5PAttempt:
    """Lock the learner in the caller's transaction, check consent, and return the row as it is now.

    Raises AttemptEnded, ConsentMissing.
    """
    learner_lock(attempt.learner_id)
    current = own_attempt(attempts(), attempt.uuid, attempt.learner)
    if current.ended_received_at is not None:
        raise AttemptEnded(attempt.uuid)
    require_consent(current.learner, at)
    return current


def open_attempt(learner: Learner, activity_key: UUID, **form: Unpack[Opening]) -> H5PAttempt:
    """Start an attempt, or resume one that is not finished, unless the file has been replaced since.

    A finished attempt is left behind with its states, and so is one of another file; its result stays. If only what
    finishes the activity has changed, a further attempt goes on from the same states. Raises what `open_or_resume`
    raises.
    """
    version = activity_version(activity_key)
    return open_or_resume(H5PAttempt, learner, activity_key, type_key=H5P_TYPE, version=version, begin=_begin, **form)


def _begin(attempt: H5PAttempt, left: H5PAttempt | None) -> None:
    if left is not None:
        left.ended_received_at = attempt.opened_received_at
        left.save(update_fields=["ended_received_at"])
    attempt.save(force_insert=True)
    if left is not None:
        states = H5PState.objects.filter(attempt=left)
        if left.plays(attempt.version):
            states.update(attempt=attempt)
        else:
            states.delete()


def finish_by_hand(
    attempt_uuid: UUID, learner: Learner, *, act_id: UUID, at: datetime, occurred_at: datetime | None = None
) -> H5PAttempt:
    """Record once that the learner says: I have finished; a repetition is the same act.

    Raises AttemptNotFound, AttemptEnded, ConsentMissing, NotByHand.
    """
    attempt = own_attempt(attempts(), attempt_uuid, learner)
    if attempt.version.completion != Completion.BY_HAND:
        raise NotByHand(attempt_uuid)
    return _seen(attempt, act_id, at=at, occurred_at=occurred_at)


def viewed(attempt: H5PAttempt, *, at: datetime, occurred_at: datetime | None = None) -> H5PAttempt:
    """Record once that the player has shown the activity, if that finishes it; else do nothing.

    Raises AttemptEnded, ConsentMissing.
    """
    if attempt.version.completion != Completion.VIEWED or attempt.completed_at is not None:
        return attempt
    return _seen(attempt, uuid.uuid5(attempt.uuid, "viewed"), at=at, occurred_at=occurred_at)


def _seen(attempt: H5PAttempt, act_id: UUID, *, at: datetime, occurred_at: datetime | None) -> H5PAttempt:
    moment = clamp(occurred_at, at, not_before=attempt.opened_received_at)
    with transaction.atomic():
        current = locked(attempt, at)
        if H5PStep.objects.filter(attempt=current, n=BY_THE_SITE).exists():
            return current
        current.steps_kept += 1
        step = H5PStep.objects.create(
            attempt=current,
            seq=current.steps_kept,
            page=act_id,
            n=BY_THE_SITE,
            verb=VERB_EXPERIENCED,
            data={"finishes": True},
            occurred_at=moment,
            received_at=at,
        )
        current.completed_at = current.completed_at or moment
        current.save(update_fields=["steps_kept", "completed_at"])
        record(seen(current, step), at=at)
    return current


def end_of(attempt: H5PAttempt) -> Literal["passed", "failed", "completed", ""]:
    """Return the outcome so far. failed: gone through without reaching what it has to; "": not finished."""
    if attempt.success:
        return "passed"
    if attempt.completed_at is None:
        return ""
    wanted = attempt.version.pass_percent is not None or attempt.success is False
    return "failed" if wanted else "completed"


def score_of(attempt: H5PAttempt) -> str:
    """Return the best result in words: "2/3", a share where the package told no points, "" without a result."""
    if attempt.best_raw is not None and attempt.best_max is not None:
        return f"{_points(attempt.best_raw)}/{_points(attempt.best_max)}"
    return "" if attempt.best_scaled is None else f"{int(attempt.best_scaled * 100)}%"


def _points(number: Decimal) -> str:
    """Format the number without trailing zeros."""
    return number_format(number.normalize() if number % 1 else int(number), use_l10n=True)


def progress_of(attempt: H5PAttempt) -> Mapping[str, object]:
    """Return the outcome and the best result so far, for the page and its script."""
    best = attempt.best_scaled
    return {
        "end": end_of(attempt),
        "score": score_of(attempt),
        "completed": attempt.completed_at is not None,
        "passed": attempt.success,
        "scaled": None if best is None else float(best),
        "raw": None if attempt.best_raw is None else float(attempt.best_raw),
        "max": None if attempt.best_max is None else float(attempt.best_max),
    }
