"""What goes over the line compressed, and that empty answers get a page."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from bdhvs_lms.site.middleware import CompressPagesMiddleware, WrongMethodMiddleware
from tests.support.markup import collapsed

LONG = "một hàng rất dài, " * 100


def answered(middleware: Any, make: Callable[..., Any], **headers: str) -> Any:
    return middleware(lambda request: make())(RequestFactory().get("/", headers=headers))


@pytest.mark.django_db
def test_a_page_is_sent_compressed_to_who_asks_for_it() -> None:
    plain, packed = (Client(headers=headers).get("/tro-giup/") for headers in ({}, {"accept-encoding": "gzip"}))
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    # Without the name in its head, which is as long as chance has it, against guessing secrets from lengths.
    data = packed.content[packed.content.index(b"\0", 10) :]
    assert len(data) < len(plain.content) / 2
    assert gzip.decompress(packed.content) == plain.content


@pytest.mark.django_db
def test_what_the_layout_of_templates_costs_is_not_sent(settings: Any) -> None:
    sent = Client().get("/tro-giup/").content.decode()
    (engine,) = settings.TEMPLATES
    options = {name: value for name, value in engine["OPTIONS"].items() if name != "loaders"}
    settings.TEMPLATES = [{**engine, "APP_DIRS": True, "OPTIONS": options}]
    whole = Client().get("/tro-giup/").content.decode()
    # A drawing's path has a line break in its value.
    assert re.sub(r"\s+", " ", collapsed(sent)) == re.sub(r"\s+", " ", collapsed(whole))
    assert len(gzip.compress(sent.encode())) < 0.95 * len(gzip.compress(whole.encode()))


@pytest.mark.parametrize(
    ("make", "compressed"),
    [
        (lambda: HttpResponse(LONG, content_type="text/csv; charset=utf-8"), True),
        (lambda: HttpResponse(LONG, content_type="application/json"), True),
        (lambda: HttpResponse(LONG, content_type="image/svg+xml"), False),
        (lambda: HttpResponse(LONG, content_type="video/mp4", status=206), False),
        (lambda: StreamingHttpResponse([LONG.encode()], content_type="text/html"), False),
    ],
)
def test_files_and_streams_stay_as_they_are(make: Callable[[], Any], compressed: bool) -> None:
    response = answered(CompressPagesMiddleware, make, accept_encoding="gzip")
    assert ("Content-Encoding" in response.headers) == compressed


@pytest.mark.parametrize(
    ("status", "words"),
    [(405, "không mở theo cách này"), (409, "thay đổi ở nơi khác"), (413, "quá lớn"), (429, "thử lại")],
)
def test_an_empty_answer_gets_a_page_in_plain_words(status: int, words: str) -> None:
    response = answered(WrongMethodMiddleware, lambda: HttpResponse(status=status), accept="text/html")
    assert (response.status_code, words in response.content.decode()) == (status, True)
    own = answered(WrongMethodMiddleware, lambda: HttpResponse("words", status=status), accept="text/html")
    assert own.content == b"words"
    script = answered(WrongMethodMiddleware, lambda: HttpResponse(status=status), accept="application/json")
    assert script.content == b""
