"""What is private to a group is named to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from bdhvs_content.above import may_be_closed
from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db


def private(page: Any, kind: str = PageViewRestriction.GROUPS, name: str = "Tổ công nghệ số") -> Group:
    group, _created = Group.objects.get_or_create(name=name)
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="x")
    if kind == PageViewRestriction.GROUPS:
        restriction.groups.add(group)
    return group


def seen(client: Client, page: Any) -> str:
    return str(client.get(page.url).content.decode())


def test_a_course_private_to_a_group_is_in_the_catalogue_of_its_members_only() -> None:
    catalog = pages.catalog()
    course, other = pages.course(catalog, "Khóa kín"), pages.course(catalog, "Khóa mở")
    for one in (course, other):
        pages.lesson(one, f"Bài của {one.title}")
    group = private(course)
    pages.person("lan")
    pages.person("minh")
    group.user_set.add(pages.get_user_model().objects.get(username="lan"))
    for client, listed in ((Client(), False), (pages.client_of("minh"), False), (pages.client_of("lan"), True)):
        page = seen(client, catalog)
        assert ("Khóa kín" in page) is listed
        assert "Khóa mở" in page


@pytest.mark.parametrize("kind", [PageViewRestriction.LOGIN, PageViewRestriction.PASSWORD])
def test_what_one_gets_into_by_signing_in_or_by_a_password_is_listed(kind: str) -> None:
    catalog = pages.catalog()
    course = pages.course(catalog, "Khóa có khóa")
    pages.lesson(course)
    private(course, kind)
    assert "Khóa có khóa" in seen(Client(), catalog)


def test_a_private_lesson_is_neither_listed_nor_led_to() -> None:
    course = pages.course(pages.catalog())
    first = pages.lesson(course, "Bài một")
    hidden = pages.lesson(course, "Bài kín")
    pages.lesson(course, "Bài ba")
    private(hidden)
    pages.enrolled(course)
    client = pages.client_of("lan")
    assert "Bài kín" not in seen(client, course)
    client.post(f"/bai-hoc/{first.translation_key}/da-hoc/", {"act_id": str(first.translation_key)})
    assert "Bài kín" not in seen(client, first)


def test_private_pages_cost_the_same_however_many_there_are() -> None:
    catalog = pages.catalog()
    counts = []
    for number in range(1, 5):
        course = pages.course(catalog, f"Khóa {number}")
        pages.lesson(course, f"Bài {number}")
        private(course, name=f"Tổ {number}")
        with CaptureQueriesContext(connection) as queries:
            Client().get(catalog.url)
        counts.append(len(queries))
    assert len(set(counts[1:])) == 1


def test_the_pages_of_an_act_are_read_only_where_something_above_may_be_closed() -> None:
    catalog = pages.catalog()
    course, other, third = (pages.course(catalog, title) for title in ("Khóa một", "Khóa hai", "Khóa ba"))
    lesson, elsewhere = pages.lesson(course), pages.lesson(other, "Bài khác")
    private(other)
    assert not may_be_closed(lesson.translation_key) and may_be_closed(elsewhere.translation_key)
    private(lesson)
    assert may_be_closed(lesson.translation_key) and not may_be_closed(course.translation_key)
    # What an alias shows may be closed where it comes from: then it is looked up for every page.
    lesson.create_alias(parent=pages.fresh(third))
    assert may_be_closed(course.translation_key)
