"""The demonstration's H5P activity: accepted by our own rules, and in its course where H5P is installed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from bdhvs_content.api import CatalogPage, CoursePage
from bdhvs_demo.building import CourseBuilder
from bdhvs_demo.data import courses
from bdhvs_demo.h5p import package
from bdhvs_h5p.models import H5PActivityVersion, H5PContent, H5PPage
from bdhvs_h5p.weight import weight_of
from h5p_python_adapter import inspect
from h5p_python_adapter.player import core as core_module
from tests.bdhvs_content import pages
from tests.support.live import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]


@pytest.fixture
def catalog() -> CatalogPage:
    call_command("load_campaign", verbosity=0)
    return pages.catalog()


def built(catalog: CatalogPage) -> CoursePage:
    """The course that has it, without what it does not stand beside."""
    found = next(course for course in courses() if course["key"] == "an-toan")
    (section,) = [one for one in found["sections"] if any(each["type"] == "h5p" for each in one["activities"])]
    found["sections"] = [{**section, "activities": section["activities"][:3]}]
    return CourseBuilder(found, by=None, at=pages.AT).build(pages.fresh(catalog))


def test_its_package_is_accepted_without_a_warning_and_is_the_same_each_time() -> None:
    report = inspect(io.BytesIO(package()))
    assert [one.message for one in report.findings] == []
    assert package() == package()


def test_it_is_published_after_the_lesson_that_it_is_about_and_not_needed(catalog: CatalogPage) -> None:
    built(catalog)
    page = H5PPage.objects.get()
    lesson, *after = page.get_parent().get_children()
    assert [one.pk for one in after][:1] == [page.pk]
    assert page.live
    assert page.alternative_page_id == lesson.pk
    assert not page.required
    met = H5PActivityVersion.objects.get()
    assert (met.activity_key, met.pass_percent) == (page.translation_key, 75)
    assert [(row.competency.code, row.level) for row in page.alignments.all()] == [("A5", 1)]
    latest = H5PContent.objects.get().latest
    assert latest is not None
    assert weight_of(latest).code == "light"


def test_what_an_editor_made_of_it_stays(catalog: CatalogPage) -> None:
    built(catalog)
    page = H5PPage.objects.get()
    page.title = "Tên khác"
    pages.publish(page)
    page.unpublish()
    built(catalog)
    page = H5PPage.objects.get()
    assert (page.title, page.live) == ("Tên khác", False)
    page.delete()
    built(catalog)
    assert not H5PPage.objects.exists()


@pytest.mark.parametrize("there", [True, False])
def test_its_page_plays_or_says_how_to_get_the_player(
    catalog: CatalogPage, tmp_path: Path, monkeypatch: Any, there: bool
) -> None:
    if there:
        (tmp_path / "frame.bundle.js").touch()
    monkeypatch.setattr(core_module, "PLAYER_FILES", tmp_path)
    pages.enrolled(built(catalog))
    page = H5PPage.objects.get()
    shown = pages.client_of("lan").get(page.url).content.decode()
    assert ("npm ci" in shown) is not there
    assert (f"{page.translation_key}/bat-dau/" in shown) is there


WITHOUT = """
import json
from django.apps import apps
from django.core.management import call_command
from bdhvs_demo.building import CourseBuilder, catalog
from bdhvs_demo.data import courses
from bdhvs_lms.base.api import now
call_command("load_campaign", verbosity=0)
course = courses()[-1]
course["sections"] = [one for one in course["sections"] if any(each["type"] == "h5p" for each in one["activities"])]
made = CourseBuilder(course, by=None, at=now()).build(catalog())
pages = made.get_descendants(inclusive=True).live()
print(json.dumps([apps.is_installed("bdhvs_h5p"), [page.slug for page in pages]]))
"""


@pytest.mark.thorough
def test_a_site_without_h5p_has_the_rest_of_the_course(installation: Installation) -> None:
    said = installation.python(WITHOUT, DJANGO_SETTINGS_MODULE="tests.bdhvs_demo.settings_without_h5p")
    course = courses()[-1]
    (section,) = [one for one in course["sections"] if any(each["type"] == "h5p" for each in one["activities"])]
    written = [each.get("slug", each["key"]) for each in [course, section, *section["activities"]]]
    assert "tap-phan-xa" in written
    assert json.loads(said.splitlines()[-1]) == [False, [slug for slug in written if slug != "tap-phan-xa"]]
