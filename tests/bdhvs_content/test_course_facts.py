"""What a course shows of itself: picture, for whom, how long; chosen by an editor, shared by its translations."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from bdhvs_content.blocks import WORDS_NEEDED
from bdhvs_content.course_facts import Drawing
from bdhvs_content.errors import NotPublishable
from bdhvs_content.models import CoursePage
from tests.bdhvs_content import pages
from tests.support.markup import collapsed, html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


def shape(key: str) -> str:
    """What tells this drawing from the others."""
    return collapsed(get_template(f"bdhvs_content/drawings/{key}.html").render()).strip()


def form(**more: Any) -> dict[str, Any]:
    given = {"title": "Khóa", "slug": "khoa", "intro": "Cho mọi người.", "drawing": "shield", "picture": "",
             "picture_alt": "", "for_whom": "", "minutes": "", "comments": inline_formset([])}  # fmt: skip
    return nested_form_data({**given, **more})


def published() -> CoursePage:
    page: CoursePage = pages.course(pages.catalog())
    pages.lesson(page)
    page = pages.fresh(page)
    page.drawing, page.for_whom, page.minutes = "shield", "Người mới dùng", 10
    page = pages.publish(page)
    return page


made, course = made_once(published)


def test_there_is_a_drawing_for_each_key_and_no_two_are_alike() -> None:
    drawn = [shape(key) for key in Drawing.values]
    assert len(set(drawn)) == len(drawn) == 8
    assert all('class="art art--' in one and 'aria-hidden="true"' in one for one in drawn)


def test_an_editor_chooses_a_drawing_by_its_picture_and_its_word(admin_client: Any, course: CoursePage) -> None:
    page = html_of(admin_client.get(reverse("wagtailadmin_pages:edit", args=[course.pk])))
    labels = re.findall(r'<label class="drawing".*?</label>', page, re.DOTALL)
    found = {re.search(r'value="(\w+)"', label)[1]: label for label in labels}  # type: ignore[index]
    assert list(found) == Drawing.values
    for key, label in found.items():
        assert shape(key) in collapsed(label), key
        assert str(Drawing(key).label).lower() in label.lower(), key
        assert 'type="radio"' in label and 'name="drawing"' in label
        assert (" checked" in label) == (key == "shield"), key
    assert "bdhvs_content/admin.css" in page


def test_catalogue_and_course_show_drawing_for_whom_and_how_long(client: Any, course: CoursePage) -> None:
    for address in ("/", course.url):
        page = html_of(client.get(address))
        assert shape("shield") in page, address
        assert "<span>Người mới dùng</span>" in page
        assert "khoảng 10 phút mỗi bài" in page
        assert "<span> 1 bài </span>" in page


def test_what_an_editor_left_out_is_left_out(client: Any, course: CoursePage) -> None:
    other = pages.course(course.get_parent(), "Khóa hai")
    pages.lesson(other)
    page = html_of(client.get(other.url))
    assert shape("phone") in page
    assert "phút mỗi bài" not in page


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_image_replaces_the_drawing_and_is_said_in_words(client: Any, course: CoursePage) -> None:
    course.picture, course.picture_alt = pages.picture(), "Sáu người quanh bàn"
    course = pages.publish(course)
    page = html_of(client.get("/"))
    assert 'alt="Sáu người quanh bàn"' in page
    assert shape("shield") not in page


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_image_without_words_is_refused_beside_the_field_and_a_draft_may_lack_them(
    course: CoursePage,
) -> None:
    client = pages.editor()
    address = reverse("wagtailadmin_pages:add", args=["bdhvs_content", "coursepage", course.get_parent().pk])
    given = form(picture=pages.picture().pk)
    with translation.override("vi"):
        refused = client.post(address, {**given, "action-publish": "1"})
        assert str(WORDS_NEEDED) in html_of(refused)
    assert refused.context["form"].errors.keys() == {"picture_alt"}
    assert CoursePage.objects.get() == course
    client.post(address, given)
    page = CoursePage.objects.latest("pk")
    with pytest.raises(NotPublishable):
        page.get_latest_revision().publish()


def test_minutes_are_a_sensible_number(course: CoursePage) -> None:
    address = reverse("wagtailadmin_pages:add", args=["bdhvs_content", "coursepage", course.get_parent().pk])
    client = pages.editor()
    for minutes in ("0", "-1", "241", "mười"):
        response = client.post(address, {**form(minutes=minutes), "action-publish": "1"})
        assert response.context["form"].errors.keys() == {"minutes"}, minutes


def test_a_translation_has_its_own_words_and_the_sources_drawing_and_minutes(client: Any, course: CoursePage) -> None:
    english = Locale.objects.create(language_code="en")
    pages.publish(course.get_parent().specific.copy_for_translation(english))
    translated = course.copy_for_translation(english)
    translated.for_whom = "New to phones"
    translated = pages.publish(translated)
    course.drawing, course.minutes = "qr", 15
    pages.publish(course)

    page = html_of(client.get(translated.url))
    assert shape("qr") in page
    assert "about 15 minutes per lesson" in page
    assert "New to phones" in page
    edit = pages.editor().get(reverse("wagtailadmin_pages:edit", args=[translated.pk]))
    assert "for_whom" in edit.context["form"].fields
    assert not {"drawing", "picture", "minutes"} & set(edit.context["form"].fields)


def test_a_preview_shows_what_is_not_published_yet(course: CoursePage) -> None:
    course.drawing, course.minutes = "seedling", 25
    page = html_of(course.make_preview_request())
    assert shape("seedling") in page
    assert "khoảng 25 phút mỗi bài" in page
