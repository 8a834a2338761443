"""What `tests/support/indexing.py` promises to all tests: an index says what a site's would."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import ReferenceIndex

from bdhvs_content.api import CoursePage
from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    return [page.title for page in CoursePage.objects.search("mạng")]


def of_an_index(captured: Any) -> list[str]:
    return [one["sql"] for one in captured if "index" in one["sql"] and "SELECT" not in one["sql"][:6]]


def test_a_page_is_indexed_before_somebody_asks_and_counted_for_nobody() -> None:
    with CaptureQueriesContext(connection) as captured:
        course = pages.course(pages.catalog())
        titles = found()
    assert titles == [course.title]
    assert of_an_index(captured) == []
    course.title = "Nhận ra lừa đảo"
    pages.publish(course)
    assert found() == []


def test_what_was_indexed_in_a_savepoint_that_is_rolled_back_is_indexed_again() -> None:
    course = pages.course(pages.catalog())
    with transaction.atomic():
        assert found() == [course.title]
        transaction.set_rollback(True)
    assert found() == [course.title]


def test_who_leads_where_is_known_and_what_is_gone_again_is_nowhere() -> None:
    catalog = pages.catalog()
    question = pages.question()
    quiz = pages.quiz(pages.course(catalog), [question])
    gone = pages.course(catalog, "Mạng xã hội")
    gone.delete()
    assert [str(row.object_id) for row in ReferenceIndex.get_references_to(question)] == [str(quiz.pk)]
    assert found() == ["An toàn trên mạng"]


@pytest.mark.usefixtures("indexed")
def test_whoever_takes_indexed_has_it_at_once() -> None:
    with CaptureQueriesContext(connection) as captured:
        pages.course(pages.catalog())
    assert of_an_index(captured)
