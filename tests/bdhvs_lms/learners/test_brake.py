"""The brake on guessing passwords, and names as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from bdhvs_lms.learners import brake
from bdhvs_lms.learners.models import SignInTry
from bdhvs_lms.plugins.api import now
from tests.support.live import Server

pytestmark = pytest.mark.django_db

PASSWORD = "mật khẩu thử"  # noqa: S105
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
QUARTER = timedelta(minutes=15)
NOON = datetime(2025, 11, 15, 5, 0, tzinfo=UTC)


@pytest.fixture
def clock(settings: Any) -> Any:
    """Call it to say how many minutes after noon it is."""

    def set_to(minutes: float) -> None:
        settings.BDHVS_TEST_CLOCK = (NOON + timedelta(minutes=minutes)).isoformat()

    set_to(0)
    return set_to


@pytest.fixture
def user() -> User:
    return User.objects.create_user("nguoihoc", password=PASSWORD)


def sign_in(name: str = "nguoihoc", password: str = "sai", address: str = "203.0.113.7", **headers: str) -> Any:  # noqa: S107
    return Client(REMOTE_ADDR=address).post("/dang-nhap/", {"username": name, "password": password}, headers=headers)


def test_ten_wrong_passwords_for_a_name_and_it_rests(user: User, clock: Any) -> None:
    began = now().astimezone(HANOI)
    assert [sign_in(address=f"203.0.113.{number}").status_code for number in range(10)] == [422] * 10
    clock(5)
    refused = sign_in(password=PASSWORD, address="203.0.113.99")
    assert refused.status_code == 429, "the right password is not looked at either"
    assert 590 <= int(refused.headers["Retry-After"]) <= 600
    html = unescape(refused.content.decode())
    (until,) = re.findall(r"Đã nhập sai quá nhiều lần. Hãy thử lại sau (\S+), hoặc hỏi người hướng dẫn của lớp\.", html)
    # The test-only clock runs on from the moment at which this process began.
    assert f"{began + QUARTER:%H:%M}" <= until <= f"{now().astimezone(HANOI) + QUARTER:%H:%M}"
    assert 'value="nguoihoc"' in html, "what was typed stays"
    assert sign_in("aikhac").status_code == 422, "another name goes on"
    assert SignInTry.objects.count() == 11, "a try that was not looked at does not count"
    clock(15.1)
    assert sign_in(password=PASSWORD).status_code == 302


def test_an_unknown_name_rests_like_a_known_one(user: User, clock: Any) -> None:
    answers = {
        name: [sign_in(name, address=f"203.0.113.{place}").status_code for place in range(12)]
        for name in ("nguoihoc", "khongcoai")
    }
    assert answers["nguoihoc"] == answers["khongcoai"] == [422] * 10 + [429] * 2
    texts = [
        unescape(sign_in(name).content.decode()).partition("error-summary")[2].partition("</div>")[0]
        for name in answers
    ]
    assert texts[0] == texts[1]


def test_thirty_from_one_address_and_it_rests_for_every_name(user: User, clock: Any) -> None:
    assert {sign_in(f"ten{number}").status_code for number in range(30)} == {422}
    assert sign_in(password=PASSWORD).status_code == 429
    assert sign_in(password=PASSWORD, address="203.0.113.8").status_code == 302


def test_the_right_password_forgets_what_was_mistyped(user: User, clock: Any) -> None:
    for _round in range(3):
        assert {sign_in().status_code for _ in range(9)} == {422}
        assert sign_in(password=PASSWORD).status_code == 302
    assert not SignInTry.objects.exists()


def test_guessing_other_names_is_not_forgotten_by_signing_in_oneself(user: User, clock: Any) -> None:
    for number in range(30):
        sign_in(f"ten{number % 15}")
        if number % 5 == 0 and number < 29:
            sign_in(password=PASSWORD)
    assert sign_in(password=PASSWORD).status_code == 429


def test_the_admins_own_form_has_the_same_brake(user: User, clock: Any) -> None:
    for _ in range(10):
        Client().post("/quan-tri/login/", {"username": "nguoihoc", "password": "sai"})
    assert sign_in(password=PASSWORD).status_code == 429


def test_numbers_are_settings_and_nought_is_off(user: User, clock: Any, settings: Any) -> None:
    settings.BDHVS_SIGN_IN_TRIES, settings.BDHVS_SIGN_IN_TRIES_PER_ADDRESS = 2, 0
    assert [sign_in().status_code for _ in range(3)] == [422, 422, 429]
    assert {sign_in(f"ten{number}").status_code for number in range(40)} == {422}
    settings.BDHVS_SIGN_IN_TRIES = 0
    assert sign_in().status_code == 422


def test_the_table_holds_no_name_and_no_address_and_forgets(user: User, clock: Any) -> None:
    sign_in()
    [row] = SignInTry.objects.all()
    assert {len(row.name), len(row.address)} == {64}
    assert not {"nguoihoc", "203.0.113.7"} & {row.name, row.address}
    clock(16)
    sign_in("aikhac")
    assert SignInTry.objects.get().pk != row.pk


@pytest.mark.parametrize(
    ("header", "meta", "address"),
    [
        ("", {"REMOTE_ADDR": "203.0.113.7"}, "203.0.113.7"),
        ("", {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, "203.0.113.7"),
        ("HTTP_X_FORWARDED_FOR", {"HTTP_X_FORWARDED_FOR": "10.9.9.9, 198.51.100.1"}, "198.51.100.1"),
        ("HTTP_X_FORWARDED_FOR", {"REMOTE_ADDR": "127.0.0.1"}, ""),
        ("HTTP_X_FORWARDED_FOR", {"HTTP_X_FORWARDED_FOR": "unknown"}, ""),
        ("", {"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        ("", {"REMOTE_ADDR": "::ffff:203.0.113.7"}, "203.0.113.7"),
        ("", {"REMOTE_ADDR": ""}, ""),
    ],
)
def test_where_a_request_comes_from(settings: Any, header: str, meta: dict[str, str], address: str) -> None:
    settings.BDHVS_CLIENT_ADDRESS_HEADER = header
    request = RequestFactory().get("/")
    request.META.pop("REMOTE_ADDR", None)
    request.META.update(meta)
    assert brake.address_of(request) == address


def test_an_unknown_address_is_no_address(user: User, clock: Any, settings: Any) -> None:
    """Behind a proxy that writes no header, everybody would be one visitor."""
    settings.BDHVS_CLIENT_ADDRESS_HEADER = "HTTP_X_FORWARDED_FOR"
    assert {sign_in(f"ten{number}").status_code for number in range(35)} == {422}


# --- Names as people type them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["nguoihoc", "NguoiHoc ", "  NGUOIHOC", "ngườihọc", "Ngươihoc"])
def test_capitals_blanks_and_marks_of_the_keyboard_do_not_matter(user: User, clock: Any, typed: str) -> None:
    assert sign_in(typed, PASSWORD).status_code == 302


def test_all_ways_to_write_a_name_share_its_brake(user: User, clock: Any) -> None:
    for typed in ("nguoihoc", "NguoiHoc", "ngườihọc", " nguoihoc ") * 3:
        sign_in(typed)
    assert sign_in(password=PASSWORD).status_code == 429


def test_of_two_accounts_that_differ_in_capitals_only_the_one_typed_is_meant(user: User, clock: Any) -> None:
    other = User.objects.create_user("NguoiHoc", password="khác hẳn")  # noqa: S106
    assert sign_in("NguoiHoc", "khác hẳn").status_code == 302
    assert sign_in("nguoihoc", PASSWORD).status_code == 302
    assert sign_in("NGUOIHOC", PASSWORD).status_code == 422
    assert other.pk != user.pk


# --- Several processes ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_processes_count_together(live_process: Any) -> None:
    """Forty wrong passwords at once to two workers: ten are looked at, whoever gets them."""
    from concurrent.futures import ThreadPoolExecutor
    from http.cookiejar import CookieJar
    from urllib.error import HTTPError
    from urllib.parse import urlencode
    from urllib.request import HTTPCookieProcessor, build_opener

    server: Server = live_process(workers=2)

    def wrong(_number: int) -> int:
        jar = CookieJar()
        opener = build_opener(HTTPCookieProcessor(jar))
        opener.open(f"{server.url}/dang-nhap/").read()
        token = next(cookie.value for cookie in jar if "csrf" in cookie.name)
        form = urlencode({"username": "nguoihoc", "password": "sai", "csrfmiddlewaretoken": token}).encode()
        try:
            return int(opener.open(f"{server.url}/dang-nhap/", form).status)
        except HTTPError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(wrong, range(40)))
    assert set(answers) == {422, 429}
    assert answers.count(422) <= 10
