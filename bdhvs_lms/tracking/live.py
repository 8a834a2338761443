"""The one path from the ledger to projections and deciders: an act, an LRS POST and a pull all arrive here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.deciding import record_decisions
from bdhvs_lms.tracking.locks import learner_lock, learners_held
from bdhvs_lms.tracking.models import Unfolded
from bdhvs_lms.tracking.projections import deciders, paused, projections
from bdhvs_lms.tracking.withdrawing import withdraw
from bdhvs_xapi import api as xapi


def of_whom(statements: Sequence[xapi.Fact]) -> list[xapi.Fact]:
    """Return the statements, and those that they void."""
    targets = [fact.voids for fact in statements if fact.voids is not None]
    voided = xapi.facts(statement_ids=targets, include_voided=True) if targets else []
    return [*statements, *voided]


def _facts_by_learner(statements: Sequence[xapi.Fact]) -> dict[Learner, list[xapi.Fact]]:
    """Group the statements that speak of a known learner. A voiding statement speaks of whom its target speaks."""
    by_uuid: dict[Any, list[xapi.Fact]] = {}
    for fact in of_whom(statements):
        actor = iris.actor_uuid(fact.actor_key)
        if actor is not None:
            by_uuid.setdefault(actor, []).append(fact)
    return {
        learner: [fact for record in learner.records for fact in by_uuid.get(record.actor, ())]
        for learner in learners_held(by_uuid)
    }


def on_recording(
    sender: Any, *, actor_keys: frozenset[str], voids: frozenset[Any], later: bool = False, **kwargs: Any
) -> None:
    """Take the learners' locks, before the ledger's own: a transaction that held a new row of the ledger and then
    waited for a learner could wait for one that holds the learner and waits for the row. What is folded later needs
    none."""
    if later:
        return
    keys = set(actor_keys)
    if voids:
        keys |= {fact.actor_key for fact in xapi.facts(statement_ids=voids, include_voided=True)}
    actors = [actor for key in keys if (actor := iris.actor_uuid(key)) is not None]
    if actors:
        learner_lock(*learners_held(actors))


def on_recorded(sender: Any, *, statements: Sequence[xapi.Fact], later: bool = False, **kwargs: Any) -> None:
    """Take statements from an act, an LRS POST or a pull, inside their transaction: the one path.

    An act is folded at once. What comes from elsewhere is written down, and folded in steps after the commit.
    """
    if later:
        put(statements)
    else:
        fold(statements)


def fold(statements: Sequence[xapi.Fact]) -> None:
    """Update projections by these statements, then ask the deciders. Inside atomic(), with the learners' locks."""
    facts = _facts_by_learner(statements)
    if not facts:
        return
    for projection in projections():
        projection.refold(projection.advance(facts))
    if not paused():
        for learner, listed in facts.items():
            if any(fact.voided for fact in listed):
                withdraw(learner)
        _record_decisions(facts)


def refold(statements: Sequence[xapi.Fact]) -> None:
    """Fold whatever these statements touch from all that is stored: they are not new, but count again. Inside atomic(),
    with the learners' locks."""
    facts = _facts_by_learner(statements)
    for projection in projections() if facts else ():
        projection.refold(projection.touched(facts))


def decide(*learners: Learner, at: datetime | None = None) -> int:
    """Run every decider over everything of these learners; returns how many statements it recorded. Inside atomic().

    `at`: when evidence came to be somebody else's, if it did (`withdraw`)."""
    learner_lock(*learners)
    ordered = sorted(learners, key=lambda learner: learner.pk)
    withdrawn = sum(withdraw(learner, at=at) for learner in ordered)
    return withdrawn + _record_decisions(dict.fromkeys(ordered))


def _record_decisions(facts: Mapping[Learner, Sequence[xapi.Fact] | None]) -> int:
    return sum(len(record_decisions(decider.decide(facts))) for decider in deciders())


def put(statements: Sequence[xapi.Fact]) -> None:
    """Write down those that may speak of a learner. In the transaction that stores them.

    Raises `xapi.TooManyStatements`: what is decided about a learner is decided by all that is said, under a lock for
    which the learner waits, so it has a bound (`BDHVS_MAX_STATEMENTS_PER_LEARNER`).
    """
    about = {fact.actor_key for fact in statements if iris.actor_uuid(fact.actor_key) is not None}
    most = app_settings.MAX_STATEMENTS_PER_LEARNER
    if most and about and (crowded := xapi.crowded(about, most)):
        raise xapi.TooManyStatements(
            f"{most} statements are stored about {sorted(crowded)[0]}: other systems can add no more"
        )
    rows = [
        Unfolded(seq=fact.seq)
        for fact in statements
        if fact.voids is not None or iris.actor_uuid(fact.actor_key) is not None
    ]
    if rows:
        Unfolded.objects.bulk_create(rows)
