"""Statements to the ledger of somebody at a session."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid5

from bdhvs_lms.attempts.api import from_references
from bdhvs_lms.classes.models import SessionAct
from bdhvs_lms.tracking.api import OBSERVER, LearningAct, statement_id
from bdhvs_xapi.api import voided_among


def statement_of(act: SessionAct) -> LearningAct:
    """Build the statement from the row alone: building it again gives the same."""
    return LearningAct(
        actor=act.learner.actor,
        verb=act.verb,
        id_seed=uuid5(act.session.uuid, str(act.learner.actor)),
        occurred_at=act.occurred_at,
        revision=act.revision,
        grading=act.grading,
        instructor=act.instructor,
        authority=OBSERVER,
        **from_references(act.payload),
    )


def standing(acts: Iterable[SessionAct]) -> list[SessionAct]:
    """Return those acts that count: neither corrected here, nor voided in the ledger by an operator. One query for each
    500."""
    ids = {act.pk: statement_id(statement_of(act)) for act in acts if act.voided_at is None}
    gone = voided_among(ids.values())
    return [act for act in acts if act.pk in ids and ids[act.pk] not in gone]
