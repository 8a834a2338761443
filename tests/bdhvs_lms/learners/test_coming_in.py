"""Registering without help, and the own password: who may, how many, what is kept, and how they come back."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bdhvs_lms.audit.api import has_consent
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner, Person, claim, link_user, register
from bdhvs_lms.learners.models import SelfRegistration, SignInSession
from bdhvs_lms.learners.queries import is_unclaimed
from bdhvs_lms.tracking.api import merge_records
from tests.bdhvs_lms.learners.making import AT, make_land, make_learner, typed
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
PASSWORD = "mật khẩu thử"  # noqa: S105
PAGE = "/tu-dang-ky/"


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"


def test_registering_signs_in_on_this_device_and_says_how_to_come_back() -> None:
    land, client = make_land(), Client()
    page = html_of(client.get(PAGE))
    assert "Tự đăng ký học" in page
    assert f'<option value="{land.village.pk}" lang="vi">Village, New north</option>' in page
    response = client.post(PAGE, typed(land.village, next="/khung-nang-luc/"))
    assert (response.status_code, response.headers["Location"]) == (303, "/tu-dang-ky/xong/")
    person = Person.objects.get()
    assert (person.full_name, person.birth_year, person.learner.self_registration.area) == (
        "Nguyễn Thị Lan", 1960, land.village,
    )  # fmt: skip
    assert has_consent(person.learner.actor, text_version=app_settings.CONSENT_VERSION)
    assert is_unclaimed(person.learner)
    done = html_of(client.get("/tu-dang-ky/xong/"))
    assert "Chào Nguyễn Thị Lan, đã đăng ký xong" in done
    assert '<a class="btn-primary" href="/khung-nang-luc/">Vào học</a>' in done
    assert "không vào lại được" in done
    assert 'href="/mat-khau/"' in done


@for_each(
    ("values", "said"),
    [
        ({"full_name": " "}, "Hãy nhập họ và tên."),
        ({"full_name": "Lan 2"}, "“Lan 2” không phải họ tên."),
        ({"full_name": "Lan 😀"}, "không phải họ tên."),
        ({"full_name": "Lan"}, "Tên chỉ có một từ."),
        ({"birth_year": "sáu mươi"}, "Hãy nhập năm sinh, ví dụ 1962."),
        ({"birth_year": "1850"}, "Năm sinh phải từ 1900 đến 2025."),
        ({"area": ""}, "Hãy chọn nơi ở, hoặc chọn “Nơi khác”."),
        ({"area": "999999"}, "Hãy chọn nơi ở, hoặc chọn “Nơi khác”."),
        ({"consent": ""}, "Đánh dấu"),
        ({"text_version": "0"}, "Nội dung đã thay đổi"),
        ({"form": "không phải"}, None),
    ],
)
def test_what_is_missing_is_said_and_nothing_half_done(values: dict[str, str], said: str | None) -> None:
    response = Client().post(PAGE, typed(**values))
    html = html_of(response)
    assert response.status_code == 422
    assert not Learner.objects.exists()
    assert "Chưa đăng ký được" in html
    if said is not None and "consent" not in values and "text_version" not in values:
        assert said in html
    if "full_name" not in values:
        assert 'value="Nguyễn Thị Lan"' in html


def test_sent_twice_is_one_person_and_the_next_of_the_family_another() -> None:
    sent = typed()
    for _each in range(2):
        Client().post(PAGE, sent)
    assert Person.objects.count() == 1
    Client().post(PAGE, {**sent, "full_name": "Nguyễn Văn Nam"})
    assert Person.objects.count() == 2


@for_each("name", ["Blơ̆ K’Să", "H'Hen Niê", "Y Moan-Ênuôl", "Ts. Lò Văn Nướng", "Ama ʼRin"])
def test_names_of_all_peoples_are_names(name: str) -> None:
    land, client = make_land(), Client()
    assert client.post(PAGE, typed(land.village, full_name=name)).status_code == 303
    assert unicodedata.normalize("NFC", name) == Person.objects.latest("pk").full_name


def test_a_name_of_one_word_is_asked_about_once() -> None:
    land, client = make_land(), Client()
    asked = client.post(PAGE, typed(land.village, full_name="  Lan\u200b "))
    assert asked.status_code == 422
    assert '<input type="hidden" name="one_word" value="Lan"' in html_of(asked)
    assert client.post(PAGE, typed(land.village, full_name="Mai", one_word="Lan")).status_code == 422
    assert client.post(PAGE, typed(land.village, full_name="Lan", one_word="Lan")).status_code == 303
    assert Person.objects.get().full_name == "Lan"


@for_each("name", ["Lan 1960", "bà-lan", "lan_1960", "lan@"])
def test_a_new_username_is_what_every_keyboard_writes_alike(name: str) -> None:
    client = Client()
    client.post(PAGE, typed())
    refused = client.post("/mat-khau/", {"username": name, "new_password": PASSWORD, "again": PASSWORD})
    assert (refused.status_code, User.objects.count()) == (422, 0)
    assert "Chỉ dùng chữ a đến z không dấu" in html_of(refused)


def test_many_areas_are_looked_for_by_name_without_marks() -> None:
    land = make_land()
    Area.objects.bulk_create(
        Area(code=f"v{number}", name=f"Thôn Số {number}", kind="village", parent=land.south) for number in range(70)
    )
    Area.objects.create(code="v-x", name="Thôn Đồng Lư", kind="village", parent=land.north)
    client = Client()
    assert "Thôn Số" not in html_of(client.get(PAGE))
    several = client.post(PAGE, typed("", place="thon so 1"))
    assert several.status_code == 422
    assert html_of(several).count('type="radio"') == 12
    nothing = client.post(PAGE, typed("", place="Hà Nội"))
    assert "Không có nơi nào tên như vậy" in html_of(nothing)
    assert client.post(PAGE, typed("", place="dong lu")).status_code == 303
    assert SelfRegistration.objects.get().area.name == "Thôn Đồng Lư"


def test_a_device_registers_few_a_day_and_an_address_many(settings: Any) -> None:
    settings.BDHVS_SELF_REGISTER_PER_DEVICE, settings.BDHVS_SELF_REGISTER_PER_ADDRESS = 2, 4
    client = Client()
    for number in range(2):
        assert client.post(PAGE, typed(full_name=f"Người {chr(65 + number)}")).status_code == 303
        client.post("/thoat/", {"leave": "on"})
    refused = client.post(PAGE, typed(full_name="Người ba"))
    assert refused.status_code == 429
    assert "trên máy này" in html_of(refused)
    for number in range(2):
        assert Client().post(PAGE, typed(full_name=f"Ai {chr(65 + number)}")).status_code == 303
    refused = Client().post(PAGE, typed())
    assert (refused.status_code, Person.objects.count()) == (429, 4)
    assert Client(REMOTE_ADDR="192.0.2.9").post(PAGE, typed()).status_code == 303
    settings.BDHVS_TEST_CLOCK = "2025-11-16T10:00:01+07:00"
    assert client.post(PAGE, typed(full_name="Người ba")).status_code == 303


def test_on_a_shared_device_the_session_ends_soon_also_with_an_own_password() -> None:
    assert "Máy dùng chung" in html_of(Client().get(PAGE))
    phone, tablet = Client(), Client()
    phone.post(PAGE, typed())
    tablet.post(PAGE, typed(shared="on"))
    assert sorted(SignInSession.objects.values_list("kind", flat=True)) == ["own", "shared"]
    assert phone.cookies["bdhvs-session"]["max-age"] != ""
    assert tablet.cookies["bdhvs-session"]["max-age"] == "", "it goes when the browser closes"
    chosen = {"username": "lan1960", "new_password": PASSWORD, "again": PASSWORD}
    assert tablet.post("/mat-khau/", chosen).status_code == 303
    assert SignInSession.objects.get(user__username="lan1960").kind == "shared"
    assert tablet.cookies["bdhvs-session"]["max-age"] == ""


def test_a_visitor_is_not_told_who_is_on_record_already() -> None:
    register(full_name="Nguyễn Thị Lan", birth_year=1960, at=AT)
    with_namesake = Client().post(PAGE, typed())
    without = Client().post(PAGE, typed(full_name="Trần Văn Bảy"))
    assert (with_namesake.status_code, with_namesake.headers["Location"]) == (
        without.status_code, without.headers["Location"],
    )  # fmt: skip


def test_a_site_may_leave_registering_out(settings: Any) -> None:
    settings.BDHVS_SELF_REGISTER = False
    assert Client().get(PAGE).status_code == 404


def test_leaving_without_a_way_back_is_asked_first() -> None:
    client = Client()
    client.post(PAGE, typed())
    assert "Thoát ra thì không vào lại được?" in html_of(client.post("/thoat/"))
    assert client.get("/viec-hoc/").status_code == 200
    assert client.post("/thoat/", {"leave": "on"}).status_code == 302
    assert client.get("/viec-hoc/").status_code == 302


def test_who_has_a_way_back_by_another_record_leaves_unasked() -> None:
    client = Client()
    client.post(PAGE, typed())
    learner, older = Person.objects.get().learner, make_learner()
    link_user(older, User.objects.create_user("lan"))
    claim(learner, at=now(), by=None)
    merge_records(older, learner, by=None, reason="Một người.", at=now())
    assert client.post("/thoat/").headers["Location"] == "/dang-nhap/"


# --- A user name and a password of one's own -------------------------------------------------------------------------


# Keys to other tables are looked at when something is committed.
@pytest.mark.django_db(transaction=True)
def test_who_registered_chooses_a_user_name_and_signs_in_by_it_elsewhere() -> None:
    client = Client()
    client.post(PAGE, typed())
    assert "Đặt tên đăng nhập và mật khẩu" in html_of(client.get("/mat-khau/"))
    weak = client.post("/mat-khau/", {"username": "lan1960", "new_password": "123", "again": "123"})
    assert (weak.status_code, User.objects.count()) == (422, 0)
    other = client.post("/mat-khau/", {"username": "lan1960", "new_password": PASSWORD, "again": PASSWORD + "x"})
    assert "Hai lần nhập mật khẩu không giống nhau." in html_of(other)
    done = client.post("/mat-khau/", {"username": "lan1960", "new_password": PASSWORD, "again": PASSWORD})
    assert done.status_code == 303
    assert client.get("/viec-hoc/").status_code == 200
    # The account is the way in now: signing out no longer asks.
    assert client.post("/thoat/").status_code == 302
    elsewhere = Client()
    elsewhere.post("/dang-nhap/", {"username": "lan1960", "password": PASSWORD})
    assert "Nguyễn Thị Lan" in html_of(elsewhere.get("/viec-hoc/"))


def test_a_user_name_that_is_taken_is_said_and_nothing_half_done() -> None:
    User.objects.create_user("Lan1960")
    client = Client()
    client.post(PAGE, typed())
    taken = client.post("/mat-khau/", {"username": "lan1960", "new_password": PASSWORD, "again": PASSWORD})
    assert (taken.status_code, User.objects.count()) == (422, 1)
    assert client.get("/mat-khau/").status_code == 200


@pytest.mark.parametrize("staff", [False, True])
def test_a_password_is_changed_with_the_current_one_and_ends_other_sessions(staff: bool) -> None:
    user = User.objects.create_user("lan", password=PASSWORD, is_staff=staff)
    if not staff:
        link_user(make_learner(), user)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post("/dang-nhap/", {"username": "lan", "password": PASSWORD})
    wrong = here.post("/mat-khau/", {"current": "sai", "new_password": "câu mới dài", "again": "câu mới dài"})
    assert (wrong.status_code, "Mật khẩu chưa đúng" in html_of(wrong)) == (422, True)
    done = here.post("/mat-khau/", {"current": PASSWORD, "new_password": "câu mới dài", "again": "câu mới dài"})
    assert (done.status_code, done.headers["Location"]) == (303, "/noi-dang-nhap/")
    assert here.get("/noi-dang-nhap/").status_code == 200
    assert elsewhere.get("/noi-dang-nhap/").status_code == 302
    user.refresh_from_db()
    assert user.check_password("câu mới dài")


def test_guessing_the_current_password_is_throttled(settings: Any) -> None:
    settings.BDHVS_SIGN_IN_TRIES = settings.BDHVS_SIGN_IN_TRIES_PER_DEVICE = 3
    user = User.objects.create_user("lan", password=PASSWORD)
    client = Client()
    client.force_login(user)
    for _each in range(3):
        client.post("/mat-khau/", {"current": "sai", "new_password": "câu mới dài", "again": "câu mới dài"})
    answer = client.post("/mat-khau/", {"current": PASSWORD, "new_password": "câu mới dài", "again": "câu mới dài"})
    assert answer.status_code == 429
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_visitor_signs_in_first() -> None:
    assert Client().get("/mat-khau/").headers["Location"] == "/dang-nhap/?next=/mat-khau/"
