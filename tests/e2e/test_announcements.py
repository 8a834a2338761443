"""A teacher takes an announcement along: with a script by a button, without one by hand; and nobody else sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.people import PHONE, Visitor
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

CLOCK = "2025-11-15T10:00:00+07:00"


def test_a_teacher_copies_what_is_ready_for_zalo_and_the_loudspeaker(demo: Installation, browser: Any) -> None:
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url
    learner = Visitor(browser, url, "nguoihoc", size=PHONE)
    learner.open("/viec-hoc/")
    learner.press("#notices + ul a")
    assert learner.path.startswith("/thong-bao/lop-toi-thu-hai/")
    assert learner.page.locator("textarea").count() == 0

    without = Visitor(browser, url, "huongdan", size=PHONE)
    without.open("/day/")
    without.press("main .act a")
    without.press("main h2 a")
    assert without.page.locator("textarea[readonly]").count() == 2
    assert not without.page.locator("[data-copy]").first.is_visible()
    path = without.path

    teacher = Visitor(browser, url, "huongdan", size=PHONE, scripts=True)
    teacher.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    teacher.open(path)
    for name, begins in (("zalo", "THÔNG BÁO: "), ("loudspeaker", "Kính thưa ")):
        teacher.page.click(f"[data-copy=text-{name}]")
        teacher.page.locator(f"[data-copy=text-{name}] + [role=status]", has_text="Đã chép").wait_for()
        copied = teacher.page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(begins)
        assert copied == teacher.page.locator(f"#text-{name}").input_value()
    assert not teacher.watched.problems
