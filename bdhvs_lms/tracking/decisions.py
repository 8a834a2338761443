"""Decisions: how the conclusions of deciders are recorded, what they are worth, when they are refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.acts import CONFIRMER, OBSERVER, REPORTED, SERVER
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
    """A `moment` from which some set of evidence suffices, none of which is trusted less than `trust`."""

    @property
    def moment(self) -> datetime: ...

    @property
    def trust(self) -> int: ...


S = TypeVar("S", bound=Step)


def decided_as(trust: int) -> str:
    """Return the authority under which a decision is recorded that rests on evidence of this trust."""
    return DECIDED_AS[xapi.Trust(trust)]


def decided_here(fact: xapi.Fact) -> bool:
    """Tell whether this is a decision of ours, which names its evidence; not somebody else's claim to be one."""
    return fact.authority in _OURS and bool(iris.named_evidence(fact))


def counts(decision: xapi.Fact) -> bool:
    """Tell whether this makes a status: in force, and by more than a claim (architecture, invariant 5). What we
    conclude
    from claims counts, for what it is: the rule said that claims will do."""
    return not decision.voided and (decision.trust >= xapi.Trust.SERVER_GRADED or decision.authority == REPORTED)


def covered(decision: xapi.Fact, steps: Iterable[Step]) -> bool:
    """Tell whether one of the steps suffices for the decision: by its date, with at least its trust."""
    return any(step.moment <= decision.occurred_at and step.trust >= decision.trust for step in steps)


def by_trust(trusts: Iterable[int], earliest: Callable[[int, datetime | None], S | None]) -> list[S]:
    """Return, for each trust that evidence has, the earliest step by evidence of that trust or more; of those with the
    same moment the most trusted. Moments and trusts both rise: the last step is the strongest set that suffices, the
    first one the earliest.

    earliest: the step for a trust, no earlier than the moment before; None: nothing of that trust suffices.
    """
    found: list[S] = []
    for trust in sorted(set(trusts)):
        step = earliest(trust, found[-1].moment if found else None)
        if step is None:
            break
        if found and found[-1].moment == step.moment:
            found.pop()
        found.append(step)
    return found


def wanting(steps: Iterable[S], decisions: Iterable[xapi.Fact]) -> list[S]:
    """Return the steps that no decision in force says yet: none has their date or an earlier one with at least their
    trust.

    So work that arrives late moves the date, and better evidence raises the trust, each by a further decision.
    """
    standing = [fact for fact in decisions if not fact.voided]
    return [
        step
        for step in steps
        if not any(fact.occurred_at <= step.moment and fact.trust >= step.trust for fact in standing)
    ]


def refused_evidence(decisions: Iterable[xapi.Fact]) -> set[UUID]:
    """Return the statements named by decisions of ours that a person has voided: they were looked at, and no longer
    count.

    A decision that was withdrawn because other evidence of it was voided refuses nothing. One query where something was
    voided, else none.
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
    """Return (target, authority, trust, reason) of every voiding of these statements that counts."""
    seqs = [seq for _target, seq, _at in xapi.voidings_against(list(targets))]
    return [
        (fact.voids, fact.authority, fact.trust, str(iris.context_extension(fact, EXTENSION_REASON) or ""))
        for fact in (xapi.facts(seqs=seqs) if seqs else ())
        if fact.voids is not None
    ]
