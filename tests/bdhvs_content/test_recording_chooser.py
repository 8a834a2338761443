"""A wrong file in the dialog that chooses a recording: what is wrong, where one looks; and only what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtailmedia.models import Media

from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db


def sent(client: Any, kind: str, name: str) -> Any:
    form = {
        "media-chooser-upload-title": "Bài nghe",
        "media-chooser-upload-file": SimpleUploadedFile(name, b"x"),
        "media-chooser-upload-duration": "0",
    }
    return client.post(reverse("wagtailmedia:chooser_upload", args=[kind]), form).json()


@pytest.mark.parametrize(
    ("kind", "other", "name", "said"),
    [
        ("audio", "video", "phim.mp4", "“phim.mp4” không phải tệp âm thanh mà điện thoại nghe được."),
        ("video", "audio", "bai.pdf", "“bai.pdf” không phải video mà điện thoại xem được."),
        ("audio", "video", "khong-duoi", "“khong-duoi” không phải tệp âm thanh mà điện thoại nghe được."),
    ],
)
def test_a_wrong_file_is_said_beside_its_field_in_the_open_tab(kind: str, other: str, name: str, said: str) -> None:
    client = pages.editor()
    Media.objects.create(title="Đúng loại", type=kind, file="a.bin", duration=1)
    Media.objects.create(title="Loại khác", type=other, file="b.bin", duration=1)
    answer = sent(client, kind, name)
    html = BeautifulSoup(answer["html"], "html.parser")
    assert answer["step"] == "chooser"
    assert html.select_one("[data-controller=w-tabs]")["data-w-tabs-active-panel-id-value"] == f"tab-upload-{kind}"
    tab = html.select_one(f"#tab-upload-{kind}")
    field = tab.select_one("[name=media-chooser-upload-file]")
    assert field["aria-invalid"] == "true"
    errors = [error.get_text(strip=True) for error in tab.select(".error-message, .help-critical")]
    assert len(errors) == 1 and errors[0].startswith(said)
    assert tab.select_one("[name=media-chooser-upload-title]")["value"] == "Bài nghe"
    # The other kind is neither listed nor taken, and a search asks for the same kind.
    assert html.select_one(f"#tab-upload-{other}") is None
    assert ("Đúng loại" in answer["html"], "Loại khác" in answer["html"]) == (True, False)
    assert html.select_one("form[role=search]")["action"] == reverse("wagtailmedia:chooser_typed", args=[kind])
    assert Media.objects.count() == 2


def test_without_a_file_there_is_one_error_and_a_right_one_is_taken() -> None:
    client = pages.editor()
    address = reverse("wagtailmedia:chooser_upload", args=["audio"])
    html = client.post(address, {"media-chooser-upload-title": "Không tệp"}).json()["html"]
    tab = BeautifulSoup(html, "html.parser").select_one("#tab-upload-audio")
    assert len(tab.select(".error-message, .help-critical")) == 1
    answer = sent(client, "audio", "bai.mp3")
    assert (answer["step"], answer["result"]["title"]) == ("media_chosen", "Bài nghe")
    assert Media.objects.get().type == "audio"


def test_it_is_for_whoever_may_add_recordings() -> None:
    client = pages.client_of(pages.get_user_model().objects.create_user("khach", password="x").username)
    answer = client.post(reverse("wagtailmedia:chooser_upload", args=["audio"]), {})
    assert answer.status_code in (302, 403)
    assert client.get("/quan-tri/media/pdf/chooser/upload/").status_code in (302, 404)


def test_a_wrong_document_is_said_once_beside_its_field() -> None:
    client = pages.editor()
    form = {
        "document-chooser-upload-title": "Sai",
        "document-chooser-upload-file": SimpleUploadedFile("sai.pdf", b"x"),
    }
    html = client.post(reverse("wagtaildocs_chooser:create"), form).json()["htmlFragment"]
    errors = BeautifulSoup(html, "html.parser").select(".error-message, .help-critical")
    assert ["(.pdf)" in error.get_text() for error in errors] == [True]
