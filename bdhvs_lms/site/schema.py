"""Whether the database has what the code needs, asked so cheaply that every probe may ask."""

from collections.abc import Iterator
from functools import lru_cache

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

__all__ = ["lacking_columns", "pending_migrations"]


@lru_cache(maxsize=1)
def _of_the_code() -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """Each migration of the installed apps, with those that it replaces. Their files are read once in a process."""
    graph = MigrationLoader(None).graph
    return {key: tuple(migration.replaces) for key, migration in graph.nodes.items() if migration is not None}


def pending_migrations() -> list[str]:
    """Names like ``bdhvs_lms.0002_more`` of migrations that the default database lacks. One or two queries.

    Raises DatabaseError without a database.
    """
    recorder = MigrationRecorder(connections[DEFAULT_DB_ALIAS])
    # A database without the table has none of them.
    applied = set(recorder.applied_migrations())
    return [
        f"{app}.{name}"
        for (app, name), replaced in sorted(_of_the_code().items())
        if (app, name) not in applied and not (replaced and applied.issuperset(replaced))
    ]


def lacking_columns() -> list[str]:
    """Tables and ``table.column`` of our models that the default database lacks. One query.

    With every migration recorded there are some only where the database was made by another version whose migrations
    had the same names. Raises DatabaseError.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    found = _columns(connection)
    return list(_lacking(found))


def _lacking(found: dict[str, set[str]]) -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        # A model of a test, or of whoever else adds to an app from outside, has no migration.
        within = model.__module__.startswith(options.app_config.name if options.app_config else "\0")
        if not (options.managed and within and router.allow_migrate_model(DEFAULT_DB_ALIAS, model)):
            continue
        columns = found.get(options.db_table)
        if columns is None:
            yield options.db_table
            continue
        for field in options.local_concrete_fields:
            if field.column not in columns:
                yield f"{options.db_table}.{field.column}"


def _columns(connection: BaseDatabaseWrapper) -> dict[str, set[str]]:
    if connection.vendor == "sqlite":
        # Not table_info, which leaves generated columns out.
        asked = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'"
    else:
        asked = (
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = ANY (current_schemas(false))"
        )
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(asked)
        for table, column in cursor.fetchall():
            # Every table of SQLite has rows with numbers, a search index's model names them.
            found.setdefault(table, {"rowid"} if connection.vendor == "sqlite" else set()).add(column)
    return found
