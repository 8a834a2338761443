"""A browser for tests: Debian's Chromium through Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_running: list[Any] = []


@contextmanager
def driver() -> Iterator[Any]:
    """Playwright: the one that runs in this process, because there can be no second, or else one of its own."""
    from playwright.sync_api import sync_playwright

    if _running:
        yield _running[0]
        return
    with sync_playwright() as playwright:
        _running.append(playwright)
        try:
            yield playwright
        finally:
            _running.clear()


@contextmanager
def opened(chromium: str) -> Iterator[Any]:
    """A running browser (``playwright.sync_api.Browser``) of the program at this path."""
    with driver() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
