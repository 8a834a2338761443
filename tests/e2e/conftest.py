"""One browser, and sites whose processes are forked from one: started anew for each test they would be most of what the
tests cost. None of them asks the database in its own process, which Playwright's event loop would forbid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.e2e.sites import Ground
from tests.support.browsing import opened
from tests.support.live import Installation


class Running:
    """A browser that is started when it is asked for."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.stack = ExitStack()
        self.browser: Any = None

    def get(self) -> Any:
        self.browser = self.browser or self.stack.enter_context(opened(self.program))
        return self.browser

    def close(self) -> None:
        self.browser = None
        self.stack.close()


@pytest.fixture(scope="package")
def running(chromium: str) -> Iterator[Running]:
    running = Running(chromium)
    yield running
    running.close()


@pytest.fixture
def browser(running: Running) -> Iterator[Any]:
    """Without anything that another test left open in it."""
    browser = running.get()
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.fixture(scope="module")
def no_browser(running: Running) -> None:
    """For a module that asks the database in its own process, and opens browsers of its own."""
    running.close()


@pytest.fixture(scope="package")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("ground") / "site")
    yield ground
    ground.close()


@pytest.fixture
def installation(installation: Installation, ground: Ground) -> Iterator[Installation]:
    with ground.site(installation) as site:
        yield site


@pytest.fixture(scope="module")
def module_installation(module_installation: Installation, ground: Ground) -> Iterator[Installation]:
    with ground.site(module_installation) as site:
        yield site


@pytest.fixture
def demo(demo: Installation, ground: Ground) -> Iterator[Installation]:
    with ground.site(demo) as site:
        yield site


@pytest.fixture(scope="module")
def written_site(written_site: Installation, ground: Ground) -> Iterator[Installation]:
    with ground.site(written_site) as site:
        yield site
