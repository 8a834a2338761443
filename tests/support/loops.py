"""Many cases in one test: all are tried, and all that fail are told.

`@for_each` stands where `pytest.mark.parametrize` would and reads the same. A test of its own for each case costs a
collection, a report and a setup of all fixtures; here they share the fixtures, and what a case writes into a table is
taken back. Not for cases that leave something else behind in a fixture (`monkeypatch`, `tmp_path`).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import translation


def for_each(names: str | Sequence[str], cases: Iterable[Any], ids: Any = None) -> Callable[[Any], Any]:
    """Call a test for each of the cases, with these arguments; raise a group of what failed, each with its case."""
    arguments = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    given = [_given(arguments, case, ids, place) for place, case in enumerate(cases)]

    def decorate(test: Any) -> Any:
        @functools.wraps(test)
        def all_cases(*args: Any, **fixtures: Any) -> None:
            failed: list[BaseException] = []
            skipped: list[BaseException] = []
            for label, values in given:
                try:
                    with _taken_back():
                        test(*args, **fixtures, **values)
                except pytest.skip.Exception as skip:
                    skipped.append(skip)
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"Case: {label}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(given)} cases", failed)
            if given and len(skipped) == len(given):
                raise skipped[0]

        signature = inspect.signature(test)
        left = [parameter for name, parameter in signature.parameters.items() if name not in arguments]
        assert len(left) + len(arguments) == len(signature.parameters), f"{test.__name__} does not take {arguments}"
        all_cases.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        del all_cases.__wrapped__
        return all_cases

    return decorate


def _given(arguments: list[str], case: Any, ids: Any, place: int) -> tuple[str, dict[str, Any]]:
    """Return a case's label and arguments; a case may be a `pytest.param`."""
    named = None if ids is None else ids(case) if callable(ids) else ids[place]
    if isinstance(case, type(pytest.param())):
        assert not case.marks, "a case with marks needs a test of its own"
        named, values = case.id or named, case.values
    else:
        values = tuple(case) if len(arguments) > 1 else (case,)
    assert len(values) == len(arguments), (arguments, values)
    return str(named or ", ".join(map(repr, values))), dict(zip(arguments, values, strict=True))


@contextmanager
def _taken_back() -> Iterator[None]:
    language = translation.get_language()
    try:
        if connection.in_atomic_block:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        else:
            yield
    finally:
        translation.activate(language)
        cache.clear()
