"""The demonstration's own activity: accepted by our own rules, published once, and the page says what is missing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from bdhvs_demo import h5p as demo
from bdhvs_demo.data import courses
from bdhvs_h5p.models import H5PActivityVersion, H5PContent, H5PPage
from bdhvs_h5p.weight import weight_of
from h5p_python_adapter import inspect
from h5p_python_adapter.player import core as core_module
from tests.bdhvs_content import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]


def loaded() -> str:
    said = io.StringIO()
    call_command("load_h5p_demo", "--at", "2025-11-15T09:00:00+07:00", stdout=said)
    return said.getvalue()


@pytest.fixture
def course() -> Any:
    pages.framework()
    return pages.course(pages.catalog())


@pytest.mark.database_free
def test_its_package_is_accepted_without_a_warning_and_is_the_same_each_time() -> None:
    report = inspect(io.BytesIO(demo.package()))
    assert [one.message for one in report.findings] == []
    assert demo.package() == demo.package()


def test_it_is_published_once_with_nothing_needed_to_finish_the_course(course: Any) -> None:
    assert demo.TITLE in loaded()
    page = H5PPage.objects.get()
    assert page.live
    assert page.get_parent().pk == course.pk
    assert not page.required
    met = H5PActivityVersion.objects.get()
    assert (met.activity_key, met.pass_percent) == (page.translation_key, demo.PASS_PERCENT)
    latest = H5PContent.objects.get().latest
    assert latest is not None
    assert weight_of(latest).code == "light"
    loaded()
    assert (H5PPage.objects.count(), H5PContent.objects.count()) == (1, 1)


def test_the_demonstration_has_the_places_that_are_named_here() -> None:
    (named,) = [one for one in courses() if one["slug"] == demo.COURSE]
    (section,) = [one for one in named["sections"] if one["key"] == demo.SECTION]
    (lesson,) = [one for one in section["activities"] if one.get("slug") == demo.AFTER]
    framework, code, level = demo.TEACHES
    assert [framework, code, level] in lesson["teaches"]


def test_it_stands_in_its_section_after_the_lesson_that_it_is_about(course: Any) -> None:
    type(course).objects.filter(pk=course.pk).update(slug=demo.COURSE)
    section = pages.section(course, "Giữ tiền")
    type(section).objects.filter(pk=section.pk).update(slug=demo.SECTION)
    lesson, other = pages.lesson(section, "Mã OTP"), pages.lesson(section, "Mã QR")
    type(lesson).objects.filter(pk=lesson.pk).update(slug=demo.AFTER)
    loaded()
    titles = [page.title for page in pages.fresh(section).get_children()]
    assert titles == [lesson.title, demo.TITLE, other.title]
    assert H5PPage.objects.get().alternative_page_id == lesson.pk


def test_what_an_editor_made_of_it_stays(course: Any) -> None:
    loaded()
    page = H5PPage.objects.get()
    page.title = "Tên khác"
    pages.publish(page)
    page.unpublish()
    loaded()
    page = H5PPage.objects.get()
    assert (page.title, page.live) == ("Tên khác", False)


def test_without_a_course_there_is_nothing_to_do() -> None:
    assert "run load_demo first" in loaded()
    assert not H5PPage.objects.exists()


@pytest.mark.parametrize("there", [True, False])
def test_its_page_plays_or_says_how_to_get_the_player(
    course: Any, tmp_path: Path, monkeypatch: Any, there: bool
) -> None:
    if there:
        (tmp_path / "frame.bundle.js").touch()
    monkeypatch.setattr(core_module, "PLAYER_FILES", tmp_path)
    loaded()
    page = H5PPage.objects.get()
    pages.enrolled(course)
    shown = pages.client_of("lan").get(page.url).content.decode()
    assert ("npm ci" in shown) is not there
    assert (f"{page.translation_key}/bat-dau/" in shown) is there
