"""Whose request a process works on next.

Requests stand in rows, one for each visitor, and the rows take turns: whoever sends thousands waits in a row of their
own. Who has left is not worked for. A row that is full, or a wait that is too long, ends with an answer that says so.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Any

__all__ = ["LONG_SECONDS", "ROW", "THREADS", "Costs", "Kind", "Left", "TooMany", "Turns"]

THREADS = 3
# Of these at most so many for what waits for the database's one writer or takes long: a page always finds a thread.
SLOW = 2
# What took so long lately is one at a time.
LONG_SECONDS = 0.5
# Telephones of a hall behind one address, each with a page's files. More do not wait.
ROW = 256
PATIENCE = 30.0


class Kind(IntEnum):
    READ = 0
    WRITE = 1
    LONG = 2


class TooMany(Exception):
    """Too many wait in this row, or it took too long."""


class Left(Exception):
    """Nobody waits for the answer any more."""


class _Waiting:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Turns:
    """Of one event loop. Of a row one request is at work at a time."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        # The row whose turn it is comes first.
        self._rows: OrderedDict[Hashable, deque[_Waiting]] = OrderedDict()
        self._at_work: dict[Hashable, Kind] = {}

    @asynccontextmanager
    async def turn(self, row: Hashable, kind: Kind, left: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
        """Within it the request may be worked on. `left` returns when whoever asked has gone. Raises TooMany, Left."""
        waiting = _Waiting(kind)
        others = self._rows.setdefault(row, deque())
        if len(others) >= ROW:
            raise TooMany
        others.append(waiting)
        try:
            self._go_on()
            if not waiting.begun.done():
                await self._wait(waiting, left)
            yield
        finally:
            if waiting.begun.done():
                del self._at_work[row]
                self._go_on()
            else:
                others.remove(waiting)
                if not others:
                    del self._rows[row]

    async def _wait(self, waiting: _Waiting, left: Callable[[], Awaitable[Any]]) -> None:
        gone = asyncio.ensure_future(left())
        try:
            await asyncio.wait({waiting.begun, gone}, timeout=self.patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        if not waiting.begun.done():
            raise Left if gone.done() else TooMany

    def _go_on(self) -> None:
        """Begin what may begin."""
        kinds = list(self._at_work.values())
        for row in list(self._rows):
            if len(kinds) >= THREADS:
                return
            waiting = self._rows[row]
            kind = waiting[0].kind
            slow = kind != Kind.READ and len(kinds) - kinds.count(Kind.READ) >= SLOW
            if row in self._at_work or slow or (kind == Kind.LONG and Kind.LONG in kinds):
                continue
            waiting.popleft().begun.set_result(None)
            self._at_work[row] = kind
            kinds.append(kind)
            if waiting:
                self._rows.move_to_end(row)
            else:
                del self._rows[row]


class Costs:
    """How long addresses took lately, numbers in them apart."""

    def __init__(self, most: int = 2000) -> None:
        self.most = most
        self._seconds: OrderedDict[Hashable, float] = OrderedDict()

    def kind(self, address: Hashable, *, writes: bool) -> Kind:
        if self._seconds.get(address, 0) > LONG_SECONDS:
            return Kind.LONG
        return Kind.WRITE if writes else Kind.READ

    def note(self, address: Hashable, seconds: float) -> None:
        self._seconds[address] = seconds
        self._seconds.move_to_end(address)
        if len(self._seconds) > self.most:
            self._seconds.popitem(last=False)
