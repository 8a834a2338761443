"""The editor's forms: plain words beside the field, drafts may be unfinished, publishing is one transaction."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.blocks import StructBlockValidationError
from wagtail.models import Page
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from bdhvs_content.blocks import PictureBlock
from bdhvs_content.models import CatalogPage, LessonPage
from bdhvs_lms.courses.api import activity
from tests.bdhvs_content import pages
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = [pytest.mark.versions, pytest.mark.django_db]

made, site = made_once(pages.Written)


def lesson_form(title: str = "Bài", *, body: Any = None, alignments: Any = (), **more: Any) -> dict[str, Any]:
    if body is None:
        body = [("text", rich_text("<p>Chữ.</p>"))]
    return nested_form_data(
        {
            "title": title,
            "slug": "bai",
            "body": streamfield(body),
            "alignments": inline_formset(
                [
                    {"competency": row.pk, "level": level, "ORDER": place}
                    for place, (row, level) in enumerate(alignments)
                ]
            ),
            "required": "on",
            "comments": inline_formset([]),
            **more,
        }
    )


def create(client: Client, course: Page, data: dict[str, Any]) -> Any:
    return client.post(
        reverse("wagtailadmin_pages:add", args=["bdhvs_content", "lessonpage", course.pk]), data, follow=True
    )


def slug_of(page: Any) -> Any:
    return type(page).get_edit_handler().get_form_class()(instance=page).fields["slug"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_address_is_made_of_letters_without_marks(form: Any) -> None:
    field = slug_of(LessonPage())
    text = unicodedata.normalize(form, "Ổ, ậ, Đường dẫn lạ & Ưu tiên ỹ")
    # As the field's script does it, with what the page gives it.
    for (pattern, *_flags), plain in json.loads(field.widget.attrs["data-w-slug-formatters-value"]):
        text = re.sub(pattern, plain, text)
    assert text.lower() == "o, a, duong dan la & uu tien y"
    assert field.widget.attrs["maxlength"] == "255"
    assert "data-w-slug-formatters-value" in slug_of(CatalogPage()).widget.attrs
    # Leaving the field runs the same: an address that others know already stays as it is.
    assert "data-w-slug-formatters-value" not in slug_of(LessonPage(slug="mã-otp")).widget.attrs


def test_an_editor_publishes_a_lesson_in_one_form(site: pages.Written) -> None:
    frame = pages.framework()
    client, course = site.client, site.course
    response = create(
        client,
        course,
        lesson_form(alignments=[(frame.competencies.get(code="A1"), 1)], **{"action-publish": "1"}),
    )
    assert response.status_code == 200
    page = LessonPage.objects.get()
    assert page.live
    assert activity(page.translation_key).revision == "1"


def test_a_wrong_level_is_answered_with_the_levels_there_are(site: pages.Written) -> None:
    frame = pages.framework()
    client, course = site.client, site.course
    with translation.override("en"):
        response = create(
            client,
            course,
            lesson_form(alignments=[(frame.competencies.get(code="A1"), 7)], **{"action-publish": "1"}),
        )
    assert not LessonPage.objects.exists()
    assert "1 · Sử dụng được, 2 · Sử dụng tốt" in response.content.decode()


def test_the_same_competency_twice_is_refused_beside_the_second(site: pages.Written) -> None:
    a1 = pages.framework().competencies.get(code="A1")
    client, course = site.client, site.course
    response = create(client, course, lesson_form(alignments=[(a1, 1), (a1, 2)], **{"action-publish": "1"}))
    assert not LessonPage.objects.exists()
    errors = response.context["form"].formsets["alignments"].errors
    assert [bool(row) for row in errors] == [False, True]


def test_a_picture_without_its_words_is_refused_in_plain_words() -> None:
    block = PictureBlock()
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python({"image": pages.picture().pk, "alt": "  ", "caption": ""}))
    error = refused.value.block_errors["alt"]
    assert isinstance(error, ValidationError)
    with translation.override("en"):
        said = error.messages
    assert said == ["Describe the image in words: some people only hear the lesson."]


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_picture_is_served_with_its_words(site: pages.Written) -> None:
    course = site.course
    lesson = pages.lesson(course, live=False)
    lesson.body = [
        ("text", RichText("<p>Xem hình.</p>")),
        ("picture", {"image": pages.picture(), "alt": "Biểu tượng VNeID", "caption": "Hình một"}),
    ]
    pages.publish(lesson)
    pages.enrolled(course)
    page = pages.client_of("lan").get(lesson.url).content.decode()
    assert 'alt="Biểu tượng VNeID"' in page
    assert "<figcaption>Hình một</figcaption>" in page


def test_what_the_core_refuses_is_said_and_what_was_typed_stays_as_a_draft(
    monkeypatch: pytest.MonkeyPatch, site: pages.Written
) -> None:
    """Something that the form cannot foresee goes wrong between saving and pushing."""
    from bdhvs_content import publishing
    from bdhvs_content.errors import NotPublishable

    client, course = site.client, site.course
    lesson = pages.lesson(course, "Cũ")

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise NotPublishable("Không đẩy được")

    monkeypatch.setattr(publishing, "push_activity", refuse)
    response = client.post(
        reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
        lesson_form("Mới", **{"action-publish": "1"}),
        follow=True,
    )
    assert "Không đẩy được" in response.content.decode()
    page = LessonPage.objects.get(pk=lesson.pk)
    assert (page.title, page.get_latest_revision_as_object().title) == ("Cũ", "Mới")
    assert page.has_unpublished_changes
    assert activity(lesson.translation_key).titles == {"vi": "Cũ"}


def test_unpublishing_in_the_admin_is_one_transaction(monkeypatch: pytest.MonkeyPatch, site: pages.Written) -> None:
    from bdhvs_content import publishing

    client, course = site.client, site.course
    lesson = pages.lesson(course)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(publishing, "withdraw_activity", fail)
    with pytest.raises(RuntimeError, match="went away"):
        client.post(reverse("wagtailadmin_pages:unpublish", args=[lesson.pk]))
    assert LessonPage.objects.get(pk=lesson.pk).live


def test_a_preview_shows_the_lesson_as_a_learner_and_has_nothing_that_acts(site: pages.Written) -> None:
    from bdhvs_lms.tracking.api import Act

    client, course = site.client, site.course
    lesson = pages.lesson(course)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    assert client.post(address, lesson_form("Xem trước")).json()["is_valid"]
    page = client.get(address).content.decode()
    assert "Xem trước" in page
    assert "Chữ." in page
    assert "da-hoc" not in page
    assert not Act.objects.exists()


def test_sections_and_activities_go_into_a_course_and_only_activities_into_a_section() -> None:
    from bdhvs_content.api import ActivityPageMixin, CoursePage, SectionPage

    inside = [model for model in CoursePage.allowed_subpage_models() if model is not SectionPage]
    assert len(inside) < len(CoursePage.allowed_subpage_models())
    assert LessonPage in inside
    assert all(issubclass(model, ActivityPageMixin) for model in inside)
    assert set(SectionPage.allowed_subpage_models()) == set(inside)


def test_publishing_several_pages_at_once_is_all_or_none(site: pages.Written) -> None:
    client, course = site.client, site.course
    good, empty = pages.lesson(course, "Đủ", live=False), pages.lesson(course, "Trống", live=False)
    good.save_revision()
    empty.body = []
    empty.save_revision(clean=False)
    target = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = client.post(f"{target}?id={good.pk}&id={empty.pk}&next=/quan-tri/", {"include_descendants": ""})
    assert (response.status_code, response["Location"]) == (302, "/quan-tri/")
    assert not LessonPage.objects.live().exists()
    assert activity(good.translation_key) is None
    client.post(f"{target}?id={good.pk}&next=/quan-tri/", {"include_descendants": ""})
    assert activity(good.translation_key).active


@for_each("model", ["lessonpage", "coursepage"])
def test_a_page_that_is_not_saved_yet_can_be_previewed(model: str, site: pages.Written) -> None:
    client, parent = site.client, site.course if model == "lessonpage" else site.catalog
    target = reverse("wagtailadmin_pages:preview_on_add", args=["bdhvs_content", model, parent.pk])
    form = lesson_form("Chưa lưu", intro="Cho mọi người.")
    assert client.post(target, form).json()["is_valid"]
    response = client.get(target)
    assert response.status_code == 200
    assert "Chưa lưu" in response.content.decode()
