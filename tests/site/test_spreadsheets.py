"""What Wagtail hands out as CSV runs in nobody's spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.log_actions import log
from wagtail.models import Page

from bdhvs_lms.site.middleware import SafeSpreadsheetsMiddleware

FORMULA = '=HYPERLINK("http://evil.example","Xem")'


@pytest.mark.django_db
def test_wagtails_reports_quote_what_looks_like_a_formula() -> None:
    operator = get_user_model().objects.create_superuser("vanhanh")
    page = Page.objects.get(depth=2)
    page.title = FORMULA
    page.save()
    log(instance=page, action="wagtail.edit", user=operator, title=FORMULA)
    client = Client()
    client.force_login(operator)
    answer = client.get(reverse("wagtailadmin_reports:site_history"), {"export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert f"'{FORMULA}" in [cell for row in rows for cell in row]
    book = client.get(reverse("wagtailadmin_reports:site_history"), {"export": "xlsx"})
    cells = [cell for row in load_workbook(io.BytesIO(b"".join(book))).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == FORMULA] == ["s"]


def through(pieces: list[bytes], kind: str = "text/csv") -> bytes:
    middleware = SafeSpreadsheetsMiddleware(lambda _request: StreamingHttpResponse(pieces, content_type=kind))
    answer: Any = middleware(RequestFactory().get("/"))
    return b"".join(answer)


def test_rows_are_read_as_a_spreadsheet_reads_them_however_they_are_cut() -> None:
    whole = '\ufeffTên,Số\r\n=1,"hai\n=dòng, +2"\r\nđ;-3,@x\r\n'.encode()
    expected = "\ufeffTên,Số\r\n'=1,\"hai\n'=dòng, +2\"\r\nđ;'-3,'@x\r\n".encode()
    assert through([whole]) == expected
    assert through([whole[place : place + 1] for place in range(len(whole))]) == expected
    assert through([expected]) == expected, "what is quoted already stays as it is"


def test_a_lone_carriage_return_is_a_line_of_its_own() -> None:
    assert through([b"a\r=1\r", b"=2\r\n", b"=3\r"]) == b"a\r\n'=1\r\n'=2\r\n'=3\r\n"


def test_other_answers_stay_as_they_are() -> None:
    assert through([b"=1"], "text/plain") == b"=1"
    uploaded = "\ufeff=1\r\n".encode("utf-16")
    file = StreamingHttpResponse([uploaded], content_type="text/csv", headers={"Content-Length": str(len(uploaded))})
    assert b"".join(SafeSpreadsheetsMiddleware(lambda _request: file)(RequestFactory().get("/"))) == uploaded
    answer: Any = SafeSpreadsheetsMiddleware(lambda _request: HttpResponse("=1", content_type="text/csv"))(
        RequestFactory().get("/")
    )
    assert answer.content == b"=1", "a table of ours has been quoted where it was made"
