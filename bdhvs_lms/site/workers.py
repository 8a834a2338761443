"""The server's workers, each replaced when it dies. Needs granian, which a project behind another server has not."""

import time
from typing import Any

from granian import Granian

__all__ = ["Server"]

DEATHS, SECONDS = 10, 60


class Server(Granian):
    """By itself granian ends when the one in a dead worker's place dies within some seconds too, as they do where
    memory is short. It ends this one when they die as often as DEATHS in SECONDS: then none of them can begin."""

    _died: tuple[float, ...] = ()

    def _respawn_workers(self, workers: list[int], *arguments: Any, **named: Any) -> None:
        super()._respawn_workers(workers, *arguments, **named)
        at = time.monotonic()
        self._died = (*(one for one in self._died if at - one < SECONDS), *[at] * len(workers))
        if len(self._died) < DEATHS:
            self.respawned_wrks.clear()
