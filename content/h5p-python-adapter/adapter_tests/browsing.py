"""A browser for tests: Debian's Chromium through Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

__all__ = ["browser", "require"]


def require(present: object, what: str) -> None:
    """Skip the test when ``what`` is absent; fail it where everything has to be there (BDHVS_REQUIRE_ALL=1)."""
    if not present and os.environ.get("BDHVS_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is missing, and BDHVS_REQUIRE_ALL=1 says it must not be.")
    if not present:
        pytest.skip(f"{what} is missing")


@contextmanager
def browser() -> Iterator[Any]:
    """A running browser (playwright.sync_api.Browser)."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
    require(found, "Chromium")
    # Not every test needs it: the others run where Playwright is not installed.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield running
        finally:
            running.close()
