"""How hard work in steps may press: on SQLite there is one writer, and people wait for it."""

from __future__ import annotations

import threading
import time
from typing import Final

from django.db import connections

# Who finds SQLite's place of the writer taken looks again after some milliseconds: that much must be free in between.
_LEAST: Final = 0.005
_MOST: Final = 0.25


class Pace:
    """``go_on()`` of ``catch_up()``: whether to go on, after leaving the database to others as long as the step took.

    ``seconds``: in all. ``stop``: ends the work sooner. On PostgreSQL nobody waits for a step, so nothing is left out.
    """

    def __init__(self, seconds: float, *, using: str, stop: threading.Event | None = None) -> None:
        self._pauses = connections[using].vendor == "sqlite"
        self._stop = stop
        self._since = time.monotonic()
        self._end = self._since + seconds

    def __call__(self) -> bool:
        if self._pauses:
            time.sleep(min(max(time.monotonic() - self._since, _LEAST), _MOST))
        self._since = time.monotonic()
        return self._since < self._end and not (self._stop is not None and self._stop.is_set())
