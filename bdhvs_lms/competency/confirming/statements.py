"""Statements of a confirmation to the ledger: one for each competency."""

from __future__ import annotations

from uuid import UUID

from bdhvs_lms.competency.confirming.models import Confirmation
from bdhvs_lms.tracking.api import (
    CONFIRMER,
    EXTENSION_EVIDENCE,
    TYPE_OBJECTIVE,
    VERB_CONFIRMED,
    LearningAct,
    ObjectRef,
    competency_iri,
    statement_id,
)


def statements_of(confirmation: Confirmation) -> list[LearningAct]:
    """Build the statements from the rows alone: building them again gives the same. Without number, signer and unit,
    which are typed.

    Its trust is that of the authority under which it is recorded.
    """
    act = confirmation.act
    return [
        LearningAct(
            actor=confirmation.learner.actor,
            verb=VERB_CONFIRMED,
            object=ObjectRef(competency_iri(one["framework"], one["code"], one["level"]), TYPE_OBJECTIVE, one["names"]),
            id_seed=confirmation.uuid,
            occurred_at=act.occurred_at,
            instructor=act.confirmer,
            authority=CONFIRMER,
            extensions={EXTENSION_EVIDENCE: [one["statement"]]},
        )
        for one in confirmation.attained
    ]


def ids_of(confirmation: Confirmation) -> list[UUID]:
    return [statement_id(act) for act in statements_of(confirmation)]
