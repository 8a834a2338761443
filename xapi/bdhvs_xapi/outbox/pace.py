"""How long work in steps may go on, and how hard it may press."""

from __future__ import annotations

import threading
import time

from bdhvs_xapi.store.turns import Turns


class Pace:
    """``go_on()`` of ``catch_up()``: whether to go on, after leaving the database to others (``Turns``).

    ``seconds``: in all. ``stop``: ends the work sooner.
    """

    def __init__(self, seconds: float, *, using: str, stop: threading.Event | None = None) -> None:
        self._turns = Turns(using)
        self._stop = stop
        self._end = time.monotonic() + seconds

    def __call__(self) -> bool:
        self._turns.leave()
        return time.monotonic() < self._end and not (self._stop is not None and self._stop.is_set())
