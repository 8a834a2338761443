"""A teacher keys in a class's sheets on a telephone, without scripts: how many taps it takes, on how large keys."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from bdhvs_quiz.grading import field_name
from bdhvs_quiz.models import Attempt, PaperSheet
from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.test_paper import HALL, Hall
from tests.support.addresses import below
from tests.support.browsing import opened
from tests.support.pdfs import texts_of

# What a sheet's answers do in the database: test_paper.py.
pytestmark = [pytest.mark.thorough, pytest.mark.django_db]
ground = HALL.once()


VIOLATIONS = {"resultTypes": ["violations"]}
SHEETS = 4
"""Of the last in four one answer is wrong."""


def tiles(page: Any, address: str) -> list[int]:
    page.goto(address)
    return [int(number) for number in page.locator("nav.tiles b").all_inner_texts()]


def test_sheets_take_one_tap_an_answer_and_one_a_sheet(settings: Any, chromium: str) -> None:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(hours=1)).isoformat()
    hall = Hall(*(f"Người {number:02}" for number in range(1, SHEETS + 1)))
    written = {str(hall.questions[3].key)}
    pack = hall.pack(spare=0)
    site = _Browsed(hall.teacher)
    address = f"{SITE}/day/{hall.group.uuid}/bai-giay/{pack.uuid}/"
    taps = typed = 0
    small: set[str] = set()
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=False)
        page = context.new_page()
        # Needs help, not started, in progress, completed.
        assert tiles(page, f"{SITE}/day/{hall.group.uuid}/") == [0, SHEETS, 0, 0]
        page.goto(address)
        page.get_by_text("Nhập bài", exact=True).click()
        taps += 1
        for sheet in range(SHEETS):
            assert page.locator("h1").inner_text() == f"Người {sheet + 1:02}"
            for row in hall.questions:
                name, values = field_name(str(row.key)), kinds.answer_to(row, right=sheet % 4 != 3)
                if str(row.key) in written:
                    page.locator(f"input[name='{name}']").fill(values[0])
                    typed += 1
                    continue
                for value in values:
                    key = page.locator(f".key-line label:has(input[name='{name}'][value='{value}'])")
                    if not sheet:
                        box = key.bounding_box()
                        if min(box["width"], box["height"]) < 44:
                            small.add(f"{name} {value}: {box}")
                    key.click()
                    taps += 1
            page.get_by_text("Lưu và sang tờ sau").click()
            taps += 1
        page.wait_for_url(address)
        assert f"Đã nhập {SHEETS} trong {SHEETS} tờ" in page.locator("main").inner_text()
        assert tiles(page, f"{SITE}/day/{hall.group.uuid}/") == [SHEETS // 4, 0, 0, SHEETS - SHEETS // 4]
        context.close()
    assert site.problems == [] and small == set()
    assert Attempt.objects.filter(success=True).count() == SHEETS - SHEETS // 4
    assert PaperSheet.objects.filter(attempt=None).count() == 0
    # One, two or one box a question, one button a sheet; a fourth answer is written by hand.
    assert (taps, typed) == (1 + SHEETS * (1 + 2 + 1 + 1), SHEETS)


def test_pages_of_paper_tests_have_nothing_that_axe_finds_and_a_printer_gets_the_first_sheet_first(
    settings: Any, chromium: str
) -> None:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(hours=1)).isoformat()
    hall = Hall("Trần Thị Lan", "Lê Văn Ân")
    pack = hall.pack()
    hall.enter(hall.sheet(pack), hall.answers(2))
    printed_pack = hall.pack(spare=0)
    site = _Browsed(hall.teacher)
    wrong: list[str] = []
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        # Axe is a script of the test's; the pages have none of their own.
        context = site.opened_in(browser, script=True)
        page, axe = context.new_page(), Axe()
        base = f"/day/{hall.group.uuid}/bai-giay/"
        for language in ("", "/en"):
            for place in ("", f"{pack.uuid}/", *(f"{pack.uuid}/{name}/" for name in ("in", "dap-an", "to/1", "to/2"))):
                page.goto(f"{SITE}{below(language, base + place)}")
                # Languages differ in how long their words are.
                for found in () if language else axe.run(page, options=VIOLATIONS).response["violations"]:
                    wrong.append(f"{place}: {found['id']} {[node['html'][:90] for node in found['nodes'][:2]]}")
                beside = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
                if beside > 0:
                    wrong.append(f"{place}: {beside} px beside the screen")
        context.close()
        context = site.opened_in(browser, script=False)
        page = context.new_page()
        page.goto(f"{SITE}{base}{printed_pack.uuid}/in/")
        printed = page.pdf(prefer_css_page_size=True)
        context.close()
    assert wrong == []
    texts = texts_of(printed)
    assert len(texts) == 2
    assert all(name in text for name, text in zip(("Lê Văn Ân", "Trần Thị Lan"), texts, strict=True))
