"""What somebody else does between two questions of an act, on the same connection: races without threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def meanwhile(table: str, act: Callable[[], Any], *, after: int = 0) -> Iterator[None]:
    """Does `act` once, before the database is asked about this table, or told, when it was `after` times before."""
    asked = 0

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal asked
        if f'"{table}"' in sql:
            asked += 1
            if asked == after + 1:
                act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert asked > after, f"{table} was asked about {asked} times"
