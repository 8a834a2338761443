"""The Wagtail admin works under its content security policy, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.live import Installation, Server

pytestmark = pytest.mark.thorough

ADMIN = "quan-tri"
PAGES = ["", "pages/", "images/", "documents/", "snippets/", "users/", "account/", "reports/site-history/"]
PASSWORD = "a real one, of nobody"


@pytest.mark.thorough
def test_admin_raises_no_error(installation: Installation, live_process: Callable[..., Server], browser: Any) -> None:
    """Nothing is refused, nothing fails, nothing is asked of strangers: on lists, in an editor and in its preview."""
    root = installation.python(
        "from django.contrib.auth.models import User\n"
        "from wagtail.models import Page\n"
        f"User.objects.create_superuser('an', 'an@example.vn', {PASSWORD!r})\n"
        "print(Page.objects.get(depth=2).pk)"
    ).strip()
    url = live_process().url
    page = browser.new_page()
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
    page.goto(f"{url}/{ADMIN}/pages/{root}/edit/", wait_until="networkidle")
    page.click("[data-side-panel-toggle=preview]")
    page.frame_locator("#w-preview-iframe").locator("main, body > *").first.wait_for()
    assert errors == []
    assert elsewhere == []
