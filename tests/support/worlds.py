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
