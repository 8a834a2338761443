"""Up to when the ledger is whole: ``X-Experience-API-Consistent-Through``, and how far a reader's cursor may move.

A statement gets its time before it can be seen: between the two lie the rest of its transaction and the commit. So
"now" would promise statements that some reader does not find yet, and a cursor that moved past them would lose them.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from bdhvs_xapi.store import order, rows
from bdhvs_xapi.store.guard import LOCK
from bdhvs_xapi.store.inheritance import unfollowed_since
from bdhvs_xapi.store.models import Statement


def consistent_through(*, using: str = "default") -> datetime:
    """Every statement with ``stored`` at or before the answer (UTC) is found by a query that begins after this call.

    And it is as recent as that allows: now, when nobody is writing and every StatementRef has taken over what it leads
    to; before the statement whose references are still being followed, because filters do not find those yet.
    """
    connection = connections[using]
    moment = _postgresql(connection) if connection.vendor == "postgresql" else _sqlite(connection)
    # Asked after it: what was stored by then has its note by now, or has been followed.
    since = unfollowed_since(connection)
    return moment if since is None else min(moment, order.stored_at(since) - timedelta(microseconds=1))


def newest_stored(*, using: str = "default") -> datetime | None:
    """The ``stored`` of the newest statement; None: there is none. Later than now: the clock was wrong when it came."""
    seq = Statement.objects.using(using).order_by("-seq").values_list("seq", flat=True).first()
    return None if seq is None else order.stored_at(seq)


def _postgresql(connection: BaseDatabaseWrapper) -> datetime:
    """A moment before the oldest transaction that holds, or waits for, the guard's lock; else this query's own start.

    Whoever takes the lock later takes its time later too; whoever has let go of it can be seen (PostgreSQL ends a
    transaction for its readers first and then gives its locks back). A transaction of another role hides when it
    began: then what is certain is that the server was up.
    """
    high, low = LOCK >> 32, LOCK & 0xFFFFFFFF
    sql = """
        SELECT LEAST(
            statement_timestamp(),
            (SELECT min(COALESCE(writer.xact_start, pg_postmaster_start_time()))
             FROM pg_locks AS held LEFT JOIN pg_stat_activity AS writer ON writer.pid = held.pid
             WHERE held.locktype = 'advisory' AND held.classid::bigint = %s AND held.objid::bigint = %s
               AND held.objsubid = 1
               AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        )
    """
    [(moment,)] = rows.select(sql, [high, low], connection)
    earlier: datetime = moment.astimezone(UTC) - timedelta(microseconds=1)
    return earlier


def _sqlite(connection: BaseDatabaseWrapper) -> datetime:
    """Now, if the place of the one writer is free at this moment; else the newest statement that can be seen.

    Both are safe because a writer's numbers go on above the highest one (``order.first``).
    """
    newest = f"SELECT max(seq) FROM {rows.table(Statement)}"  # noqa: S608
    if connection.in_atomic_block:
        # Transactions are IMMEDIATE (a system check asks for it): this one is the writer.
        [(seq,)] = rows.select(newest, [], connection)
        return max(datetime.now(UTC) - timedelta(microseconds=1), order.stored_at(seq or 0))
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    [(patience,)] = raw.execute("PRAGMA busy_timeout").fetchall()
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        [(seq,)] = rows.select(newest, [], connection)
        return order.stored_at(seq or 0)
    else:
        [(seq,)] = raw.execute(newest).fetchall()
        moment = datetime.now(UTC)
        raw.execute("ROLLBACK")
        # A writer that comes now may go on right above the highest number, if the clock was put back.
        return max(moment - timedelta(microseconds=1), order.stored_at(seq or 0))
    finally:
        raw.execute(f"PRAGMA busy_timeout = {int(patience)}")
