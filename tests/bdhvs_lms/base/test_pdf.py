"""Pages as PDF files: in our own letters, from our own files only, and said plainly where there can be none."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.checks import run_checks
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import RequestFactory
from PIL import ImageFile

from bdhvs_lms.base import pdf
from bdhvs_lms.base.api import PdfMissing, pdf_of, pdf_offer, pdf_response
from bdhvs_lms.checks import check_pdf
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.pdfs import fonts_of, texts_of

# Every letter that carries two marks, as capitals too.
STACKED = "ấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự"
PAGE = '<html lang="vi"><link rel="stylesheet" href="/static/bdhvs_theme/print/pdf.css"><p>%s</p></html>'


def test_stacked_vietnamese_marks_are_in_the_file_in_its_own_font() -> None:
    made = pdf_of(PAGE % f"{STACKED} {STACKED.upper()}")
    # For the server, which lets one address at a time take so long.
    assert pdf.seconds_elsewhere() > 0.1 and pdf.seconds_elsewhere() == 0
    assert "".join(texts_of(made)) == f"{STACKED} {STACKED.upper()}"
    # Nothing in the server's fonts: it may have none.
    assert fonts_of(made) == {"Be-Vietnam-Pro"}
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False, "the next upload may be half of a picture"


@for_each(
    "address",
    [
        "file:///etc/passwd",
        "https://example.org/x.css",
        "http://127.0.0.1/x.css",
        "https://this-site.invalid/etc/passwd",
        "https://this-site.invalid.example.org/static/bdhvs_theme/site.css",
        "data:text/css,p{}",
        "https://this-site.invalid/font/../../../../etc/passwd",
        "https://this-site.invalid/font/BeVietnamPro-Black.ttf",
        "ftp://this-site.invalid/static/bdhvs_theme/site.css",
    ],
)
def test_nothing_but_this_sites_files_is_read(address: str) -> None:
    with pytest.raises(ValueError):
        pdf.file_content(address)


@for_each("folder", ["static", "media"])
@for_each("up", ["../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "x/../../../etc/passwd"])
def test_a_name_leads_out_of_no_folder(folder: str, up: str) -> None:
    with pytest.raises((ValueError, SuspiciousFileOperation)):
        pdf.file_content(f"https://this-site.invalid/{folder}/{up}")


def test_static_and_media_files_are_read() -> None:
    assert b"Be Vietnam Pro" in pdf.file_content("https://this-site.invalid/static/bdhvs_theme/print/pdf.css")
    name = default_storage.save("giấy.txt", ContentFile("chữ".encode()))
    try:
        assert pdf.file_content(f"https://this-site.invalid{default_storage.url(name)}") == "chữ".encode()
    finally:
        default_storage.delete(name)


@pytest.fixture(params=["package", "library"])
def missing(request: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(pdf, "why_no_pdf", lambda: request.param)
    monkeypatch.setattr("bdhvs_lms.checks.why_no_pdf", lambda: request.param)
    return request.param


@pytest.mark.django_db
def test_without_the_means_a_page_says_why_and_a_check_what_to_do(missing: str, rf: RequestFactory) -> None:
    request = rf.get("/x.pdf")
    request.user = AnonymousUser()
    answer = pdf_response(request, "bdhvs_lms/message.html", {}, name="x")
    words = {"package": "chưa cài", "library": "Pango"}[missing]
    assert answer.status_code == 503
    assert words in html_of(answer) and "nút in của trình duyệt" in html_of(answer)
    offer = pdf_offer("/x.pdf")
    assert not offer["address"] and words in offer["why"]
    with pytest.raises(PdfMissing):
        pdf_of("<p>")
    [warning] = check_pdf()
    assert warning.id == "bdhvs_lms.W007" and {"package": "[pdf]", "library": "libpangoft2"}[missing] in warning.hint
    assert not [one for one in run_checks() if one.id == "bdhvs_lms.W007"]


def test_with_the_means_no_check_warns() -> None:
    assert check_pdf() == []
    assert pdf.why_no_pdf() == ""


@pytest.mark.django_db
def test_a_file_that_takes_too_long_is_given_up_in_words(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    request = rf.get("/x.pdf")
    request.user = AnonymousUser()
    monkeypatch.setattr(pdf, "SECONDS", 0.05)
    answer = pdf_response(request, "bdhvs_lms/message.html", {}, name="x")
    assert answer.status_code == 503 and "quá nhiều thời gian hoặc bộ nhớ" in html_of(answer)
    monkeypatch.undo()
    assert pdf_response(request, "bdhvs_lms/message.html", {}, name="x")["Content-Type"] == "application/pdf"


def test_a_file_is_made_without_what_its_page_may_not_name() -> None:
    made = pdf_of('<img src="file:///etc/hostname"><img src="/media/khong-co.png"><p>Còn chữ')
    assert "".join(texts_of(made)) == "Còn chữ"
