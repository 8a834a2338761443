"""Uploads: a drawing that is more than a drawing is refused, a recording says how long learners wait for it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtailmedia.models import Media

from bdhvs_content.svg import dangers
from tests.bdhvs_content import pages
from tests.support.loops import for_each

pytestmark = pytest.mark.versions

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
PLAIN = (
    f'<?xml version="1.0" encoding="UTF-8"?><svg {NS} viewBox="0 0 80 40" width="80" height="40">'
    "<title>Điện thoại</title><style>.a{{fill:#b3122a}} .b{{fill:url(#mau)}}</style>"
    '<defs><linearGradient id="mau"/><path id="p" d="M0 0"/></defs>'
    '<rect class="a" width="80" height="40" style="stroke:#000" fill="url(#mau)"/><use xlink:href="#p"/>'
    '<image href="data:image/png;base64,AAAA"/><text x="1" y="9">Xin chào</text>{more}</svg>'
)


def svg(more: str = "") -> bytes:
    return PLAIN.format(more=more).encode()


def test_a_plain_drawing_has_nothing_to_say_against_it() -> None:
    assert dangers(BytesIO(svg())) == []


def test_blanks_are_gone_through_once_however_many_there_are() -> None:
    """This ends: going through them anew from each would take minutes."""
    blanks = " " * 400_000
    for more in (f'<rect fill="url({blanks})"/>', f"<style>a {{ fill: url({blanks}) }}</style>"):
        assert dangers(BytesIO(svg(more))) == []
    assert len(dangers(BytesIO(svg(f"<style>a {{ fill: url({blanks}//example.com/a) }}</style>")))) == 1


@for_each(
    ("more", "named"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>', "<s:script>"),
        ("<foreignObject><p>x</p></foreignObject>", "<foreignObject>"),
        ('<rect onload="alert(1)"/>', "“onload”"),
        ('<rect OnClick="alert(1)"/>', "“OnClick”"),
        ('<a xlink:href="javascript:alert(1)"><text>x</text></a>', "“xlink:href”"),
        ('<a href="https://evil.example/"><text>x</text></a>', "“href”"),
        ('<image href="https://evil.example/a.png"/>', "“href”"),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', "“href”"),
        ('<use href="other.svg#a"/>', "“href”"),
        ('<rect fill="url(https://evil.example/#a)"/>', "“fill”"),
        ('<rect style="background:url(//evil.example)"/>', "“style”"),
        (r'<rect style="fill:\75rl(//evil.example)"/>', "“style”"),
        ("<style>@import 'https://evil.example/a.css';</style>", "a style that loads"),
        ("<style>rect{{fill:url('https://evil.example')}}</style>".replace("{{", "{").replace("}}", "}"), "a style"),
        ('<set attributeName="href" to="#a"/>', "an animation"),
        ('<animate attributeName="xlink:href" values="#a;#b"/>', "an animation"),
        ('<animate attributeName="fill" values="javascript:alert(1)"/>', "“values”"),
        ("<iframe/>", "<iframe>"),
        ("<unclosed>", "well-formed"),
    ],
)
def test_what_acts_or_asks_elsewhere_is_named(more: str, named: str) -> None:
    with translation.override("en"):
        found = dangers(BytesIO(svg(more)))
    assert len(found) == 1, found
    assert named in found[0]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE svg [<!ENTITY a "<script/>">]>',
        '<?xml-stylesheet href="https://evil.example/a.css"?>',
    ],
)
def test_declarations_and_instructions_before_the_drawing_are_found_in_every_encoding(head: str) -> None:
    text = f"{head}<svg {NS}/>"
    for encoding in ("utf-8", "utf-16"):
        assert len(dangers(BytesIO(text.encode(encoding)))) == 1


def _upload(client: Any, content: bytes) -> Any:
    form = {
        "title": "Hình vẽ",
        "file": SimpleUploadedFile("hinh.svg", content, content_type="image/svg+xml"),
        "collection": Collection.get_first_root_node().pk,
    }
    return client.post(reverse("wagtailimages:add"), form, follow=True)


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.django_db
def test_the_admin_takes_a_plain_drawing_and_refuses_one_that_acts_saying_why() -> None:
    client = pages.editor()
    response = _upload(client, svg("<script>alert(1)</script>"))
    html = response.content.decode()
    assert "Chưa nhận hình vẽ này" in html
    assert "&lt;script&gt;" in html
    assert not get_image_model().objects.exists()
    _upload(client, svg())
    image = get_image_model().objects.get()
    assert (image.width, image.height) == (80, 40)
    # Shown as what it is: no raster of it, and its size on the tag.
    rendition = image.get_rendition("width-800|format-webp|preserve-svg")
    assert rendition.file.name.endswith(".svg")
    assert (rendition.width, rendition.height) == (80, 40)


@pytest.mark.django_db
def test_several_pictures_at_once_go_through_the_same_form() -> None:
    client = pages.editor()
    form = {"files[]": SimpleUploadedFile("hinh.svg", svg('<rect onload="x"/>'), content_type="image/svg+xml")}
    answer = client.post(reverse("wagtailimages:add_multiple"), form, headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.json()["success"] is False
    assert "onload" in answer.json()["error_message"]
    assert not get_image_model().objects.exists()


@pytest.mark.django_db
def test_recordings_of_other_kinds_are_refused_and_their_size_is_said_in_waiting() -> None:
    client = pages.editor()
    address = reverse("wagtailmedia:add", args=["video"])
    form = {"title": "Phim", "duration": "", "collection": Collection.get_first_root_node().pk, "tags": ""}
    client.post(address, {**form, "file": SimpleUploadedFile("phim.html", b"<script>")}, follow=True)
    client.post(address, {**form, "file": SimpleUploadedFile("phim.avi", b"RIFF")}, follow=True)
    assert not Media.objects.exists()
    client.post(address, {**form, "file": SimpleUploadedFile("phim.mp4", b"x" * 7_000_000)}, follow=True)
    film = Media.objects.get()
    assert film.file.url.startswith("/media/media/phim")
    page = client.get(reverse("wagtailmedia:edit", args=[film.pk])).content.decode()
    assert "6,7 MB: khoảng 1 phút khi mạng yếu" in page


@pytest.mark.django_db
def test_the_editors_role_may_bring_recordings() -> None:
    from bdhvs_content.api import editors

    pages.catalog()
    user = pages.get_user_model().objects.create_user("viet", password="x")
    user.groups.add(editors())
    client = pages.client_of("viet")
    assert client.get(reverse("wagtailmedia:add", args=["audio"])).status_code == 200
