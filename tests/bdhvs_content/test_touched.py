"""Whoever deletes, unpublishes or moves pages is told first how many people have results there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page

from bdhvs_content.api import read_lesson
from bdhvs_content.touched import lost_with
from bdhvs_quiz.api import open_attempt, submit
from tests.bdhvs_content import pages
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


class Taught:
    """Two have read a lesson, one of them has tried the quiz twice."""

    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course = pages.course(self.catalog)
        self.section = pages.section(self.course)
        self.lesson = pages.lesson(self.section)
        self.quiz = pages.quiz(self.course, [pages.question()])
        self.unread = pages.lesson(self.course, "Không ai học")
        for name in ("lan", "minh"):
            learner = pages.enrolled(self.course, name)
            read_lesson(learner, self.lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        for _ in range(2):
            attempt = open_attempt(learner, self.quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
            submit(attempt.uuid, learner, {}, act_id=uuid.uuid4(), at=pages.AT)
        self.client = pages.editor()

    def one(self, action: str, page: Page, *more: int) -> str:
        return self.client.get(reverse(f"wagtailadmin_pages:{action}", args=[page.pk, *more])).content.decode()

    def many(self, action: str, *chosen: Page) -> str:
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        answer: Any = self.client.get(address, {"id": [page.pk for page in chosen]})
        assert answer.status_code == 200
        return str(answer.content.decode())


made, site = made_once(Taught)


@for_each(
    ("action", "becomes"),
    [
        ("delete", "Nếu chỉ muốn tạm cất đi thì hãy gỡ xuống"),
        ("unpublish", "Người học không mở được cho đến khi xuất bản lại."),
        ("move", "người học phải đăng ký khóa học mới để học tiếp."),
    ],
)
def test_how_many_have_results_is_said_before_it_is_done(action: str, becomes: str, site: Taught) -> None:
    elsewhere = [pages.course(pages.fresh(site.catalog), "Khóa khác").pk] if action == "move" else []
    name = "move_confirm" if action == "move" else action
    for page, count, attempts in ((site.lesson, 2, 0), (site.section, 2, 0), (site.quiz, 1, 2)):
        said = f"{count} người học đã có kết quả ở đây" + (f" ({attempts} lượt làm bài)" if attempts else "")
        html = site.one(name, pages.fresh(page), *elsewhere)
        assert f"{said}. " in html and becomes in html
    assert f"{said}. " in site.many(action, site.quiz)
    assert "đã có kết quả" not in site.one(name, site.unread, *elsewhere)
    # Of several all together, each person once.
    html = site.many(action, site.lesson, site.quiz, site.unread)
    assert "2 người học đã có kết quả ở đây (2 lượt làm bài). " in html and becomes in html
    assert "đã có kết quả" not in site.many(action, site.unread)


def test_a_course_says_it_for_all_that_is_in_it_and_takes_results_along_when_it_is_moved(site: Taught) -> None:
    said = "2 người học đã có kết quả ở đây (2 lượt làm bài). "
    assert said in site.one("delete", pages.fresh(site.course))
    assert said in site.many("unpublish", pages.fresh(site.course))
    assert "đã có kết quả" not in site.one("move_confirm", pages.fresh(site.course), site.catalog.pk)
    # Nor does it matter to whom it belongs in which section it stands.
    section = pages.section(pages.fresh(site.course), "Phần hai")
    assert "đã có kết quả" not in site.one("move_confirm", site.lesson, section.pk)


def test_a_translation_and_a_draft_take_nothing_away(site: Taught) -> None:
    english = Locale.objects.create(language_code="en")
    for page in (site.catalog, site.course, site.section, site.lesson):
        made = pages.fresh(page).copy_for_translation(english)
    assert "đã có kết quả" not in site.one("delete", made)
    pages.fresh(site.lesson).unpublish()
    assert "đã có kết quả" not in site.many("unpublish", pages.fresh(site.section))


def test_it_asks_the_database_the_same_however_many_pages_there_are(site: Taught) -> None:

    def asked(chosen: list[Page]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert lost_with(chosen, "delete")
        return len(queries)

    few = asked([site.lesson])
    more = [pages.lesson(pages.fresh(site.course), f"Bài {number}") for number in range(5)]
    assert asked([site.lesson, site.quiz, *more]) == few == 2 + 3
