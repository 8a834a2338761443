"""Work in several short transactions leaves room for others between them: on SQLite there is one writer."""

from __future__ import annotations

import time
from typing import Final

from django.db import connections

# Who finds SQLite's place of the writer taken looks again after some milliseconds: that much must be free in between.
_LEAST: Final = 0.005
_MOST: Final = 0.25


class Turns:
    """``leave()`` between two transactions waits as long as the one before took. On PostgreSQL nobody waits for one,
    so nothing is left out."""

    def __init__(self, using: str) -> None:
        self._pauses = connections[using].vendor == "sqlite"
        self._since = time.monotonic()

    def leave(self) -> None:
        if self._pauses:
            time.sleep(min(max(time.monotonic() - self._since, _LEAST), _MOST))
        self._since = time.monotonic()
