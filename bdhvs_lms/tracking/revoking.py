"""Revokes a credential, or a source, with everything that was written with it, and with what followed from that.

Nobody gets in with it from the first moment. Then what it voided of others comes back, and its statements are voided,
in steps, each a short transaction, so that learners go on meanwhile; whoever is stopped goes on where it was.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bdhvs_lms.learners.api import Learner, learners_for_actors
from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.about import actor_keys
from bdhvs_lms.tracking.decisions import decided_as
from bdhvs_lms.tracking.live import decide, refold
from bdhvs_lms.tracking.locks import learner_lock
from bdhvs_lms.tracking.models import Revocation
from bdhvs_lms.tracking.vocabulary import REASON_REVOKED
from bdhvs_lms.tracking.withdrawing import voiding, withdrawals, would_follow
from bdhvs_xapi import api as xapi

# Statements of one step: with everything that follows from them, well below half a second.
STEP = 20
# Voidings of one step: of each learner concerned everything is decided anew.
RESTORED = 5
# Of so many people the preview says what would follow; of more, only how many they are.
LOOKED_AT = 100
# More statements of one person than that are no person's work.
MOST = 10_000

# Who is let in to write, and from where is fetched.
Writer = xapi.Credential | xapi.Source


@dataclass(frozen=True)
class Preview:
    """The effect of a revocation: `written`, and the `decisions` of the first `looked_at` learners of ours."""

    written: xapi.Written
    decisions: int
    looked_at: int
    whole: bool
    """Everybody was looked at: there are no more decisions."""


def _trust(writer: Writer) -> int:
    return writer.authority.trust if isinstance(writer, xapi.Credential) else writer.trust


def key_of(writer: Writer) -> str:
    """Return the key by which a `Revocation` knows whose it is. Keys of credentials are hexadecimal."""
    return writer.key if isinstance(writer, xapi.Credential) else f"source:{writer.pk}"


def authorities_of(writer: Writer) -> list[str]:
    """Return the authorities of its statements: one of a credential, of a source one for each that its
    statements name."""
    return [writer.authority.key] if isinstance(writer, xapi.Credential) else xapi.authorities_of_source(writer)


def _writer(key: str) -> Writer:
    kind, _, pk = key.rpartition(":")
    if kind:
        return xapi.Source.objects.get(pk=pk)
    return xapi.Credential.objects.select_related("authority").get(key=key)


def preview(writer: Writer, *, people: int = LOOKED_AT) -> Preview:
    """Writes nothing. Costs some ten queries for each learner looked at."""
    authorities = authorities_of(writer)
    keys = xapi.actors_of(*authorities, limit=people + 1)
    found = _learners(keys[:people])
    decisions = 0
    for learner in found:
        rows = [row for key in actor_keys(learner) for row in xapi.in_force_of(*authorities, actor_key=key, limit=MOST)]
        decisions += len(would_follow(learner, {statement_id for _seq, statement_id in rows}))
    return Preview(xapi.written_under(*authorities), decisions, len(found), len(keys) <= people)


@dataclass(frozen=True)
class WouldBeVoid:
    """The statements that a revocation takes out of force, and those that it lets count again."""

    authorities: frozenset[str]
    """Everything that they wrote."""
    restored: frozenset[UUID]
    """Statements of others that nothing else voids."""
    actor_keys: frozenset[str]
    """Of whom one of these speaks."""


def would_be_void(writer: Writer) -> WouldBeVoid:
    """Writes nothing. A few queries, one of which reads all that it wrote."""
    authorities = authorities_of(writer)
    set_aside = xapi.voidings_of(*authorities, limit=sys.maxsize)
    own = {seq for seq, _target in set_aside}
    targets = {target for _seq, target in set_aside}
    against = [(target, seq) for target, seq, _at in xapi.voidings_against(targets) if seq not in own]
    trusts = {fact.seq: fact.trust for fact in (xapi.facts(seqs=[seq for _target, seq in against]) if against else ())}
    facts = xapi.facts(statement_ids=targets, include_voided=True) if targets else []
    highest: dict[UUID, int] = {}
    for target, seq in against:
        highest[target] = max(trusts.get(seq, 0), highest.get(target, 0))
    restored = [
        fact
        for fact in facts
        if fact.authority not in authorities
        and not (fact.statement_id in highest and highest[fact.statement_id] >= fact.trust)
    ]
    keys = {*xapi.actors_of(*authorities, limit=sys.maxsize), *(fact.actor_key for fact in restored)}
    return WouldBeVoid(frozenset(authorities), frozenset(fact.statement_id for fact in restored), frozenset(keys))


def _learners(keys: list[str]) -> list[Learner]:
    return learners_for_actors([actor for key in keys if (actor := iris.actor_uuid(key)) is not None])


def begin(writer: Writer, *, by: Any, actor: UUID, reason: str, at: datetime) -> Revocation:
    """Stop the credential or source: nobody gets in with it, nothing is fetched from it from now on; all else follows
    by `step`. The act that there is already goes on. Whether `by` may do so is the caller's to check.

    Args:
        actor: whom the voidings name; opaque.
        reason: in words; not empty.
    """
    if not reason.strip():
        raise ValueError("Revoking with everything that was written needs a reason.")
    with transaction.atomic():
        if isinstance(writer, xapi.Credential):
            xapi.revoke(writer, at)
        else:
            xapi.stop_source(writer)
        revocation, _created = Revocation.objects.get_or_create(
            credential_key=key_of(writer), defaults={"reason": reason.strip(), "by": by, "actor": actor, "begun_at": at}
        )
    return revocation


def step(revocation: Revocation, *, at: datetime, size: int = STEP) -> bool:
    """Set the next voidings aside or void the next statements, in one transaction; whether something is left.

    Voidings first: what others said then stands again, and less is withdrawn only to be concluded anew.
    Nothing is left only when a look from the beginning finds nothing: a request that was let in before the credential
    was revoked may still have been writing. Two at once do not do the same twice.
    """
    with transaction.atomic():
        row = Revocation.objects.select_for_update().get(pk=revocation.pk)
        writer = _writer(row.credential_key)
        authorities = authorities_of(writer)
        if voidings := xapi.voidings_of(*authorities, limit=RESTORED):
            _restore(voidings)
            Revocation.objects.filter(pk=row.pk).update(finished_at=None)
            revocation.refresh_from_db()
            return True
        found = xapi.in_force_of(*authorities, after_seq=row.last_seq, limit=size)
        if not found and row.last_seq:
            found = xapi.in_force_of(*authorities, limit=size)
        if found:
            with withdrawals() as followed:
                xapi.record(
                    [voiding(each, by=str(row.actor), reason_code=REASON_REVOKED, at=at) for _seq, each in found],
                    authority=decided_as(max(_trust(writer), xapi.Trust.SERVER_GRADED)),
                    received_at=at,
                )
            row.last_seq = found[-1][0]
            row.voided += len(found)
            row.withdrawn += len(followed)
            row.finished_at = None
        else:
            row.finished_at = row.finished_at or at
        row.save(update_fields=["last_seq", "voided", "withdrawn", "finished_at"])
    revocation.refresh_from_db()
    return bool(found)


def _restore(voidings: Sequence[tuple[int, UUID]]) -> None:
    """Restore what these voidings took out of force, and decide what follows from it. Inside atomic()."""
    targets = {target for _seq, target in voidings}
    whom = xapi.facts(statement_ids=targets, include_voided=True)
    learners = _learners([fact.actor_key for fact in whom])
    # Before the ledger's own rows, as everywhere.
    learner_lock(*learners)
    xapi.set_aside(voidings)
    # Read anew: it is void no more, unless somebody else voided it as well.
    refold(xapi.facts(statement_ids=targets, include_voided=True))
    decide(*learners)


def go_on(
    revocation: Revocation,
    *,
    now: Callable[[], datetime],
    enough: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] | None = None,
) -> bool:
    """Run steps until nothing is left, which is answered with True, or until `enough()` says so.

    Args:
        progress: called after each step with the number of statements voided so far.
    """
    while step(revocation, at=now()):
        if progress is not None:
            progress(revocation.voided)
        if enough():
            return False
    return True
