"""Records the conclusions of deciders, whatever somebody else has put under their ids."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from bdhvs_lms.tracking.actions import record
from bdhvs_lms.tracking.acts import LearningAct
from bdhvs_lms.tracking.models import TakenId
from bdhvs_lms.tracking.statements import statement_id
from bdhvs_xapi import api as xapi

logger = logging.getLogger(__name__)
# So many further ids are tried. Who has taken all of them has our key, and will take the next ones too.
TRIES = 8


def record_decisions(acts: Sequence[LearningAct]) -> list[xapi.Recorded]:
    """Record the acts; their time is the time at which the rule first held, so that nothing is clamped.

    What is recorded here follows from what a learner did, and must never undo it. Where a statement of somebody else
    stands under an act's id, the act gets another one (its try counts up), and `TakenId` says so to the operators.
    """
    if not acts:
        return []
    try:
        return _record(acts)
    except xapi.StatementConflict:
        # One by one: only the one whose id is taken needs another.
        return [done for act in acts for done in _record_elsewhere(act)]


def _record(acts: Sequence[LearningAct]) -> list[xapi.Recorded]:
    with transaction.atomic():
        return record(acts, at=max(act.occurred_at for act in acts))


def _record_elsewhere(act: LearningAct) -> list[xapi.Recorded]:
    taken = []
    for number in range(TRIES):
        attempt = replace(act, try_no=act.try_no + number)
        try:
            [done] = _record([attempt])
        except xapi.StatementConflict as conflict:
            if conflict.statement_id != statement_id(attempt):
                raise
            taken.append(conflict.statement_id)
            continue
        for each in taken:
            _say(each, done)
        return [done]
    logger.error("No ID is left for a decision: each of %s is taken.", ", ".join(map(str, taken)))
    return []


def _say(taken: UUID, done: xapi.Recorded) -> None:
    [found] = xapi.facts(statement_ids=[taken], include_voided=True)
    logger.error(
        "Statement %s of authority %s has the ID of a decision, which is recorded as %s instead.",
        found.statement_id,
        found.authority,
        done.statement_id,
    )
    TakenId.objects.get_or_create(
        recorded_as=done.statement_id,
        statement_id=found.statement_id,
        defaults={"authority": found.authority, "found_at": done.stored},
    )
