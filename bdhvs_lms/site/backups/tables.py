"""Which tables a site has, and their rows as of one moment, in the order of their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from bdhvs_lms.site.backups.kinds import Column, UnknownKind, kind_of

__all__ = [
    "ROWS_AT_ONCE",
    "Table",
    "Unkept",
    "count",
    "counter_of",
    "kept_models",
    "own_tables",
    "read_rows",
    "snapshot",
    "strangers",
    "table_of",
]

# Wagtail's index: other columns on each engine, and made anew from what is found by it.
SEARCH = frozenset({"wagtailsearch", "modelsearch"})
ROWS_AT_ONCE = 1000


class Table(msgspec.Struct):
    """A table as it is kept. `automatic`: the column that numbers itself; `counter`: the last number that it gave, be
    the row gone or not."""

    label: str
    name: str
    columns: list[Column]
    automatic: str | None
    counter: int | None = None
    rows: int = 0


class Unkept(Exception):
    """What cannot be kept in a file or taken back from one; the text says it to an operator."""


def kept_models() -> list[type[models.Model]]:
    """Every model with a table of its own, those between two others included, by name; the index of searches not."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in SEARCH
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def own_tables() -> set[str]:
    """Names of all tables that belong to an installed app."""
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}


def strangers(connection: BaseDatabaseWrapper) -> list[str]:
    """Tables of the database that no installed app owns: a plugin's that is gone, another program's."""
    with connection.cursor() as cursor:
        found = set(connection.introspection.table_names(cursor))
    return sorted(name for name in found - own_tables() - {"django_migrations"} if "_indexentry_fts" not in name)


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def table_of(model: type[models.Model]) -> Table:
    """Raises Unkept for a column of a kind that not every engine has."""
    fields = _fields(model)
    try:
        columns = [Column(str(field.column), kind_of(field)) for field in fields]
    except UnknownKind as error:
        raise Unkept(f"{error}, which cannot be kept in a file that any database takes.") from None
    automatic = [str(field.column) for field in fields if isinstance(field, models.AutoField)]
    return Table(model._meta.label_lower, model._meta.db_table, columns, automatic[0] if automatic else None)


@contextmanager
def snapshot(connection: BaseDatabaseWrapper, *, writers_wait: bool = False) -> Iterator[None]:
    """Within it every read sees the database as it is now; nobody else waits, unless `writers_wait`.

    Raises Unkept for another engine than the two.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Not `atomic`, which takes the lock of writers on a site of ours.
            cursor.execute("BEGIN IMMEDIATE" if writers_wait else "BEGIN")
            try:
                cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
                yield
            finally:
                cursor.execute("ROLLBACK")
    elif connection.vendor == "postgresql":
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if writers_wait:
                present = own_tables() & set(connection.introspection.table_names(cursor))
                names = ", ".join(connection.ops.quote_name(name) for name in sorted(present))
                cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
            cursor.execute("SELECT 1")
            yield
    else:
        raise Unkept(f"SQLite and PostgreSQL are read and written, not {connection.vendor}.")


def count(connection: BaseDatabaseWrapper, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table's name
        found: int = cursor.fetchone()[0]
    return found


def read_rows(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Iterator[list[Any]]:
    """Rows in the order of their key, as KINDS says. Within `snapshot`."""
    fields = _fields(model)
    quote = connection.ops.quote_name
    converters = [_converter(connection, model, field) for field in fields]
    converted = [(place, one) for place, one in enumerate(converters) if one is not None]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    order = ", ".join(quote(str(field.column)) for field in model._meta.pk_fields)
    table = quote(model._meta.db_table)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} ORDER BY {order}")  # noqa: S608 - names of a model
        while piece := cursor.fetchmany(ROWS_AT_ONCE):
            for found in piece:
                row = list(found)
                for place, convert in converted:
                    if row[place] is not None:
                        row[place] = convert(row[place])
                yield row


def _converter(
    connection: BaseDatabaseWrapper, model: type[models.Model], field: models.Field[Any, Any]
) -> Callable[[Any], Any] | None:
    """From what the driver gives to what KINDS says; Django's own, without what a field makes of it in Python."""
    column = field.get_col(model._meta.db_table)
    steps: list[Any] = list(connection.ops.get_db_converters(column))
    if kind_of(field) == "duration" and not connection.features.has_native_duration_field:
        steps.append(connection.ops.convert_durationfield_value)
    if not steps:
        return None

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert


def counter_of(connection: BaseDatabaseWrapper, table: Table) -> int | None:
    """See Table.counter; None for a key that is not automatic. A number that was given past the counter counts too."""
    if table.automatic is None:
        return None
    name, column = connection.ops.quote_name(table.name), connection.ops.quote_name(table.automatic)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX({column}) FROM {name}")  # noqa: S608 - names of a model
        highest = cursor.fetchone()[0] or 0
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
            found = cursor.fetchone()
            return max(highest, int(found[0]) if found else 0)
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [name, table.automatic])
        sequence = cursor.fetchone()[0]
        if sequence is None:
            return None
        cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608
        return max(highest, int(cursor.fetchone()[0]))
