"""A teacher opens an attempt again in a browser without scripts, the learner goes on: nothing that axe finds."""

from __future__ import annotations

import os
from typing import Any
from unittest import mock

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth import get_user_model

from bdhvs_lms.learners.api import link_user
from bdhvs_quiz.models import Attempt
from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_quiz.helpers import address
from tests.bdhvs_quiz.test_reopening import Class
from tests.support.browsing import opened

# What it does in the database: test_reopening.py.
pytestmark = [pytest.mark.thorough, pytest.mark.django_db]
WIDTHS = (320, 360, 1280)


def looked_at(page: Any, axe: Axe, where: str) -> list[str]:
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        beside = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        wrong += [f"{where}: {beside} px beside the screen at {width}"] * (beside > 0)
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return wrong + [f"{where}: {one['id']} {[node['html'][:90] for node in one['nodes'][:2]]}" for one in found]


def test_teacher_and_learner(settings: Any, chromium: str) -> None:
    hall = Class(grade_from="average")
    _first, attempt = hall.take(3, 4)
    account = get_user_model().objects.create_user("lan", password="x")
    link_user(hall.people[0], account)
    hall.clocked(settings)
    quiz, result = hall.quiz.url, address(attempt, "result")
    teacher, learner = _Browsed(hall.teacher), _Browsed(account)
    person = f"{SITE}/day/{hall.group.uuid}/nguoi/{hall.people[0].actor}/"
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        # Axe is a script of the test's; the pages of teachers have none of their own.
        page, axe = teacher.opened_in(browser, script=True).new_page(), Axe()
        page.goto(person)
        wrong = looked_at(page, axe, "person")
        page.goto(f"{person}lan-lam/{attempt.uuid}/")
        wrong += looked_at(page, axe, "answers")
        page.get_by_role("link", name="Mở lại bài làm").click()
        page.locator("textarea").wait_for()
        wrong += looked_at(page, axe, "reopen")
        page.get_by_role("button", name="Mở lại bài làm").click()
        page.get_by_text("Hãy ghi lý do trước.").first.wait_for()
        wrong += looked_at(page, axe, "reopen-wrong")
        page.locator("textarea").fill("Điện thoại hết pin giữa chừng.")
        page.get_by_role("button", name="Mở lại bài làm").click()
        page.get_by_text("Bài làm đã được mở lại.").wait_for()
        page.goto(f"{person}lan-lam/{attempt.uuid}/mo-lai/")
        page.get_by_text("Điện thoại hết pin giữa chừng.").wait_for()
        wrong += looked_at(page, axe, "reopened")

        page = learner.opened_in(browser, script=False).new_page()
        page.goto(f"{SITE}{quiz}")
        page.get_by_role("button", name="Làm tiếp").click()
        page.get_by_text("Người hướng dẫn lớp đã mở lại").wait_for()
        page.get_by_role("button", name="Nộp bài").last.click()
        page.get_by_text("Điểm tính").wait_for()
        page = learner.opened_in(browser, script=True).new_page()
        for where, path in (("quiz", quiz), ("result", result)):
            page.goto(f"{SITE}{path}")
            wrong += looked_at(page, axe, where)
    assert teacher.problems == learner.problems == wrong == []
    assert Attempt.objects.get(pk=attempt.pk).success, "with the answers that were there"
