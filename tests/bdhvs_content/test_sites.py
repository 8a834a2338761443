"""Several Sites of Wagtail's in one installation: each address leads to where its page is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Site

from bdhvs_content.api import CatalogPage, catalog_address, page_address
from bdhvs_content.sites import answering
from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour() -> CatalogPage:
    """A second catalogue, on a Site of its own."""
    page = CatalogPage(title="Bến cảng", slug="ben-cang")
    Page.objects.get(depth=1).add_child(instance=page)
    Site.objects.create(hostname="cang.example", port=443, root_page=page, site_name="Bến cảng")
    Site.objects.filter(is_default_site=True).update(hostname="hoc.example", port=443)
    cache.clear()
    return page


def request_on(host: str) -> Any:
    return Client(headers={"host": host}).get(reverse("bdhvs_lms:help"), secure=True).wsgi_request


def test_an_address_has_the_host_of_its_site_where_the_visitor_is_elsewhere(
    settings: Any, harbour: CatalogPage
) -> None:
    settings.ALLOWED_HOSTS = ["hoc.example", "cang.example"]
    here, there = pages.course(pages.catalog(), "Internet"), pages.course(harbour, "Boats")
    cache.clear()
    with answering(request_on("hoc.example")):
        assert page_address(here.translation_key) == "/internet/"
        assert page_address(there.translation_key) == "https://cang.example/boats/"
        assert catalog_address() == "/"
    with answering(request_on("cang.example")):
        assert page_address(here.translation_key) == "https://hoc.example/internet/"
        assert page_address(there.translation_key) == "/boats/"
        assert catalog_address() == "/"
    # Where nobody asks, an address says of which Site it is.
    assert page_address(here.translation_key) == "https://hoc.example/internet/"


def test_with_one_site_an_address_is_a_path() -> None:
    cache.clear()
    course = pages.course(pages.catalog(), "Internet")
    assert page_address(course.translation_key) == "/internet/"
