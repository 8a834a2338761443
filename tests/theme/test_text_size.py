"""How large letters are: chosen with a plain form, remembered by the server for a year, kept to this site."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.support.addresses import below
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db

COOKIE = "bdhvs-text-size"


def pressed(html: str) -> list[tuple[str, str]]:
    """Each size with whether it is the one in use."""
    return re.findall(r'name="size" value="(\d+)" aria-pressed="(\w+)"', html)


@pytest.mark.parametrize(("prefix", "back"), [("", "/tro-giup/?a=1"), ("/en", "/en/learning-help/?a=1")])
def test_a_size_is_remembered_and_leads_back_to_the_same_page(prefix: str, back: str) -> None:
    client = Client(enforce_csrf_checks=True)
    before = html_of(client.get(back))
    assert pressed(before) == [("100", "true"), ("115", "false"), ("130", "false")]
    assert f'action="{below(prefix, "/co-chu/")}"' in before
    assert f'name="next" value="{back}"' in before
    answer = client.post(below(prefix, "/co-chu/"), {"size": "130", "next": back})
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    cookie = answer.cookies[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (
        "130",
        365 * 24 * 3600,
        "Lax",
        True,
    )
    page = client.get(back)
    assert 'class="text-130"' in html_of(page).split(">")[1]
    assert pressed(html_of(page)) == [("100", "false"), ("115", "false"), ("130", "true")]
    assert "Cookie" in page.headers["Vary"], "a cache must not give one reader's letters to another"


def test_a_form_goes_on_to_its_own_address_of_this_site_only() -> None:
    own, stranger = "/bai-lam/1/", "https://evil.example/"
    answer = Client().post("/co-chu/", {"size": "115", "next_form": own})
    assert (answer.status_code, answer.headers["Location"], answer.cookies[COOKIE].value) == (307, own, "115")
    answer = Client().post("/co-chu/", {"size": "115", "next_form": stranger, "next": "/tro-giup/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_the_cookie_goes_over_https_only_where_the_site_does(settings: Any) -> None:
    assert not Client().post("/co-chu/", {"size": "115"}).cookies[COOKIE]["secure"]
    assert Client().post("/co-chu/", {"size": "115"}, secure=True).cookies[COOKIE]["secure"]
    settings.SESSION_COOKIE_SECURE = True
    settings.BDHVS_THEME_TEXT_SIZE_COOKIE = "__Host-size"
    assert Client().post("/co-chu/", {"size": "115"}).cookies["__Host-size"]["secure"]


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil", ""])
def test_it_never_leads_away_from_the_site(address: str) -> None:
    assert Client().post("/co-chu/", {"size": "115", "next": address}).headers["Location"] == "/"


@for_each("size", ["", "200", "115%", '"><script>', "1 15", "-115"])
def test_another_size_is_refused_and_a_strange_cookie_changes_nothing(size: str) -> None:
    client = Client()
    answer = client.post("/co-chu/", {"size": size})
    assert (answer.status_code, COOKIE in answer.cookies) == (400, False)
    client.cookies[COOKIE] = size
    html = html_of(client.get("/tro-giup/"))
    assert pressed(html)[0] == ("100", "true")
    assert html.split(">")[1].strip() == '<html lang="vi"'


def test_the_answer_to_a_form_leads_back_to_the_page_with_the_form() -> None:
    page = "http://testserver/dang-nhap/?next=/viec-hoc/"
    wrong = {"username": "ai", "password": "sai"}
    html = html_of(Client().post("/dang-nhap/", wrong, headers={"referer": page}))
    assert f'name="next" value="{page}"' in html
    stranger = html_of(Client().post("/dang-nhap/", wrong, headers={"referer": "https://evil.example/"}))
    assert "evil.example" not in stranger


def test_a_page_of_somebody_signed_in_stays_private(django_user_model: Any) -> None:
    client = Client()
    client.force_login(django_user_model.objects.create_user("lan"))
    answer = client.post("/co-chu/", {"size": "115", "next": "/tro-giup/"}, follow=True)
    assert "no-store" in answer.headers["Cache-Control"]
    assert 'class="text-115"' in html_of(answer)
