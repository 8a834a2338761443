"""Writes rows of a file into a database, all of them in one transaction: killed half-way, nothing of it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from bdhvs_lms.site.backups.kinds import adapters
from bdhvs_lms.site.backups.tables import ROWS_AT_ONCE, Table, Unkept, count, own_tables, strangers

__all__ = ["load", "others_tables", "take_tables_away", "what_is_there"]

# What is written when a site is set up.
SEEDED = frozenset({"bdhvs_lms.iribase", "bdhvs_xapi.agent", "bdhvs_xapi.authority", "bdhvs_xapi.term"})
# A number that no column holds is SQLite's module's to refuse, before the database is asked.
NOT_TAKEN = (DatabaseError, OverflowError)
OTHERS = frozenset({"wagtailimages.image", "wagtaildocs.document", "wagtailmedia.media"})


def what_is_there(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of models of which somebody has made rows; empty for a new site, migrated or not."""
    page = "wagtailcore.page"
    asked = {get_user_model()._meta.label_lower, page, *OTHERS}
    found = []
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for model in apps.get_models():
            label, table = model._meta.label_lower, model._meta.db_table
            ours = model.__module__.startswith("bdhvs_") and label not in SEEDED
            if table not in present or not (ours or label in asked):
                continue
            # Wagtail's migrations make a root and a page of welcome.
            where = " WHERE depth > 2" if label == page else ""
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)}{where} LIMIT 1")  # noqa: S608
            if cursor.fetchone() is not None:
                found.append(label)
    return sorted(found)


def others_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of tables that no installed app owns, nor owned before a later one of its migrations."""
    ahead = tuple(f"{app.label}_" for app in apps.get_app_configs())
    # SQLite's schema editor makes a changed table under that name first.
    return [name for name in strangers(connection) if not name.removeprefix("new__").startswith(ahead)]


def take_tables_away(connection: BaseDatabaseWrapper) -> None:
    """Every one, those of half a migration and the table of migrations too; killed half-way, all are there still."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    # SQLite takes the parts of an index of words away with it, and they cannot be named.
    quoted = [connection.ops.quote_name(name) for name in names if "_indexentry_fts_" not in name]
    with connection.constraint_checks_disabled(), transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            for some in [", ".join(quoted)] if connection.vendor == "postgresql" else quoted:
                cursor.execute(f"DROP TABLE {some}")


def load(
    connection: BaseDatabaseWrapper,
    tables: list[Table],
    rows: Callable[[Table], Iterable[tuple[Any, ...]]],
    step: Callable[[int], None],
) -> None:
    """Empty every table of the installed apps, then fill these with `rows` of each; numbers and keys are compared
    before anything holds. `step` is told how many rows came.

    Raises Unkept, in words, when the database does not take a row or does not fit, and is then as it was before.
    """
    present = _fitting(connection, tables)
    # SQLite's own index of words follows its table by triggers.
    emptied = sorted(name for name in (own_tables() & present) if not name.endswith("_indexentry_fts"))
    emptied += sorted({table.name for table in tables} - set(emptied))
    on_sqlite = connection.vendor == "sqlite"
    try:
        with _checked_at_the_end(connection, emptied):
            _empty(connection, emptied)
            for table in tables:
                (_into_sqlite if on_sqlite else _into_postgresql)(connection, table, rows(table), step)
                _set_counter(connection, table)
                found = count(connection, table.name)
                if found != table.rows:
                    raise Unkept(f"{table.label} has {found} rows, and {table.rows} were to come.")
    except NOT_TAKEN as error:
        raise Unkept(f"The database does not take what is in the file: {error}") from error


def _fitting(connection: BaseDatabaseWrapper, tables: list[Table]) -> set[str]:
    """Names of the tables that are there. Raises Unkept where one of `tables`, or a column of it, is not: from here on
    their names are the database's own, whoever wrote the file."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        # Which migrations are applied the database knows by itself.
        known = present - {MigrationRecorder.Migration._meta.db_table}
        if missing := sorted({table.name for table in tables} - known):
            raise Unkept(f"The database has no table {', '.join(missing)}.")
        for table in tables:
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table.name)}
            asked = {column.name for column in table.columns} | ({table.automatic} if table.automatic else set())
            if missing := sorted(asked - columns):
                raise Unkept(f"The database's table {table.name} has no column {', '.join(missing)}.")
    return present


@contextmanager
def _checked_at_the_end(connection: BaseDatabaseWrapper, names: list[str]) -> Iterator[None]:
    """One transaction in which a row may name one that is still to come; at its end none may be missing."""
    if connection.vendor == "sqlite":
        switched = connection.disable_constraint_checking()
        try:
            with transaction.atomic(using=connection.alias):
                yield
                connection.check_constraints()
        finally:
            if switched:
                connection.enable_constraint_checking()
        return
    # A check that waits for the end costs memory for each row, and one at once wants an order that there is not: keys
    # are taken off and put on again, which compares whole tables.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = ANY(%s::regclass[])",
            [[connection.ops.quote_name(name) for name in names]],
        )
        keys = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _empty(connection: BaseDatabaseWrapper, names: list[str]) -> None:
    quoted = [connection.ops.quote_name(name) for name in names]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(quoted)}")
            return
        for name in quoted:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - a table's name


def _into_sqlite(
    connection: BaseDatabaseWrapper, table: Table, rows: Iterable[tuple[Any, ...]], step: Callable[[int], None]
) -> None:
    adapt = [(place, one) for place, one in enumerate(adapters(connection, table.columns)) if one is not None]
    names = ", ".join(connection.ops.quote_name(column.name) for column in table.columns)
    places = ", ".join(["%s"] * len(table.columns))
    statement = f"INSERT INTO {connection.ops.quote_name(table.name)} ({names}) VALUES ({places})"  # noqa: S608
    source, done = iter(rows), 0
    with connection.cursor() as cursor:
        while piece := [list(row) for row in islice(source, ROWS_AT_ONCE)]:
            for row in piece:
                for place, one in adapt:
                    if row[place] is not None:
                        row[place] = one(row[place])
            try:
                cursor.executemany(statement, piece)
            except NOT_TAKEN as error:
                raise Unkept(f"{table.label}, after row {done}: the database does not take one: {error}") from error
            done += len(piece)
            step(len(piece))


def _into_postgresql(
    connection: BaseDatabaseWrapper, table: Table, rows: Iterable[tuple[Any, ...]], step: Callable[[int], None]
) -> None:
    names = ", ".join(connection.ops.quote_name(column.name) for column in table.columns)
    statement = f"COPY {connection.ops.quote_name(table.name)} ({names}) FROM STDIN"
    done = 0
    try:
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
                done += 1
                if done % ROWS_AT_ONCE == 0:
                    step(ROWS_AT_ONCE)
    except DatabaseError as error:
        raise Unkept(f"{table.label}, up to row {done + 1}: the database does not take one: {error}") from error
    step(done % ROWS_AT_ONCE)


def _set_counter(connection: BaseDatabaseWrapper, table: Table) -> None:
    """The next row gets no number that one had before, be that row gone."""
    if table.automatic is None or table.counter is None:
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX({quote(table.automatic)}) FROM {quote(table.name)}")  # noqa: S608 - a model's
        last = max(table.counter, cursor.fetchone()[0] or 0)
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            if last:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])
            return
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
            [quote(table.name), table.automatic, max(last, 1), last > 0],
        )
