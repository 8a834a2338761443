"""How long one stays signed in, where else one is, and signing out everywhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.contrib.auth.models import Group, Permission, User, UserManager
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from bdhvs_lms import checks
from bdhvs_lms.campaign.api import assign_steering
from bdhvs_lms.classes.api import add_teacher, create_class
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import push_course
from bdhvs_lms.learners.actions import link_user
from bdhvs_lms.learners.models import Learner, SignInSession
from bdhvs_lms.learners.sign_in_ends import SignIn, SignInKind, cookie_seconds, ends_at
from bdhvs_lms.learners.user_agents import device_of, device_words
from bdhvs_lms.learners.web import device_tag
from bdhvs_lms.privacy.actions import erase
from bdhvs_lms.privacy.queries import export
from tests.bdhvs_content import pages
from tests.bdhvs_lms.learners.making import make_land, make_learner
from tests.support.forks import Forks
from tests.support.loops import for_each
from tests.support.world import uid

PASSWORD = "mật khẩu thử"
MORNING = datetime(2025, 11, 17, 0, 30, tzinfo=UTC)
PAGE = "/noi-dang-nhap/"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1"

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(settings: Any) -> Callable[..., None]:
    """Call it to say how long after the morning it is."""

    def set_to(**since: float) -> None:
        settings.BDHVS_TEST_CLOCK = (MORNING + timedelta(**since)).isoformat()

    set_to()
    return set_to


@pytest.fixture
def learner() -> User:
    user = User.objects.create_user("lan", password=PASSWORD)
    link_user(make_learner(), user)
    return user


def signed_in(name: str = "lan", agent: str = ANDROID, **form: str) -> Client:
    client = Client(headers={"User-Agent": agent})
    answer = client.post("/dang-nhap/", {"username": name, "password": PASSWORD, **form})
    assert answer.status_code == 302
    return client


def inside(client: Client) -> bool:
    answer = client.get(PAGE)
    assert answer.status_code in (200, 302)
    return bool(answer.status_code == 200)


def html_of(client: Client, address: str = PAGE) -> str:
    return unescape(client.get(address).content.decode())


# --- How long ---------------------------------------------------------------------------------------------------------


def _superuser(user: User) -> None:
    user.is_superuser = True
    user.save()


def _editor(user: User) -> None:
    group = Group.objects.get_or_create(name="Biên tập")[0]
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)


def _teacher(user: User) -> None:
    course = push_course(uid("course"), host="test", titles={"vi": "Khóa"}, revision="1", at=MORNING)
    area = make_land().north
    group = create_class(name="Lớp", code="lop", course=course, area=area, starts=MORNING.date(), at=MORNING, by=None)
    add_teacher(group, user, at=MORNING, by=None)


def _committee(user: User) -> None:
    assign_steering(user, make_land().north, by=None)


@for_each(
    ("kind", "shared", "ends", "browser_keeps"),
    [
        # Idle for so long, and the cookie for as long as the session can last: a working day, or 400 days.
        (SignInKind.OWN, False, timedelta(days=60), timedelta(days=400)),
        (SignInKind.OWN, True, timedelta(minutes=30), timedelta(hours=12)),
        (SignInKind.SHARED, False, timedelta(days=60), timedelta(hours=12)),
        (SignInKind.SHARED, True, timedelta(minutes=30), timedelta(hours=12)),
        (SignInKind.STAFF, False, timedelta(minutes=60), timedelta(hours=12)),
        (SignInKind.STAFF, True, timedelta(minutes=30), timedelta(hours=12)),
    ],
)
def test_a_session_ends_by_its_kind_and_on_a_shared_device_sooner(
    kind: str, shared: bool, ends: timedelta, browser_keeps: timedelta
) -> None:
    sign_in = SignIn(MORNING, kind, shared=shared)
    assert cookie_seconds(sign_in, MORNING) == browser_keeps.total_seconds()
    last = MORNING + browser_keeps
    assert ends_at(sign_in, MORNING) == min(MORNING + ends, last)
    # Whatever is done, not later than that.
    assert ends_at(sign_in, last - timedelta(minutes=1)) == last
    assert cookie_seconds(sign_in, last + timedelta(minutes=1)) == 0


def test_a_shared_device_gives_staff_no_more_time_than_its_own(settings: Any) -> None:
    settings.BDHVS_STAFF_IDLE_MINUTES, settings.BDHVS_SHARED_IDLE_MINUTES = 10, 30
    assert ends_at(SignIn(MORNING, SignInKind.STAFF, shared=True), MORNING) == MORNING + timedelta(minutes=10)


@pytest.mark.parametrize("work", [_superuser, _editor, _teacher, _committee])
def test_staff_is_signed_out_when_nobody_works(learner: User, clock: Any, work: Any) -> None:
    work(learner)
    client = signed_in()
    for minutes in (50, 105, 160):
        clock(minutes=minutes)
        assert inside(client)
    clock(minutes=160 + 61)
    answer = client.get("/viec-hoc/?a=1")
    assert answer.headers["Location"] == "/dang-nhap/?next=/viec-hoc/%3Fa%3D1"
    said = html_of(client, answer.headers["Location"])
    assert "Đã thoát: lâu không ai dùng máy này" in said
    assert "Đã thoát: lâu" not in html_of(Client(), "/dang-nhap/")


def test_a_working_day_ends_whatever_is_done(learner: User, clock: Any) -> None:
    _superuser(learner)
    client = signed_in()
    assert 11 * 3600 < client.cookies["bdhvs-session"]["max-age"] <= 12 * 3600
    for half_hours in range(1, 24):
        clock(minutes=30 * half_hours)
        assert inside(client)
    clock(hours=12, minutes=1)
    assert not inside(client)


def test_a_session_that_began_while_the_clock_ran_ahead_ends_with_that(learner: User, clock: Any) -> None:
    before = signed_in()
    clock(days=40)
    ahead = signed_in()
    assert inside(ahead)
    clock(minutes=1)
    assert not inside(ahead) and inside(before)
    assert html_of(before).count("máy này") == html_of(signed_in()).count("máy này")
    assert SignInSession.objects.filter(began_at__gt=MORNING + timedelta(days=39)).exists()
    # Another server's clock may go some seconds fast.
    clock(minutes=1.5)
    fast = signed_in()
    clock(minutes=1)
    assert inside(fast)


def test_an_editor_left_open_is_nobody_and_saving_is_somebody(learner: User, clock: Any) -> None:
    """Wagtail's editor asks every ten seconds who else is there, and saves what is being typed by itself."""
    _superuser(learner)
    catalog = pages.catalog()
    client = signed_in()
    edit = f"/quan-tri/pages/{catalog.pk}/edit/"
    current = client.get(edit).context["editing_sessions"].current_session
    ping = f"/quan-tri/editing-sessions/ping/wagtailcore/page/{catalog.pk}/{current.pk}/"
    clock(minutes=40)
    assert client.post(ping).status_code == 200
    form = {"title": "Khóa học", "slug": catalog.slug, "intro": "Chữ vừa gõ.", "next": ""}
    saved = client.post(edit, form, headers={"Accept": "application/json"})
    assert saved.json()["success"] is True
    clock(minutes=95)
    assert client.post(ping).status_code == 200, "55 minutes after the last word was saved"
    clock(minutes=101)
    assert client.post(ping).status_code == 302, "nobody was there since, whatever the page asked"
    assert pages.fresh(catalog).get_latest_revision_as_object().intro == "Chữ vừa gõ."


def test_a_learner_stays_signed_in_on_a_device_of_their_own(learner: User, clock: Any) -> None:
    client = signed_in()
    assert client.cookies["bdhvs-session"]["max-age"] > 365 * 24 * 3600
    for days in (59, 118):
        clock(days=days)
        assert inside(client)
    clock(days=118 + 61)
    assert not inside(client)


def test_a_shared_device_forgets_soon_and_with_the_browser(learner: User, clock: Any) -> None:
    assert "Máy dùng chung" in html_of(Client(), "/dang-nhap/")
    client = signed_in(shared="on")
    cookie = client.cookies["bdhvs-session"]
    assert (cookie["max-age"], cookie["expires"]) == ("", ""), "it goes when the browser closes"
    for minutes in (25, 50):
        clock(minutes=minutes)
        assert inside(client)
    assert client.cookies["bdhvs-session"]["max-age"] == ""
    clock(minutes=81)
    assert not inside(client)


def test_whoever_is_given_work_has_staffs_limits(learner: User, clock: Any) -> None:
    client = signed_in()
    _editor(learner)
    clock(minutes=20)
    assert inside(client)
    assert SignInSession.objects.get(user=learner).kind == "staff"
    clock(minutes=81)
    assert not inside(client)


def test_limits_are_settings(learner: User, clock: Any, settings: Any) -> None:
    settings.BDHVS_LEARNER_DAYS = 1
    client = signed_in()
    clock(hours=25)
    assert not inside(client)
    settings.BDHVS_STAFF_HOURS = 0
    assert [error.id for error in app_settings.check()] == ["bdhvs_lms.E008"]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    assert [message.id for message in checks.check_pages()] == ["bdhvs_lms.W005"]


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_being_there_is_written_down_once_in_some_minutes(learner: User, clock: Any) -> None:
    client = signed_in()

    def written() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert inside(client)
        return [query["sql"].partition(" ")[0] for query in queries if query["sql"].startswith(("UPD", "INS", "DEL"))]

    assert written() == written() == []
    clock(minutes=6)
    assert written() == ["UPDATE"]
    assert written() == []
    with CaptureQueriesContext(connection) as queries:
        Client().get("/tro-giup/")
    assert len(queries) == 0, "a visitor has no session"


@pytest.mark.database
@pytest.mark.thorough
def test_a_database_that_nobody_can_write_to_fails_no_page(live_process: Any, installation: Any) -> None:
    forks = Forks(installation.environment)
    made = forks.python(
        "import json\n"
        "from datetime import timedelta\n"
        "from django.contrib.auth.models import User\n"
        "from django.db.models import F\n"
        "from django.test import Client\n"
        "from bdhvs_lms.learners.models import SignInSession\n"
        "user = User.objects.create_user('nguoimoi', password='x')\n"
        "client = Client()\n"
        "client.force_login(user)\n"
        "rows = SignInSession.objects.filter(user=user)\n"
        "rows.update(expire_date=F('expire_date') - timedelta(hours=1))\n"
        "print(json.dumps([client.cookies['bdhvs-session'].value, rows.get().expire_date.isoformat()]))\n"
    )
    key, before = json.loads(made.splitlines()[-1])
    server = live_process()

    def page() -> int:
        with closing(HTTPConnection(urlsplit(server.url).netloc, timeout=15)) as http:
            http.request("GET", PAGE, headers={"Cookie": f"bdhvs-session={key}"})
            return http.getresponse().status

    def end() -> str:
        return forks.python(
            "from bdhvs_lms.learners.models import SignInSession\n"
            "print(SignInSession.objects.get(user__username='nguoimoi').expire_date.isoformat())"
        ).strip()

    with closing(forks):
        with locked(installation):
            assert page() == 200
        assert end() == before
        assert page() == 200
        assert end() > before


class locked:  # noqa: N801 - reads as what it is
    """Somebody holds the lock that prolonging a session needs, for longer than a visitor waits."""

    def __init__(self, installation: Any) -> None:
        url = installation.database_url
        self.other: Any
        if url.startswith("sqlite"):
            self.other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            self.other.execute("BEGIN IMMEDIATE")
        else:
            self.other = psycopg.connect(url)
            self.other.execute("UPDATE bdhvs_lms_signinsession SET kind = kind")

    def __enter__(self) -> None: ...

    def __exit__(self, *_error: Any) -> None:
        with closing(self.other):
            self.other.rollback()


# --- Where else -------------------------------------------------------------------------------------------------------


def test_the_list_says_where_the_account_is_signed_in_and_nothing_of_others(learner: User, clock: Any) -> None:
    User.objects.create_user("khac", password=PASSWORD)
    signed_in("khac", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/145.0")
    phone = signed_in()
    clock(minutes=90)
    tablet = signed_in(agent=IPHONE, shared="on")
    seen = html_of(phone)
    assert seen.index("Chrome trên Android") < seen.index("Máy này") < seen.index("Safari trên iPhone")
    row = SignInSession.objects.get(device="safari iphone")
    began, last = (localtime(moment) for moment in (row.began_at, row.seen_at))
    assert f"Đăng nhập lúc: {began:%H:%M}, ngày {began:%d/%m/%Y}" in seen
    assert f"Dùng lần cuối: {last:%H:%M}, ngày {last:%d/%m/%Y}" in seen
    assert "Máy dùng chung" in seen
    assert "Firefox" not in seen
    other = html_of(tablet)
    assert other.index("Safari trên iPhone") < other.index("Máy này") < other.index("Chrome trên Android")
    clock(minutes=125)
    assert "iPhone" not in html_of(phone), "what has ended is not there"


def test_a_new_password_ends_the_other_sessions(learner: User, clock: Any) -> None:
    phone, lost = signed_in(), signed_in(agent=IPHONE)
    _superuser(learner)
    form = {
        "password-old_password": PASSWORD,
        "password-new_password1": "khác hẳn hôm qua",
        "password-new_password2": "khác hẳn hôm qua",
        "name_email-first_name": "Lan",
        "name_email-last_name": "Trần",
        "name_email-email": "lan@example.vn",
        "locale-preferred_language": "vi",
        "locale-current_time_zone": "Asia/Ho_Chi_Minh",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "theme-keyboard_shortcuts": "on",
    }
    assert phone.post("/quan-tri/account/", form).status_code == 302
    seen = html_of(phone)
    assert "Chrome trên Android" in seen
    assert "iPhone" not in seen
    assert not inside(lost)


def test_signing_out_everywhere_is_asked_and_then_done(learner: User, clock: Any) -> None:
    User.objects.create_user("khac", password=PASSWORD)
    other = signed_in("khac")
    phone, lost = signed_in(), signed_in(agent=IPHONE)
    assert 'href="/thoat-khoi-moi-noi/"' in html_of(phone)
    assert "Mọi máy đang đăng nhập đều thoát, cả máy này." in html_of(phone, "/thoat-khoi-moi-noi/")
    assert inside(lost), "asking does nothing"
    answer = phone.post("/thoat-khoi-moi-noi/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dang-nhap/")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert "Đã thoát khỏi mọi nơi." in html_of(phone, "/dang-nhap/")
    assert not inside(phone)
    assert not inside(lost)
    assert inside(other)
    for _ in range(10):
        Client().post("/dang-nhap/", {"username": "lan", "password": "sai"})
    refused = lost.post("/dang-nhap/", {"username": "lan", "password": PASSWORD})
    assert refused.status_code == 429, "no device is known any more"


def test_signing_out_everywhere_leaves_answers_of_others_that_could_not_be_sent(learner: User, clock: Any) -> None:
    phone = signed_in()
    phone.cookies["bdhvs-unsent"] = device_tag(Learner())
    page = html_of(phone, "/thoat-khoi-moi-noi/")
    assert "Câu trả lời chưa gửi được của người khác vẫn giữ trên máy này" in page
    assert 'name="unsent"' not in page
    answer = phone.post("/thoat-khoi-moi-noi/")
    assert answer.status_code == 303
    assert "Clear-Site-Data" not in answer.headers
    assert "bdhvs-unsent" not in answer.cookies
    assert not inside(phone)


def test_signing_out_everywhere_asks_what_becomes_of_ones_own_answers_that_could_not_be_sent(
    learner: User, clock: Any
) -> None:
    mine = device_tag(Learner.objects.get(identities__subject=str(learner.pk)))
    others = device_tag(Learner())
    for left, wish, cleared in (
        (mine, "keep", False),
        (mine, "drop", True),
        (f"{mine}.{others}", "drop", False),
    ):
        phone, lost = signed_in(), signed_in(agent=IPHONE)
        phone.cookies["bdhvs-unsent"] = left
        page = html_of(phone, "/thoat-khoi-moi-noi/")
        assert f'name="unsent" value="drop" data-unsent="{mine}"' in page
        for form in ({}, {"unsent": "gì đó"}):
            asked = phone.post("/thoat-khoi-moi-noi/", form)
            assert asked.status_code == 200
            assert "Còn câu trả lời chưa gửi" in asked.content.decode()
            assert "Clear-Site-Data" not in asked.headers
            assert inside(phone)
            assert inside(lost), "nothing is done before it is said"
        answer = phone.post("/thoat-khoi-moi-noi/", {"unsent": wish})
        assert answer.status_code == 303
        assert ("Clear-Site-Data" in answer.headers) is cleared, (left, wish)
        assert not inside(phone)
        assert not inside(lost)


def test_staff_finds_the_list_in_the_admin(learner: User, clock: Any) -> None:
    _superuser(learner)
    client = signed_in()
    assert f'href="{PAGE}"' in html_of(client, "/quan-tri/account/")
    assert f'href="{PAGE}"' in html_of(client, "/tro-giup/")


# --- What is kept -----------------------------------------------------------------------------------------------------


def test_the_table_holds_no_key_and_goes_with_the_person(learner: User, clock: Any) -> None:
    client = signed_in()
    key = client.cookies["bdhvs-session"].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bdhvs_lms_signinsession")
        kept = str(cursor.fetchall())
    assert key not in kept
    assert "Mozilla" not in kept
    stranger = Client()
    stranger.cookies["bdhvs-session"] = SignInSession.objects.get().session_key
    assert not inside(stranger), "what the table holds opens nothing"
    owner = Learner.objects.get(identities__subject=str(learner.pk))
    [row] = export(owner)["data"]["bdhvs_lms.SignInSession"]
    assert row["device"] == "chrome android"
    assert set(row) == {"kind", "device", "began_at", "seen_at", "expire_date"}
    erase(owner, by=None, at=MORNING)
    assert not SignInSession.objects.exists()
    assert not inside(client)


def test_clearsessions_takes_what_has_ended(learner: User, clock: Any) -> None:
    signed_in()
    assert SignInSession.objects.update(expire_date=datetime(2020, 1, 1, tzinfo=UTC)) == 1
    signed_in(agent=IPHONE)
    SignInSession.objects.filter(device="safari iphone").update(expire_date=datetime(2120, 1, 1, tzinfo=UTC))
    call_command("clearsessions")
    assert SignInSession.objects.get().device == "safari iphone"


@for_each(
    ("agent", "device", "words"),
    [
        (ANDROID, "chrome android", "Chrome trên Android"),
        (IPHONE, "safari iphone", "Safari trên iPhone"),
        (f"{ANDROID} SamsungBrowser/29.0", "samsung android", "Samsung Internet trên Android"),
        (f"{ANDROID} Zalo android/1", "zalo android", "Zalo trên Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "edge windows", "Edge trên Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/140 Chrome/134", "coccoc windows", "Cốc Cốc trên Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "linux", "Linux"),
        ("", "", "Máy không rõ loại"),
        ("<script>" * 10_000, "", "Máy không rõ loại"),
    ],
)
def test_a_browser_in_two_words(agent: str, device: str, words: str) -> None:
    assert device_of(agent) == device
    assert len(device) <= 30
    assert device_words(device) == words


def test_an_account_that_its_models_manager_leaves_out_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept(UserManager[User]):
        def get_queryset(self) -> Any:
            return super().get_queryset().exclude(username="lan")

    user = User.objects.create_user("lan")
    client = Client()
    client.force_login(user)
    assert client.get("/dang-nhap/").wsgi_request.user == user
    manager = Kept()
    manager.model = User
    monkeypatch.setitem(User._meta.__dict__, "default_manager", manager)
    assert not client.get("/dang-nhap/").wsgi_request.user.is_authenticated
