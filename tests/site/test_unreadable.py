"""A form that nobody can read is the visitor's fault: a page that says so, and one line in the log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

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
def test_a_form_over_the_limits_gets_a_page_that_names_them(visitor: Client, kind: str, body: bytes) -> None:
    answer = send(visitor, "/dang-nhap/", kind, body)
    assert answer.status_code == 413
    assert "12 MB" in answer.content.decode()


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
