"""A day that does not exist stays as it was typed, in the date fields of the admin, and is refused by the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.support.live import Installation, Server

pytestmark = pytest.mark.thorough

PASSWORD = "chỉ để thử"
BUILD = f"""
from django.contrib.auth.models import User
from tests.bdhvs_content import pages
User.objects.create_superuser("an", password={PASSWORD!r})
print("LESSON", pages.lesson(pages.course(pages.catalog())).pk)
"""
READ = """
from bdhvs_content.api import LessonPage
print("READ", LessonPage.objects.get().get_latest_revision_as_object().facts_checked_on)
"""


def test_the_31st_of_february_is_not_made_the_3rd_of_march(
    installation: Installation, live_process: Callable[..., Server], browser: Any
) -> None:
    [lesson] = [line.split()[1] for line in installation.python(BUILD).splitlines() if line.startswith("LESSON")]
    url = live_process().url
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}{reverse('wagtailadmin_login')}")
    page.fill("input[name=username]", "an")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/quan-tri/")

    def typed(field: str, day: str) -> str:
        page.locator(field).fill("")
        page.locator(field).press_sequentially(day)
        # It opens a moment after the field has the focus: one that opened after the field was left would stay.
        page.locator(".xdsoft_datetimepicker:visible").wait_for()
        page.keyboard.press("Tab")
        # The picker closes, and would have put its own day by then.
        page.locator(".xdsoft_datetimepicker:visible").wait_for(state="hidden")
        return str(page.locator(field).input_value())

    # An operator's field and an editor's.
    for address, field in (
        (reverse("areas:add"), "#id_valid_from"),
        (reverse("wagtailadmin_pages:edit", args=[lesson]), "#id_facts_checked_on"),
    ):
        page.goto(f"{url}{address}", wait_until="networkidle")
        assert typed(field, "31/02/2026") == "31/02/2026", address
    page.locator("form[data-edit-form]").evaluate("form => form.requestSubmit()")
    page.locator(".error-message").first.wait_for()
    assert page.locator(field).input_value() == "31/02/2026"
    assert "READ None" in installation.python(READ)
