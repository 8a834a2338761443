"""Delivering what waits: one pass over the targets, or until told to stop. Several senders at once are safe."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import Error as DatabaseError
from django.db import connections

from bdhvs_xapi.outbox.claims import Claim, Claimed, claim, drop, release, settle, waits
from bdhvs_xapi.outbox.loading import load
from bdhvs_xapi.outbox.models import Target
from bdhvs_xapi.outbox.pace import Pace
from bdhvs_xapi.outbox.recording import catch_up
from bdhvs_xapi.outbox.secrets import SecretUnreadable
from bdhvs_xapi.outbox.targets import TransportMissing, open_transport
from bdhvs_xapi.outbox.transport import LATER, Answer, Outcome, Outgoing, Transport, Trouble

log = logging.getLogger(__name__)
# How long less than a whole batch waits for company.
LINGER: Final = timedelta(seconds=5)
# How often a sender looks whether there is something to send, and whether there are other targets.
_LOOK_SECONDS: Final = 1.0
_TARGETS_SECONDS: Final = 5.0


def utcnow() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Delivery:
    """What one pass did for one target. ``trouble``: the last that kept it from going on; empty, and it is done."""

    target: str
    delivered: int = 0
    dead: int = 0
    left_out: int = 0
    trouble: str = ""

    @property
    def moved(self) -> int:
        return self.delivered + self.dead + self.left_out


class Courier:
    """Sends to one target, over a connection that it keeps while the target stays as it is."""

    def __init__(
        self, key: str, *, linger: timedelta = LINGER, clock: Callable[[], datetime] = utcnow, using: str = "default"
    ) -> None:
        self.key = key
        self.linger = linger
        self.clock = clock
        self.using = using
        self._transport: Transport | None = None
        self._made_of: tuple[str, ...] = ()

    def step(self, done: Delivery) -> bool:
        """One batch, put down in ``done``. False when there is nothing to send now, or the target has to wait."""
        target = Target.objects.using(self.using).filter(key=self.key).first()
        at = self.clock()
        if target is None or not target.active or target.paused:
            done.trouble = target.paused if target is not None else ""
            return False
        if waits(target.next_attempt_at, at):
            done.trouble = target.last_error
            return False
        claimed = claim(target, at=at, linger=self.linger, using=self.using)
        if claimed is None:
            return False
        loaded = load(target, claimed.items, using=self.using)
        if loaded.left_out:
            drop(claimed, loaded.left_out, target, using=self.using)
            done.left_out += len(loaded.left_out)
        if loaded.too_many:
            release(claimed, loaded.too_many, using=self.using)
        if not loaded.batch:
            return True
        return self._send(target, claimed, loaded.items, loaded.batch, done)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _send(
        self, target: Target, claimed: Claim, items: list[Claimed], batch: list[Outgoing], done: Delivery
    ) -> bool:
        answer = self._ask(target, batch)
        counted = settle(claimed, items, answer, target, at=self.clock(), using=self.using)
        done.delivered += counted[Outcome.DELIVERED]
        done.dead += counted[Outcome.REFUSED]
        done.trouble = answer.trouble.reason if answer.trouble is not None else ""
        return answer.trouble is None

    def _ask(self, target: Target, batch: list[Outgoing]) -> Answer:
        later = [LATER] * len(batch)
        try:
            answer = self._open(target).send(batch)
        except SecretUnreadable as error:
            return Answer(later, Trouble(str(error), pause=True))
        except TransportMissing as error:
            return Answer(later, Trouble(str(error)))
        except Exception as error:
            # A stranger's transport; whatever it did, the statements wait and the other targets go on.
            log.exception("The transport of %s failed", target.key)
            return Answer(later, Trouble(f"{type(error).__name__}: {error}", batch=True))
        if len(answer.results) != len(batch):
            log.error(
                "The transport of %s returned %d results for %d statements", target.key, len(answer.results), len(batch)
            )
            return Answer(later, Trouble("the transport did not say what became of each statement", batch=True))
        return answer

    def _open(self, target: Target) -> Transport:
        made_of = (target.transport, target.url, target.version, target.secret)
        if self._transport is None or made_of != self._made_of:
            self.close()
            self._transport, self._made_of = open_transport(target), made_of
        return self._transport


def deliver(
    *,
    targets: Collection[str] | None = None,
    stop: threading.Event | None = None,
    clock: Callable[[], datetime] = utcnow,
    using: str = "default",
) -> list[Delivery]:
    """One pass: sends what waits and is due, batch by batch in turn, until nothing is or every target has trouble.

    ``targets``: keys; all active ones without. ``stop``: when set, no further batch is begun. One ``Delivery`` for each
    target, by key. What is recorded meanwhile may be sent too.
    """
    catch_up(Pace(_TARGETS_SECONDS, using=using, stop=stop), using=using)
    found = Target.objects.using(using).filter(active=True)
    if targets is not None:
        found = found.filter(key__in=targets)
    couriers = [
        Courier(key, linger=timedelta(0), clock=clock, using=using)
        for key in found.order_by("key").values_list("key", flat=True)
    ]
    done = {courier.key: Delivery(courier.key) for courier in couriers}
    going = list(couriers)
    try:
        while going and not (stop is not None and stop.is_set()):
            going = [courier for courier in going if courier.step(done[courier.key])]
    finally:
        for courier in couriers:
            courier.close()
    return list(done.values())


def deliver_until(
    stop: threading.Event,
    *,
    targets: Collection[str] | None = None,
    say: Callable[[Delivery], None] = lambda done: None,
    using: str = "default",
) -> None:
    """Delivers until ``stop`` is set: a thread for each active target, so that one that hangs holds up no other.

    ``say``: called, from those threads, after each batch that moved something and whenever the trouble is another.
    Ends when the batches in hand are settled. A database that goes away is waited for.
    """
    threads: dict[str, threading.Thread] = {}
    while not stop.is_set():
        try:
            wanted = Target.objects.using(using).filter(active=True, paused="")
            if targets is not None:
                wanted = wanted.filter(key__in=targets)
            # What a request or a pull that died has left to do.
            catch_up(Pace(_TARGETS_SECONDS, using=using, stop=stop), using=using)
            for key in wanted.values_list("key", flat=True):
                if key not in threads or not threads[key].is_alive():
                    threads[key] = threading.Thread(
                        target=_keep_on, args=(key, stop, say, using), name=f"deliver {key}"
                    )
                    threads[key].start()
        except DatabaseError:
            log.exception("The database does not answer; trying again")
            connections[using].close()
        stop.wait(_TARGETS_SECONDS)
    for thread in threads.values():
        thread.join()


def _keep_on(key: str, stop: threading.Event, say: Callable[[Delivery], None], using: str) -> None:
    courier = Courier(key, using=using)
    trouble = ""
    try:
        while not stop.is_set():
            done = Delivery(key)
            try:
                more = courier.step(done)
            except Exception:
                # The database went away, or a mistake of ours: what is in hand comes back when its lease has run out.
                log.exception("Delivering to %s failed; trying again", key)
                connections[using].close()
                more = False
            if done.moved or done.trouble != trouble:
                trouble = done.trouble
                say(done)
            if not more:
                stop.wait(_LOOK_SECONDS)
    finally:
        courier.close()
        connections[using].close()
