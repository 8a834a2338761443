"""Pages of retests in a browser: on a telephone, on a desk and on paper."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.classes.api import Membership
from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_lms.reporting.conftest import NOW
from tests.bdhvs_lms.reporting.retesting import Retesting
from tests.support.browsing import opened
from tests.support.worlds import made_once

# What they say, and to whom: test_retest_pages.py.
pytestmark = [pytest.mark.thorough, pytest.mark.django_db]
WIDE = "[document.scrollingElement.scrollWidth, window.innerWidth]"


made, own = made_once(Retesting.with_six)


@pytest.fixture
def retesting(own: Retesting, settings: Any) -> Any:
    settings.BDHVS_TEST_CLOCK = NOW
    with translation.override("vi"):
        yield own


def test_a_teacher_notes_on_a_telephone_and_has_the_list_on_paper(
    retesting: Retesting, chromium: str, tmp_path: Path
) -> None:
    for one in retesting.named(6):
        Membership.objects.create(learner=one, class_group=retesting.class_group, valid_from=date(2025, 9, 1))
    retesting.draw(6)
    retesting.teacher()
    site = _Browsed(get_user_model().objects.get(username="teacher"))
    address = f"{SITE}{reverse('bdhvs_lms:class-retest', args=[retesting.class_group.uuid])}"
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=True)
        page = context.new_page()
        page.goto(address)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            choices = page.locator("main select")
            assert choices.count() == 6 and not page.get_by_text("Chữ ký").first.is_visible()
            for place in range(6):
                box = choices.nth(place).bounding_box()
                assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["width"] >= 220
            assert page.evaluate(WIDE)[0] <= width
        choices.first.select_option("absent")
        page.get_by_role("button", name="Lưu").click()
        page.get_by_text("Đã ghi nhận cho 1 người.").wait_for()
        page.emulate_media(media="print")
        assert page.get_by_text("Chữ ký").first.is_visible() and not page.locator("main select").first.is_visible()
        rows = page.locator(".drawn tbody tr").all_inner_texts()
        assert len(rows) == 6 and "không đến" in rows[0] and all("chưa ghi gì" not in row for row in rows)
        page.pdf(path=str(tmp_path / "list.pdf"), format="A4")
        context.close()
    assert site.problems == []
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(tmp_path / "list.pdf"), "-"], capture_output=True, check=True, text=True
        ).stdout
        assert all(f"nguoi {number}" in text for number in range(6)) and "Chữ ký" in text


def test_the_draw_and_the_list_of_samples_fit_and_have_room(retesting: Retesting, chromium: str) -> None:
    retesting.named(9)
    retesting.draw(6)
    user = retesting.user("operator")
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_retestsample", "view_retestsample"]))
    site = _Browsed(user)
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=False)
        page = context.new_page()
        page.goto(f"{SITE}{reverse('bdhvs_lms:retests')}")
        card, link = page.locator(".samples > li").bounding_box(), page.locator(".samples a").bounding_box()
        assert link["x"] - card["x"] >= 12 and link["y"] - card["y"] >= 12
        page.goto(f"{SITE}{reverse('bdhvs_lms:retest-draw')}")
        rows = page.locator("fieldset .choice")
        assert rows.count() == 2 and all(rows.nth(place).bounding_box()["height"] >= 52 for place in range(2))
        # A number stands with its sign on one line.
        cells = page.locator(".numbers td.figure")
        assert {cells.nth(place).bounding_box()["height"] for place in range(cells.count())} == {
            cells.first.bounding_box()["height"]
        }
        page.locator("#id_size").fill("6")
        page.locator("#id_as_of").fill("2025-11-13")
        page.get_by_role("button", name="Xem trước").click()
        draw, change = (page.get_by_role("button", name=name).bounding_box() for name in ("Bốc mẫu", "Sửa"))
        assert change["y"] - draw["y"] - draw["height"] >= 6
        assert page.evaluate(WIDE)[0] <= 360
        context.close()
    assert site.problems == []
