"""One browser for the tests of a module: starting it costs a second. None of them asks the database in its own process,
which Playwright's event loop would forbid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browsing import opened


@pytest.fixture(scope="module")
def running_browser(chromium: str) -> Iterator[Any]:
    with opened(chromium) as browser:
        yield browser


@pytest.fixture
def browser(running_browser: Any) -> Iterator[Any]:
    """Without anything that another test left open in it."""
    yield running_browser
    for context in running_browser.contexts:
        context.close()
