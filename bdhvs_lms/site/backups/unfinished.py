"""The mark of a restore under way, in the database itself, so that every machine of a site sees it.

A row of the table of migrations, because that is there before any other and no migration of ours can be missing for
it; `migrate` and its relatives leave alone what belongs to no app.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

__all__ = ["MARK", "begin", "end", "unfinished"]

MARK = "bdhvs_restore"


def begin(connection: BaseDatabaseWrapper, file: str) -> None:
    """From now on the site is half of what is in `file`."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    recorder.migration_qs.filter(app=MARK).delete()
    recorder.migration_qs.create(app=MARK, name=file[-255:])


def end(connection: BaseDatabaseWrapper) -> None:
    MigrationRecorder(connection).migration_qs.filter(app=MARK).delete()


def unfinished(connection: BaseDatabaseWrapper, *, migrated: bool = False) -> str | None:
    """The name of the file whose restore has not ended, or None; one query when it is known that the database was
    `migrated`. Raises DatabaseError without a database."""
    recorder = MigrationRecorder(connection)
    if not migrated and not recorder.has_table():
        return None
    found: str | None = recorder.migration_qs.filter(app=MARK).values_list("name", flat=True).first()
    return found
