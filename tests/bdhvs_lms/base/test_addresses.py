"""Addresses in the words of their language; the Vietnamese ones lead on wherever they stood."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils.translation import override

from bdhvs_lms.base.addresses import Page
from bdhvs_lms.tracking.api import activity_iri, class_iri, course_iri, question_iri, session_iri
from tests.support.loops import for_each

SOME = uuid.UUID("4f0a2c4e-0000-4000-8000-000000000001")
SEALED = "A" * 27


def worded(patterns: Any) -> Iterator[Page]:
    for one in patterns:
        if isinstance(one, Page):
            yield one
        yield from worded(getattr(one, "url_patterns", ()))


def test_every_page_has_its_own_english_words_and_the_same_parameters() -> None:
    pages = list({id(one): one for one in worded(get_resolver().url_patterns)}.values())
    assert len(pages) > 80
    for one in pages:
        vietnamese, english = one.pattern.vietnamese, one.pattern.english
        assert vietnamese.regex.groupindex == english.regex.groupindex, one
        assert set(vietnamese.converters) == set(english.converters), one
    for spelling in ("vietnamese", "english"):
        twice = Counter(getattr(one.pattern, spelling).regex.pattern for one in pages)
        assert {route for route, count in twice.items() if count > 1} == set()
    # What a page is called in one language is nothing else's name in the other.
    old = {one.pattern.vietnamese.regex.pattern: one for one in pages}
    for one in pages:
        assert old.get(one.pattern.english.regex.pattern, one) is one


@for_each(
    ("name", "args", "vietnamese", "english"),
    [
        ("bdhvs_lms:sign-in", [], "/dang-nhap/", "/en/sign-in/"),
        ("bdhvs_lms:my-data-erase", [], "/viec-hoc/du-lieu/xoa/", "/en/my-learning/my-data/erase/"),
        ("bdhvs_lms:class-file", [SOME, "csv"], f"/day/{SOME}/lop.csv", f"/en/teaching/{SOME}/class.csv"),
        ("bdhvs_lms:why", ["khung", "1.1", 2], "/viec-hoc/nang-luc/khung/1.1/2/", None),
        ("bdhvs_quiz:paper-sheet", [SOME, SOME, 3], f"/day/{SOME}/bai-giay/{SOME}/to/3/", None),
        # In QR codes that are printed, and in the settings of proxies.
        ("bdhvs_lms:card", [SEALED], f"/the/{SEALED}/", f"/en/the/{SEALED}/"),
        ("bdhvs_lms:class-scanned", [SOME, SEALED], f"/lop/{SOME}/{SEALED}/", f"/en/lop/{SOME}/{SEALED}/"),
    ],
)
def test_a_link_has_the_words_of_its_language(name: str, args: Any, vietnamese: str, english: str | None) -> None:
    with override("vi"):
        assert reverse(name, args=args) == vietnamese
        assert resolve(vietnamese).view_name == name
    with override("en"):
        found = reverse(name, args=args)
        assert found == english or english is None
        assert resolve(found).view_name == resolve(f"/en{vietnamese}").view_name == name


@pytest.mark.django_db
def test_old_words_lead_on_for_good_and_what_a_form_sends_is_done_where_it_was_sent() -> None:
    client = Client()
    answer = client.get("/en/tro-giup/?a=1&b=%C4%91")
    assert (answer.status_code, answer["Location"]) == (301, "/en/learning-help/?a=1&b=%C4%91")
    assert answer["Cache-Control"] == "no-store"
    assert client.head("/en/chi-dao/").status_code == 301
    assert client.get("/en/learning-help/").status_code == 200
    refused = client.post("/en/dang-nhap/", {"username": "", "password": ""})
    assert refused.status_code == 422 and "Error" in refused.content.decode()
    # Vietnamese has no prefix and no other words, and takes nothing more from a site's own pages.
    assert client.get("/tro-giup/").status_code == 200
    assert client.get("/learning-help/").status_code == 404
    # The link to the other language has its words.
    assert 'href="/tro-giup/" hreflang="vi"' in client.get("/en/learning-help/").content.decode().replace("\n", " ")


@pytest.mark.django_db
def test_ids_in_statements_follow_no_address() -> None:
    made = (activity_iri, class_iri, course_iri, question_iri, session_iri)
    with override("vi"):
        vietnamese = [make(SOME) for make in made]
    with override("en"):
        assert [make(SOME) for make in made] == vietnamese
    assert all(iri.startswith(vietnamese[0].split("/activities/")[0]) for iri in vietnamese)


@pytest.mark.urls("tests.bdhvs_lms.base.plain_urls")
@pytest.mark.parametrize(("language", "current"), [("en-us", "english"), ("vi", "vietnamese")])
def test_without_prefixes_the_words_are_the_sites_whoever_reads(settings: Any, language: str, current: str) -> None:
    """Else a link that somebody sends on would lead nowhere."""
    settings.LANGUAGE_CODE = language
    page = next(one for one in worded(get_resolver().url_patterns) if one.name == "sign-in")
    for reader in ("vi", "en"):
        with override(reader):
            assert page.pattern.current is getattr(page.pattern, current)
            assert resolve("/dang-nhap/").view_name == "bdhvs_lms:sign-in"
