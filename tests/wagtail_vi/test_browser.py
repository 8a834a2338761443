"""What the admin's scripts draw, for an editor who works in Vietnamese: sidebar, explorer, panels, blocks, toolbars."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.live import Installation
from tests.wagtail_vi.reading import english_in, read

pytestmark = pytest.mark.thorough

ADMIN = "quan-tri"
# A button of the date picker's library that Wagtail never shows, and has no word for.
HIDDEN = "Save Selected"


@pytest.mark.thorough
def test_an_editor_sees_no_english_that_scripts_draw(demo: Installation, browser: Any) -> None:
    url = demo.serve(BDHVS_TEST_CLOCK="2025-11-15T10:00:00+07:00").url
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    found: dict[str, set[str]] = {}
    seen: set[str] = set()

    def look(where: str, expected: str) -> None:
        """``expected``: a selector of what has to be drawn by now."""
        page.locator(expected).first.wait_for()
        texts = read(page.content())[0]
        seen.update(texts)
        for text in texts:
            if text != HIDDEN and english_in(text):
                found.setdefault(text[:200], set()).add(where)

    page.goto(f"{url}/{ADMIN}/login/")
    page.fill("input[name=username]", "bientap")
    page.fill("input[name=password]", "hocvuso2025")
    page.click("button[type=submit]")
    page.wait_for_url(f"**/{ADMIN}/")
    look("home", ".sidebar-menu-item__link")
    page.get_by_role("button", name="Trang", exact=True).first.click()
    look("explorer in the sidebar", ".c-page-explorer__item")

    page.goto(f"{url}/{ADMIN}/pages/search/?content_type=bdhvs_content.lessonpage")
    look("list", ".listing a[href*='/edit/']")
    page.locator(".listing a[href*='/edit/']").first.click()
    look("editor", ".Draftail-Editor")
    for panel in ("status", "preview", "checks", "comments"):
        page.locator(f"[data-side-panel-toggle={panel}]").first.click()
        look(f"panel {panel}", f"[data-side-panel={panel}]:not([hidden])")
    page.locator(".c-sf-add-button").first.click()
    look("menu of blocks", ".Draftail-ComboBox, .w-combobox")
    page.keyboard.press("Escape")
    text = page.locator(".Draftail-Editor [contenteditable=true]").first
    text.click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("/")
    look("commands of the editor", ".Draftail-ComboBox, .w-combobox")
    page.keyboard.press("Backspace")
    page.keyboard.type("chu")
    page.keyboard.press("Shift+Home")
    look("toolbar of the editor", ".Draftail-ToolbarButton")
    # Leaving with unsaved text would ask.
    page.close(run_before_unload=False)

    assert found == {}
    assert {"Tìm kiếm", "Trình đơn chính", "Tiêu đề bậc 2", "Tách khối", "Nhân bản"} <= seen
