"""`deliver`: send what waits to the targets, until SIGTERM or once."""

from __future__ import annotations

import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from bdhvs_xapi.conf import database
from bdhvs_xapi.management.stopping import stopping
from bdhvs_xapi.outbox.models import Target
from bdhvs_xapi.outbox.sending import Delivery, deliver, deliver_until

_SECONDS_BETWEEN_LINES: Final = 10.0


class Command(BaseCommand):
    help = "Send recorded statements to receiving record stores. Runs until SIGTERM; several at once are safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Send once; exit code 1 if an LRS has a problem.")
        parser.add_argument("--target", action="append", metavar="KEY", help="Only this record store; may be repeated.")

    def handle(self, *args: Any, **options: Any) -> None:
        using = database()
        targets = options["target"]
        if targets is not None:
            known = set(Target.objects.using(using).filter(key__in=targets).values_list("key", flat=True))
            if unknown := sorted(set(targets) - known):
                raise CommandError(f"no receiving record store has the key {', '.join(unknown)}")
        with stopping() as stop:
            if options["once"]:
                done = deliver(targets=targets, stop=stop, using=using)
                for each in done:
                    self.stdout.write(_line(each))
                if any(each.trouble for each in done):
                    sys.exit(1)
                return
            lines = _Lines(self.stdout if options["verbosity"] else None)
            deliver_until(stop, targets=targets, say=lines.add, using=using)
            lines.flush()


class _Lines:
    """A line for a target at most every ten seconds, and at once when its trouble is another."""

    def __init__(self, out: OutputWrapper | None) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._open: dict[str, Delivery] = {}
        self._written: dict[str, float] = {}

    def add(self, done: Delivery) -> None:
        with self._lock:
            kept = self._open.setdefault(done.target, Delivery(done.target))
            kept.delivered += done.delivered
            kept.dead += done.dead
            kept.left_out += done.left_out
            other = done.trouble != kept.trouble
            kept.trouble = done.trouble
            if other or time.monotonic() - self._written.get(done.target, 0.0) >= _SECONDS_BETWEEN_LINES:
                self._write(done.target)

    def flush(self) -> None:
        with self._lock:
            for target in [key for key, kept in self._open.items() if kept.moved]:
                self._write(target)

    def _write(self, target: str) -> None:
        kept = self._open[target]
        if self._out is not None:
            self._out.write(_line(kept))
            self._out.flush()
        self._open[target] = Delivery(target, trouble=kept.trouble)
        self._written[target] = time.monotonic()


def _line(done: Delivery) -> str:
    line = f"{done.target}: {done.delivered} delivered, {done.dead} dead letters, {done.left_out} left out by filters"
    return f"{line}; waiting: {done.trouble}" if done.trouble else line
