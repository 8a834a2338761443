"""Signing in and out: plain words, nothing typed is lost but the password, and `next=` stays on this site."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.support.markup import html_of

pytestmark = pytest.mark.django_db

PASSWORD = "mật khẩu thử"  # noqa: S105


@pytest.fixture
def user() -> User:
    return User.objects.create_user("lan", password=PASSWORD)


def sign_in(client: Client, address: str = "/dang-nhap/", **values: str) -> Any:
    return client.post(address, {"username": "lan", "password": PASSWORD, **values})


def test_signing_in_leads_to_the_page_of_ones_work(user: User) -> None:
    response = sign_in(Client())
    assert (response.status_code, response.headers["Location"]) == (302, "/bat-dau/")


def test_next_is_followed_within_the_site(user: User) -> None:
    assert sign_in(Client(), next="/viec-hoc/?a=1").headers["Location"] == "/viec-hoc/?a=1"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leaves_the_site(user: User, address: str) -> None:
    assert sign_in(Client(), next=address).headers["Location"] == "/bat-dau/"


@pytest.mark.parametrize(
    "values",
    [{"password": "sai"}, {"username": "không có ai"}, {"username": "a\x00b"}, {"username": "x" * 100_000}],
    ids=["wrong password", "unknown name", "nul", "long"],
)
def test_a_refused_attempt_says_so_and_keeps_what_was_typed_but_the_password(
    user: User, values: dict[str, str]
) -> None:
    response = sign_in(Client(), next="/viec-hoc/", **values)
    html = unescape(html_of(response))
    assert response.status_code == 422
    assert "Chưa đăng nhập được" in html
    assert 'href="#id_username"' in html
    assert '<input type="hidden" name="next" value="/viec-hoc/">' in html
    assert "<title>Lỗi: Đăng nhập" in html
    assert PASSWORD not in html
    assert ">sai<" not in html
    assert 'value="sai"' not in html
    if "username" not in values:
        assert 'value="lan"' in html


def test_unknown_name_wrong_password_and_closed_account_look_alike(user: User) -> None:
    User.objects.create_user("closed", password=PASSWORD, is_active=False)
    errors = set()
    for values in ({"password": "sai"}, {"username": "ai"}, {"username": "closed"}):
        response = sign_in(Client(), **values)
        errors.add(tuple(response.context["form"].non_field_errors()))
    assert errors == {("Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra lại cả hai, kể cả chữ hoa, chữ thường.",)}


def test_empty_fields_are_named_beside_the_field_and_in_the_summary() -> None:
    html = html_of(Client().post("/dang-nhap/", {"username": "", "password": ""}))
    for name, message in (("username", "Hãy nhập tên đăng nhập."), ("password", "Hãy nhập mật khẩu.")):
        assert f'<a href="#id_{name}">{message}</a>' in html
        assert f'<p class="field-error" id="id_{name}_error">{message}</p>' in html
    assert html.count('aria-invalid="true"') == 2


def test_a_field_with_an_error_is_described_by_it() -> None:
    html = html_of(Client().post("/dang-nhap/", {"username": "", "password": ""}))
    for name in ("username", "password"):
        assert f'aria-describedby="id_{name}_error"' in html


def test_signing_out_needs_a_post_and_leaves_nothing_behind(user: User) -> None:
    client = Client()
    sign_in(client)
    client.session["kept"] = "no"
    assert client.get("/thoat/").status_code == 405
    assert "_auth_user_id" in client.session
    response = client.post("/thoat/")
    assert (response.status_code, response.headers["Location"]) == (302, "/dang-nhap/")
    assert dict(client.session) == {}


def test_without_its_token_a_form_is_refused_in_plain_words(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client)
    assert response.status_code == 403
    assert "Trang này đã mở quá lâu" in html_of(response)


def test_someone_signed_in_is_not_asked_again(user: User) -> None:
    client = Client()
    client.force_login(user)
    for address in ("/dang-nhap/", "/dang-nhap/?next=https://evil.example/"):
        assert client.get(address).headers["Location"] == "/bat-dau/"


def test_whoever_is_sent_here_for_another_account_is_told_so_and_not_sent_back(user: User) -> None:
    client = Client()
    client.force_login(user)
    response = client.get("/dang-nhap/?next=/viec-hoc/")
    assert response.status_code == 200
    assert "Trang vừa mở cần một tài khoản khác." in html_of(response)


def test_english_has_its_own_address() -> None:
    html = html_of(Client().get("/en/sign-in/"))
    assert '<html lang="en">' in html
    assert "Username" in html
    assert 'href="/dang-nhap/" hreflang="vi" lang="vi"' in html
