"""Wagtail's search index and its index of references, in tests: brought up to date as soon as somebody asks them.

Every save has both written anew, five times for a page that is made and published: a seventh of what ordinary tests
took, and few of them look. Here a save is noted, once for each object, and before the first statement that names a
table of an index what was noted is indexed. Neither counted queries nor watched statements have that among them.

A test that takes `indexed` has its saves indexed at once, as a site does it: for what is said of the moment. So have
tests that commit, other threads, and processes of their own.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test import TestCase, TransactionTestCase
from django_tasks.backends.immediate import ImmediateBackend

TASKS = {"insert_or_update_object_task", "update_reference_index_task"}
_OF_AN_INDEX = re.compile("wagtailcore_referenceindex|wagtailsearch_|modelsearch_")


class Indexes:
    def __init__(self) -> None:
        self.noting = False
        # In the order of first notes. The done ones are noted again when a savepoint is rolled back.
        self._noted: dict[tuple[Any, ...], Any] = {}
        self._done: dict[tuple[Any, ...], Any] = {}

    def install(self) -> None:
        """For the whole session, when the database is there."""
        at_once = ImmediateBackend._execute_task

        def execute(backend: Any, result: Any) -> None:
            if not self._note(result):
                at_once(backend, result)

        ImmediateBackend._execute_task = execute
        connection.execute_wrappers.append(self._watch)

    def _note(self, result: Any) -> bool:
        here = threading.current_thread() is threading.main_thread()
        if not (self.noting and here and result.task.name in TASKS):
            return False
        self._noted[result.task.name, *result.args] = result
        return True

    def _watch(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """An execute wrapper of the connection, below all others."""
        if self._noted and _OF_AN_INDEX.search(str(sql)):
            self.bring_up_to_date()
        elif self._done and str(sql).startswith("ROLLBACK TO"):
            self._noted = self._done | self._noted
            self._done = {}
        return execute(sql, params, many, context)

    def bring_up_to_date(self) -> None:
        noted, self._noted = self._noted, {}
        wrappers, connection.execute_wrappers = connection.execute_wrappers, []
        counting, connection.force_debug_cursor = connection.force_debug_cursor, False
        try:
            for result in noted.values():
                # It may be gone again.
                with suppress(ObjectDoesNotExist):
                    result.task.call(*result.args)
        finally:
            connection.execute_wrappers, connection.force_debug_cursor = wrappers, counting
        self._done |= noted

    @contextmanager
    def once(self) -> Iterator[None]:
        """What is saved inside is indexed at the end: for what a whole module makes and keeps."""
        before = self.noting, self._noted, self._done
        self.noting, self._noted, self._done = True, {}, {}
        try:
            yield
            self.bring_up_to_date()
        finally:
            self.noting, self._noted, self._done = before

    @contextmanager
    def when_asked(self) -> Iterator[None]:
        """What is saved inside is indexed when somebody asks, and forgotten: it is rolled back."""
        self.noting = True
        try:
            yield
        finally:
            self.noting, self._noted, self._done = False, {}, {}


indexes = Indexes()


@pytest.fixture
def indexed() -> None:
    """The test's saves are indexed at once."""


def commits(item: pytest.Item) -> bool:
    mark, made_of = item.get_closest_marker("django_db"), getattr(item, "cls", None) or object
    return (
        (mark is not None and bool(mark.kwargs.get("transaction")))
        or "transactional_db" in getattr(item, "fixturenames", ())
        or (issubclass(made_of, TransactionTestCase) and not issubclass(made_of, TestCase))
    )


@pytest.fixture(autouse=True)
def _indexed_when_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    if "indexed" in request.fixturenames or commits(request.node):
        yield
        return
    with indexes.when_asked():
        yield
