"""Worlds that take long to make: made once for a module, in a transaction that is never committed.

Each test works on a copy of the objects, inside a savepoint that is rolled back. Not for modules with tests that
commit: they would commit into that transaction.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import translation

from tests.support.indexing import indexes

W = TypeVar("W")


@contextmanager
def standing(make: Callable[[], W], blocker: Any) -> Iterator[W]:
    """What ``make`` returned, with its rows in the database until the end."""
    with blocker.unblock(), transaction.atomic():
        with indexes.once():
            made = make()
        # As on a site: what waits for the end of a transaction is not there any more when the next one begins.
        connection.run_on_commit = []
        translation.deactivate()
        cache.clear()
        try:
            yield made
        finally:
            transaction.set_rollback(True)


def made_once(make: Callable[[], W]) -> tuple[Any, Any]:
    """Return two fixtures: a module's, which the module has to call ``made``, and a test's own copy of it."""

    @pytest.fixture(scope="module", name="made")
    def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[W]:
        with standing(make, django_db_blocker) as world:
            yield world

    @pytest.fixture
    def own(made: W, db: None) -> W:
        return copy.deepcopy(made)

    return made, own


class Ground:
    """Rows by name that worlds of tests stand on: made anew for each world, or once for a module that says so."""

    def __init__(self, make: Callable[..., dict[str, Any]]) -> None:
        self._make = make
        self._standing: dict[str, Any] | None = None

    def rows(self, *args: Any) -> dict[str, Any]:
        """As the database has them."""
        if self._standing is None:
            return self._make(*args)
        return {name: _read(value) for name, value in self._standing.items()}

    def once(self, *args: Any) -> Any:
        """Return a fixture for a module: what it makes is there for all its tests."""

        @pytest.fixture(scope="module", autouse=True)
        def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
            with standing(lambda: self._make(*args), django_db_blocker) as self._standing:
                try:
                    yield
                finally:
                    self._standing = None

        return ground


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(one) for one in value]
    return type(value)._default_manager.get(pk=value.pk)
