"""Kinds of columns: the same on every engine, what Python makes of each, and how a file's line and SQLite take it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["KINDS", "Column", "UnknownKind", "adapters", "kind_of", "row_type"]

# JSON stays the text that the database has of it: what is read and written again is what it was.
KINDS: dict[str, Any] = {
    "integer": int,
    "boolean": bool,
    "text": str,
    "json": str,
    "moment": datetime,
    "day": date,
    "time": time,
    "duration": timedelta,
    "uuid": uuid.UUID,
    "decimal": Decimal,
    "float": float,
    "binary": bytes,
}
_OF_INTERNAL_TYPE = {
    "BooleanField": "boolean",
    "JSONField": "json",
    "DateTimeField": "moment",
    "DateField": "day",
    "TimeField": "time",
    "DurationField": "duration",
    "UUIDField": "uuid",
    "DecimalField": "decimal",
    "FloatField": "float",
    "BinaryField": "binary",
    **dict.fromkeys(("CharField", "TextField", "SlugField", "FileField", "FilePathField"), "text"),
    **dict.fromkeys(("GenericIPAddressField", "IPAddressField"), "text"),
    **dict.fromkeys(("AutoField", "SmallAutoField", "BigAutoField"), "integer"),
    **dict.fromkeys(("IntegerField", "SmallIntegerField", "BigIntegerField"), "integer"),
    **dict.fromkeys(("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"), "integer"),
}


class Column(msgspec.Struct, frozen=True):
    """A column by its name in the database; `kind` is a key of KINDS."""

    name: str
    kind: str


class UnknownKind(Exception):
    """A field of a kind that not every engine has; the text names it."""


def kind_of(field: models.Field[Any, Any]) -> str:
    """The kind of the field's column. Raises UnknownKind."""
    end: Any = field
    while end.remote_field is not None:
        end = end.target_field
    internal = end.get_internal_type()
    if internal not in _OF_INTERNAL_TYPE:
        raise UnknownKind(f"{field.model._meta.label}.{field.name} is a {internal}")
    return _OF_INTERNAL_TYPE[internal]


def row_type(columns: list[Column]) -> Any:
    """The type of a row, for msgspec to read a line by."""
    return tuple[tuple(KINDS[column.kind] | None for column in columns)]  # type: ignore[misc]


def adapters(connection: BaseDatabaseWrapper, columns: list[Column]) -> list[Callable[[Any], Any] | None]:
    """What makes of a column's value, never None, what the engine takes; None where it takes the value as it is."""
    if connection.vendor != "sqlite":
        return [None] * len(columns)  # psycopg knows every one of them
    ops = connection.ops
    known: dict[str, Callable[[Any], Any]] = {
        "moment": ops.adapt_datetimefield_value,
        "day": ops.adapt_datefield_value,
        "time": ops.adapt_timefield_value,
        "duration": lambda value: value // timedelta(microseconds=1),
        "uuid": lambda value: value.hex,
        "decimal": str,
    }
    return [known.get(column.kind) for column in columns]
