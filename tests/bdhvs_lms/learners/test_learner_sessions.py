"""Learners who signed in without an account: how such a session begins, what it may, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.http import HttpResponse
from django.test import Client

from bdhvs_lms.learners.actions import identify, link_user
from bdhvs_lms.learners.learner_sessions import begin_learner_session, learner_session_of
from bdhvs_lms.learners.middleware import LearnerMiddleware
from bdhvs_lms.learners.models import Learner, LearnerIdentity, SignInSession
from bdhvs_lms.learners.session_store import SessionStore
from bdhvs_lms.learners.sessions import owner_of
from bdhvs_lms.privacy.actions import erase
from bdhvs_lms.privacy.queries import export
from tests.bdhvs_lms.learners.making import make_learner
from tests.support import markup
from tests.support.world import uid

MORNING = datetime(2025, 11, 17, 0, 30, tzinfo=UTC)
MINE = "/viec-hoc/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Any:
    def set_to(**since: float) -> None:
        settings.BDHVS_TEST_CLOCK = (MORNING + timedelta(**since)).isoformat()

    set_to()
    return set_to


def by_pin(rf: Any, learner: Learner, client: Client | None = None, **how: Any) -> Client:
    """A browser in which the learner signed in by a PIN, after whatever it was before."""
    client = client or Client()
    identity = identify(learner, LearnerIdentity.Kind.PIN, str(learner.actor), issuer=str(uid("class")))
    request = rf.post("/", HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 10) Chrome/142.0 Mobile")
    cookie = client.cookies.get("bdhvs-session")
    request.session = SessionStore(cookie.value if cookie else None)
    request.user = AnonymousUser()
    begin_learner_session(request, learner, identity=identity, method="pin", at=MORNING, **how)
    request.session.save()
    client.cookies["bdhvs-session"] = request.session.session_key
    return client


def html_of(client: Client, address: str) -> str:
    return markup.html_of(client.get(address))


def inside(client: Client) -> bool:
    return bool(client.get(MINE).status_code == 200)


def test_the_learner_is_known_without_an_account(rf: Any) -> None:
    learner = make_learner("Trần Thị Lan")
    page = html_of(by_pin(rf, learner), MINE)
    assert "Trần Thị Lan" in page
    row = SignInSession.objects.get()
    assert (row.user_id, row.identity.learner_id, row.kind, row.device) == (None, learner.pk, "own", "chrome android")


def test_no_page_of_somebody_signed_in_by_pin_is_kept(rf: Any) -> None:
    """A telephone goes round the hall: neither its back button nor a proxy shows the next person what was there."""
    client = by_pin(rf, make_learner("Trần Thị Lan"))
    for path in ("/tro-giup/", MINE, "/lich-su/", "/nothing-here"):
        assert "no-store" in client.get(path).headers.get("Cache-Control", ""), path
    assert "no-store" not in Client().get("/tro-giup/").headers.get("Cache-Control", "")


def test_whose_a_session_is_the_server_may_ask(rf: Any) -> None:
    """All sessions of one learner, or one account, are one owner's."""
    learner, user = make_learner("Trần Thị Lan"), User.objects.create_user("chidao", is_superuser=True)
    keys = [by_pin(rf, learner).cookies["bdhvs-session"].value for _ in range(2)]
    for _ in range(2):
        client = Client()
        client.force_login(user)
        keys.append(client.cookies["bdhvs-session"].value)
    assert [owner_of(key, MORNING) for key in keys] == [f"learner {learner.pk}"] * 2 + [f"user {user.pk}"] * 2
    assert [owner_of(key, MORNING) for key in ("", "invented", SignInSession.objects.first().session_key)] == [""] * 3
    assert owner_of(keys[0], MORNING + timedelta(days=401)) == ""


def test_nothing_of_who_was_signed_in_before_is_left(rf: Any) -> None:
    user = User.objects.create_user("chidao", is_superuser=True)
    client = Client()
    client.force_login(user)
    client.session["held"] = 1
    before = client.cookies["bdhvs-session"].value
    by_pin(rf, make_learner("Lan"), client)
    assert client.cookies["bdhvs-session"].value != before
    assert client.get("/quan-tri/").status_code == 302
    stolen = Client()
    stolen.cookies["bdhvs-session"] = before
    assert not stolen.get(MINE).wsgi_request.user.is_authenticated


def test_an_account_that_signs_in_afterwards_is_nobody_else(rf: Any) -> None:
    own = User.objects.create_user("hoa", password="mật khẩu thử")
    link_user(make_learner("Hoa"), own)
    client = by_pin(rf, make_learner("Lan"))
    assert (
        client.post("/dang-nhap/?next=/viec-hoc/", {"username": "hoa", "password": "mật khẩu thử"}).status_code == 302
    )
    response = client.get(MINE)
    assert response.wsgi_request.learner.person.full_name == "Hoa"
    assert learner_session_of(response.wsgi_request) is None
    assert SignInSession.objects.get().identity_id is None


def test_it_ends_with_what_it_stands_by(rf: Any) -> None:
    lan, hoa = make_learner("Lan"), make_learner("Hoa")
    phone, other = by_pin(rf, lan), by_pin(rf, hoa)
    lan.identities.all().delete()
    assert not inside(phone)
    assert inside(other)
    again = by_pin(rf, lan)
    assert inside(again)
    assert not inside(phone), "a new PIN opens no old session"
    erase(lan, by=None, at=MORNING)
    assert not inside(again)


def test_it_ends_with_another_session_engine_too(rf: Any, django_assert_num_queries: Any) -> None:
    """Where sessions are kept elsewhere nothing deletes them: the learner is asked for with the identity."""
    learner = make_learner()
    identity = identify(learner, LearnerIdentity.Kind.PIN, str(learner.actor), issuer="x")
    request = rf.get("/")
    request.session, request.user = PlainStore(), AnonymousUser()
    begin_learner_session(request, learner, identity=identity, method="pin", at=MORNING)
    kept = dict(request.session)

    def seen() -> Learner | None:
        later = rf.get("/")
        later.session, later.user = PlainStore(), AnonymousUser()
        later.session.update(kept)
        found: list[Any] = []
        LearnerMiddleware(lambda each: found.append(each.learner) or HttpResponse())(later)  # type: ignore[func-returns-value,arg-type]
        return found[0]

    with django_assert_num_queries(1):
        assert seen() == learner
    identity.delete()
    assert seen() is None


def test_it_lasts_as_long_as_any_learners(rf: Any, clock: Any) -> None:
    own, shared = by_pin(rf, make_learner("Lan")), by_pin(rf, make_learner("Hoa"), shared=True)
    clock(minutes=25)
    assert inside(own)
    assert inside(shared)
    clock(minutes=60)
    assert inside(own)
    assert not inside(shared)
    clock(days=59)
    assert inside(own)
    clock(days=120)
    assert not inside(own)


def test_a_page_costs_as_many_queries_as_with_an_account(rf: Any, django_assert_num_queries: Any) -> None:
    learner = make_learner()
    client = by_pin(rf, learner)
    with django_assert_num_queries(3):  # the session, the learner, the name
        client.get("/tro-giup/")


def test_signing_out_leaves_nothing(rf: Any) -> None:
    client = by_pin(rf, make_learner())
    answer = client.post("/thoat/")
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert not SignInSession.objects.exists()
    assert not inside(client)


def test_copy_and_erasure_need_an_account_and_taking_consent_back_does_not(rf: Any) -> None:
    limited = by_pin(rf, make_learner())
    page = html_of(limited, "/viec-hoc/du-lieu/")
    assert "Tải dữ liệu của tôi" not in page, page[-3000:]
    assert "thì cần tên đăng nhập và mật khẩu" in page
    for method, address in (("get", "xoa/"), ("post", "xoa/"), ("post", "tai-ve/")):
        refused = getattr(limited, method)(f"/viec-hoc/du-lieu/{address}")
        assert refused.status_code == 403
        assert "cần tên đăng nhập và mật khẩu" in refused.content.decode()
    assert limited.post("/viec-hoc/du-lieu/rut-dong-y/", {"confirmed": "on"}).status_code == 303


def test_the_copy_has_where_one_is_signed_in_and_no_secret(rf: Any) -> None:
    learner = make_learner()
    by_pin(rf, learner)
    data = export(learner)["data"]
    assert [row["device"] for row in data["bdhvs_lms.SignInSession"]] == ["chrome android"]
    assert "secret" not in data["bdhvs_lms.LearnerIdentity"][0]


def test_another_learners_identity_begins_nothing(rf: Any) -> None:
    identity = identify(make_learner(), LearnerIdentity.Kind.QR, "x")
    request = rf.get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    with pytest.raises(ValueError, match="does not stand for"):
        begin_learner_session(request, make_learner("Hoa"), identity=identity, method="qr", at=MORNING)
