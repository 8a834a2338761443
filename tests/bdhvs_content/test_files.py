"""Pictures are measured before they are unpacked; documents are of listed kinds, what they say, and go out as files."""

from __future__ import annotations

import gc
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.users.models import UserProfile

from bdhvs_content.documents import is_what_it_says
from bdhvs_content.pixels import MAX_FRAMES, NoPicture, pixels_of
from tests.bdhvs_content import pages

# Wagtail leaves the temporary file of a new rendition to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def collected() -> Iterator[None]:
    yield
    # Here, and not in the middle of somebody else's test.
    gc.collect()


# --- Pictures ---------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_head(width: int, height: int) -> bytes:
    """A PNG that ends before its first pixel: whoever unpacks it, fails otherwise than whoever measures it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"")


def picture(kind: str, size: tuple[int, int] = (40, 30), frames: int = 1) -> bytes:
    out = io.BytesIO()
    first, *others = [
        Image.new("RGB", size, (number * 37 % 256, 255 - number * 37 % 256, 9)) for number in range(frames)
    ]
    more: dict[str, Any] = {"save_all": True, "append_images": others} if others else {}
    first.save(out, kind, **more)
    return out.getvalue()


KINDS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}


@pytest.mark.parametrize("kind", KINDS.values())
def test_the_size_of_every_kind_is_read(kind: str) -> None:
    assert pixels_of(io.BytesIO(picture(kind)), 10**6) == 1200


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG"])
def test_every_picture_of_a_moving_one_counts(kind: str) -> None:
    assert pixels_of(io.BytesIO(picture(kind, frames=7)), 10**6) == 7 * 1200
    assert pixels_of(io.BytesIO(picture(kind, frames=7)), 3 * 1200) > 3 * 1200


def test_countless_tiny_pictures_are_not_counted_to_the_end() -> None:
    moving = picture("GIF", (1, 1), frames=2)
    # Its second picture, as often as you like.
    start = moving.rindex(b"\x21\xf9") if b"\x21\xf9" in moving else moving.rindex(b"\x2c")
    many = moving[:-1] + moving[start:-1] * 5_000 + b"\x3b"
    reader = Counted(many)
    assert pixels_of(reader, 10**9) > 10**9
    assert reader.tell() == 0
    assert reader.furthest < len(moving) + (MAX_FRAMES + 5) * (len(moving) - start)


class Counted(io.BytesIO):
    """Knows how far it was read, and how much."""

    furthest = 0
    read_in_all = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.read_in_all += len(found)
        self.furthest = max(self.furthest, self.tell())
        return found


def broken(kind: str) -> list[bytes]:
    whole = picture(kind)
    return [whole[:length] for length in (0, 3, 6, 10, 12, 13, 20, len(whole) // 2, len(whole) - 1)] + [
        whole[:place] + b"\xff" * 8 + whole[place + 8 :] for place in range(6, min(len(whole), 60), 6)
    ]


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_broken_file_is_measured_or_is_no_picture(kind: str) -> None:
    for content in broken(kind):
        try:
            assert pixels_of(io.BytesIO(content), 10**6) >= 1
        except NoPicture:
            pass


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"GIF89a", b"8BPS" + b"\0" * 30, b"<svg/>"])
def test_what_is_no_picture_of_a_listed_kind_is_given_to_no_reader(content: bytes) -> None:
    with pytest.raises(NoPicture):
        pixels_of(io.BytesIO(content), 10**6)


def upload(client: Client, name: str, content: bytes) -> Any:
    form = {
        "title": "Ảnh",
        "file": SimpleUploadedFile(name, content),
        "collection": Collection.get_first_root_node().pk,
    }
    return client.post(reverse("wagtailimages:add"), form, follow=True)


def said(answer: Any) -> str:
    return " ".join(str(text) for text in answer.context["form"].errors["file"])


@pytest.mark.django_db
@pytest.mark.usefixtures("collected")
def test_a_picture_is_refused_by_its_head_and_a_broken_one_is_told(settings: Any) -> None:
    client = pages.editor()
    limit = project.WAGTAILIMAGES_MAX_IMAGE_PIXELS
    assert limit == 25_000_000
    # Nothing follows the head: to be told "too many pixels", nobody may have tried to unpack it.
    answer = upload(client, "to.png", png_head(8_000, 4_000))
    assert answer.status_code == 200
    assert "32000000" in said(answer) and str(limit) in said(answer)
    for extension, kind in KINDS.items():
        for content in broken(kind)[2::4]:
            assert upload(client, f"hong.{extension}", content).status_code == 200
    for hurt in (b'<svg xmlns="http://www.w3.org/2000/svg" width="9e99" height="1"/>', b"<svg", b""):
        assert upload(client, "ve.svg", hurt).status_code == 200
        assert not get_image_model().objects.filter(file__endswith=".svg").exists(), hurt
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 5 * 1200
    assert "7200" in said(upload(client, "dong.gif", picture("GIF", frames=6)))
    get_image_model().objects.all().delete()
    for extension, kind in KINDS.items():
        upload(client, f"tot.{extension}", picture(kind))
    assert get_image_model().objects.filter(width=40, height=30).count() == len(KINDS)


@pytest.mark.django_db
@pytest.mark.usefixtures("collected")
def test_several_at_once_are_measured_too() -> None:
    client = pages.editor()
    for name, content in (("to.png", png_head(8_000, 4_000)), ("hong.gif", b"GIF89a" + b"\xff" * 40)):
        form = {"files[]": SimpleUploadedFile(name, content)}
        asked = {"X-Requested-With": "XMLHttpRequest"}
        answer = client.post(reverse("wagtailimages:add_multiple"), form, headers=asked)
        assert (answer.status_code, answer.json()["success"]) == (200, False)
    assert not get_image_model().objects.exists()


def own_picture(client: Client, name: str, content: bytes) -> str:
    """The form of one's own account as it comes, with a picture; the page that follows."""
    address = reverse("wagtailadmin_account")
    page = BeautifulSoup(client.get(address).content, "html.parser")
    form = {
        # An account of the tests has no name, which this form asks for.
        str(one["name"]): one.get("value") or "lan@example.vn"
        for one in page.select("main form input[name]")
        if one.get("type") not in ("file", "checkbox", "radio", "password", "submit")
    }
    for one in page.select("main form select[name]"):
        chosen = one.select_one("option[selected]")
        form[str(one["name"])] = chosen.get("value", "") if chosen else ""
    form["avatar-avatar"] = SimpleUploadedFile(name, content)
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("collected")
def test_a_picture_of_oneself_is_measured_too(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = pages.editor()
    for name, content in (
        ("to.png", png_head(8_000, 4_000)),
        # Django's own look at a picture does not see that the second half is missing.
        ("nua.jpg", picture("JPEG", (600, 500))[:2_000]),
        ("mong.png", picture("PNG", (9_000, 1))),
        ("hong.gif", b"GIF89a" + b"\xff" * 40),
        ("ve.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
        ("khac.png", picture("JPEG")),
    ):
        page = own_picture(client, name, content)
        assert 'class="error-message" role="alert"' in page, name
        assert not UserProfile.objects.exclude(avatar="").exists(), name
    assert "32000000" in own_picture(client, "to.png", png_head(8_000, 4_000))
    assert 'role="alert"' not in own_picture(client, "toi.jpg", picture("JPEG", (800, 600)))
    kept = UserProfile.objects.exclude(avatar="").get().avatar
    assert (kept.width, kept.height) == (400, 300)


# --- Documents --------------------------------------------------------------------------------------------------------


def package(*members: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


WORD = (("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"))
GOOD = {
    "pdf": b"%PDF-1.7\n",
    "docx": package(*WORD),
    "xlsx": package(("[Content_Types].xml", ""), ("xl/workbook.xml", "")),
    "pptx": package(("[Content_Types].xml", ""), ("ppt/presentation.xml", "")),
    "odt": package(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "")),
    "ods": package(("mimetype", "application/vnd.oasis.opendocument.spreadsheet")),
    "odp": package(("mimetype", "application/vnd.oasis.opendocument.presentation")),
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 20,
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "ppt": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "txt": "Bình dân học vụ số".encode(),
    "csv": "\ufeffTên,Số\r\n".encode("utf-16"),
}
HTML = b" \n<!DOCTYPE html><script>alert(1)</script>"


def test_each_listed_kind_is_known_by_its_content() -> None:
    assert GOOD.keys() == set(project.WAGTAILDOCS_CONTENT_TYPES) == set(project.WAGTAILDOCS_EXTENSIONS)
    for extension, content in GOOD.items():
        assert is_what_it_says(io.BytesIO(content), extension), extension
        for wrong in (HTML, HTML.decode().encode("utf-16"), b"MZ\0\0", b"<?xml version='1.0'?><svg/>"):
            assert not is_what_it_says(io.BytesIO(wrong), extension), (extension, wrong)
    macros = package(*WORD, ("word/vbaProject.bin", ""))
    assert not is_what_it_says(io.BytesIO(macros), "docx")
    assert not is_what_it_says(io.BytesIO(GOOD["xlsx"]), "docx")
    assert not is_what_it_says(io.BytesIO(GOOD["ods"]), "odt")
    assert not is_what_it_says(io.BytesIO(b"PK\x03\x04" + b"\0" * 50), "docx")


@pytest.mark.parametrize("packing", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_a_kind_that_is_packed_is_not_unpacked_to_be_read(packing: int) -> None:
    """OpenDocument stores it as it is. Packed, it may be broken, or a gigabyte that says it is 39 bytes."""
    out = io.BytesIO()
    with ZipFile(out, "w", packing) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    whole = out.getvalue()
    assert not is_what_it_says(io.BytesIO(whole), "odt")
    start = 30 + len("mimetype")
    for place in range(start, start + 12):
        assert not is_what_it_says(io.BytesIO(whole[:place] + b"\xff" * 4 + whole[place + 4 :]), "odt")


def listing(entries: int, *, larger: bool) -> bytes:
    """A package that is nearly only a list of empty members. `larger`: with the ends of a ZIP64 archive."""

    def named(name: bytes) -> bytes:
        return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *[0] * 7, len(name), *[0] * 6) + name

    first = b"PK\x03\x04" + bytes(22) + struct.pack("<2H", 1, 0) + b"a"
    central = named(b"[Content_Types].xml") + named(b"word/document.xml") * (entries - 1)
    count, size, ends = min(entries, 0xFFFF), len(central), b""
    if larger:
        place = len(first) + len(central)
        ends = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, len(first))
        ends += struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
        count, size = 0xFFFF, 0
    return first + central + ends + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, len(first), 0)


@pytest.mark.parametrize("larger", [False, True])
def test_a_package_of_countless_members_is_refused_before_they_are_listed(larger: bool) -> None:
    assert is_what_it_says(io.BytesIO(listing(3, larger=larger)), "docx")
    reader = Counted(listing(200_000, larger=larger))
    assert not is_what_it_says(reader, "docx")
    assert reader.read_in_all < 100_000


def bring(client: Client, name: str, content: bytes) -> Any:
    form = {
        "title": "Tài liệu",
        "file": SimpleUploadedFile(name, content, content_type="text/html"),
        "collection": Collection.get_first_root_node().pk,
    }
    return client.post(reverse("wagtaildocs:add"), form, follow=True)


@pytest.mark.django_db
@pytest.mark.usefixtures("collected")
def test_only_listed_kinds_are_taken_and_they_go_out_as_files() -> None:
    client = pages.editor()
    documents = get_document_model().objects
    for name, content in (
        ("trang.html", HTML),
        ("hinh.svg", b"<svg/>"),
        ("chay.exe", b"MZ"),
        ("khong-duoi", b"x"),
        ("macro.docm", GOOD["docx"]),
    ):
        assert bring(client, name, content).status_code == 200
    answer = bring(client, "gia.pdf", HTML)
    assert "Chưa nhận tệp này" in said(answer)
    assert not documents.exists()
    several = {"files[]": SimpleUploadedFile("gia.pdf", HTML)}
    asked = {"X-Requested-With": "XMLHttpRequest"}
    assert client.post(reverse("wagtaildocs:add_multiple"), several, headers=asked).json()["success"] is False
    assert not documents.exists()
    for extension, content in GOOD.items():
        bring(client, f"That.{extension.upper()}", content)
    assert documents.count() == len(GOOD)
    for document in documents.all():
        answer = Client().get(document.url)
        assert answer["Content-Type"] == project.WAGTAILDOCS_CONTENT_TYPES[document.file_extension.lower()]
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert b"".join(answer.streaming_content) == GOOD[document.file_extension.lower()]
