"""Taking items in hand, and putting down what became of them: the sender's two transactions, both short.

Between them the sender talks to the target and holds no lock. If it dies there, its lease runs out and the items are
sent again under the same ids: the target keeps one of each, and each is counted once, by whoever still holds the
lease when it puts it down.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from bdhvs_xapi.outbox.models import Item, State, Target
from bdhvs_xapi.outbox.transport import Answer, Outcome
from bdhvs_xapi.outbox.wire import MAX_RETRY_AFTER

# Longer than the two minutes that a transport may take for a batch.
LEASE: Final = timedelta(minutes=5)
BACKOFF_BASE: Final = 1.0
BACKOFF_CAP: Final = 600.0
# A statement that was alone in a batch which failed is put back for so long, doubled each time.
_PUT_BACK: Final = 30.0
# So often, while others were taken: then it is a dead letter. Before, it blocks nobody.
MAX_ATTEMPTS: Final = 8
# Nothing is held or waits for longer: a later time was put down while the clock ran ahead. A minute more, by which two
# servers' clocks may differ.
HELD: Final = LEASE + timedelta(minutes=1)
RESTING: Final = timedelta(seconds=MAX_RETRY_AFTER + 60)
_PUT_BACK_FOR: Final = timedelta(seconds=_PUT_BACK * 2**7 + 60)


@dataclass(frozen=True, slots=True)
class Claimed:
    item: int
    statement: int
    attempts: int
    last_error_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Items in hand, in order, under one lease."""

    lease: UUID
    items: Sequence[Claimed]


def waits(until: datetime | None, at: datetime) -> TypeGuard[datetime]:
    """Whether a peer that is not to be asked before ``until`` rests at ``at``."""
    return until is not None and at < until <= at + RESTING


def unheld(at: datetime) -> Q:
    """Rows that nobody has in hand at ``at``, or whose lease has run out."""
    return ~Q(lease_until__gt=at, lease_until__lte=at + HELD)


def backoff(failures: int, *, chance: Callable[[], float] = random.random) -> float:
    """Seconds to wait after ``failures`` in a row: anything up to 1, 2, 4, … 600 s ("full jitter").

    Evenly spread, so that senders that lost a target together do not come back together.
    """
    longest: float = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(failures - 1, 30))
    return chance() * longest


def claim(target: Target, *, at: datetime, linger: timedelta, using: str) -> Claim | None:
    """Takes the next batch of ``target`` in hand; None when there is nothing to send now.

    Less than a whole batch waits until the oldest has waited ``linger``. Senders never get the same item: on PostgreSQL
    they skip what another has locked, on SQLite a claim is a writing transaction, of which there is one at a time.
    """
    due = (
        Item.objects.using(using)
        .filter(unheld(at), target=target.pk, state=State.WAITING)
        .exclude(next_attempt_at__gt=at, next_attempt_at__lte=at + _PUT_BACK_FOR)
        .order_by("next_attempt_at", "statement")
    )
    size = max(1, min(target.batch_now, target.batch_size))
    # Outside the transaction: most of the time there is nothing, and looking takes no write lock.
    waiting = list(due.values_list("next_attempt_at", flat=True)[:size])
    if not waiting or (len(waiting) < size and at - linger < waiting[0] <= at):
        return None
    lease = uuid4()
    with transaction.atomic(using=using):
        found = due.select_for_update(skip_locked=True)[:size]
        # The plugin of mypy takes the foreign key for Statement's own column of that name.
        rows: Any = found.values_list("pk", "statement", "attempts", "last_error_at")
        items = [Claimed(*row) for row in rows]
        Item.objects.using(using).filter(pk__in=[each.item for each in items]).update(
            lease=lease, lease_until=at + LEASE
        )
    return Claim(lease, items) if items else None


def drop(claim: Claim, items: Sequence[Claimed], target: Target, *, using: str) -> None:
    """Takes items out of the queue that the target's filters keep back, and counts them."""
    with transaction.atomic(using=using):
        gone, _ = _held(claim, items, using).delete()
        Target.objects.using(using).filter(pk=target.pk).update(left_out=F("left_out") + gone)


def release(claim: Claim, items: Sequence[Claimed], *, using: str) -> None:
    """Puts items back untouched."""
    _held(claim, items, using).update(lease=None, lease_until=None)


def settle(
    claim: Claim,
    items: Sequence[Claimed],
    answer: Answer,
    target: Target,
    *,
    at: datetime,
    using: str,
    chance: Callable[[], float] = random.random,
) -> Mapping[Outcome, int]:
    """Puts down what became of ``items``, and how the target stands. How many were delivered, refused, and wait on."""
    by_outcome: dict[Outcome, list[Claimed]] = {outcome: [] for outcome in Outcome}
    for item, result in zip(items, answer.results, strict=True):
        by_outcome[result.outcome].append(item)
    with transaction.atomic(using=using):
        gone, _ = _held(claim, by_outcome[Outcome.DELIVERED], using).delete()
        for item, result in zip(items, answer.results, strict=True):
            if result.outcome is Outcome.REFUSED:
                _held(claim, [item], using).update(
                    state=State.DEAD,
                    attempts=F("attempts") + 1,
                    last_error=_text(result.reason),
                    last_error_at=at,
                    lease=None,
                    lease_until=None,
                )
        dead = len(by_outcome[Outcome.REFUSED])
        later = by_outcome[Outcome.LATER]
        if answer.trouble is not None and answer.trouble.batch and len(items) == 1 and later:
            dead += _put_back(claim, later[0], answer.trouble.reason, target, at=at, using=using, chance=chance)
        else:
            release(claim, later, using=using)
        _note(target, answer, gone, at=at, using=using, chance=chance)
    return {Outcome.DELIVERED: gone, Outcome.REFUSED: dead, Outcome.LATER: len(items) - gone - dead}


def _text(reason: str) -> str:
    """What a store or a stranger's transport said, as PostgreSQL can keep it."""
    return reason.replace("\0", "")


def _held(claim: Claim, items: Sequence[Claimed], using: str) -> Any:
    """``items`` as far as the lease is still ours: whoever claimed them meanwhile settles them."""
    return Item.objects.using(using).filter(pk__in=[each.item for each in items], lease=claim.lease)


def _put_back(
    claim: Claim,
    item: Claimed,
    reason: str,
    target: Target,
    *,
    at: datetime,
    using: str,
    chance: Callable[[], float],
) -> int:
    """The statement failed alone: the others go first. 1 when it is given up, because they were taken and it never."""
    others = Target.objects.using(using).filter(pk=target.pk).values_list("last_success_at", flat=True).get()
    alone = item.last_error_at is not None and others is not None and others >= item.last_error_at
    # While nothing else is taken, the target is what is wrong, and the statement is not counted as failing.
    attempts = item.attempts + 1 if alone or item.attempts == 0 else item.attempts
    given_up = attempts >= MAX_ATTEMPTS
    wait = _PUT_BACK * 2 ** min(attempts - 1, 7) * (0.5 + chance() / 2)
    _held(claim, [item], using).update(
        state=State.DEAD if given_up else State.WAITING,
        attempts=attempts,
        next_attempt_at=at + timedelta(seconds=wait),
        last_error=_text(f"failed {attempts} times while others were taken: {reason}" if given_up else reason),
        last_error_at=at,
        lease=None,
        lease_until=None,
    )
    return int(given_up)


def _note(
    target: Target, answer: Answer, delivered: int, *, at: datetime, using: str, chance: Callable[[], float]
) -> None:
    row = Target.objects.using(using).filter(pk=target.pk)
    # Somebody answered, and said something about statements: that too is being reachable.
    if answer.trouble is None or delivered:
        row.update(
            delivered=F("delivered") + delivered,
            failures=0,
            next_attempt_at=None,
            last_success_at=at,
            batch_now=Least(F("batch_now") * 2, F("batch_size")),
        )
    if answer.trouble is not None:
        trouble = answer.trouble
        failures = 1 if delivered else row.values_list("failures", flat=True).get() + 1
        wait = max(min(trouble.retry_after or 0.0, MAX_RETRY_AFTER), backoff(failures, chance=chance))
        row.update(
            failures=failures,
            next_attempt_at=at + timedelta(seconds=wait),
            last_error=_text(trouble.reason),
            last_error_at=at,
            **({"batch_now": Greatest(F("batch_now") / 2, 1)} if trouble.batch else {}),
            **({"paused": _text(trouble.reason)} if trouble.pause else {}),
        )
