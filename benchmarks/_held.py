"""How long a process holds SQLite's place of the writer: what others wait for, but for the pauses of whoever waits."""

from __future__ import annotations

import time
from typing import Any

_CHANGES = ("INSERT", "UPDATE", "DELETE", "WITH")


class Held:
    """While the block lasts, the transactions of ``connection``: the longest by the clock, and its share of CPU.

    From where the transaction has begun (on SQLite that is where it has the writer's place) until its end is on the
    disk. A change outside any transaction counts as one. A busy machine lengthens the clock's time, hardly the CPU's.
    ``statements``: most of SQL in one transaction.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.longest = (0.0, 0.0)
        self.most_cpu = 0.0
        self.count = 0
        self.statements = 0
        self._asked = 0
        self._since: tuple[float, float] | None = None

    def __enter__(self) -> Held:
        one = self.connection
        self._kept = {name: getattr(one, name) for name in ("set_autocommit", "_commit", "_rollback")}
        self._wrapper = one.execute_wrapper(self._execute)
        self._wrapper.__enter__()

        def begin(autocommit: bool, *rest: Any, **more: Any) -> None:
            self._kept["set_autocommit"](autocommit, *rest, **more)
            if not autocommit:
                self._begin()

        def end(name: str) -> Any:
            def ended() -> None:
                self._kept[name]()
                self._end()

            return ended

        one.set_autocommit, one._commit, one._rollback = begin, end("_commit"), end("_rollback")
        return self

    def __exit__(self, *error: object) -> None:
        self._wrapper.__exit__(None, None, None)
        for name in self._kept:
            delattr(self.connection, name)

    def _execute(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        alone = not self.connection.in_atomic_block and sql.lstrip().startswith(_CHANGES)
        if alone:
            self._begin()
        self._asked += 1
        try:
            return execute(sql, params, many, context)
        finally:
            if alone:
                self._end()

    def _begin(self) -> None:
        self._since = time.perf_counter(), time.thread_time()
        self._asked = 0

    def _end(self) -> None:
        if self._since is None:
            return
        wall, cpu = time.perf_counter() - self._since[0], time.thread_time() - self._since[1]
        self._since = None
        self.count += 1
        self.statements = max(self.statements, self._asked)
        self.longest = max(self.longest, (wall * 1000, cpu * 1000))
        self.most_cpu = max(self.most_cpu, cpu * 1000)

    def __str__(self) -> str:
        return f"held {self.longest[0]:.0f} ms (CPU {self.most_cpu:.0f}) of {self.count}"
