"""The admin as editors and operators see it in a browser: whole words, something to choose, nothing cut off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.live import Installation
from tests.support.looking import BROKEN

pytestmark = pytest.mark.thorough

CHOOSE_AN_AREA = (
    "chien-dich/dia-ban/new/", "chien-dich/co-quan/new/", "chien-dich/tong-so/new/", "chien-dich/so-lieu-ngoai/new/",
    "chien-dich/ban-chi-dao/new/",
)  # fmt: skip
PAGES = {
    "vanhanh": (
        "", "chien-dich/so-lieu-ngoai/", "chien-dich/chi-tieu/", "lop-hoc/lop/", "lop-hoc/lop/inspect/1/",
        "lop-hoc/nguoi-hoc/inspect/1/", "lop-hoc/to-cong-dong/inspect/1/", *CHOOSE_AN_AREA,
    ),
    "bientap": ("", "images/", "snippets/bdhvs_quiz/question/", "snippets/bdhvs_quiz/question/add/"),
}  # fmt: skip


def signed_in(browser: Any, url: str, who: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    page.goto(f"{url}/quan-tri/login/")
    page.fill("input[name=username]", who)
    page.fill("input[name=password]", "hocvuso2025")
    page.click("button[type=submit]")
    page.wait_for_url("**/quan-tri/")
    return page


def test_nothing_is_broken_at_a_glance(demo: Installation, browser: Any) -> None:
    url = demo.serve(BDHVS_TEST_CLOCK="2025-11-15T10:00:00+07:00").url
    found: dict[str, list[str]] = {}
    for who, paths in PAGES.items():
        page = signed_in(browser, url, who)
        errors: list[str] = []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        for path in paths:
            answer = page.goto(f"{url}/quan-tri/{path}", wait_until="networkidle")
            assert (answer.status, errors) == (200, []), path
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900 if width > 500 else 740})
                if width > 500:
                    page.locator(".menuitem-label").first.wait_for()
                if broken := page.evaluate(BROKEN):
                    found[f"{who} {path} {width}"] = broken
            if path in CHOOSE_AN_AREA:
                areas = page.locator("select[name=area] option, select[name=parent] option")
                assert "Phường Chương Mỹ" in areas.all_text_contents(), path
        if who == "bientap":
            kinds = page.locator("main .button").all_inner_texts()
            assert kinds[:4] == ["Chọn một đáp án", "Chọn nhiều đáp án", "Đúng/sai", "Trả lời ngắn"]
            assert kinds[4:] == ["Điền chỗ trống", "Số", "Ghép đôi", "Sắp xếp"]
        page.close()
    assert found == {}
