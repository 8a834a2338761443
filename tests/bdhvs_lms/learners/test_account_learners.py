"""Accounts that were there before: they are offered to learn where a learner is needed, and go on where they were."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from bdhvs_lms.audit.api import has_consent
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.models import SiteInformation
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.account_learners import may_learn, write_who_learns
from bdhvs_lms.learners.api import Learner, Person, guardian_of, learner_for_user
from bdhvs_lms.learners.models import WhoLearns
from bdhvs_lms.learners.queries import is_unclaimed
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.learners import making
from tests.bdhvs_lms.learners.making import make_land
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
PAGE = "/hoc-bang-tai-khoan/"


typed = partial(making.typed, full_name="Đỗ Thị Mơ", birth_year="1964")


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"


@pytest.fixture
def member() -> User:
    return User.objects.create_user("mo@example.vn", first_name="Mơ", last_name="Đỗ Thị")


@pytest.fixture
def client(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.mark.parametrize(
    "address", ["/viec-hoc/", "/viec-hoc/du-lieu/", "/viec-hoc/ket-qua/", "/tu-dang-ky/?next=/viec-hoc/"]
)
def test_where_a_learner_is_needed_the_account_is_offered_to_be_one(client: Client, address: str) -> None:
    found = client.get(address)
    leads_to = address.rpartition("=")[2]
    assert (found.status_code, found["Location"]) == (302, f"{PAGE}?next={leads_to.replace('/', '%2F')}")


def test_whoever_has_no_work_here_starts_by_it(client: Client) -> None:
    assert client.get("/bat-dau/")["Location"] == PAGE


def test_one_form_and_on_where_one_was(client: Client, member: User) -> None:
    land = make_land()
    page = html_of(client.get(f"{PAGE}?next=/ket-qua/"))
    assert "<h1>Học bằng tài khoản này</h1>" in page
    assert 'value="Mơ Đỗ Thị"' in page
    assert 'name="next" value="/ket-qua/"' in page
    assert 'name="shared"' not in page
    assert "Về trang công việc" not in page
    done = client.post(PAGE, typed(land.village, next="/ket-qua/"))
    assert (done.status_code, done["Location"]) == (303, "/ket-qua/")
    learner = learner_for_user(member)
    assert learner is not None
    assert (learner.person.full_name, learner.person.birth_year) == ("Đỗ Thị Mơ", 1964)
    assert learner.self_registration.area == land.village
    assert is_unclaimed(learner), "no board counts who was not taken into the lists"
    assert has_consent(learner.actor, text_version=app_settings.CONSENT_VERSION)
    assert "Từ nay bạn học ở đây bằng tài khoản này." in html_of(client.get("/viec-hoc/"))
    assert client.get(f"{PAGE}?next=/ket-qua/")["Location"] == "/ket-qua/"


def test_sent_twice_or_in_two_tabs_it_is_one_learner(client: Client, member: User) -> None:
    sent = typed()
    for form in (sent, sent, typed(full_name="Đỗ Thị Mơ")):
        assert client.post(PAGE, form).status_code == 303
    assert Learner.objects.count() == Person.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [({"full_name": " "}, "Hãy nhập họ và tên."), ({"consent": ""}, "Đánh dấu"), ({"area": ""}, "Hãy chọn nơi ở")],
)
def test_what_is_missing_is_said_and_nothing_half_done(client: Client, values: dict[str, str], said: str) -> None:
    answer = client.post(PAGE, typed(**values))
    assert answer.status_code == 422
    assert said in html_of(answer)
    assert not Learner.objects.exists()


def test_for_a_child_a_guardian_agrees_too(client: Client, member: User) -> None:
    child = typed(birth_year="2013")
    asked = client.post(PAGE, child)
    assert asked.status_code == 422
    guardian = {"guardian_consent": "on", "guardian_name": "Đỗ Văn Ba", "guardian_relation": "father"}
    assert 'name="guardian_consent"' in html_of(asked)
    assert client.post(PAGE, {**child, **guardian}).status_code == 303
    learner = learner_for_user(member)
    assert learner is not None
    found = guardian_of(learner)
    assert found is not None
    assert found.full_name == "Đỗ Văn Ba"


def test_visitors_sign_in_and_another_site_is_not_led_to(client: Client) -> None:
    assert Client().get(f"{PAGE}?next=/ket-qua/")["Location"] == f"/dang-nhap/?next={PAGE}%3Fnext%3D/ket-qua/"
    assert client.post(PAGE, typed(next="https://evil.example/"))["Location"] == "/viec-hoc/"
    for word in ("abc", "home", "bdhvs_lms:my-learning"):
        assert client.get(PAGE, {"next": word})["Location"] == "/viec-hoc/", "no path"


def test_staff_is_offered_too_and_led_back_to_work(client: Client, member: User) -> None:
    member.groups.add(operators())
    assert '<a href="/bat-dau/">Về trang công việc</a>' in html_of(client.get(PAGE))


class TestWhoMay:
    def test_the_settings_say_so_until_operators_do(self, member: User, settings: Any) -> None:
        readers = Group.objects.create(name="Bạn đọc")
        assert may_learn(member)
        settings.BDHVS_WHO_LEARNS = "by-hand"
        assert not may_learn(member)
        settings.BDHVS_WHO_LEARNS, settings.BDHVS_LEARNER_GROUPS = "groups", ("Bạn đọc",)
        assert not may_learn(member)
        member.groups.add(readers)
        assert may_learn(member)
        write_who_learns(rule="by-hand", groups=[], at=now(), by=None)
        assert not may_learn(member)
        write_who_learns(rule="groups", groups=[readers], at=now(), by=None)
        assert may_learn(member)
        readers.name = "Độc giả"
        readers.save()
        assert may_learn(member), "by which group it is, whatever it is called now"
        assert WhoLearns.objects.last().groups == {str(readers.pk): "Bạn đọc"}  # type: ignore[union-attr]
        member.groups.clear()
        assert not may_learn(member)

    def test_the_form_says_what_holds(self, client: Client) -> None:
        client.force_login(User.objects.create_superuser("vanhanh"))
        readers = Group.objects.create(name="Bạn đọc")
        write_who_learns(rule="groups", groups=[readers], at=now(), by=None)
        form = client.get(reverse("who-learns:add")).context["form"]
        assert (form["rule"].initial, form["groups"].initial) == ("groups", [readers.pk])

    def test_it_is_for_operators_to_say(self, member: User) -> None:
        with pytest.raises(PermissionDenied):
            write_who_learns(rule="everyone", groups=[], at=now(), by=member)
        with pytest.raises(ValidationError, match="Hãy chọn ít nhất một nhóm"):
            write_who_learns(rule="groups", groups=[], at=now(), by=None)
        assert not WhoLearns.objects.exists()

    def test_whoever_may_not_reads_who_can_help(self, client: Client, settings: Any) -> None:
        settings.BDHVS_WHO_LEARNS = "by-hand"
        page = client.get(PAGE)
        assert page.status_code == 200
        html = html_of(page)
        assert "<h1>Tài khoản này chưa dùng để học</h1>" in html
        assert "Bạn đang đăng nhập là" in html
        assert "người vận hành quyết định tài khoản nào được học" in html
        assert 'name="full_name"' not in html
        SiteInformation.objects.create(agency="UBND xã Trần Phú", phone="024 0000 0000", recorded_at=now())
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        html = html_of(client.get(PAGE))
        assert "UBND xã Trần Phú quyết định tài khoản nào được học" in html
        assert 'href="tel:02400000000"' in html
        assert client.post(PAGE, typed()).status_code == 200
        assert not Learner.objects.exists()

    def test_operators_choose_it_on_a_page_of_the_admin(self, member: User) -> None:
        readers = Group.objects.create(name="Bạn đọc")
        boss = User.objects.create_superuser("boss")
        admin = Client()
        admin.force_login(boss)
        address = "/quan-tri/lop-hoc/ai-hoc/"
        form = html_of(admin.get(f"{address}new/"))
        assert "Tài khoản nào của trang được dùng để học" in form
        wrong = admin.post(f"{address}new/", {"rule": "groups"})
        assert "Hãy chọn ít nhất một nhóm." in html_of(wrong)
        assert admin.post(f"{address}new/", {"rule": "groups", "groups": [readers.pk]}).status_code == 302
        assert not may_learn(member)
        rows = html_of(admin.get(address))
        assert "tài khoản thuộc các nhóm này" in rows
        assert "Bạn đọc" in rows
