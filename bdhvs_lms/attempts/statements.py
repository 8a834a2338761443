"""Builds the xAPI statements of an attempt from its rows alone: no clock, no living content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bdhvs_lms.attempts.models import AttemptBase
from bdhvs_lms.attempts.references import from_references
from bdhvs_lms.tracking.api import VERB_INITIALIZED, LearningAct, ObjectRef


def act_of(
    attempt: AttemptBase, verb: str, occurred_at: datetime, *, part: ObjectRef | None = None, **more: Any
) -> LearningAct:
    """Return an act in this attempt: about its activity, or about a part of that. `more`: further fields of the act."""
    about = from_references(attempt.references)
    if part is not None:
        about |= {"object": part, "parent": (about["object"],)}
    return LearningAct(
        actor=attempt.learner.actor,
        verb=verb,
        id_seed=attempt.uuid,
        registration=attempt.uuid,
        revision=str(attempt.version.number),
        occurred_at=occurred_at,
        **{**about, **more},
    )


def initialized(attempt: AttemptBase) -> LearningAct:
    """Say that the attempt was opened: the server's own word, or an observer's."""
    return act_of(attempt, VERB_INITIALIZED, attempt.opened_at)
