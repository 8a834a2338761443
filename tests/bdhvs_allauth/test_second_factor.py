"""A second factor for staff: nothing of a site opens without it, however somebody signed in; learners never meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client, override_settings
from wagtail.models import ModelLogEntry

from bdhvs_allauth import factors
from bdhvs_allauth.middleware import SecondFactorMiddleware
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import now
from bdhvs_lms.learners.api import Throttled, has_work, link_user, register
from bdhvs_lms.roles import operators, teachers
from tests.support.loops import for_each

pytestmark = [pytest.mark.versions, pytest.mark.django_db]
User: Any = get_user_model()
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "mật khẩu của người dạy"
GATE = SecondFactorMiddleware(lambda _request: HttpResponse())
CHECK, SET_UP = "/hai-buoc/nhap-ma/", "/hai-buoc/"


@pytest.fixture(autouse=True)
def asked() -> Iterator[None]:
    with override_settings(BDHVS_ALLAUTH_SECOND_FACTOR="staff"):
        yield


@pytest.fixture
def teacher() -> Any:
    user = User.objects.create_user("day", password=PASSWORD)
    user.groups.add(teachers())
    return user


def code(secret: str = SECRET, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(now().timestamp()) // 30 + steps))


def with_app(user: Any) -> Any:
    """The code before the one of now was taken when it was set up."""
    assert factors.activate_app(user, SECRET, code(steps=-1), at=now())
    return user


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def shown(client: Client) -> Client:
    """A client whose session has shown the second factor."""
    response = client.post(CHECK, {"code": code()})
    assert response.status_code == 303, words(response)
    return client


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- Who is asked -----------------------------------------------------------------------------------------------------


@for_each("page", ["/day/", "/quan-tri/", "/chi-dao/", "/bat-dau/", "/", "/mat-khau/", "/documents/1/x/"])
def test_staff_without_one_is_led_to_set_one_up_whatever_they_open(page: str) -> None:
    client = signed_in(User.objects.create_superuser("sep"))
    response = client.get(page)
    assert (response.status_code, response["Location"].partition("?")[0]) == (303, SET_UP)
    page = words(client.get(response["Location"]))
    assert "Trên trang này, tài khoản xem hoặc sửa dữ liệu của người khác cần thêm một bước" in page


def test_staff_that_has_one_is_asked_and_goes_on_where_they_were(teacher: Any) -> None:
    with_app(teacher)
    client = Client()
    response = client.post("/dang-nhap/?next=/day/", {"username": "day", "password": PASSWORD})
    response = client.get(response["Location"])
    assert response["Location"] == f"{CHECK}?next=%2Fday%2F"
    key = client.session.session_key
    response = client.post(CHECK, {"code": f"{code()[:3]} {code()[3:]}", "next": "/day/"})
    assert (response.status_code, response["Location"]) == (303, "/day/")
    assert client.session.session_key != key
    assert client.get("/day/").status_code == 200
    assert 'href="/hai-buoc/"' in words(client.get("/noi-dang-nhap/"))


def test_wagtails_own_page_lets_nobody_past() -> None:
    user = with_app(User.objects.create_superuser("sep", password=PASSWORD))
    client = Client()
    client.post("/quan-tri/login/", {"username": "sep", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    for address in ("/quan-tri/", "/quan-tri/lop-hoc/can-bo/", "/quan-tri/account/"):
        assert client.get(address)["Location"].startswith(CHECK)
    before = Group.objects.count()
    assert client.post("/quan-tri/groups/new/", {"name": "mới"})["Location"] == CHECK
    assert Group.objects.count() == before


def test_what_scripts_ask_for_is_refused_in_words(teacher: Any) -> None:
    client = signed_in(teacher)
    for headers in ({"Sec-Fetch-Mode": "cors"}, {"Accept": "application/json"}):
        response = client.get("/day/", headers=headers)
        assert response.status_code == 403
        assert "cần xác minh hai bước" in response.content.decode()


def test_signing_in_as_somebody_else_is_shown_anew(teacher: Any) -> None:
    with_app(teacher)
    client = shown(signed_in(teacher))
    other = User.objects.create_superuser("sep")
    # Whatever the session keeps: it was another account's.
    session = client.session
    session["_auth_user_id"] = str(other.pk)
    session["_auth_user_hash"] = other.get_session_auth_hash()
    session.save()
    assert client.get("/day/")["Location"].startswith(SET_UP)


def test_learners_and_visitors_are_never_asked(teacher: Any) -> None:
    user = User.objects.create_user("lan", password=PASSWORD)
    link_user(register(full_name="Trần Thị Lan", at=now()), user)
    user.groups.add(Group.objects.create(name="Hội viên"))
    client = signed_in(user)
    assert client.get("/viec-hoc/").status_code == 200
    for page in (SET_UP, CHECK, "/hai-buoc/ung-dung/", "/hai-buoc/khoa/", "/hai-buoc/ma-du-phong/"):
        assert client.get(page).status_code == 404
        assert Client().get(page)["Location"].startswith("/dang-nhap/")
    assert Client().get("/").status_code == 200
    # Who is given work while signed in is asked at the next page.
    user.groups.add(teachers())
    assert client.get("/viec-hoc/")["Location"].startswith(SET_UP)


def test_a_group_without_rights_is_no_work() -> None:
    user = User.objects.create_user("lan")
    group = Group.objects.create(name="Hội viên")
    user.groups.add(group)
    assert not has_work(user)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    assert has_work(user)


@override_settings(BDHVS_ALLAUTH_SECOND_FACTOR="off")
def test_off_asks_nobody_and_costs_nothing(teacher: Any, django_assert_num_queries: Any) -> None:
    client = signed_in(with_app(teacher))
    assert client.get("/day/").status_code == 200
    assert client.get(SET_UP).status_code == 404
    request = client.get("/day/").wsgi_request
    with django_assert_num_queries(0):
        assert GATE.process_view(request, None, (), {}) is None


def test_a_session_that_has_shown_it_costs_no_query(teacher: Any, django_assert_num_queries: Any) -> None:
    client = shown(signed_in(with_app(teacher)))
    request = client.get("/day/").wsgi_request
    with django_assert_num_queries(0):
        assert GATE.process_view(request, None, (), {}) is None


def test_leaving_help_and_letters_stay_open(teacher: Any) -> None:
    client = signed_in(teacher)
    assert client.get("/tro-giup/").status_code == 200
    assert client.post("/thoat/")["Location"] == "/dang-nhap/"
    assert "_auth_user_id" not in client.session


# --- Codes ------------------------------------------------------------------------------------------------------------


def test_a_code_is_taken_once_and_about_its_time(teacher: Any) -> None:
    with_app(teacher)
    at = now()
    assert factors.check_code(teacher, code(), at=at)
    assert not factors.check_code(teacher, code(), at=at)
    assert not factors.check_code(teacher, code(), at=at + timedelta(minutes=2))
    assert not factors.check_code(teacher, code(steps=-5), at=at)
    for wrong in ("", "１２３４５６", "000000x", "9" * 40):
        assert not factors.check_code(teacher, wrong, at=at)


def test_recovery_codes_work_once(teacher: Any) -> None:
    with_app(teacher)
    first, *_rest = factors.unused_codes(teacher)
    assert factors.check_code(teacher, f" {first[:4]} {first[4:]}", at=now())
    assert not factors.check_code(teacher, first, at=now())
    assert len(factors.unused_codes(teacher)) == 9


def test_guessing_rests_for_the_account_alone(teacher: Any) -> None:
    with_app(teacher)
    client = signed_in(teacher)
    for _try in range(10):
        assert client.post(CHECK, {"code": "000000"}).status_code == 422
    response = client.post(CHECK, {"code": code()})
    assert response.status_code == 429 and int(response["Retry-After"]) > 0
    assert "Nhập sai mã quá nhiều lần. Hãy thử lại sau" in words(response)
    other = User.objects.create_superuser("sep")
    assert factors.activate_app(other, SECRET, code(), at=now())
    with pytest.raises(Throttled):
        factors.check_code(teacher, code(), at=now())


def test_secrets_lie_sealed_and_another_key_opens_none(teacher: Any) -> None:
    with_app(teacher)
    assert SECRET not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    with override_settings(SECRET_KEY="another" * 10, SECRET_KEY_FALLBACKS=[]):
        assert not factors.check_code(teacher, code(), at=now())
    with override_settings(SECRET_KEY="another" * 10, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert factors.check_code(teacher, code(), at=now())


# --- Setting up and looking after -------------------------------------------------------------------------------------


def test_setting_up_an_app_ends_with_codes_to_write_down(teacher: Any) -> None:
    client = signed_in(teacher)
    page = client.get("/hai-buoc/ung-dung/?next=/day/")
    text = words(page)
    assert "<svg" in text and "otpauth://totp/day?secret=" in text
    secret = page.context["typed"].replace(" ", "")
    wrong = client.post("/hai-buoc/ung-dung/", {"code": "000000", "next": "/day/"})
    assert wrong.status_code == 422 and page.context["typed"] in words(wrong)
    response = client.post("/hai-buoc/ung-dung/", {"code": code(secret), "next": "/day/"})
    assert response["Location"] == "/hai-buoc/ma-du-phong/?next=%2Fday%2F"
    text = words(client.get(response["Location"]))
    first = factors.unused_codes(teacher)[0]
    assert f"{first[:4]} {first[4:]}" in text and "Đã ghi lại" in text
    assert client.post("/hai-buoc/ma-du-phong/", {"next": "/day/"})["Location"] == "/day/"
    assert client.get("/day/").status_code == 200
    assert secret not in str(dict(client.session))


def test_who_has_only_the_password_changes_nothing(teacher: Any) -> None:
    with_app(teacher)
    client = signed_in(teacher)
    for page in (SET_UP, "/hai-buoc/khoa/", "/hai-buoc/ma-du-phong/"):
        assert client.get(page)["Location"].startswith(CHECK)
    assert client.post(SET_UP, {"do": "codes"})["Location"].startswith(CHECK)


def test_changing_it_needs_to_have_shown_it_lately(teacher: Any) -> None:
    with_app(teacher)
    client = shown(signed_in(teacher))
    session = client.session
    session[factors.SHOWN] = [str(teacher.pk), int((now() - timedelta(minutes=16)).timestamp())]
    session.save()
    assert client.get("/day/").status_code == 200
    for page in ("/hai-buoc/khoa/", "/hai-buoc/ma-du-phong/"):
        assert client.get(page)["Location"] == f"{CHECK}?next={page.replace('/', '%2F')}&anew=1"
    assert "Trước khi đổi cách đăng nhập" in words(client.get(f"{CHECK}?anew=1"))


def test_the_last_one_stays_and_codes_are_made_anew(teacher: Any) -> None:
    with_app(teacher)
    client = shown(signed_in(teacher))
    [only] = factors.factors_of(teacher)
    assert "cách duy nhất còn lại" in words(client.post(SET_UP, {"remove": only.pk}, follow=True))
    other = Authenticator.objects.create(user=teacher, type="webauthn", data={"name": "máy cơ quan"})
    assert "máy cơ quan" in words(client.get(SET_UP))
    client.post(SET_UP, {"remove": other.pk})
    assert [one.pk for one in factors.factors_of(teacher)] == [only.pk]
    stranger = with_app(User.objects.create_user("khac"))
    [theirs] = factors.factors_of(stranger)
    client.post(SET_UP, {"remove": theirs.pk})
    assert len(factors.factors_of(stranger)) == 1
    before = factors.unused_codes(teacher)
    client.post(SET_UP, {"do": "codes"})
    assert not set(before) & set(factors.unused_codes(teacher))


@pytest.mark.parametrize(
    "sent", ["", "[]", "{}", "no JSON", '{"id": "x", "rawId": 5, "response": {}, "type": "public-key"}']
)
def test_a_passkey_that_is_none_is_refused(teacher: Any, sent: str) -> None:
    client = signed_in(teacher)
    assert "publicKey" in client.get("/hai-buoc/khoa/").context["options"]
    response = client.post("/hai-buoc/khoa/", {"credential": sent, "name": "máy"})
    assert response.status_code == 422
    assert "Hãy thử lại hoặc dùng ứng dụng xác thực." in words(response)
    with_app(teacher)
    assert client.post(CHECK, {"credential": sent or "x"}).status_code == 422


# --- Lost telephones --------------------------------------------------------------------------------------------------


def test_an_operator_resets_it_and_that_is_logged(teacher: Any) -> None:
    with_app(teacher)
    theirs = shown(signed_in(teacher))
    operator = User.objects.create_user("van-hanh")
    operator.groups.add(operators())
    assert factors.activate_app(operator, SECRET, code(steps=-1), at=now())
    client = shown(signed_in(operator))
    page = words(client.get("/quan-tri/lop-hoc/hai-buoc/"))
    row = Authenticator.objects.get(user=teacher, type="totp")
    address = f"/quan-tri/lop-hoc/hai-buoc/inspect/{row.pk}/"
    assert f'href="{address}"' in page and "2 tài khoản" in page
    one = words(client.get(address))
    assert "Đặt lại xác minh hai bước" in one
    assert "authenticator" not in (page + one).lower(), "its model is called otherwise, and in English"
    client.post(address, {"do": "reset"})
    assert factors.factors_of(teacher) == []
    [entry] = ModelLogEntry.objects.filter(action="bdhvs_allauth.reset")
    assert (entry.object_id, entry.user) == (str(teacher.pk), operator)
    # Whoever has the telephone, signed in as it may be, is out.
    assert theirs.get("/day/")["Location"].startswith("/dang-nhap/")


def test_nobody_resets_their_own_and_only_superusers_a_superusers(teacher: Any) -> None:
    operator, boss = User.objects.create_user("van-hanh"), User.objects.create_superuser("sep")
    operator.groups.add(operators())
    operator = User.objects.get(pk=operator.pk)
    three = (operator, boss, teacher)
    allowed = {(who.username, whose.username) for who in three for whose in three if factors.may_reset(whose, who)}
    assert allowed == {("van-hanh", "day"), ("sep", "van-hanh"), ("sep", "day")}


def test_a_command_for_the_last_operator() -> None:
    boss = with_app(User.objects.create_superuser("sep"))
    client = shown(signed_in(boss))
    said = StringIO()
    call_command("reset_second_factor", "sep", stdout=said)
    assert said.getvalue() == "sep: 1 removed, signed out everywhere.\n"
    assert client.get("/quan-tri/")["Location"].startswith("/quan-tri/login/")
    with pytest.raises(CommandError, match="No account is called nobody"):
        call_command("reset_second_factor", "nobody")


def test_the_person_reads_of_it_in_the_access_log(teacher: Any) -> None:
    learner = register(full_name="Trần Thị Lan", at=now())
    link_user(learner, with_app(teacher))
    factors.reset(teacher, at=now(), by=None)
    assert AccessLog.objects.get().page == factors.PAGE
