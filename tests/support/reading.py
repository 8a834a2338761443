"""What is read from the database: queries, and rows, which a count of queries does not show."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


class Read:
    """Queries, and rows by the table that a query reads first."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.rows: Counter[str] = Counter()


@contextmanager
def reading() -> Iterator[Read]:
    """Counts at the cursor, where every query passes, the record store's own too."""
    read = Read()

    class Counting(CursorWrapper):
        def execute(self, sql: Any, params: Any = None) -> Any:
            read.queries.append(str(sql))
            return super().execute(sql, params)

        def _count(self, rows: Any) -> Any:
            found = re.search(r'FROM "?(\w+)"?', read.queries[-1])
            read.rows[found[1] if found else ""] += len(rows)
            return rows

        def fetchone(self) -> Any:
            row = self.cursor.fetchone()
            self._count([] if row is None else [row])
            return row

        def fetchmany(self, *args: Any) -> Any:
            return self._count(self.cursor.fetchmany(*args))

        def fetchall(self) -> Any:
            return self._count(self.cursor.fetchall())

        def __iter__(self) -> Any:
            return iter(self._count(list(self.cursor)))

    usual = connection.make_cursor
    connection.make_cursor = lambda cursor: Counting(cursor, connection)  # type: ignore[method-assign]
    try:
        yield read
    finally:
        connection.make_cursor = usual  # type: ignore[method-assign]
