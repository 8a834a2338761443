"""What an editor of a course expects: lessons in their order, the same title twice, and texts of a length to read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from bdhvs_content.api import AnnouncementIndexPage, CatalogPage, CoursePage, LessonPage, SectionPage
from bdhvs_h5p.models import H5PPage
from bdhvs_quiz.api import QuizPage
from bdhvs_tasks.models import TaskPage
from tests.bdhvs_content import pages
from tests.bdhvs_content.test_admin import create, lesson_form
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


made, site = made_once(pages.Written)


def listed(client: Any, parent: Page, **asked: str) -> list[str]:
    """The titles in the explorer's list, from top to bottom."""
    html = client.get(reverse("wagtailadmin_explore", args=[parent.pk]), asked).content.decode()
    return [title.strip() for title in re.findall(r'id="page_\d+_title">(?:\s*<svg.*?</svg>)?(.+?)</', html, re.DOTALL)]


def test_lessons_stand_in_the_order_of_learning_and_can_be_sorted_otherwise(site: pages.Written) -> None:
    client, course = site.client, site.course
    lessons = [pages.lesson(course, f"Bài {word}") for word in ("một", "hai", "ba")]
    section = pages.section(course, "Phần hai")
    inner = [pages.lesson(section, f"Bài {word}") for word in ("năm", "sáu")]
    # Whoever works on the last and then on the first does not move them.
    for page in (inner[1], inner[0], lessons[2], lessons[0]):
        pages.publish(page)
    assert listed(client, course) == ["Bài một", "Bài hai", "Bài ba", "Phần hai"]
    assert listed(client, section) == ["Bài năm", "Bài sáu"]
    assert listed(client, course, ordering="title")[0] == "Bài ba"
    assert listed(client, course, ordering="-latest_revision_created_at")[0] == "Bài một"
    # Ticks for what is done to several at once are there, as in Wagtail's own order.
    page = client.get(reverse("wagtailadmin_explore", args=[course.pk])).content.decode()
    assert "data-bulk-action-checkbox" in page


def slugs(parent: Page) -> list[str]:
    return list(Page.objects.child_of(parent).order_by("path").values_list("slug", flat=True))


def test_the_same_title_twice_gets_an_address_with_a_number(site: pages.Written) -> None:
    client, course = site.client, site.course
    for typed in ("kiem-tra", "kiem-tra", "Kiểm-tra".lower(), "kiem-tra"):
        form = lesson_form("Kiểm tra", slug=typed)
        html = create(client, course, form).content.decode()
        assert "đã được dùng" not in html
    assert slugs(course) == ["kiem-tra", "kiem-tra-2", "kiểm-tra", "kiem-tra-3"]
    assert "kiem-tra-3" in html and "“kiem-tra”" in html

    # Saved again with what its form showed, or with the taken one, it stays where it is.
    lesson = LessonPage.objects.get(slug="kiem-tra-2")
    for typed in ("kiem-tra-2", "kiem-tra"):
        client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), lesson_form("Kiểm tra", slug=typed))
        assert pages.fresh(lesson).get_latest_revision_as_object().slug == "kiem-tra-2"


def test_a_copy_beside_its_original_is_made_without_thinking_of_addresses(site: pages.Written) -> None:
    client, course = site.client, site.course
    lesson = pages.lesson(course, "Kiểm tra")
    address = reverse("wagtailadmin_pages:copy", args=[lesson.pk])
    offered = client.get(address).context["form"]["new_slug"].value()
    assert offered == f"{lesson.slug}-2"
    for typed in (offered, lesson.slug):
        form = {"new_title": "Kiểm tra", "new_slug": typed, "new_parent_page": str(course.pk)}
        assert client.post(address, form).status_code == 302
    assert slugs(course) == [lesson.slug, f"{lesson.slug}-2", f"{lesson.slug}-3"]
    course_copy = {"new_title": course.title, "new_slug": course.slug, "copy_subpages": "on"}
    client.post(
        reverse("wagtailadmin_pages:copy", args=[course.pk]),
        {**course_copy, "new_parent_page": str(course.get_parent().pk)},
    )
    assert CoursePage.objects.count() == 2
    assert slugs(CoursePage.objects.latest("pk")) == slugs(course)


@for_each("letters", [2_000, 2_001, 390_000])
def test_an_introduction_that_nobody_reads_is_refused_in_a_draft_too(letters: int, site: pages.Written) -> None:
    client, catalog = site.client, site.catalog
    form = {"title": "Khóa", "slug": "khoa", "intro": "a" * letters, "drawing": "phone", "comments": inline_formset([])}
    address = reverse("wagtailadmin_pages:add", args=["bdhvs_content", "coursepage", catalog.pk])
    html = client.post(address, nested_form_data(form), follow=True).content.decode()
    assert CoursePage.objects.count() == (2 if letters <= 2_000 else 1)
    assert (f"Quá dài: {letters} ký tự. Nhiều nhất 2000 ký tự." in html) is (letters > 2_000)
    # The browser cuts nothing off: what was pasted is in the field, to be shortened.
    assert "maxlength" not in html.split('name="intro"')[1].split(">")[0] if letters > 2_000 else True


def test_whatever_page_has_an_introduction_it_has_an_end() -> None:
    for model in (CatalogPage, SectionPage, QuizPage, H5PPage, TaskPage, AnnouncementIndexPage):
        field = model.get_edit_handler().get_form_class()(instance=model()).fields["intro"]
        field.run_validators("a" * 2_000)
        with pytest.raises(ValidationError, match="2001"):
            field.run_validators("a" * 2_001)


def test_a_text_of_a_lesson_has_an_end_too(site: pages.Written) -> None:
    client, course = site.client, site.course
    for body in (
        [("text", rich_text(f"<p>{'a' * 60_001}</p>"))],
        [("callout", {"kind": "tip", "heading": "", "text": rich_text(f"<p>{'a' * 390_000}</p>")})],
    ):
        html = create(client, course, lesson_form(body=body)).content.decode()
        assert json.dumps("Nhiều nhất 60000 ký tự.")[1:-1] in html
    assert not LessonPage.objects.exists()
    create(client, course, lesson_form(body=[("text", rich_text(f"<p><b>{'a' * 60_000}</b></p>"))]))
    assert LessonPage.objects.exists()


def test_an_address_of_a_thousand_words_asks_the_database_for_none_of_them(site: pages.Written) -> None:
    course = site.course
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(course.get_url() + "a/" * 1000).status_code == 404
    assert max(len(query["sql"]) for query in queries) < 10_000
