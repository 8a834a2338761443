"""A Word file becomes the draft of a lesson: looked at first, then all of it or nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.images import get_image_model

from bdhvs_content.api import LessonPage
from bdhvs_content.word_lessons.pictures import NotTaken
from bdhvs_content.word_lessons.plan import PicturePart, Plan, TablePart, TextPart, plan_lesson
from question_files.document.opening import open_docx
from question_files.document.parts import Picture
from tests.bdhvs_content import pages
from tests.bdhvs_content.word_files import add_picture, changed, lesson, png, saved, with_body
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.worlds import made_once


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def planned(content: bytes, *, name: str = "goi-dien.docx", why_not: Any = lambda picture: "") -> Plan:
    return plan_lesson(open_docx(io.BytesIO(content)), name=name, why_not=why_not)


def said(plan: Plan) -> list[tuple[str, str]]:
    return [(one.place, one.text) for one in plan.findings]


def test_a_lesson_is_planned_in_the_order_of_its_file() -> None:
    plan = planned(lesson())
    assert plan.title == "Gọi điện thoại có hình"
    kinds = [
        part.html
        if isinstance(part, TextPart)
        else (part.alt, part.caption, part.near)
        if isinstance(part, PicturePart)
        else (part.caption, part.grid.headings, part.grid.rows, part.grid.named)
        for part in plan.parts
    ]
    assert kinds == [
        "<p>Ứng dụng <b>Zalo</b> gọi được cho người ở xa.</p>",
        "<h2>Chuẩn bị</h2>"
        "<ul><li>Điện thoại còn pin</li><li>Có mạng<ul><li>Wi-Fi ở nhà văn hóa thôn</li></ul></li></ul>",
        "<h2>Các bước</h2><ol><li>Mở Zalo.</li><li>Chọn tên người cần gọi.</li></ol>",
        ("Màn hình Zalo có nút gọi", "Hình 1. Nút gọi", "Chọn tên người cần gọi."),
        ("", "", "Chọn tên người cần gọi."),
        ("", ["Nút", "Để làm gì"], [["Máy quay", "Gọi có hình"], ["Ống nghe", "Gọi thường"]], False),
        "<p>Gọi xong, bấm nút đỏ.</p>",
    ]
    assert (plan.headings, plan.lists, plan.paragraphs) == (2, 3, 2)
    assert said(plan) == [
        ("Paragraph 13, “Nút Để làm gì Máy quay Gọi có hình Ống nghe Gọi t…”",
         "The first row is taken as the headings of the columns. Check them."),
    ]  # fmt: skip


def test_what_teachers_do_without_styles_is_understood_and_said() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Bài 1: Mật khẩu").bold = True
    document.add_paragraph("- Dài ít nhất 12 chữ")
    document.add_paragraph("+ có số")
    document.add_paragraph("- Không cho ai biết")
    underlined = document.add_paragraph("Ghi ")
    underlined.add_run("nhớ").underline = True
    document.add_paragraph("Thường.")
    plan = planned(saved(document), name="mat_khau.docx")
    assert plan.title == "mat khau"
    [part] = plan.parts
    assert isinstance(part, TextPart)
    assert part.html == (
        "<h2>Bài 1: Mật khẩu</h2>"
        "<ul><li>Dài ít nhất 12 chữ<ul><li>có số</li></ul></li><li>Không cho ai biết</li></ul>"
        "<p>Ghi nhớ</p><p>Thường.</p>"
    )
    assert [place for place, _text in said(plan)] == [
        "Paragraph 1, “Bài 1: Mật khẩu”", "Paragraph 2, “- Dài ít nhất 12 chữ”", "Paragraph 5, “Ghi nhớ”",
    ]  # fmt: skip


def test_markup_and_addresses_of_a_file_are_words() -> None:
    body = """
    <w:p><w:r><w:t>&lt;script&gt;alert(1)&lt;/script&gt;</w:t></w:r>
    <w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "javascript:alert(1)"</w:instrText></w:r>
    <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>bấm</w:t></w:r>
    <w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
    <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://a.vn/?x=1&amp;amp;y"</w:instrText></w:r>
    <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>trang</w:t></w:r>
    <w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>"""
    plan = planned(with_body(body))
    [part] = plan.parts
    assert isinstance(part, TextPart)
    assert part.html == (
        '<p>&lt;script&gt;alert(1)&lt;/script&gt;bấm</p><p><a href="https://a.vn/?x=1&amp;amp;y">trang</a></p>'
    )
    assert said(plan) == [("Paragraph 1, “bấm”", "A link leads to no address of the web and is not kept.")]


def test_tables_are_taken_apart_and_frames_are_text() -> None:
    document = docx.Document()
    frame = document.add_table(rows=1, cols=2)
    frame.cell(0, 0).text = "Chú ý: giữ mật khẩu"
    document.add_paragraph("Bảng 2. Phí")
    table = document.add_table(rows=3, cols=3)
    for place, text in enumerate(("", "Xã", "Tỉnh")):
        table.cell(0, place).text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Thẻ"
    table.cell(1, 1).text = "1"
    table.cell(2, 1).merge(table.cell(2, 2)).text = "2"
    wide = document.add_table(rows=2, cols=9)
    wide.cell(0, 0).text, wide.cell(1, 8).text = "rộng", "quá"
    plan = planned(saved(document))
    text, grid, rest = plan.parts
    assert isinstance(text, TextPart) and isinstance(grid, TablePart) and isinstance(rest, TextPart)
    assert text.html == "<p>Chú ý: giữ mật khẩu</p>"
    assert (grid.caption, grid.grid.named, grid.grid.headings) == ("Bảng 2. Phí", True, ["", "Xã", "Tỉnh"])
    assert grid.grid.rows == [["Thẻ", "1", ""], ["Thẻ", "2", ""]]
    assert rest.html == "<p>rộng</p><p>quá</p>"
    assert len(plan.doubtful) == 4


def test_a_list_that_goes_on_after_a_picture_says_so() -> None:
    document = docx.Document()
    document.add_paragraph("Mở máy", style="List Number")
    add_picture(document, png(), alt="x")
    document.add_paragraph("Chờ", style="List Number")
    plan = planned(saved(document), why_not=lambda picture: "")
    assert [part.html for part in plan.parts if isinstance(part, TextPart)] == [
        "<ol><li>Mở máy</li></ol>", "<ol><li>Chờ</li></ol>",
    ]  # fmt: skip
    assert said(plan) == [
        ("Paragraph 3, “Chờ”", "The list goes on with 2. in Word; in the lesson its numbers begin again at 1."),
    ]


# --- In the admin -----------------------------------------------------------------------------------------------------


made, site = made_once(pages.Written)


@pytest.fixture
def media(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def address(page: Any) -> str:
    return reverse("bdhvs_content_from_word", args=[page.pk])


def sent(client: Client, page: Any, content: bytes, name: str = "goi-dien.docx") -> Any:
    return client.post(address(page), {"file": SimpleUploadedFile(name, content)})


def fields(html: str) -> dict[str, str]:
    """What the form of the preview holds, as a browser would send it."""
    form = html[html.index('name="key"') - 100 :]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and 'type="file"' not in tag and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], value[1] if value else "on" if "checkbox" in tag else "")
    return found


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_from_file_to_draft(media: Path, site: pages.Written) -> None:
    client, course = site.client, site.course
    part = pages.section(course, "Phần một")
    assert "Thêm bài học từ tệp Word" in html_of(client.get(reverse("wagtailadmin_explore", args=[course.pk])))
    answer = sent(client, course, lesson())
    html = html_of(answer)
    assert answer.status_code == 200
    assert html.count("data:image/webp;base64,") == 2
    assert "Đoạn 13, “Nút Để làm gì" in html
    form = fields(html)
    assert form["title"] == "Gọi điện thoại có hình"
    assert (form["alt-1"], form["caption-1"], form.get("alt-2", "")) == (
        "Màn hình Zalo có nút gọi",
        "Hình 1. Nút gọi",
        "",
    )
    assert not LessonPage.objects.exists() and not get_image_model().objects.exists()

    # The second picture has no words, and is not said to be decoration.
    refused = client.post(address(course), form)
    assert refused.status_code == 422
    assert "có người chỉ nghe được bài học" in html_of(refused)
    assert not LessonPage.objects.exists() and not get_image_model().objects.exists()

    done = client.post(address(course), {**form, "decorates-2": "on", "table-1": "Các nút", "below": str(part.pk)})
    made = LessonPage.objects.get()
    assert done.url == reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert (made.live, made.slug, made.get_parent().pk) == (False, "goi-dien-thoai-co-hinh", part.pk)
    assert made.owner.username == "bien-soan"
    assert [block.block_type for block in made.body] == ["text", "text", "text", "picture", "table", "text"]
    assert made.body[3].value["alt"] == "Màn hình Zalo có nút gọi"
    assert made.body[4].value["table"].caption == "Các nút"
    assert get_image_model().objects.count() == 1
    edit = client.get(done.url)
    assert edit.status_code == 200
    assert "đã là bản nháp" in html_of(edit)
    assert not list((media / "word-drafts").iterdir())
    # Ready to be published as it is, and read.
    pages.publish(made)
    # A second press on the button makes no second lesson.
    again = client.post(address(course), {**form, "decorates-2": "on"})
    assert again.status_code == 422
    assert LessonPage.objects.count() == 1


@pytest.mark.django_db
def test_what_the_library_refuses_leaves_nothing_behind(
    media: Path, monkeypatch: pytest.MonkeyPatch, site: pages.Written
) -> None:
    from bdhvs_content.word_lessons import making

    real, calls = making.add_to_library, []

    def second_fails(picture: Picture, **more: Any) -> Any:
        calls.append(picture)
        if len(calls) == 2:
            raise NotTaken("Quá lớn.")
        return real(picture, **more)

    monkeypatch.setattr(making, "add_to_library", second_fails)
    client, course = site.client, site.course
    form = fields(html_of(sent(client, course, lesson())))
    answer = client.post(address(course), {**form, "alt-2": "Nút"})
    assert answer.status_code == 422
    assert "Quá lớn." in html_of(answer)
    assert not LessonPage.objects.exists() and not get_image_model().objects.exists()
    assert not list((media / "original_images").iterdir())


@pytest.mark.django_db
@for_each(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Word đời cũ (.doc)"),
        (b"%PDF-1.7", "không phải tài liệu Word"),
        (changed(lesson(), {"word/vbaProject.bin": b"x"}), "có macro"),
        (saved(docx.Document()), "Không tìm thấy"),
        (b"", "Tệp"),
    ],
)
def test_what_is_no_lesson_is_refused_with_words(content: bytes, said: str, media: Path, site: pages.Written) -> None:
    answer = sent(site.client, site.course, content)
    assert answer.status_code == 422
    assert said in html_of(answer)
    assert not (media / "word-drafts").exists()


@pytest.mark.django_db
def test_pictures_that_no_telephone_shows_are_left_out_and_said(media: Path, site: pages.Written) -> None:
    document = docx.Document()
    document.add_paragraph("Lời")
    add_picture(document, png())
    content = saved(document)
    types = '<Default Extension="png" ContentType="image/png"/>'
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        before = package.read("[Content_Types].xml").decode()
    broken = changed(content, {"word/media/image1.png": b"\x89PNG\r\n\x1a\nnothing"})
    vector = changed(
        content, {"[Content_Types].xml": before.replace(types, types.replace("image/png", "image/x-emf")).encode()}
    )
    client, course = site.client, site.course
    for one, said in ((broken, "Hình bị bỏ"), (vector, "EMF")):
        html = html_of(sent(client, course, one))
        assert said in html
        assert "alt-1" not in html


@pytest.mark.django_db
def test_a_key_is_for_one_account_and_one_page(media: Path, site: pages.Written) -> None:
    client, course = site.client, site.course
    other = pages.course(site.catalog, "Khóa khác")
    form = {**fields(html_of(sent(client, course, lesson()))), "decorates-2": "on"}
    assert client.post(address(other), form).status_code == 422
    assert pages.editor("nguoi-khac").post(address(course), form).status_code == 422
    assert client.post(address(course), {**form, "key": form["key"][:-2]}).status_code == 422
    assert not LessonPage.objects.exists()
    assert client.get(reverse("bdhvs_content_from_word", args=[course.get_parent().pk])).status_code == 404
