"""The report of lessons whose facts nobody has looked at for half a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_content.models import LessonPage
from bdhvs_content.reports import CHECK_EVERY, to_check
from bdhvs_lms.base.api import now
from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


def checked(parent: Any, title: str, on: date | None, *, live: bool = True) -> LessonPage:
    lesson = pages.lesson(parent, title, live=False)
    lesson.facts_checked_on = on
    lesson.save_revision()
    return pages.publish(lesson) if live else lesson


def test_never_and_long_ago_are_listed_oldest_first_and_drafts_are_not() -> None:
    course = pages.course(pages.catalog())
    checked(course, "Vừa kiểm", TODAY - CHECK_EVERY)
    checked(course, "Lâu rồi", TODAY - CHECK_EVERY - timedelta(days=1))
    checked(course, "Lâu hơn", date(2024, 1, 1))
    checked(course, "Chưa lần nào", None)
    checked(course, "Nháp", None, live=False)
    found = to_check(LessonPage.objects.all(), TODAY)
    assert [lesson.title for lesson in found] == ["Chưa lần nào", "Lâu hơn", "Lâu rồi"]


def test_the_page_names_course_and_date_with_a_constant_number_of_queries_and_can_be_exported() -> None:
    course = pages.course(pages.catalog(), "Khóa Một")
    section = pages.section(course)
    long_ago = now().date() - timedelta(days=400)
    checked(section, "Trong phần", long_ago)
    client = pages.editor()
    address = reverse("bdhvs_content_to_check")
    counts = []
    for _ in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            html = client.get(address).content.decode()
        counts.append(len(queries))
        for number in range(3):
            checked(course, f"Bài {number}.{len(counts)}", None)
    assert counts[0] == counts[1]
    assert "Trong phần" in html and "Khóa Một" in html and f"{long_ago:%d/%m/%Y}" in html
    exported = b"".join(client.get(f"{address}?export=csv").streaming_content).decode()
    assert "Trong phần" in exported
    assert exported.count("\n") == 8


def test_who_may_not_edit_pages_does_not_see_it() -> None:
    from django.contrib.auth.models import Permission

    user = pages.get_user_model().objects.create_user("khach", password="x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert pages.client_of("khach").get(reverse("bdhvs_content_to_check")).status_code == 302
