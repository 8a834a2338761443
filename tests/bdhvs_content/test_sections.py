"""Sections: their order is the course's, what happens to one happens to what is in it; none has a page of its own."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page

from bdhvs_content.api import LessonPage, page_address, read_lesson
from bdhvs_lms.courses.api import activities_of, activity
from tests.bdhvs_content import pages
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


def in_order(course: Page) -> list[str]:
    return [row.titles["vi"] for row in activities_of(course.translation_key)]


class Sectioned:
    """A lesson, a section of two, another lesson."""

    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course = pages.course(self.catalog)
        self.first = pages.lesson(self.course, "Mở đầu")
        self.section = pages.section(self.course, intro="Nhận ra kẻ lừa.")
        self.inside = pages.lesson(self.section, "Trong phần A")
        self.second = pages.lesson(self.section, "Trong phần B")
        self.last = pages.lesson(self.course, "Kết")
        self.all = ["Mở đầu", "Trong phần A", "Trong phần B", "Kết"]


made, site = made_once(Sectioned)


def test_order_is_depth_first_and_follows_moves_in_and_of_sections(site: Sectioned) -> None:
    assert in_order(site.course) == site.all
    assert site.inside.course.pk == site.course.pk
    assert activity(site.inside.translation_key).course.key == site.course.translation_key

    pages.fresh(site.inside).move(pages.fresh(site.section), pos="last-child")
    assert in_order(site.course) == ["Mở đầu", "Trong phần B", "Trong phần A", "Kết"]
    pages.fresh(site.section).move(pages.fresh(site.course), pos="first-child")
    assert in_order(site.course) == ["Trong phần B", "Trong phần A", "Mở đầu", "Kết"]
    pages.fresh(site.last).move(pages.fresh(site.section), pos="first-child")
    assert in_order(site.course) == ["Kết", "Trong phần B", "Trong phần A", "Mở đầu"]


def test_an_unpublished_section_withdraws_what_is_in_it_and_brings_it_back(site: Sectioned) -> None:
    pages.enrolled(site.course)
    client = pages.client_of("lan")
    pages.fresh(site.section).unpublish()
    assert in_order(site.course) == ["Mở đầu", "Kết"]
    # Its pages are live in Wagtail; nobody comes to them all the same.
    assert pages.fresh(site.inside).live
    assert client.get(site.inside.url).status_code == 404
    assert page_address(site.inside.translation_key) is None
    assert "Trong phần A" not in html_of(client.get(site.course.url))

    pages.lesson(pages.fresh(site.section), "Viết sau")
    assert in_order(site.course) == ["Mở đầu", "Kết"]
    pages.publish(pages.fresh(site.section))
    assert in_order(site.course) == ["Mở đầu", "Trong phần A", "Trong phần B", "Viết sau", "Kết"]
    assert client.get(site.inside.url).status_code == 200


def test_a_course_that_is_unpublished_leads_nowhere(site: Sectioned) -> None:
    pages.enrolled(site.course)
    pages.fresh(site.course).unpublish()
    client = pages.client_of("lan")
    assert [client.get(page.url).status_code for page in (site.course, site.first, site.inside, site.section)] == [
        404
    ] * 4


def test_a_section_moves_to_another_course_with_what_is_in_it(site: Sectioned) -> None:
    other = pages.course(site.catalog, "Khóa hai")
    pages.lesson(other, "Bài khác")
    pages.fresh(site.section).move(pages.fresh(other), pos="last-child")
    assert in_order(site.course) == ["Mở đầu", "Kết"]
    assert in_order(other) == ["Bài khác", "Trong phần A", "Trong phần B"]
    draft = pages.course(site.catalog, "Khóa nháp", live=False)
    pages.fresh(site.section).move(pages.fresh(draft), pos="last-child")
    assert in_order(other) == ["Bài khác"]
    assert not activity(site.inside.translation_key).active


def test_a_copied_section_brings_its_lessons_as_new_ones_in_order(site: Sectioned) -> None:
    copy = site.section.copy(recursive=True, update_attrs={"title": "Phần sao", "slug": "phan-sao"}, keep_live=True)
    assert in_order(site.course) == [*site.all, "Trong phần A", "Trong phần B"]
    keys = {page.translation_key for page in copy.get_children()}
    assert len(keys) == 2
    assert not keys & {site.inside.translation_key, site.second.translation_key}

    whole = pages.fresh(site.course).copy(
        recursive=True, update_attrs={"title": "Khóa sao", "slug": "khoa-sao"}, keep_live=True
    )
    assert in_order(whole) == [*site.all, "Trong phần A", "Trong phần B"]


def test_a_deleted_section_withdraws_and_keeps_the_rows(site: Sectioned) -> None:
    pages.fresh(site.section).delete()
    assert in_order(site.course) == ["Mở đầu", "Kết"]
    assert activity(site.inside.translation_key).active is False


def test_a_translation_of_a_section_adds_titles_and_withdraws_nothing(site: Sectioned) -> None:
    english = Locale.objects.create(language_code="en")
    for page in (site.catalog, site.course, site.section, site.inside):
        translated = pages.publish(pages.fresh(page).copy_for_translation(english))
    translated.title = "In the section"
    translated = pages.publish(translated)
    assert activity(site.inside.translation_key).titles == {"vi": "Trong phần A", "en": "In the section"}
    assert activity(site.inside.translation_key).course.key == site.course.translation_key
    translated.get_parent().specific.unpublish()
    assert activity(site.inside.translation_key).active is True
    assert in_order(site.course) == site.all


def test_an_alias_of_a_section_shows_its_lessons_in_the_other_course_and_pushes_nothing(site: Sectioned) -> None:
    other = pages.course(site.catalog, "Khóa hai")
    pages.lesson(other, "Bài riêng")
    site.section.create_alias(parent=pages.fresh(other), recursive=True)
    assert in_order(other) == ["Bài riêng"]
    assert in_order(site.course) == site.all
    learner = pages.enrolled(site.course)
    assert learner
    shown = pages.client_of("lan").get(other.url)
    assert [entry.title for entry in shown.context["entries"]] == ["Bài riêng", "Trong phần A", "Trong phần B"]


def test_a_sections_address_leads_to_its_heading_on_the_courses_page(site: Sectioned) -> None:
    client = pages.Client()
    response = client.get(site.section.url)
    assert (response.status_code, response["Location"]) == (302, f"{site.course.url}#{site.section.anchor}")
    assert f'<h2 id="{site.section.anchor}">Phần một</h2>' in html_of(client.get(site.course.url))


def test_the_course_page_shows_sections_progress_and_one_main_action(site: Sectioned) -> None:
    pages.section(site.course, "Phần rỗng")
    learner = pages.enrolled(site.course)
    client = pages.client_of("lan")
    read(learner, site.first)
    response = client.get(site.course.url)
    html = html_of(response)
    assert [(group.title, [entry.title for entry in group.entries]) for group in response.context["groups"]] == [
        ("", ["Mở đầu"]),
        ("Phần một", ["Trong phần A", "Trong phần B"]),
        ("", ["Kết"]),
    ]
    # A heading over nothing would promise something.
    assert "Phần rỗng" not in html
    assert "Nhận ra kẻ lừa." in html
    assert "Đã xong 1/4 bài" in html
    assert '<progress value="1" max="4"' in html
    assert html.count("btn-primary") == 1
    assert re.search(rf'class="btn-primary" href="{re.escape(site.inside.url)}">Học tiếp', html)
    assert html.count("✓") == 1
    assert html.count("○") == 3


def read(learner: Any, lesson: Any) -> None:
    read_lesson(learner, lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)


def test_next_and_previous_cross_sections_in_the_courses_order(site: Sectioned) -> None:
    hidden = pages.section(site.course, "Phần ẩn")
    pages.lesson(hidden, "Ẩn")
    hidden.unpublish()
    learner = pages.enrolled(site.course)
    client = pages.client_of("lan")
    walk = [site.first, site.inside, site.second, site.last]
    for place, lesson in enumerate(walk):
        read(learner, lesson)
        html = html_of(client.get(lesson.url))
        after = re.search(r'class="btn-primary" href="([^"]+)"', html)
        before = re.search(r'class="onward" href="([^"]+)"', html)
        assert after is not None
        assert after.group(1) == (walk[place + 1].url if place < 3 else site.course.url)
        assert (before and before.group(1)) == (walk[place - 1].url if place else None)


def test_catalogue_cards_say_how_much_there_is_and_how_far_one_is(site: Sectioned) -> None:
    pages.lesson(pages.course(site.catalog, "Khóa hai"))
    learner = pages.enrolled(site.course)
    read(learner, site.first)
    cards = pages.client_of("lan").get("/").context["courses"]
    assert [(card.title, card.total, card.done, card.status) for card in cards] == [
        ("An toàn trên mạng", 4, 1, "in_progress"),
        ("Khóa hai", 1, 0, "not_begun"),
    ]
    html = html_of(pages.Client().get("/"))
    assert "4 bài" in html
    assert "Đã xong" not in html


def test_queries_do_not_grow_with_lessons_sections_courses_learners_or_statements(site: Sectioned) -> None:
    learner = pages.enrolled(site.course)
    client = pages.client_of("lan")

    def cost() -> list[int]:
        per_page = []
        for address in ("/", site.course.url, site.inside.url):
            client.get(address)  # fills what the process keeps
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            per_page.append(len(queries))
        return per_page

    # With something done already: both measurements ask for results.
    read(learner, site.inside)
    small = cost()
    for number in range(2):
        section = pages.section(pages.fresh(site.course), f"Phần {number}")
        for lesson in range(2):
            pages.lesson(section, f"Bài {number}.{lesson}")
    other = pages.course(site.catalog, "Khóa hai")
    pages.lesson(other)
    for name in ("minh", "hoa"):
        read(pages.enrolled(site.course, name), site.inside)
    for lesson in LessonPage.objects.child_of(site.course):
        read(learner, lesson)
    assert cost() == small
    # Wagtail itself asks twice for each level of the tree on the way to a page.
    assert max(small) <= 29
