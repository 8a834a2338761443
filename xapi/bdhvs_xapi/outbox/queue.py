"""Putting statements on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connections

from bdhvs_xapi.outbox.models import Item, State, Target


def awaited_sql() -> str:
    """Whether there is an active target: without one `enqueue()` has nothing to do.

    To be asked in the transaction that stores, with the locks of an insert held: a target that is made active later has
    no past, as one that is made active after the commit has none.
    """
    return f'EXISTS (SELECT 1 FROM "{Target._meta.db_table}" WHERE active)'  # noqa: S608 - the name of our own table


def enqueue(seqs: Sequence[int], *, due: datetime, using: str = "default") -> None:
    """One waiting item for every active target and every statement, in the caller's transaction.

    ``seqs``: primary keys of statements that are in no queue yet; ``due``: when they were stored, and may first be
    sent. The cost does not depend on whether a target answers, and one query does for all targets. Filters are not
    asked here, in a learner's transaction, but by the sender.
    """
    connection = connections[using]
    quote = connection.ops.quote_name
    columns = ("statement_id", "target_id", "state", "attempts", "queued_at", "next_attempt_at", "last_error")
    names = ", ".join(quote(column) for column in columns)
    # The ledger's clock never goes back; one that was put back must not hold up what is sent.
    when = connection.ops.adapt_datetimefield_value(min(due, datetime.now(UTC)))
    for start in range(0, len(seqs), 500):
        part = seqs[start : start + 500]
        marks = ", ".join(["(%s)"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                # Names of our own tables are the only text put in; values are parameters.
                f"WITH fresh(seq) AS (VALUES {marks}) "  # noqa: S608
                f"INSERT INTO {quote(Item._meta.db_table)} ({names}) "
                f"SELECT fresh.seq, target.id, %s, 0, %s, %s, '' "
                f"FROM {quote(Target._meta.db_table)} AS target CROSS JOIN fresh WHERE target.active",
                [*part, State.WAITING.value, when, when],
            )
