"""The throttle on guessing passwords, and names as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.base.api import now
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners import account_names, devices, throttle
from bdhvs_lms.learners.accounts import open_account, set_password
from bdhvs_lms.learners.addresses import address_of
from bdhvs_lms.learners.models import SignInTry
from tests.bdhvs_lms.learners.making import make_learner
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


class CountingHasher(MD5PasswordHasher):
    """Knows how many passwords were hashed: that is what a try costs."""

    asked: ClassVar[list[int]] = []

    def encode(self, *args: Any, **kwargs: Any) -> str:
        self.asked.append(1)
        return super().encode(*args, **kwargs)


@pytest.fixture
def hashed(settings: Any) -> list[int]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.asked.clear()
    return CountingHasher.asked


@pytest.fixture
def user() -> User:
    return User.objects.create_user("nguoihoc", password=PASSWORD)


def sign_in(
    name: str = "nguoihoc",
    password: str = "sai",  # noqa: S107
    address: str = "203.0.113.7",
    client: Client | None = None,
    path: str = "/dang-nhap/",
) -> Any:
    return (client or Client()).post(path, {"username": name, "password": password}, REMOTE_ADDR=address)


def own_device(name: str = "nguoihoc", password: str = PASSWORD) -> Client:
    """A telephone on which somebody signed in once and signed out again."""
    client = Client()
    assert sign_in(name, password, client=client, address="198.51.100.1").status_code == 302
    client.post("/thoat/")
    assert "_auth_user_id" not in client.session
    return client


def test_ten_wrong_passwords_for_a_name_and_it_rests(user: User, clock: Any) -> None:
    began = now().astimezone(HANOI)
    assert [sign_in(address=f"203.0.113.{number}").status_code for number in range(10)] == [422] * 10
    clock(5)
    refused = sign_in(password=PASSWORD, address="203.0.113.99")
    assert refused.status_code == 429, "the right password of a device that was never here is not looked at either"
    assert 590 <= int(refused.headers["Retry-After"]) <= 600
    html = unescape(refused.content.decode())
    (until,) = re.findall(r"Đã nhập sai quá nhiều lần. Hãy thử lại sau (\S+), hoặc hỏi người hướng dẫn của lớp\.", html)
    assert "Máy nào đã từng đăng nhập bằng tên này thì đăng nhập được ngay." in html
    # The test-only clock runs on from the moment at which this process began.
    assert f"{began + QUARTER:%H:%M}" <= until <= f"{now().astimezone(HANOI) + QUARTER:%H:%M}"
    assert 'value="nguoihoc"' in html, "what was typed stays"
    assert sign_in("aikhac").status_code == 422, "another name goes on"
    assert SignInTry.objects.count() == 11, "a try that was not looked at does not count"
    clock(15.1)
    assert sign_in(password=PASSWORD).status_code == 302


def test_what_was_mistyped_while_the_clock_ran_ahead_does_not_count(user: User, clock: Any) -> None:
    clock(40 * 24 * 60)
    assert [sign_in(address=f"203.0.113.{number}").status_code for number in range(11)] == [422] * 10 + [429]
    clock(0)
    assert sign_in(password=PASSWORD).status_code == 302
    # Another server's clock may go some seconds fast.
    clock(0.5)
    assert [sign_in().status_code for _ in range(10)] == [422] * 10
    clock(0)
    refused = sign_in(password=PASSWORD)
    assert (refused.status_code, int(refused.headers["Retry-After"]) <= QUARTER.total_seconds()) == (429, True)


def test_an_unknown_name_rests_like_a_known_one(user: User, clock: Any) -> None:
    answers = {
        name: [sign_in(name, address=f"203.0.113.{place}").status_code for place in range(12)]
        for name in ("nguoihoc", "khongcoai")
    }
    assert answers["nguoihoc"] == answers["khongcoai"] == [422] * 10 + [429] * 2
    texts = [
        # The moment until which signing in rests is counted from each name's own tries.
        re.sub(
            r"\d\d:\d\d",
            "",
            unescape(sign_in(name).content.decode()).partition("error-summary")[2].partition("</div>")[0],
        )
        for name in answers
    ]
    assert texts[0] == texts[1]


def test_a_known_and_an_unknown_name_ask_the_same_of_the_database_and_the_processor(
    user: User, clock: Any, hashed: list[int]
) -> None:
    def asked(name: str) -> tuple[list[str], int]:
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            sign_in(name)
        return [query["sql"].partition(" ")[0] for query in queries], len(hashed)

    user.set_password(PASSWORD)
    user.save()
    for hashes in (1, 0):
        assert asked("nguoihoc") == asked("khongcoai")
        assert asked("nguoihoc")[1] == hashes
        for name in ("nguoihoc", "khongcoai"):
            while sign_in(name).status_code != 429:
                pass


def test_what_is_refused_reads_no_password_writes_nothing_and_costs_the_same_after_a_long_night(
    user: User, clock: Any, hashed: list[int]
) -> None:
    for _ in range(10):
        sign_in()

    def refused() -> int:
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            assert sign_in(password=PASSWORD).status_code == 429
        assert hashed == []
        assert {query["sql"].partition(" ")[0] for query in queries} == {"SELECT"}
        return len(queries)

    first = refused()
    for _ in range(100):
        sign_in()
    assert refused() == first
    assert SignInTry.objects.count() == 10


def test_what_no_longer_counts_goes_in_pieces(user: User, clock: Any) -> None:
    """A night of guessing other names leaves rows: the first in the morning does not clear them all."""
    old = [SignInTry(subject=f"{number:064}", at=NOON - timedelta(hours=1)) for number in range(3 * throttle.SWEPT)]
    SignInTry.objects.bulk_create(old)
    for left in (2, 1, 0, 0):
        sign_in()
        assert SignInTry.objects.filter(at__lt=NOON).count() == left * throttle.SWEPT


# --- Turned on those who have the password ----------------------------------------------------------------------------


def test_an_address_refuses_nobody_who_knows_the_password(user: User, clock: Any, caplog: Any) -> None:
    """A hall or a carrier's customers share one: somebody there guesses, and everybody else signs in."""
    assert {sign_in(f"ten{number}").status_code for number in range(100)} == {422}
    assert sign_in(password=PASSWORD).status_code == 302
    warnings = [record.getMessage() for record in caplog.records if record.name == "bdhvs_lms.sign_in"]
    assert warnings == ["30 wrong passwords from 203.0.113.7 in 15 minutes."], "said once, for the firewall"


def test_guessing_from_elsewhere_shuts_out_no_device_that_signed_in_before(user: User, clock: Any) -> None:
    phone = own_device()
    while sign_in().status_code != 429:
        pass
    assert sign_in(password=PASSWORD).status_code == 429, "strangers share what they have used up"
    assert sign_in(password=PASSWORD, client=phone).status_code == 302
    assert sign_in().status_code == 429, "and they get no new start when its owner signs in at home"


def test_the_owner_may_mistype_while_others_guess(user: User, clock: Any) -> None:
    phone = own_device()
    for _ in range(12):
        sign_in()
    assert [sign_in(client=phone).status_code for _ in range(30)] == [422] * 30
    assert sign_in(password=PASSWORD, client=phone).status_code == 302


@pytest.mark.parametrize("path", ["/quan-tri/login/", "/en/sign-in/"])
def test_every_form_that_asks_for_a_password_goes_the_same_way(user: User, clock: Any, path: str) -> None:
    user.is_superuser = user.is_staff = True
    user.save()
    phone = Client()
    assert sign_in(password=PASSWORD, client=phone, path=path).status_code == 302
    phone.post("/thoat/")
    while (refused := sign_in(path=path)).status_code != 429:
        pass
    assert int(refused.headers["Retry-After"]) >= 1
    assert (
        "Đã nhập sai quá nhiều lần" in unescape(refused.content.decode())
        or "Too many failed attempts" in refused.content.decode()
    )
    assert sign_in(password=PASSWORD).status_code == 429
    assert sign_in(password=PASSWORD, client=phone, path=path).status_code == 302


def test_a_device_that_is_played_with_becomes_a_stranger_and_no_more(user: User, clock: Any, settings: Any) -> None:
    settings.BDHVS_SIGN_IN_TRIES_PER_DEVICE = 5
    phone = own_device()
    assert {sign_in(client=phone).status_code for _ in range(5)} == {422}
    assert sign_in(password=PASSWORD, client=phone).status_code == 302, "nobody else guesses"
    phone.post("/thoat/")
    clock(1)
    assert [sign_in(client=phone).status_code for _ in range(11)] == [422] * 10 + [429], "strangers' ten"


def test_the_mark_of_a_device_is_worth_nothing_for_others(user: User, clock: Any) -> None:
    """Another account's, another password's, a made-up one: strangers."""
    User.objects.create_user("khac", password=PASSWORD)
    others, once = own_device("khac"), own_device()
    user.set_password("mật khẩu mới")
    user.save()
    for _ in range(10):
        sign_in()
    forged = Client()
    forged.cookies["bdhvs-device"] = "A" * 16 + "." + "B" * 43
    broken = Client()
    broken.cookies["bdhvs-device"] = "~.~" * 3000
    for client in (others, once, forged, broken):
        assert sign_in(password="mật khẩu mới", client=client).status_code == 429  # noqa: S106


def test_a_shared_telephone_knows_the_last_forty_who_signed_in_and_tells_nobody(user: User, clock: Any) -> None:
    phone = Client()
    for number in range(41):
        name = "nguoihoc" if number == 0 else f"ban{number}"
        if number:
            User.objects.create_user(name, password=PASSWORD)
        sign_in(name, PASSWORD, client=phone)
        phone.post("/thoat/")
    cookie = phone.cookies["bdhvs-device"]
    marks = cookie.value.split("~")
    assert len(marks) == 40
    assert len({mark.partition(".")[0] for mark in marks}) == 40, "no number that two of them share"
    assert len(cookie.value) < 1700, "an answer's headers fit into a proxy's 4 kB"
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] > 365 * 24 * 3600
    for name in ("nguoihoc", "ban1"):
        for _ in range(10):
            sign_in(name)
    assert sign_in("nguoihoc", PASSWORD, client=phone).status_code == 429, "the one of long ago"
    assert sign_in("ban1", PASSWORD, client=phone).status_code == 302
    again = phone.cookies["bdhvs-device"].value.split("~")
    assert again[0] == marks[-1], "the same mark, in front now"


def test_marks_of_before_with_longer_seals_are_good(user: User, clock: Any) -> None:
    text = devices.sealed_account(*account_names.account_for("nguoihoc"))
    phone = Client()
    phone.cookies["bdhvs-device"] = f"{'A' * 16}.{devices._seal('A' * 16, text)}"
    for _ in range(10):
        sign_in()
    assert sign_in(password=PASSWORD, client=phone).status_code == 302
    assert len(phone.cookies["bdhvs-device"].value) == 16 + 1 + 22


def test_the_site_may_change_its_key(user: User, clock: Any, settings: Any) -> None:
    phone = own_device()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    for _ in range(10):
        sign_in()
    assert sign_in(password=PASSWORD, client=phone).status_code == 302


def test_the_right_password_forgets_what_was_mistyped(user: User, clock: Any) -> None:
    for _round in range(3):
        assert {sign_in().status_code for _ in range(9)} == {422}
        assert sign_in(password=PASSWORD).status_code == 302
    assert not SignInTry.objects.exists()


def test_a_password_that_the_operator_sets_may_be_used_at_once(clock: Any) -> None:
    learner = make_learner()
    open_account(learner, username="lan1966", password=PASSWORD, by=None)
    for _ in range(10):
        sign_in("lan1966")
    set_password(learner, password="mật khẩu mới", by=None)  # noqa: S106
    assert sign_in("lan1966", "mật khẩu mới").status_code == 302


def test_numbers_are_settings_and_nought_is_off(user: User, clock: Any, settings: Any) -> None:
    settings.BDHVS_SIGN_IN_TRIES = 2
    assert [sign_in().status_code for _ in range(3)] == [422, 422, 429]
    settings.BDHVS_SIGN_IN_TRIES = 0
    assert {sign_in().status_code for _ in range(30)} == {422}


@pytest.mark.parametrize("value", [-1, "10", True, None, 10**9])
def test_a_number_that_makes_no_sense_is_an_error_of_check(settings: Any, value: Any) -> None:
    assert app_settings.check() == []
    settings.BDHVS_SIGN_IN_MINUTES = value
    [error] = app_settings.check()
    assert error.id == "bdhvs_lms.E008"
    assert "BDHVS_SIGN_IN_MINUTES" in error.msg


def test_the_table_holds_no_name_and_no_address_and_forgets(user: User, clock: Any) -> None:
    sign_in()
    [row] = SignInTry.objects.all()
    assert {len(row.subject), len(row.address)} == {64}
    assert not {"nguoihoc", "203.0.113.7"} & {row.subject, row.address}
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
        ("HTTP_X_FORWARDED_FOR", {"HTTP_X_FORWARDED_FOR": "198.51.100.1:4711"}, "198.51.100.1"),
        ("HTTP_X_FORWARDED_FOR", {"HTTP_X_FORWARDED_FOR": "[2001:db8:1:2::9]:4711"}, "2001:db8:1:2::/64"),
        ("HTTP_X_FORWARDED_FOR", {"HTTP_X_FORWARDED_FOR": "198.51.100.1,"}, ""),
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
    assert address_of(request) == address


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (3, "6.6.6.6, 198.51.100.1, 10.0.0.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
    ],
)
def test_of_several_proxies_of_ours_the_outermost_saw_the_visitor(
    settings: Any, proxies: int, header: str, address: str
) -> None:
    settings.BDHVS_CLIENT_ADDRESS_HEADER, settings.BDHVS_TRUSTED_PROXIES = "HTTP_X_FORWARDED_FOR", proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})
    assert address_of(request) == address


# --- Names as people type them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["nguoihoc", "NguoiHoc ", "  NGUOIHOC", "ngườihọc", "Ngươihoc"])
def test_capitals_blanks_and_marks_of_the_keyboard_do_not_matter(user: User, clock: Any, typed: str) -> None:
    assert sign_in(typed, PASSWORD).status_code == 302


def test_all_ways_to_write_a_name_share_its_brake(user: User, clock: Any) -> None:
    for typed in ("nguoihoc", "NguoiHoc", "ngườihọc", " nguoihoc ") * 3:
        sign_in(typed)
    assert sign_in(password=PASSWORD).status_code == 429


# --- One account for all ways to write a name -------------------------------------------------------------------------

ALIKE = ["Nguoihoc", "ngườihọc", "NGUOIHỌC", "ｎｇｕｏｉｈｏｃ", "nguờihoc"]


def test_signing_in_under_another_name_clears_no_count(user: User, clock: Any) -> None:
    """What made the throttle worthless: an account that is written almost like the other one."""
    User.objects.bulk_create([User(username="ngườihọc", password=make_password(PASSWORD))])
    account_names.fill("default")
    for _ in range(9):
        sign_in()
    assert sign_in("ngườihọc", PASSWORD).status_code == 302, "accounts of old stay"
    assert [sign_in().status_code for _ in range(2)] == [422, 429]


@pytest.mark.parametrize("name", ALIKE)
def test_no_account_is_made_whose_name_is_written_almost_like_another(user: User, name: str) -> None:
    with pytest.raises(account_names.NameTaken):
        User.objects.create_user(name, password=PASSWORD)
    with pytest.raises(CommandError, match="viết gần giống|written almost like"):
        call_command("createsuperuser", username=name, email="", interactive=False)
    other = User.objects.create_user("ai-do")
    other.username = name
    with pytest.raises(account_names.NameTaken):
        other.save()
    boss = User.objects.create_superuser("sep", password=PASSWORD)
    admin = Client()
    admin.force_login(boss)
    form = {
        "username": name,
        "password1": PASSWORD,
        "password2": PASSWORD,
        "email": "",
        "first_name": "A",
        "last_name": "B",
    }
    page = admin.post("/quan-tri/users/new/", form)
    assert "viết gần giống tên này" in unescape(page.content.decode())
    form = {
        "full_name": "Nguyễn Thị Lan",
        "username": name,
        "password": PASSWORD,
        "birth_year": "",
        "phone": "",
        "area": "",
    }
    page = admin.post("/quan-tri/lop-hoc/nguoi-hoc/new/", form)
    # Our form takes no marks, and capitals for small ones: the name itself is there already.
    said = "Đã có người dùng khác mang tên" if name.lower() == "nguoihoc" else "Chỉ dùng chữ a đến z"
    assert said in unescape(page.content.decode())
    assert sorted(User.objects.values_list("username", flat=True)) == ["ai-do", "nguoihoc", "sep"]


def test_an_account_may_be_saved_and_renamed_and_its_old_name_is_free(user: User) -> None:
    user.first_name = "Lan"
    user.full_clean()
    user.save()
    user.username = "lan1966"
    user.full_clean()
    user.save()
    User.objects.create_user("NguoiHoc")
    user.delete()
    User.objects.create_user("LAN1966")


def test_names_of_accounts_that_came_in_bulk_are_written_down_and_twins_are_named(user: User, caplog: Any) -> None:
    made = [User(username=name, password=make_password(PASSWORD)) for name in ("Ban-Moi", "bạn-mới", "NguoiHoc")]
    User.objects.bulk_create(made)
    account_names.fill("default")
    twins = list(User.objects.filter(username__in=["bạn-mới", "NguoiHoc"]).order_by("pk").values_list("pk", flat=True))
    assert f"accounts {twins}" in caplog.text
    assert sign_in("BAN-MỚI", PASSWORD).status_code == 302
    for name in ("Ban-Moi", "bạn-mới", "NguoiHoc", "nguoihoc"):
        client = Client()
        assert sign_in(name, PASSWORD, client=client).status_code == 302
        assert User.objects.get(pk=client.session["_auth_user_id"]).username == name


# --- Several processes ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_try_that_others_overtook_is_not_looked_at_and_leaves_nothing() -> None:
    """Ten are written by other processes after this one has looked and before it writes."""
    at = datetime(2025, 11, 17, 1, tzinfo=UTC)
    overtaken: list[str] = []

    def others(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "signintry" in sql and not overtaken:
            overtaken.append(sql)
            for _ in range(app_settings.SIGN_IN_TRIES):
                SignInTry.objects.create(subject=throttle.digest("subject", "account 1"), at=at)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(others), pytest.raises(throttle.Throttled):
        throttle.begin("account 1", "", "", at=at)
    assert overtaken
    assert SignInTry.objects.count() == app_settings.SIGN_IN_TRIES


@pytest.mark.thorough
def test_processes_count_together(live_process: Any) -> None:
    """Twenty wrong passwords at once to two workers: ten are looked at, whoever gets them."""
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
        answers = list(pool.map(wrong, range(20)))
    assert set(answers) == {422, 429}
    assert answers.count(422) <= 10
