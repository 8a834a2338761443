"""Lesson blocks: what each refuses and why, what a draft may still lack, and what a learner gets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.documents import get_document_model
from wagtailmedia.models import Media

from bdhvs_content.api import LessonPage, NotPublishable
from bdhvs_content.blocks import LessonBody, problems_of
from bdhvs_content.sizes import MB, size_words, wait_words
from bdhvs_lms.courses.api import activity
from tests.bdhvs_content import pages
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the temporary file of a new rendition to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

RIGHT = {"text": "Không đọc cho ai", "right": True, "feedback": "Mã là chìa khóa."}
WRONG = {"text": "Đọc cho họ", "right": False, "feedback": "Họ lấy được tiền."}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def document(name: str, content: bytes) -> Any:
    return get_document_model().objects.create(title=name, file=ContentFile(content, name=name))


def media(kind: str, name: str, size: int = 1000) -> Media:
    return Media.objects.create(title=name, type=kind, file=ContentFile(b"x" * size, name=name), width=640, height=360)


def captions() -> Any:
    return document("loi.vtt", b"WEBVTT\n\n00:00.000 --> 00:02.000\nXin chao\n")


def body(*blocks: tuple[str, Any]) -> Any:
    block = LessonBody()
    return block.normalize(list(blocks))


def whole(**changes: Any) -> list[tuple[str, Any]]:
    """One block of each kind, complete."""
    film, sound, words = media("video", "phim.mp4"), media("audio", "loi.mp3"), document("to.pdf", b"%PDF" * 60_000)
    values: dict[str, Any] = {
        "text": "<p>Dừng lại.</p>",
        "picture": {"image": pages.picture(), "alt": "Màn hình", "caption": ""},
        "steps": {
            "heading": "Bật Wi-Fi",
            "steps": [
                {"text": "<p>Mở <b>Cài đặt</b>.</p>", "image": pages.picture(), "alt": "Biểu tượng bánh răng"},
                {"text": "<p>Bấm Wi-Fi.</p>", "image": None, "alt": ""},
            ],
        },
        "video": {"media": film, "title": "Cập nhật VNeID", "captions": captions(), "transcript": "<p>Lời một.</p>"},
        "audio": {"media": sound, "title": "Cuộc gọi", "transcript": "<p>Lời hai.</p>"},
        "callout": {"kind": "warning", "heading": "Tiền", "text": "<p>Không chuyển tiền.</p>"},
        "document": {"document": words, "title": "Cách báo tin"},
        "check": {"question": "Ai được biết mã?", "options": [WRONG, RIGHT], "explanation": "Chỉ mình giữ mã."},
    }
    return list({**values, **changes}.items())


def test_a_lesson_of_every_kind_of_block_is_published_and_read() -> None:
    course = pages.course(pages.catalog())
    lesson = pages.lesson(course, live=False)
    lesson.body = whole()
    pages.publish(lesson)
    pages.enrolled(course)
    html = html_of(pages.client_of("lan").get(lesson.url))

    # Pictures: at most 800 px of WebP, measured, the first at once and the others when they come near.
    images = re.findall(r"<img[^>]+>", html)
    assert len(images) == 2
    assert all(re.search(r'width="\d+"', tag) and re.search(r'height="\d+"', tag) for tag in images)
    assert all(re.search(r'src="/media/images/[^"]+\.webp"', tag) for tag in images)
    assert ['loading="lazy"' in tag for tag in images] == [False, True]
    # Steps are numbered by the list.
    assert re.search(r'<h2>Bật Wi-Fi</h2>\s*<ol class="how-to">\s*<li>', html)
    assert html.count("<li>") - html.count("<li><a") >= 2
    # Nothing is loaded before somebody presses play; captions and words come from this site.
    assert re.search(r'<video controls preload="none" playsinline[^>]* width="640" height="360">', html)
    assert re.search(r'<source src="/media/media/phim[^"]*\.mp4" type="video/mp4">', html)
    assert re.search(r'<track kind="captions" srclang="vi" label="Tiếng Việt" src="/documents/\d+/loi[^"]*\.vtt"', html)
    assert re.search(
        r'<audio controls preload="none"><source src="/media/media/loi[^"]*\.mp3" type="audio/mpeg">', html
    )
    assert html.count('<details class="transcript">') == 2
    # Icon and word, not colour alone; the file's kind and size in words.
    assert re.search(
        r'callout--warning">\s*<p class="callout-kind"><span aria-hidden="true">⚠</span> Chú ý: Tiền', html
    )
    assert "(PDF, 235 KB)" in html
    # Check yourself: no form, no script, each answer says by itself.
    options = re.findall(r'<details class="check-option">(.*?)</details>', html, re.S)
    assert len(options) == 2
    assert "✗" in options[0] and "Chưa đúng" in options[0] and "Họ lấy được tiền." in options[0]
    assert "✓" in options[1] and "Đúng" in options[1] and "Chỉ mình giữ mã." in options[1]
    assert "Chỉ mình giữ mã." not in options[0]
    # What one script can do is to have it read aloud.
    assert re.findall(r"<script[^>]*>", html) == ['<script src="/static/bdhvs_theme/aloud.js" defer>']
    assert "style=" not in html


STEP = {"text": "<p>Bấm.</p>", "image": None, "alt": ""}


@for_each(
    ("kind", "change", "said"),
    [
        ("picture", {"alt": "  "}, "Describe the image in words: some people only hear the lesson."),
        ("picture", {"image": None}, "Choose an image."),
        ("steps", {"steps": []}, "Add at least one step."),
        ("steps", {"steps": [{**STEP, "text": "<p></p>"}]}, "Enter an instruction for this step"),
        ("steps", {"steps": [{**STEP, "image": "PICTURE"}]}, "Describe the image in words"),
        ("video", {"captions": None}, "In village halls the sound is often off"),
        ("video", {"captions": "PDF"}, "This is not a captions file"),
        ("video", {"captions": "FALSE_VTT"}, "This is not a captions file"),
        ("video", {"transcript": ""}, "Enter a transcript"),
        ("video", {"title": ""}, "Enter a title. It is shown above the player"),
        ("audio", {"transcript": "<p>&nbsp;</p>"}, "Enter a transcript"),
        ("audio", {"media": None}, "Choose a file."),
        ("callout", {"text": ""}, "Enter the text of the tip or warning."),
        ("document", {"document": None}, "Choose a document."),
        ("document", {"title": " "}, "Enter a title for the document"),
        ("check", {"question": ""}, "Enter a question."),
        ("check", {"options": [RIGHT]}, "A question needs at least two"),
        ("check", {"options": [RIGHT, *[WRONG] * 6]}, "at most six"),
        ("check", {"options": [WRONG, WRONG]}, "None is marked yet"),
        ("check", {"options": [{**WRONG, "text": ""}, RIGHT]}, "Enter an answer."),
    ],
)
def test_what_a_learner_could_not_use_is_refused_in_plain_words(kind: str, change: dict[str, Any], said: str) -> None:
    made = {
        "PICTURE": pages.picture,
        "PDF": lambda: document("to.pdf", b"WEBVTT"),
        "FALSE_VTT": lambda: document("loi.vtt", b"1\n00:00"),
    }

    def real(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: real(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [real(inner) for inner in value]
        return made[value]() if isinstance(value, str) and value in made else value

    blocks = dict(whole())
    broken = body(("text", "<p>Trước.</p>"), (kind, {**blocks[kind], **real(change)}))
    [problem] = problems_of(broken)
    assert said in problem
    assert problem.startswith("Block 2 (")
    # An unfinished draft may be kept.
    LessonBody().clean_deferred(broken)


def test_it_is_refused_by_every_way_to_publish_and_nothing_is_live() -> None:
    course = pages.course(pages.catalog())
    lesson = pages.lesson(course, live=False)
    lesson.body = [("video", {**dict(whole())["video"], "captions": None})]
    revision = lesson.save_revision(clean=False)
    with pytest.raises(NotPublishable, match="Add captions"):
        revision.publish()
    assert not LessonPage.objects.get(pk=lesson.pk).live
    assert activity(lesson.translation_key) is None


def test_text_is_composed_in_pages_and_revisions_whatever_keyboard_it_came_from() -> None:
    apart = unicodedata.normalize("NFD", "Cảnh giác: đừng đọc mã ở đâu cả")
    blocks = dict(whole())
    check = {**blocks["check"], "question": apart, "options": [{**WRONG, "text": apart}, RIGHT]}
    lesson = pages.lesson(pages.course(pages.catalog()), live=False)
    lesson.facts_source = apart
    lesson.body = [("text", f"<p>{apart}</p>"), ("check", check), ("picture", {**blocks["picture"], "alt": apart})]
    lesson = pages.publish(lesson)
    for stored in (lesson.body.raw_data, lesson.latest_revision.content["body"]):
        text = str(list(stored) if not isinstance(stored, str) else stored)
        if isinstance(stored, str):
            import json

            text = str(json.loads(stored))
        assert unicodedata.is_normalized("NFC", text)
        assert unicodedata.normalize("NFC", apart) in text
    assert lesson.facts_source == unicodedata.normalize("NFC", apart)


def test_the_date_of_the_last_check_is_shown_and_makes_no_new_version() -> None:
    from datetime import date

    course = pages.course(pages.catalog())
    lesson = pages.lesson(course)
    pages.enrolled(course)
    client = pages.client_of("lan")
    assert "Kiểm ngày" not in html_of(client.get(lesson.url))
    lesson.facts_checked_on, lesson.facts_source = date(2026, 11, 24), "Thông tư 02/2025/TT-BGDĐT"
    lesson = pages.publish(lesson)
    html = html_of(client.get(lesson.url))
    assert "Kiểm ngày 24/11/2026 · Nguồn: Thông tư 02/2025/TT-BGDĐT" in html
    assert activity(lesson.translation_key).revision == "1"


def test_queries_do_not_grow_with_pictures_films_documents_and_steps() -> None:
    course = pages.course(pages.catalog())
    short, long = pages.lesson(course, "Ngắn", live=False), pages.lesson(course, "Dài", live=False)
    short.body = whole()
    long.body = [*whole(), *whole(), *whole()]
    pages.publish(short)
    pages.publish(long)
    pages.enrolled(course)
    client = pages.client_of("lan")
    counts = []
    for lesson in (short, long):
        client.get(lesson.url)  # makes the renditions
        with CaptureQueriesContext(connection) as queries:
            assert client.get(lesson.url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("size", "words"),
    [(None, ""), (1, "1 KB"), (240 * 1024, "240 KB"), (int(1.2 * MB), "1,2 MB"), (18 * MB, "18 MB")],
)
def test_sizes_in_words(size: int | None, words: str) -> None:
    with translation.override("vi"):
        assert size_words(size) == words


def test_waits_in_words() -> None:
    with translation.override("vi"):
        assert wait_words(18 * MB) == "18 MB: khoảng 3 phút khi mạng yếu"
        assert wait_words(200_000) == "196 KB: chưa đến một phút khi mạng yếu"


def test_a_recording_whose_file_is_gone_does_not_close_the_lesson() -> None:
    course = pages.course(pages.catalog())
    lesson = pages.lesson(course, live=False)
    lesson.body = [("audio", dict(whole())["audio"])]
    pages.publish(lesson)
    file = Media.objects.get(title="loi.mp3").file
    file.storage.delete(file.name)
    pages.enrolled(course)
    html = html_of(pages.client_of("lan").get(lesson.url))
    assert "Lời hai." in html


def test_a_block_error_stands_beside_its_field() -> None:
    with pytest.raises(ValidationError) as refused:
        LessonBody().clean(body(("callout", {"kind": "tip", "heading": "", "text": ""})))
    assert list(refused.value.block_errors[0].block_errors) == ["text"]
