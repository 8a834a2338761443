"""Whatever an editor types into the search of the admin is looked for."""

from __future__ import annotations

import pytest
from wagtail.documents import get_document_model

from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "/quan-tri/images/",
    "/quan-tri/documents/",
    "/quan-tri/media/",
    "/quan-tri/pages/",
    "/quan-tri/pages/search/",
)


@pytest.mark.parametrize("typed", ['"', '""', '5" màn hình', 'a"b', "'\"<x>", '"an toàn"', "'", "%", "\\"])
def test_quotation_marks_in_a_search_are_no_fault_of_the_site(typed: str) -> None:
    client = pages.editor()
    for address in ADDRESSES:
        assert client.get(address, {"q": typed}, follow=True).status_code == 200, address


def test_words_between_and_beside_marks_are_found() -> None:
    client = pages.editor()
    get_document_model().objects.create(title="Máy 5 inch màn hình lớn", file="x.pdf")
    for typed, found in (('5" màn hình', True), ('"màn hình"', True), ('màn "hình', True), ('"bàn phím"', False)):
        listed = client.get("/quan-tri/documents/", {"q": typed}).content.decode()
        assert ("Máy 5 inch" in listed) is found, typed
