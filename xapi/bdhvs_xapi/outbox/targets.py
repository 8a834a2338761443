"""What an operator does with a target: set it up, look at it, ask it, and send again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Max, Min, Q

from bdhvs_xapi.outbox.models import Item, Peer, State, Target
from bdhvs_xapi.outbox.registry import transports
from bdhvs_xapi.outbox.secrets import SecretUnreadable, seal, unseal
from bdhvs_xapi.outbox.transport import Check, Destination, Transport
from bdhvs_xapi.store import order, rows
from bdhvs_xapi.store.guard import LOCK
from bdhvs_xapi.store.models import Statement, Trust

LISTS: Final = ("verbs", "activities", "categories", "authorities")
# Rows of one transaction: nobody waits longer than a blink for the write lock of SQLite.
_PIECE: Final = 5000
_INSTANT: Final = timedelta(microseconds=1)


class TransportMissing(LookupError):
    """No registered transport has this key: the app that brings it is not installed."""


@dataclass(frozen=True, slots=True)
class PeerStatus:
    """How a target or source answered last. ``reachable``: by the last attempt; None before any."""

    reachable: bool | None
    paused: str
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error: str
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status(PeerStatus):
    """How a target stands. Counts are of this moment."""

    waiting: int
    oldest_waiting: datetime | None
    dead: int
    delivered: int
    left_out: int


def create_target(
    key: str,
    *,
    url: str = "",
    name: str = "",
    username: str = "",
    password: str = "",
    version: str = "1.0.3",
    filters: Mapping[str, Any] | None = None,
    batch_size: int = 50,
    transport: str = "bdhvs_xapi.http",
    using: str = "default",
) -> Target:
    """A new target: what is recorded from now on waits for it (``requeue`` adds what was recorded before).

    Raises ``ValueError`` with all that is wrong: address, filters, batch size; ``TransportMissing``.
    """
    target = Target(
        key=key,
        name=name,
        url=url.rstrip("/"),
        version=version,
        secret=seal(username, password),
        filters={} if filters is None else filters,
        batch_size=batch_size,
        batch_now=batch_size,
        transport=transport,
    )
    if found := target_faults(target):
        raise ValueError("; ".join(found))
    target.save(using=using, force_insert=True)
    return target


def target_faults(target: Target) -> list[str]:
    """What is wrong with a target before it is saved, in sentences; asks nobody. Raises ``TransportMissing``."""
    found = filter_faults(target.filters)
    if not 1 <= target.batch_size <= 100:
        found.append("a batch has 1 to 100 statements")
    return found + _transport(target).faults(destination(target))


def filter_faults(filters: Any) -> list[str]:
    """What is wrong with ``Target.filters``, in sentences."""
    if not isinstance(filters, dict):
        return ["filters are a JSON object"]
    found = []
    for name, value in filters.items():
        if name in LISTS:
            if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
                found.append(f"{name} is a list of texts, at least one")
        elif name == "trust":
            if isinstance(value, bool) or value not in Trust.values:
                found.append(f"trust is a number from {Trust.CLIENT_REPORTED} to {Trust.CONFIRMED}")
        else:
            found.append(f"there is no filter {name!r}; there are {', '.join(LISTS)} and trust")
    return found


def set_credentials(peer: Peer, username: str, password: str) -> None:
    """Puts user name and password, sealed, into a target or source; the caller saves it."""
    peer.secret = seal(username, password)


def username_of(peer: Peer) -> str:
    """The user name that is kept; empty when none is, or it cannot be read any more."""
    try:
        return unseal(peer.secret)[0]
    except SecretUnreadable:
        return ""


def status(target: Target, *, using: str = "default") -> Status:
    """Two queries; the count takes as long as the backlog is."""
    now = Target.objects.using(using).filter(pk=target.pk).values().get()
    counted = (
        Item.objects.using(using)
        .filter(target=target.pk)
        .aggregate(
            waiting=Count("id", filter=Q(state=State.WAITING)),
            oldest=Min("queued_at", filter=Q(state=State.WAITING)),
            dead=Count("id", filter=Q(state=State.DEAD)),
        )
    )
    return Status(
        **answered(now),
        waiting=counted["waiting"],
        oldest_waiting=counted["oldest"],
        dead=counted["dead"],
        delivered=now["delivered"],
        left_out=now["left_out"],
    )


def answered(now: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``PeerStatus``, from a peer's row."""
    tried = now["last_success_at"] is not None or now["last_error_at"] is not None
    kept = ("paused", "last_success_at", "last_error_at", "last_error", "next_attempt_at")
    reachable = now["failures"] == 0 and not now["paused"] if tried else None
    return {"reachable": reachable} | {name: now[name] for name in kept}


def test_connection(target: Target) -> Check:
    """Asks the target whether it answers and lets us in; sends nothing that stays. Raises ``TransportMissing``."""
    try:
        if found := target_faults(target):
            return Check(False, reason="; ".join(found))
        with open_transport(target) as transport:
            return transport.check()
    except SecretUnreadable as error:
        return Check(False, reason=str(error))


# pytest would take the name for a test where it is imported.
test_connection.__test__ = False  # type: ignore[attr-defined]


def replay(target: Target, *, items: Collection[int] | None = None, at: datetime, using: str = "default") -> int:
    """Dead letters back into the queue, all of the target or those of the primary keys ``items``; how many."""
    dead = Item.objects.using(using).filter(target=target, state=State.DEAD)
    if items is not None:
        dead = dead.filter(pk__in=items)
    return dead.update(state=State.WAITING, attempts=0, next_attempt_at=at, lease=None, lease_until=None)


def requeue(target: Target, since: datetime | None, *, at: datetime, using: str = "default") -> int:
    """Queues every statement stored at or after ``since`` (None: all) that does not wait already; how many.

    For a new target that is to have the past too, and for one that has lost its data. What it has already does no
    harm. In transactions of 5,000; stopped in between, it may simply be called again. Dead letters stay.
    """
    connection = connections[using]
    _wait_for_writers(connection)
    when = connection.ops.adapt_datetimefield_value(at)
    last = -1 if since is None else order.not_after(since - _INSTANT)
    queued = 0
    while True:
        # Its end before its rows: a statement that comes meanwhile is queued by whoever records it.
        piece = Statement.objects.using(using).filter(seq__gt=last).order_by("seq").values_list("seq")[:_PIECE]
        end = piece.aggregate(end=Max("seq"))["end"]
        if end is None:
            return queued
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {rows.table(Item)} (target_id, statement_id, state, attempts, queued_at, "  # noqa: S608
                f"next_attempt_at, last_error) SELECT %s, seq, {State.WAITING.value}, 0, %s, %s, '' "
                f"FROM {rows.table(Statement)} WHERE seq > %s AND seq <= %s "
                "ON CONFLICT (target_id, statement_id) DO NOTHING",
                [target.pk, when, when, last, end],
            )
            queued += cursor.rowcount
        last = end


def _wait_for_writers(connection: BaseDatabaseWrapper) -> None:
    """Lets transactions end that are recording and do not see a target that has just been made.

    On PostgreSQL each holds the guard's lock, shared; who gets it alone has waited for all of them. SQLite has one
    writer, and the first piece waits for it.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def pause(target: Target, reason: str, *, using: str = "default") -> None:
    """Sends nothing more until ``resume``; what is recorded waits. Raises ``ValueError`` without a reason."""
    if not reason.strip():
        raise ValueError("say why")
    Target.objects.using(using).filter(pk=target.pk).update(paused=reason)


def resume(peer: Peer, *, using: str = "default") -> None:
    """Sends or fetches again, at once: after a pause, or when nobody wants to wait for the next attempt."""
    type(peer)._default_manager.using(using).filter(pk=peer.pk).update(paused="", failures=0, next_attempt_at=None)


def destination(peer: Peer) -> Destination:
    """Raises ``SecretUnreadable``."""
    username, password = unseal(peer.secret)
    return Destination(peer.key, peer.url.rstrip("/"), peer.version, username, password)


def open_transport(target: Target) -> Transport:
    """The transport of a target, to be closed. Raises ``SecretUnreadable``, ``TransportMissing``."""
    return _transport(target)(destination(target))


def _transport(target: Target) -> type[Transport]:
    found = transports().get(target.transport)
    if found is None:
        raise TransportMissing(f"no transport {target.transport!r}: is the app installed that brings it?")
    return found
