"""Values on their way into and out of queries that are written by hand.

Why by hand? Building a query through the ORM costs ten times what SQLite needs to answer it, and both paths that use
this (recording, refolding one learner's activity) run in a learner's transaction. Table and column names come from
the models; values are always parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_T = TypeVar("_T")
# Rows of one INSERT: 16 columns stay far below SQLite's 32,766 parameters.
CHUNK: Final = 500
_NINE_PLACES: Final = Decimal("1e-9")


def table(model: type[models.Model]) -> str:
    """The quoted name of a model's table. Both engines quote alike, and our names contain no quote."""
    return f'"{model._meta.db_table}"'


def chunks(items: Iterable[_T]) -> Iterator[list[_T]]:
    listed = list(items)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def marks(count: int) -> str:
    """``(%s, %s, …)``: a list of ``count`` parameters."""
    return f"({', '.join(['%s'] * count)})"


def same(value: Any) -> Any:
    return value


def uuid_in(connection: BaseDatabaseWrapper) -> Callable[[UUID], Any]:
    """How this database takes a UUID as a parameter."""
    return same if connection.features.has_native_uuid_field else lambda value: value.hex


def adapter(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """How this database takes a value of ``field``; the value has the field's own type already and is not None."""
    match field:
        case models.UUIDField():
            return uuid_in(connection)
        case models.DateTimeField():
            return connection.ops.adapt_datetimefield_value
        case models.DecimalField():
            return lambda value: connection.ops.adapt_decimalfield_value(value, field.max_digits, field.decimal_places)
        case _:
            # Numbers, text, bytes, and foreign keys given as numbers.
            return same


def insert_sql(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], connection: BaseDatabaseWrapper
) -> tuple[str, list[Any]]:
    """INSERT … VALUES for all ``rows`` at once (``columns`` are field names), and its parameters."""
    by_name = {field.name: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in columns]
    adapters = [adapter(field, connection) for field in fields]
    values = [
        None if value is None else adapt(value) for row in rows for adapt, value in zip(adapters, row, strict=True)
    ]
    names = ", ".join(f'"{field.column}"' for field in fields)
    return f"INSERT INTO {table(model)} ({names}) VALUES {', '.join([marks(len(fields))] * len(rows))}", values  # noqa: S608


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    connection: BaseDatabaseWrapper,
    *,
    ignore_conflicts: bool = False,
) -> None:
    """Inserts ``rows`` in as few statements as the number of parameters allows."""
    for part in chunks(rows):
        sql, values = insert_sql(model, columns, part, connection)
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} ON CONFLICT DO NOTHING" if ignore_conflicts else sql, values)


def select(sql: str, values: Sequence[Any], connection: BaseDatabaseWrapper) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


# -- from the database: SQLite knows neither UUIDs nor times, booleans or decimals -------------------------------------


def uuid_out(value: Any) -> Any:
    return UUID(value) if isinstance(value, str) else value


def bool_out(value: Any) -> Any:
    return bool(value) if isinstance(value, int) else value


def decimal_out(value: Any) -> Any:
    return value if value is None else Decimal(str(value)).quantize(_NINE_PLACES)


def time_out(connection: BaseDatabaseWrapper) -> Callable[[Any], datetime]:
    """How to read a time of this database; UTC unless its settings name another zone."""
    zone = connection.timezone

    def read(value: Any) -> datetime:
        time: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
        return time.replace(tzinfo=zone) if time.tzinfo is None else time.astimezone(zone)

    return read
