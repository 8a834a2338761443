"""The cast, made once a module: each request is undone by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from tests.permissions.roles import CLOCK, Cast
from tests.support.indexing import indexes


def made(kind: type[Cast], blocker: Any) -> Iterator[Any]:
    with blocker.unblock(), override_settings(BDHVS_TEST_CLOCK=CLOCK), transaction.atomic():
        # Thousands of refusals, each with a traceback, are no warnings here; an error is still told.
        logging.disable(logging.WARNING)
        try:
            with indexes.once():
                cast = kind()
            yield cast
        finally:
            logging.disable(logging.NOTSET)
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    yield from made(Cast, django_db_blocker)
