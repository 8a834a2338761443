"""What deciders conclude: how it is recorded, what it is worth, when it is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import transaction

from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.acts import CONFIRMER, OBSERVER, REPORTED, SERVER, LearningAct
from bdhvs_lms.tracking.models import TakenId
from bdhvs_lms.tracking.statements import statement_id
from bdhvs_lms.tracking.vocabulary import EXTENSION_REASON, REASON_WITHDRAWN
from bdhvs_xapi import api as xapi

logger = logging.getLogger(__name__)
# So many further ids are tried. Who has taken all of them has our key, and will take the next ones too.
TRIES = 8
# Who records a decision, by the trust of the strongest set of evidence that suffices for it.
DECIDED_AS = {
    xapi.Trust.CLIENT_REPORTED: REPORTED,
    xapi.Trust.SERVER_GRADED: SERVER,
    xapi.Trust.OBSERVED: OBSERVER,
    xapi.Trust.CONFIRMED: CONFIRMER,
}
_OURS = frozenset(DECIDED_AS.values())


class Step(Protocol):
    """That from `moment` on some set of evidence suffices, none of which is trusted less than `trust`."""

    @property
    def moment(self) -> datetime: ...

    @property
    def trust(self) -> int: ...


S = TypeVar("S", bound=Step)


def decided_as(trust: int) -> str:
    """The authority under which a decision is recorded that rests on evidence of this trust."""
    return DECIDED_AS[xapi.Trust(trust)]


def decided_here(fact: xapi.Fact) -> bool:
    """Whether this is a decision of ours, which names its evidence; not somebody else's claim to be one."""
    return fact.authority in _OURS and bool(iris.named_evidence(fact))


def counts(decision: xapi.Fact) -> bool:
    """Whether this makes a status: in force, and by more than a claim (architecture, invariant 5). What we conclude
    from claims counts, for what it is: the rule said that claims will do."""
    return not decision.voided and (decision.trust >= xapi.Trust.SERVER_GRADED or decision.authority == REPORTED)


def covered(decision: xapi.Fact, steps: Iterable[Step]) -> bool:
    """Whether one of the steps suffices for the decision: by its date, with at least its trust."""
    return any(step.moment <= decision.occurred_at and step.trust >= decision.trust for step in steps)


def wanting(steps: Iterable[S], decisions: Iterable[xapi.Fact]) -> list[S]:
    """The steps that no decision in force says yet: none has their date or an earlier one with at least their trust.

    So work that arrives late moves the date, and better evidence raises the trust, each by a further decision.
    """
    standing = [fact for fact in decisions if not fact.voided]
    return [
        step
        for step in steps
        if not any(fact.occurred_at <= step.moment and fact.trust >= step.trust for fact in standing)
    ]


def refused_evidence(decisions: Iterable[xapi.Fact]) -> set[UUID]:
    """Statements named by decisions of ours that a person has voided: they have been looked at, and no longer count.

    A decision that was withdrawn because other evidence of it was voided refuses nothing. One query where something
    was voided, else none.
    """
    voided = {fact.statement_id: fact for fact in decisions if fact.voided and decided_here(fact)}
    if not voided:
        return set()
    by_people = {
        target
        for target, authority, trust, reason in _voidings(voided)
        if trust >= voided[target].trust and not (authority in _OURS and reason == REASON_WITHDRAWN)
    }
    return {named for target in by_people for named in iris.named_evidence(voided[target])}


def _voidings(targets: Iterable[UUID]) -> list[tuple[UUID, str, int, str]]:
    """(target, authority, trust, reason) of every voiding of these statements that counts."""
    seqs = [seq for _target, seq, _at in xapi.voidings_against(list(targets))]
    reason = iris.extension_iri(EXTENSION_REASON)
    return [
        (fact.voids, fact.authority, fact.trust, str(_extensions(fact).get(reason, "")))
        for fact in (xapi.facts(seqs=seqs) if seqs else ())
        if fact.voids is not None
    ]


def _extensions(fact: xapi.Fact) -> dict[str, object]:
    found = fact.statement.get("context", {}).get("extensions", {})
    return found if isinstance(found, dict) else {}


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
    from bdhvs_lms.tracking.actions import record  # the writer needs the hooks of projections to exist first

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
    logger.error("No id is left for a decision: something stands under each of %s.", ", ".join(map(str, taken)))
    return []


def _say(taken: UUID, done: xapi.Recorded) -> None:
    [found] = xapi.facts(statement_ids=[taken], include_voided=True)
    logger.error(
        "Statement %s of authority %s stands under the id of a decision, which is recorded as %s.",
        found.statement_id,
        found.authority,
        done.statement_id,
    )
    TakenId.objects.get_or_create(
        recorded_as=done.statement_id,
        statement_id=found.statement_id,
        defaults={"authority": found.authority, "found_at": done.stored},
    )
