"""A site that has pages of its own to sign in, to sign out and for accounts: ours lead there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from bdhvs_lms import checks
from bdhvs_lms.base.api import now
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import device_tag, register
from bdhvs_lms.learners.models import SignInSession
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db

PASSWORD = "mật khẩu thử"  # noqa: S105
HOST = {
    "ROOT_URLCONF": "tests.bdhvs_lms.learners.host_urls",
    "LOGIN_URL": "host-sign-in",
    "LOGOUT_REDIRECT_URL": "/",
}


@pytest.fixture
def user() -> User:
    return User.objects.create_user("lan", password=PASSWORD)


@pytest.fixture
def host() -> Iterator[None]:
    with override_settings(**HOST):
        yield


@pytest.mark.usefixtures("host")
class TestSigningIn:
    def test_pages_that_need_somebody_lead_to_the_sites_page_and_back(self) -> None:
        for address in ("/viec-hoc/", "/day/", "/noi-dang-nhap/", "/mat-khau/"):
            assert Client().get(address)["Location"] == f"/tai-khoan/vao/?next={address}"
        assert Client().get("/bat-dau/")["Location"] == "/tai-khoan/vao/"

    def test_links_lead_there_too_and_the_menu_to_the_other_ways(self) -> None:
        html = html_of(Client().get("/tro-giup/"))
        assert html.count('href="/tai-khoan/vao/"') == 3
        assert "Trang đăng nhập có cách lấy lại." in html
        assert '<a href="/dang-nhap/">Cách đăng nhập khác</a>' in html
        with override_settings(LOGIN_URL="bdhvs_lms:sign-in"):
            assert "Cách đăng nhập khác" not in html_of(Client().get("/tro-giup/"))

    def test_of_another_host_the_whole_address_leads_back(self) -> None:
        with override_settings(LOGIN_URL="https://id.example/vao?site=hoc"):
            found = Client().get("/viec-hoc/?a=1")["Location"]
        assert found == "https://id.example/vao?site=hoc&next=http%3A//testserver/viec-hoc/%3Fa%3D1"

    def test_our_page_has_no_password_form_and_keeps_the_other_ways(self, user: User) -> None:
        html = html_of(Client().get("/dang-nhap/?next=/viec-hoc/"))
        there = "/tai-khoan/vao/?next=/viec-hoc/"
        assert f'<a class="btn-primary" href="{there}">Đăng nhập bằng tài khoản của bạn</a>' in html
        assert 'type="password"' not in html
        assert "sign_in.js" not in html
        assert 'href="/lop/?next=%2Fviec-hoc%2F"' in html
        client = Client()
        sent = client.post("/dang-nhap/", {"username": "lan", "password": PASSWORD, "next": "/viec-hoc/"})
        assert (sent.status_code, sent["Location"]) == (303, "/tai-khoan/vao/?next=/viec-hoc/")
        assert dict(client.session) == {}

    @for_each("login", ["bdhvs_lms:sign-in", "/dang-nhap/", "/en/sign-in/"])
    @for_each("address", ["/dang-nhap/", "/en/sign-in/"])
    def test_it_has_one_where_it_is_the_sites_page_in_any_language(self, login: str, address: str) -> None:
        with override_settings(LOGIN_URL=login):
            assert 'type="password"' in html_of(Client().get(address))


@pytest.mark.usefixtures("host")
class TestSigningOut:
    def test_it_ends_here_and_leads_where_the_site_says(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        response = client.post("/thoat/")
        assert (response.status_code, response["Location"]) == (302, "/")
        assert response.headers["Clear-Site-Data"] == '"storage"'
        assert dict(client.session) == {}
        with override_settings(LOGOUT_REDIRECT_URL=None):
            assert Client().post("/thoat/")["Location"] == "/dang-nhap/"

    @override_settings(BDHVS_SIGN_OUT_URL="host-sign-out")
    def test_the_sites_own_page_is_led_to_still_signed_in_and_ends_the_session(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        response = client.post("/thoat/")
        assert (response.status_code, response["Location"]) == (303, "/tai-khoan/ra/")
        assert response.headers["Clear-Site-Data"] == '"storage"'
        assert client.session["_auth_user_id"] == str(user.pk)
        assert client.get(response["Location"])["Location"] == "/tai-khoan/?gone=lan"
        assert dict(client.session) == {}

    @override_settings(BDHVS_SIGN_OUT_URL="host-sign-out")
    def test_what_was_not_sent_is_asked_about_before(self, user: User) -> None:
        learner = register(full_name="Lan", at=now(), user=user)
        client = Client()
        client.force_login(user)
        client.cookies["bdhvs-unsent"] = device_tag(learner)
        asked = client.post("/thoat/")
        assert asked.status_code == 200
        assert "Còn câu trả lời chưa gửi" in html_of(asked)
        kept = client.post("/thoat/", {"unsent": "keep"})
        assert kept["Location"] == "/tai-khoan/ra/"
        assert "Clear-Site-Data" not in kept.headers
        dropped = client.post("/thoat/", {"unsent": "drop"})
        assert dropped["Location"] == "/tai-khoan/ra/"
        assert dropped.headers["Clear-Site-Data"] == '"storage"'

    @override_settings(BDHVS_SIGN_OUT_URL="host-sign-out")
    def test_who_has_no_account_is_signed_out_by_us(self) -> None:
        client = Client()
        response = client.post("/thoat/")
        assert (response.status_code, response["Location"]) == (302, "/")

    @override_settings(BDHVS_SIGN_OUT_URL="host-sign-out")
    def test_everywhere_ends_the_others_and_leads_there_with_this_one(self, user: User) -> None:
        here, other = Client(), Client()
        for client in (here, other):
            client.force_login(user)
        response = here.post("/thoat-khoi-moi-noi/")
        assert (response.status_code, response["Location"]) == (303, "/tai-khoan/ra/")
        assert SignInSession.objects.filter(user=user).count() == 1
        assert other.get("/noi-dang-nhap/").status_code == 302
        assert here.get(response["Location"])["Location"] == "/tai-khoan/?gone=lan"


@pytest.mark.usefixtures("host")
class TestOnesAccount:
    def test_it_is_looked_after_at_the_sites_page(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        with override_settings(BDHVS_PROFILE_URL="host-profile"):
            html = html_of(client.get("/tro-giup/"))
            assert '<a href="/tai-khoan/">Tài khoản của tôi</a>' in html
            assert "/noi-dang-nhap/" not in html
            assert client.get("/mat-khau/")["Location"] == "/tai-khoan/"
            assert client.post("/mat-khau/", {"new_password": "x"})["Location"] == "/tai-khoan/"
        assert '<a href="/noi-dang-nhap/">Nơi đang đăng nhập</a>' in html_of(client.get("/tro-giup/"))

    def test_where_sessions_are_not_ours_nobody_is_shown_a_list_of_them(self, user: User) -> None:
        with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
            client = Client()
            client.force_login(user)
            assert '<a href="/mat-khau/">Đổi mật khẩu</a>' in html_of(client.get("/tro-giup/"))
            assert client.get("/noi-dang-nhap/")["Location"] == "/mat-khau/"
            assert client.post("/thoat-khoi-moi-noi/")["Location"] == "/mat-khau/"

    def test_the_first_password_signs_in_by_a_backend_that_the_site_has(self) -> None:
        with override_settings(AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"]):
            client = Client()
            registering: dict[str, Any] = {"full_name": "Vũ Thị Na", "birth_year": "1961", "area": "elsewhere"}
            agreeing = {"consent": "on", "text_version": app_settings.CONSENT_VERSION}
            assert client.post("/tu-dang-ky/", {**registering, **agreeing}).status_code == 303
            first = {"username": "na1961", "new_password": "mưa rào tháng sáu", "again": "mưa rào tháng sáu"}
            assert client.post("/mat-khau/", first)["Location"] == "/bat-dau/"
            assert client.get("/viec-hoc/").status_code == 200


def said() -> list[str]:
    return [str(message.id) for message in checks.check_pages()]


@pytest.mark.usefixtures("host")
class TestChecks:
    def test_how_long_sessions_last_is_asked_of_sites_that_sign_in_by_us(self) -> None:
        with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.db"):
            assert said() == []
            with override_settings(LOGIN_URL="bdhvs_lms:sign-in"):
                assert said() == ["bdhvs_lms.W005"]

    @pytest.mark.parametrize("name", ["LOGIN_URL", "LOGOUT_REDIRECT_URL", "BDHVS_SIGN_OUT_URL", "BDHVS_PROFILE_URL"])
    def test_names_of_pages_that_are_not_there_are_told(self, name: str) -> None:
        with override_settings(**{name: "account_nowhere"}):
            assert said() == ["bdhvs_lms.E011"]
            assert str(checks.check_pages()[0].msg).startswith(f"{name} names the page account_nowhere")

    @pytest.mark.parametrize("name", ["bdhvs_lms:sign-out", "host-sign-out-by-button"])
    def test_a_page_that_only_takes_a_form_signs_nobody_out_by_a_link(self, name: str) -> None:
        with override_settings(BDHVS_SIGN_OUT_URL=name):
            assert said() == ["bdhvs_lms.E012"]

    @pytest.mark.parametrize("name", ["host-sign-out", "https://id.example/ra"])
    def test_others_do(self, name: str) -> None:
        with override_settings(BDHVS_SIGN_OUT_URL=name):
            assert said() == []
