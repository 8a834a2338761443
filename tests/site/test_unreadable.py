"""A form that nobody can read is the visitor's fault: a page that says so, and one line in the log."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from bdhvs_lms.learners.api import LEARNER, LearnerIdentity
from tests.support.world import World

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
BROKEN = (
    (f"{FORM}; charset=utf-16", b"a=b"),
    (f"{FORM}; charset=ascii", b"a=b"),
    ("multipart/form-data", b"a=b"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\nContent-Type: a/b\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nabcde\r\n--x--\r\n",
    ),
)
ADDRESSES = ("/co-chu/", "/dang-nhap/", "/khong-co/", "/healthz", "/en/sign-in/", "/viec-hoc/du-lieu/xoa/")


@pytest.fixture
def visitor() -> Client:
    """Holds the cookie, so that the check of forged forms reads the form."""
    client = Client(enforce_csrf_checks=True)
    client.get("/dang-nhap/")
    return client


def send(client: Client, address: str, kind: str, body: bytes) -> HttpResponse:
    return client.post(address, data=body, content_type=kind)  # type: ignore[return-value]


@pytest.mark.parametrize("apps_of_content", [True, False], ids=["ready site", "without content"])
@pytest.mark.parametrize(("kind", "body"), BROKEN)
def test_a_form_that_cannot_be_read_gets_a_page(
    visitor: Client, settings: Any, kind: str, body: bytes, apps_of_content: bool
) -> None:
    if not apps_of_content:
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("bdhvs_content")]
        visitor.handler.load_middleware()
    answers = [send(visitor, address, kind, body) for address in ADDRESSES]
    assert [answer.status_code for answer in answers] == [400] * len(ADDRESSES)
    assert "Không đọc được nội dung vừa gửi" in answers[0].content.decode()
    assert "Địa chỉ này không đúng" not in answers[0].content.decode()
    assert "Your submission could not be read" in answers[4].content.decode()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"a=" + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)),
        (FORM, b"a=b&" * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
            + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            + b"\r\n--x--\r\n",
        ),
    ],
    ids=["bytes", "fields", "multipart"],
)
def test_a_form_over_the_limits_gets_a_page_that_names_them(
    visitor: Client, django_user_model: Any, kind: str, body: bytes
) -> None:
    visitor.force_login(django_user_model.objects.create_user("lan"))
    answer = send(visitor, "/dang-nhap/", kind, body)
    assert answer.status_code == 413
    assert "12 MB" in answer.content.decode()


def fields(count: int) -> bytes:
    return b"&".join(b"a=b" for _ in range(count))


def test_a_visitors_form_has_at_most_100_kb_and_200_fields(visitor: Client, django_user_model: Any) -> None:
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(201)) + b"--x--\r\n"
    multipart = "multipart/form-data; boundary=x"
    larger = ((FORM, b"a=" + b"x" * 100 * 1024), (FORM, fields(201)), (multipart, parts))
    for address in (*ADDRESSES, "/quan-tri-khong-phai/"):
        for kind, body in larger:
            answer = send(visitor, address, kind, body)
            assert answer.status_code == 413, address
            assert "100 KB" in answer.content.decode()
        assert send(visitor, address, FORM, fields(200)).status_code != 413
        assert send(visitor, address, FORM, b"a=" + b"x" * (100 * 1024 - 2)).status_code != 413
    # Wagtail's own form, and what is no form: whoever reads it asks first who sends it.
    assert send(visitor, "/quan-tri/login/", FORM, fields(201)).status_code != 413
    assert send(visitor, "/dang-nhap/", "application/json", b"x" * 101 * 1024).status_code != 413
    # Who is signed in writes long texts; who was, and has been away for too long, is told so.
    visitor.force_login(django_user_model.objects.create_user("lan"))
    assert all(send(visitor, "/dang-nhap/", kind, body).status_code != 413 for kind, body in larger)
    visitor.session.model.objects.all().delete()
    answer = send(visitor, "/viec-hoc/", *larger[0])
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dang-nhap/?next=/viec-hoc/")
    assert "bdhvs-session-ended" in visitor.cookies


def test_nothing_is_read_of_what_a_visitor_sends_too_much_of() -> None:
    class Untouched(BytesIO):
        def read(self, *size: int) -> bytes:
            raise AssertionError("read")

    answer = Client().generic("POST", "/co-chu/", "a", FORM, CONTENT_LENGTH="102401", **{"wsgi.input": Untouched()})
    assert answer.status_code == 413


def test_somebody_who_signed_in_by_pictures_is_no_visitor() -> None:
    learner = World().learner("Lan")
    identity = LearnerIdentity.objects.create(learner=learner, kind="qr", subject="x")
    client = Client()
    session = client.session
    session[LEARNER] = [learner.pk, identity.pk, "qr", ""]
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert send(client, "/viec-hoc/", FORM, fields(201)).status_code != 413


@pytest.mark.parametrize("length", ["abc", "-5", "1e3", "٣"])
def test_a_length_that_is_no_number_is_a_broken_form(length: str, admin_client: Client) -> None:
    for client in (Client(), admin_client):
        answer = client.generic("POST", "/dang-nhap/", "a=b", FORM, CONTENT_LENGTH=length)
        assert answer.status_code == 400
        assert "Không đọc được nội dung vừa gửi" in answer.content.decode()


def test_on_a_site_of_others_our_pages_alone_are_bounded(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.bdhvs_lms.learners.host_urls"
    settings.MIDDLEWARE = [name.replace(".Private", ".OwnPrivate") for name in settings.MIDDLEWARE]
    for address, bounded in (("/tai-khoan/vao/", False), ("/tai-khoan/khong-co/", False), ("/co-chu/", True)):
        for body in (fields(201), b"a=" + b"x" * 101 * 1024):
            assert (send(Client(), address, FORM, body).status_code == 413) is bounded


def test_it_is_one_line_in_the_log(visitor: Client) -> None:
    handlers = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    (stderr,) = handlers
    lines: list[str] = []
    stream, stderr.stream = stderr.stream, type("Kept", (), {"write": lines.append, "flush": lambda self: None})()
    try:
        for kind, body in BROKEN:
            send(visitor, "/co-chu/", kind, body)
        Client().post("/co-chu/", {"size": "zz"})  # a view that refuses by raising
        # Faults of other tests of this process may be summed up meanwhile.
        said = [line for line in "".join(lines).splitlines() if "bdhvs_lms.faults" not in line]
        assert said and all("WARNING django.request" in line for line in said)
        lines.clear()
        logging.getLogger("django.request").error("x", exc_info=ValueError("the site's own"))
        assert "the site's own" in "".join(lines)
    finally:
        stderr.stream = stream
