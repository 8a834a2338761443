"""The rest that erasure leaves in a database's files: rows that no query finds, and bytes that a search of the disk
would.

SQLite with `PRAGMA secure_delete` overwrites what is deleted; old pages stay in the write-ahead log until it is empty.
PostgreSQL keeps old versions of rows until VACUUM, and their bytes until the room is used again or VACUUM FULL.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from bdhvs_lms.plugins.api import personal_data

# Where erasure changes rows that it does not delete, or rows that nobody declares as a person's.
_CHANGED = ("bdhvs_xapi.Statement", "bdhvs_xapi.Agent", "bdhvs_xapi.Definition", "bdhvs_xapi.Blob", "bdhvs_xapi.Item")
# Emptying the log waits for whoever reads, and holds up writers meanwhile: not longer than this.
_BUSY_MS = 200
# What an older transaction can still see VACUUM keeps, FULL or not. Seconds for which it is waited for.
_OLDER_SECONDS = 10
_OLDER = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"
)


def settle(*, full: bool = False) -> bool:
    """Let no copy of what was erased lie in the database's files; whether that is done.

    Outside any transaction: in one nothing happens and the answer is False. SQLite: the write-ahead log is written back
    and emptied; False when somebody reads just now. PostgreSQL: with `full` the tables are written anew, each locked
    meanwhile; False when a transaction that may be older than the erasure does not end in 10 seconds. Without `full`
    nothing (autovacuum does it in time) and False.
    """
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout")
            (timeout,) = cursor.fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (busy, _pages, _moved) = cursor.fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {int(timeout)}")
            return not busy
        if connection.vendor == "postgresql" and full:
            if not _nobody_sees_the_past(cursor):
                return False
            for model in tables():
                cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(model._meta.db_table)}")
            return True
    return False


def _nobody_sees_the_past(cursor: Any) -> bool:
    """Wait until nobody sees what was erased, and tell whether that is so: who begins to look later sees
    nothing of it."""
    for _ in range(_OLDER_SECONDS * 5):
        cursor.execute(_OLDER)
        if not cursor.fetchone()[0]:
            return True
        cursor.execute("SELECT pg_sleep(0.2)")
    return False


def tables() -> list[type[models.Model]]:
    """Return the tables of which erasure takes something, those of plugins among them."""
    declared = (label for owner in personal_data for label in owner.models if label not in owner.kept)
    found = {apps.get_model(label) for label in (*_CHANGED, *declared, settings.AUTH_USER_MODEL)}
    return sorted(found, key=lambda model: str(model._meta.label))
