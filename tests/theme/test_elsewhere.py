"""The theme on a site that is not the ready one: no language prefixes, "en-us", a first page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.utils import translation
from wagtail.models import Page, Site

from bdhvs_content.api import CatalogPage
from tests.bdhvs_content import pages

# What a Wagtail project has that knows one language: everything at the root.
urlpatterns = [
    path("bdhvs/", include("bdhvs_lms.urls.core")),
    path("quizzes/", include("bdhvs_quiz.urls")),
    path("courses/", include("bdhvs_content.urls")),
    path("admin/", include("wagtail.admin.urls")),
    path("pages/", include("wagtail.urls")),
]


@pytest.fixture
def elsewhere() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__), translation.override("en-us"):
        yield


def shown(source: str, **context: Any) -> str:
    return Template("{% load bdhvs_theme %}" + source).render(Context(context)).strip()


def test_the_first_page_is_where_the_project_has_it(elsewhere: None) -> None:
    assert shown("{% home_url %}") == "/pages/"


def test_without_wagtails_pages_the_first_page_is_the_root() -> None:
    with override_settings(ROOT_URLCONF="bdhvs_wagtail_vi.urls"):
        assert shown("{% home_url %}") == "/"


def test_without_language_prefixes_no_other_language_is_offered(elsewhere: None) -> None:
    request = RequestFactory().get("/pages/")
    source = "{% language_links as links %}{{ links|length }}"
    assert shown(source, request=request) == "0"
    with override_settings(ROOT_URLCONF="bdhvs_lms.site.urls"):
        assert shown(source, request=request) == str(len(settings.LANGUAGES) - 1)


def test_texts_in_the_language_without_its_country_are_the_readers_own(elsewhere: None) -> None:
    titles = {"vi": "Bài", "en": "Lesson"}
    assert shown("{{ titles|title_in }} {{ titles|titled }}", titles=titles) == "Lesson Lesson"
    assert shown("{{ titles|titled }}", titles={"vi": "Bài"}) == '<span lang="vi">Bài</span>'
    assert shown("{{ titles|titled }}", titles={"fr": "Leçon"}) == '<span lang="fr">Leçon</span>'


class Bare:
    """An account of a project whose accounts have no full name."""

    def get_username(self) -> str:
        return "lan@example.org"


def test_an_account_without_a_full_name_is_called_by_its_sign_in_name() -> None:
    assert shown("{% account_name user %}", user=Bare()) == "lan@example.org"


@pytest.mark.django_db
def test_all_courses_are_on_the_catalogue_wherever_it_stands(elsewhere: None) -> None:
    Site.clear_site_root_paths_cache()  # a test before may have had its first page elsewhere
    request = RequestFactory().get("/", headers={"host": "localhost"})
    assert shown("{% courses_url %}", request=request) == "/pages/"
    home = Page.objects.get(depth=2)
    home.add_child(instance=CatalogPage(title="Courses", slug="learn"))
    assert shown("{% courses_url %}", request=request) == "/pages/learn/"


@pytest.mark.django_db
def test_a_catalogue_goes_below_a_page_of_the_site_and_into_nothing_of_ours() -> None:
    catalog = pages.catalog()
    course = pages.course(catalog)
    assert CatalogPage.can_create_at(Page.objects.get(depth=1))
    assert CatalogPage.can_create_at(Page.objects.get(depth=1).add_child(instance=Page(title="Home", slug="start")))
    assert not CatalogPage.can_create_at(catalog)
    assert not CatalogPage.can_create_at(course)
