"""Decisions whose evidence was taken away: which of them nothing else suffices for, and their voiding.

Evidence is voided by a person, by a program that may, or with everything that a revoked credential wrote. What rested
on it is voided by statements of the system, in the same transaction; what rested on those follows by the same path.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.about import actor_keys, facts_about
from bdhvs_lms.tracking.acts import SERVER
from bdhvs_lms.tracking.decisions import decided_as, decided_here
from bdhvs_lms.tracking.projections import deciders
from bdhvs_lms.tracking.vocabulary import (
    EXTENSION_REASON,
    REASON_WITHDRAWN,
    VERB_COMPLETED,
    VERB_MASTERED,
    VERB_NAMES,
    VERB_VOIDED,
)
from bdhvs_xapi import api as xapi

# The account that acts where nobody does: it is none of a learner or a member of staff.
SYSTEM = f"authority-{SERVER}"
_withdrawn: contextvars.ContextVar[list[UUID] | None] = contextvars.ContextVar("bdhvs_withdrawn", default=None)


def unsupported(learner: Learner, assumed: Collection[UUID] = frozenset()) -> list[xapi.Fact]:
    """Return decisions in force about this learner for which no other set of evidence suffices, now that some that they
    name is void; and those that name what is somebody else's since records were parted, for what they say is no
    longer true. Nothing is written. Six queries, one more for each decider; two where nothing is.

    Args:
        assumed: statements that are taken to be void as well: what would follow if they were.
    """
    standing = [
        fact
        for fact in facts_about(learner, verbs=[VERB_COMPLETED, VERB_MASTERED])
        if decided_here(fact) and fact.statement_id not in assumed
    ]
    named = {fact.statement_id: set(iris.named_evidence(fact)) for fact in standing}
    ids = set().union(*named.values())
    evidence, keys = _facts(ids), set(actor_keys(learner))
    others = {fact.statement_id for fact in evidence if fact.actor_key not in keys}
    untrue = [fact for fact in standing if not others.isdisjoint(named[fact.statement_id])]
    lost = {fact.statement_id for fact in untrue}
    gone = {fact.statement_id for fact in evidence if fact.voided} | others | lost | ids.intersection(assumed)
    touched = [
        fact for fact in standing if fact.statement_id not in lost and not gone.isdisjoint(named[fact.statement_id])
    ]
    if not touched:
        return untrue
    gone.update(assumed)
    return untrue + [fact for decider in deciders() for fact in decider.unsupported(learner, touched, gone)]


def would_follow(learner: Learner, assumed: Collection[UUID]) -> list[xapi.Fact]:
    """Return the decisions that would be withdrawn if these statements were voided, and those that would follow from
    that."""
    gone, found = set(assumed), []
    while fresh := unsupported(learner, gone):
        found.extend(fresh)
        gone.update(fact.statement_id for fact in fresh)
    return found


@contextlib.contextmanager
def withdrawals() -> Iterator[list[UUID]]:
    """Collect the ids of the decisions that are withdrawn meanwhile, in this thread and however far they follow."""
    found: list[UUID] = []
    token = _withdrawn.set(found)
    try:
        yield found
    finally:
        _withdrawn.reset(token)


def withdraw(learner: Learner, *, at: datetime | None = None) -> int:
    """Void what nothing suffices for any more; what follows from that follows. Inside atomic(), the learner locked.

    Returns how many decisions were voided here. Each voiding has the time of the latest voiding of its evidence; `at`,
    where none of it is void: when records were parted, of which one has it.
    """
    lost = unsupported(learner)
    if not lost:
        return 0
    moments = _moments({named for fact in lost for named in iris.named_evidence(fact)})
    by_authority: dict[str, list[dict[str, Any]]] = defaultdict(list)
    latest: datetime | None = None
    for fact in lost:
        voided = [moments[named] for named in iris.named_evidence(fact) if named in moments]
        moment = max(voided, default=at or fact.stored)
        latest = moment if latest is None else max(latest, moment)
        authority = decided_as(max(fact.trust, xapi.Trust.SERVER_GRADED))
        by_authority[authority].append(voiding(fact.statement_id, by=SYSTEM, reason_code=REASON_WITHDRAWN, at=moment))
    heard = _withdrawn.get()
    if heard is not None:
        heard.extend(fact.statement_id for fact in lost)
    assert latest is not None  # noqa: S101 - something is lost
    for authority, statements in sorted(by_authority.items()):
        xapi.record(statements, authority=authority, received_at=latest)
    return len(lost)


def voiding(statement_id: UUID, *, by: str, reason_code: str, at: datetime) -> dict[str, Any]:
    """Return the statement that takes another one out of force. `by`: the account that voids, opaque or
    the system's."""
    return {
        "actor": xapi.account_actor(iris.home_page(), by),
        "verb": {"id": VERB_VOIDED, "display": VERB_NAMES[VERB_VOIDED]},
        "object": {"objectType": "StatementRef", "id": str(statement_id)},
        "timestamp": at.isoformat(),
        "context": {"extensions": {iris.extension_iri(EXTENSION_REASON): reason_code}},
    }


def _moments(targets: Collection[UUID]) -> dict[UUID, datetime]:
    """Return the moment when each of these statements was voided last; those that never were are not there."""
    found: dict[UUID, datetime] = {}
    for target, _seq, at in xapi.voidings_against(targets):
        found[target] = max(at, found.get(target, at))
    return found


def _facts(ids: Collection[UUID]) -> Sequence[xapi.Fact]:
    return xapi.facts(statement_ids=ids, include_voided=True) if ids else ()
