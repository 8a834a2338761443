"""The only writer to the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.acts import CLIENT, CONFIRMER, OBSERVER, REPORTED, SERVER, LearningAct
from bdhvs_lms.tracking.decisions import decided_as
from bdhvs_lms.tracking.models import Act
from bdhvs_lms.tracking.statements import build
from bdhvs_lms.tracking.vocabulary import REPORTED_NAMES, VERB_NAMES, VERB_VOIDED
from bdhvs_lms.tracking.withdrawing import voiding
from bdhvs_xapi import api as xapi

# How far back a browser may date an act: an evening's work done without a line, not last year's.
OFFLINE_WINDOW = timedelta(days=14)

AUTHORITIES = {
    CLIENT: xapi.Trust.CLIENT_REPORTED,
    REPORTED: xapi.Trust.CLIENT_REPORTED,
    SERVER: xapi.Trust.SERVER_GRADED,
    OBSERVER: xapi.Trust.OBSERVED,
    CONFIRMER: xapi.Trust.CONFIRMED,
}


def ensure_authorities() -> None:
    """Make the site's own authorities, from which trust follows, once, with the tables."""
    xapi.register_iris([iris.profile_iri(), *VERB_NAMES, *REPORTED_NAMES])
    for key, trust in AUTHORITIES.items():
        xapi.ensure_authority(key, agent=xapi.account_actor(iris.home_page(), f"authority-{key}"), trust=trust)


def clamp(claimed: datetime | None, received: datetime, *, not_before: datetime | None = None) -> datetime:
    """Return the learner's time: what the browser claims, if it is neither in the future, nor older than the offline
    window, nor before what the server itself knows to have come first; else the time of receipt.

    Done once; the result is stored and never computed again. A clock set back must not win a finished year's target.

    Args:
        not_before: receipt of the act that must precede this one (opening before submitting, enrolling before both).
    """
    if claimed is None or claimed > received or claimed < received - OFFLINE_WINDOW:
        return received
    return received if not_before is not None and claimed < not_before else claimed


def record(acts: Sequence[LearningAct], *, at: datetime) -> list[xapi.Recorded]:
    """Write the acts' statements into the ledger, in the caller's transaction; projections and deciders follow.

    Args:
        acts: in the order in which they are to stand. May speak of several learners.
        at: time of receipt, aware.

    Raises:
        bdhvs_xapi.api.StatementConflict: an act with the same id was recorded with other content.
        bdhvs_xapi.api.TransactionRequired: outside a transaction.
    """
    if not acts:
        return []
    recorded: list[xapi.Recorded] = []
    for authority, group in groupby(acts, key=lambda act: act.authority):
        recorded.extend(xapi.record([build(act) for act in group], authority=authority, received_at=at))
    return recorded


def record_act(
    learner: Learner,
    *,
    act_id: UUID,
    verb: str,
    activity_key: UUID,
    id_seed: UUID,
    revision: str,
    occurred_at: datetime,
    received_at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> tuple[Act, bool]:
    """Keep a simple act, once per `act_id`. Returns (row, created); a repeated submit gets the first row.

    Raises PermissionError when the `act_id` is another learner's: a form's key is no way to read somebody's act.
    """
    act, created = Act.objects.get_or_create(
        act_id=act_id,
        defaults={
            "learner": learner,
            "verb": verb,
            "activity_key": activity_key,
            "id_seed": id_seed,
            "revision": revision,
            "payload": dict(payload or {}),
            "occurred_at": occurred_at,
            "received_at": received_at,
        },
    )
    if act.learner_id not in learner.ids:
        raise PermissionError("This act belongs to another learner.")
    return act, created


def void(statement_id: UUID, *, by: UUID, reason_code: str, at: datetime) -> xapi.Recorded:
    """Take a statement out of force by a voiding statement. `by`: opaque actor of the member of staff.

    Decisions that it was evidence for and nothing else suffices for are voided with it, by statements of the system.

    The voiding is recorded with the trust of its target, at least the server's: of less trust it would take nothing
    out of force. Whether `by` may do so is the caller's to check.

    Raises LookupError when there is no such statement: nobody voids on suspicion. ValueError for one that is void
    already, or is a voiding itself (xAPI 1.0.3 Part Two, 2.3.2: it cannot be voided).
    """
    target = xapi.get(statement_id)
    if target is None:
        raise LookupError(f"No statement {statement_id}.")
    if target.voided:
        raise ValueError(f"Statement {statement_id} is void already.")
    if target.verb == VERB_VOIDED:
        raise ValueError(f"Statement {statement_id} is a voiding: it cannot be voided.")
    return _void([target], by=by, reason_code=reason_code, at=at)[0]


def void_all(statement_ids: Collection[UUID], *, by: UUID, reason_code: str, at: datetime) -> int:
    """Apply `void` to many at once; those that are void already, or are not there, are left out. Returns how many."""
    found = xapi.facts(statement_ids=statement_ids) if statement_ids else []
    return len(_void([fact for fact in found if fact.verb != VERB_VOIDED], by=by, reason_code=reason_code, at=at))


def _void(targets: Iterable[xapi.Fact], *, by: UUID, reason_code: str, at: datetime) -> list[xapi.Recorded]:
    by_authority: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for target in targets:
        trust = max(target.trust, AUTHORITIES[SERVER])
        statement = voiding(target.statement_id, by=str(by), reason_code=reason_code, at=at)
        by_authority[decided_as(trust)].append(statement)
    return [
        done
        for authority, statements in sorted(by_authority.items())
        for done in xapi.record(statements, authority=authority, received_at=at)
    ]
