"""A lesson that names another activity: shown while it is offered, left out while it is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bdhvs_content.api import LessonPage, NotPublishable
from bdhvs_content.blocks import LessonBody, problems_of
from tests.bdhvs_content import pages
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


def naming(parent: Any, *named: Any, live: bool = True, title: str = "Bài có bài tập") -> LessonPage:
    page = LessonPage(title=title, body=[("activity", {"page": one}) for one in named], live=False)
    parent.add_child(instance=page)
    return pages.publish(page) if live else page


def shown(page: Any, name: str = "lan") -> str:
    text: str = html_of(pages.client_of(name).get(page.url))
    return text


class Site:
    """A lesson that names a quiz, and Lan, who learns."""

    def __init__(self) -> None:
        self.course = pages.course(pages.catalog())
        self.quiz = pages.quiz(self.course, [pages.question()])
        self.lesson = naming(self.course, self.quiz)
        pages.enrolled(self.course)


made, site = made_once(Site)


@pytest.fixture
def course(site: Site) -> Any:
    return pages.fresh(site.course)


def test_a_learner_sees_its_name_and_how_far_they_are(site: Site) -> None:
    quiz, lesson = site.quiz, site.lesson
    text = shown(lesson)
    assert f'<div class="card named-activity"><p><a href="{quiz.url}">{quiz.title}</a>' in text
    assert "status--todo" in text.partition("named-activity")[2].partition("</div>")[0]


def test_what_is_taken_back_later_is_left_out_and_comes_again(site: Site) -> None:
    quiz, lesson = site.quiz, site.lesson
    quiz.unpublish()
    assert "named-activity" not in shown(lesson)
    pages.publish(pages.fresh(quiz))
    assert "named-activity" in shown(lesson)


def test_what_is_deleted_is_left_out(site: Site) -> None:
    quiz, lesson = site.quiz, site.lesson
    quiz.delete()
    assert "named-activity" not in shown(lesson)


def test_a_draft_or_a_page_that_is_no_activity_is_refused(course: Any) -> None:
    draft = pages.quiz(course, [pages.question()], live=False)
    body = LessonBody()
    with translation.override("en"):
        problems = problems_of(body.normalize([("activity", {"page": one}) for one in (None, course, draft)]))
    assert [text.partition(": ")[2] for text in problems] == [
        "Choose an activity.",
        "This page is not an activity. Choose a quiz or another activity.",
        "“Kiểm tra cuối bài” is not published. Publish it first.",
    ]
    with pytest.raises(NotPublishable):
        naming(course, draft)


def test_naming_four_costs_as_much_as_naming_one(course: Any, site: Site) -> None:
    row = site.quiz.items.get().question
    quizzes = [site.quiz, *(pages.quiz(course, [row], f"Bài {place}") for place in range(3))]
    lessons = [site.lesson, naming(course, *quizzes, title="Bài bốn bài tập")]
    client = pages.client_of("lan")
    counts = []
    for lesson in lessons:
        client.get(lesson.url)
        with CaptureQueriesContext(connection) as asked:
            client.get(lesson.url)
        counts.append(len(asked))
    assert counts[0] == counts[1]
