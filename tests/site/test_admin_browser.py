"""The Wagtail admin in a real browser: it works under its content security policy, and a day that does not exist stays
as it was typed, and is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.site.test_backups import asked
from tests.support.live import Installation, Server

pytestmark = pytest.mark.thorough

ADMIN = "quan-tri"
PAGES = ["", "pages/", "images/", "documents/", "snippets/", "users/", "account/", "reports/site-history/"]
PASSWORD = "a real one, of nobody"
BUILD = f"""
from django.contrib.auth.models import User
from tests.bdhvs_content import pages
User.objects.create_superuser("an", password={PASSWORD!r})
print("LESSON", pages.lesson(pages.course(pages.catalog())).pk)
"""


def typed(page: Any, field: str, day: str) -> str:
    page.locator(field).fill("")
    page.locator(field).press_sequentially(day)
    # It opens a moment after the field has the focus: one that opened after the field was left would stay.
    page.locator(".xdsoft_datetimepicker:visible").wait_for()
    page.keyboard.press("Tab")
    # The picker closes, and would have put its own day by then.
    page.locator(".xdsoft_datetimepicker:visible").wait_for(state="hidden")
    return str(page.locator(field).input_value())


def test_admin_raises_no_error_and_the_31st_of_february_is_not_made_the_3rd_of_march(
    installation: Installation, live_process: Callable[..., Server], browser: Any
) -> None:
    """Nothing is refused, nothing fails, nothing is asked of strangers: on lists, in an editor and in its preview."""
    [lesson] = [line.split()[1] for line in installation.python(BUILD).splitlines() if line.startswith("LESSON")]
    url = live_process().url
    page = browser.new_page()
    page.set_default_timeout(60_000)
    errors: list[tuple[str, str]] = []
    elsewhere: list[str] = []
    page.on("console", lambda message: message.type == "error" and errors.append((page.url, message.text)))
    page.on("pageerror", lambda error: errors.append((page.url, str(error))))
    page.on(
        "request",
        lambda request: request.url.startswith((url, "data:", "blob:")) or elsewhere.append(request.url),
    )

    page.goto(f"{url}/{ADMIN}/login/")
    page.fill("input[name=username]", "an")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"**/{ADMIN}/")
    for path in PAGES:
        assert page.goto(f"{url}/{ADMIN}/{path}", wait_until="networkidle").status == 200, path
    editor = f"{url}{reverse('wagtailadmin_pages:edit', args=[lesson])}"
    page.goto(editor, wait_until="networkidle")
    page.click("[data-side-panel-toggle=preview]")
    page.frame_locator("#w-preview-iframe").locator("main, body > *").first.wait_for()

    # An operator's field and an editor's.
    for address, field in ((f"{url}{reverse('areas:add')}", "#id_valid_from"), (editor, "#id_facts_checked_on")):
        page.goto(address, wait_until="networkidle")
        assert typed(page, field, "31/02/2026") == "31/02/2026", address
    page.locator("form[data-edit-form]").evaluate("form => form.requestSubmit()")
    page.locator(".error-message").first.wait_for()
    assert page.locator(field).input_value() == "31/02/2026"
    assert errors == []
    assert elsewhere == []
    last = asked(installation, "SELECT CAST(content AS text) FROM wagtailcore_revision ORDER BY id DESC LIMIT 1")
    assert json.loads(last)["facts_checked_on"] is None
