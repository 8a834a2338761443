"""Queries that every page asks, with their SQL built once.

Django takes some ten times as long to build a query as a database takes to find a row by a key. What is asked on every
page and differs in a few values only is built once for each process and database, and from then on only run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

__all__ = ["Compiled"]


class _Sql(NamedTuple):
    text: str
    parameters: list[Any]
    places: dict[str, list[int]]
    """Where each value stands among the parameters."""
    names: list[str]
    converters: list[tuple[int, list[Any], Any]]


class Compiled:
    """A query of `values()` as a function of named values, each an int, a text, a UUID, a date or an aware datetime.

    build: makes the query, called once with samples of these types. The values go into it as they are: what it looks
    like may not depend on them, so that None, lists and patterns to search for have no place here.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self._build, self._types = build, types
        self._known: dict[str, _Sql] = {}

    def __call__(self, *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> list[dict[str, Any]]:
        """Return the rows, by the names of their columns. One query."""
        connection = connections[using]
        sql = self._known.get(using)
        if sql is None:
            sql = self._known[using] = self._compiled(connection)
        parameters = list(sql.parameters)
        for name, places in sql.places.items():
            value = _adapted(values[name], connection)
            for place in places:
                parameters[place] = value
        with connection.cursor() as cursor:
            cursor.execute(sql.text, parameters)
            rows = [list(row) for row in cursor.fetchall()]
        for row in rows:
            for place, converters, expression in sql.converters:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        return [dict(zip(sql.names, row, strict=True)) for row in rows]

    def _compiled(self, connection: BaseDatabaseWrapper) -> _Sql:
        samples = {name: _sample(kind, number) for number, (name, kind) in enumerate(self._types.items())}
        query: Any = self._build(**samples).query
        compiler = query.get_compiler(connection=connection)
        text, parameters = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        selected = getattr(query, "selected", None)
        adapted = {name: _adapted(sample, connection) for name, sample in samples.items()}
        places = {
            name: [
                place
                for place, parameter in enumerate(parameters)
                if type(parameter) is type(sample) and parameter == sample
            ]
            for name, sample in adapted.items()
        }
        if missing := sorted(name for name, found in places.items() if not found):
            raise ValueError(f"Not in the query as they are: {', '.join(missing)}.")
        return _Sql(
            text,
            list(parameters),
            places,
            list(selected) if selected else [*query.values_select, *query.annotation_select],
            [(place, *found) for place, found in compiler.get_converters(columns).items()],
        )


def _sample(kind: type, number: int) -> Any:
    """Return a value that no query holds by itself."""
    if issubclass(kind, datetime):
        return datetime(1789, 7, 14, 12, number, tzinfo=UTC)
    if issubclass(kind, date):
        return date(1789, 7, 14 + number)
    if issubclass(kind, UUID):
        return UUID(int=(0xBD << 120) + number)
    if issubclass(kind, int):
        return 7_919_654_321 + number
    if issubclass(kind, str):
        return f"sample \x01{number}"
    raise TypeError(f"No values of {kind}.")


def _adapted(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """Convert a value to what this database takes."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return value
