"""A telephone in one hand."""

from __future__ import annotations

from typing import Any

from tests.e2e.people import PHONE, Visitor
from tests.e2e.wire import Wire


class Thumb:
    """A telephone held by somebody whose taps are counted. What is typed, the three pictures and the consent are not
    taps; reaching a field is."""

    def __init__(self, browser: Any, url: str, username: str | None = None) -> None:
        self.phone = Visitor(browser, url, username, size=PHONE)
        self.wire = Wire(self.phone.page, url)
        self.taps = 0

    def tap(self, selector: str, **more: Any) -> None:
        self.phone.press(selector, **more)
        self.taps += 1
        assert self.phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    def type(self, selector: str, text: str) -> None:
        self.phone.page.fill(selector, text)
        self.taps += 1
