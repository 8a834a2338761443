"""Whatever an editor types into the search of the admin is looked for."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model
from wagtail.models import Page

from tests.bdhvs_content import pages
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]
ADDRESSES = (
    "/quan-tri/images/",
    "/quan-tri/documents/",
    "/quan-tri/media/",
    "/quan-tri/pages/",
    "/quan-tri/pages/search/",
)


class Site:
    """Pages of each of our types, and one of the site's own."""

    def __init__(self) -> None:
        catalog = pages.catalog()
        course = pages.course(catalog, "Khóa Hòa Bình")
        self.section = pages.section(course, "Phần đọc điện thoại")
        pages.lesson(self.section, "Kiểm tra cuộc gọi lạ")
        pages.quiz(self.section, [pages.question()], "Kiểm tra cuối bài")
        pages.announcement(pages.announcements(catalog, "Thông báo của xã"), "Kiểm tra sức khỏe")
        Page.objects.get(depth=1).add_child(instance=Page(title="Kiểm tra của thành phố", slug="khac"))
        self.client = pages.editor()


made, site = made_once(Site)


def test_quotation_marks_in_a_search_are_no_fault_of_the_site(site: Site) -> None:
    for typed in ('"', '""', '5" màn hình', "'\"<x>", '"an toàn"', 'a"b', "'%\\"):
        for address in ADDRESSES:
            assert site.client.get(address, {"q": typed}, follow=True).status_code == 200, (address, typed)


def test_words_between_and_beside_marks_are_found(site: Site) -> None:
    get_document_model().objects.create(title="Máy 5 inch màn hình lớn", file="x.pdf")
    for typed, found in (('5" màn hình', True), ('"màn hình"', True), ('màn "hình', True), ('"bàn phím"', False)):
        listed = site.client.get("/quan-tri/documents/", {"q": typed}).content.decode()
        assert ("Máy 5 inch" in listed) is found, typed


# The list below a page, the search of all pages, and the chooser's dialog.
PAGES = ("/quan-tri/pages/1/", "/quan-tri/pages/search/", "/quan-tri/choose-page/search/")


def found(client: Any, address: str, typed: str) -> set[str]:
    """Titles of the rows that are listed."""
    html = client.get(address, {"q": typed}).content.decode()
    title = r'(?:id="page_\d+_title">|data-title="[^"]*"[^>]*>)(?:\s*<svg.*?</svg>)?(.*?)</'
    return {found.strip() for found in re.findall(title, html, re.DOTALL)}


def test_pages_are_found_with_and_without_diacritics(site: Site) -> None:
    client, address = site.client, PAGES[0]
    ours = {"Kiểm tra cuộc gọi lạ", "Kiểm tra cuối bài", "Kiểm tra sức khỏe"}
    # What is typed in full finds the site's own pages too, in the same list.
    whole = {*ours, "Kiểm tra của thành phố"}
    for one in PAGES:
        assert [found(client, one, typed) for typed in ("kiem tra", "Kiểm tra", "kiem tho")] == [ours, whole, set()]
    for typed in ("kiểm tra", unicodedata.normalize("NFC", "KIỂM TRA")):
        assert found(client, address, typed) == whole, typed
    for typed, title in (
        ("dien thoai", "Phần đọc điện thoại"),
        ("Đọc điện", "Phần đọc điện thoại"),
        ("hoa bi", "Khóa Hòa Bình"),
        ("hoà bình", "Khóa Hòa Bình"),
        (unicodedata.normalize("NFD", "Hòa Bình"), "Khóa Hòa Bình"),
        ("thong bao", "Thông báo của xã"),
    ):
        assert found(client, address, typed) == {title}, typed


def test_a_page_is_found_by_what_its_draft_is_called(site: Site) -> None:
    lesson = pages.lesson(site.section, "Tên cũ")
    lesson.title = "Đổi thành tên mới"
    lesson.save_revision()
    for typed in ("ten cu", "doi thanh"):
        assert found(site.client, "/quan-tri/pages/search/", typed) == {"Đổi thành tên mới"}


# Each row of the chooser asks Wagtail for its parent; of these there are 25 on a page at most.
def test_a_search_asks_no_more_of_the_database_for_more_pages(site: Site) -> None:
    def asked() -> list[int]:
        counts = []
        for address in PAGES[:2]:
            found(site.client, address, "kiem tra")
            with CaptureQueriesContext(connection) as queries:
                assert found(site.client, address, "kiem tra")
            counts.append(len(queries))
        return counts

    few = asked()
    for number in range(3):
        pages.lesson(pages.fresh(site.section), f"Kiểm tra số {number}")
    assert asked() == few
