"""Captions: read from what people have, refused by the number of the line, served and shown as text."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_content.blocks import LessonBody, problems_of
from bdhvs_content.captions.reading import CaptionsRefused, Cue, read_captions
from bdhvs_content.captions.writing import as_webvtt, paragraphs
from tests.bdhvs_content import pages
from tests.bdhvs_content.test_blocks import media
from tests.support.loops import for_each
from tests.support.markup import html_of

SRT = """1
00:00:01,000 --> 00:00:03,500
<i>Xin chào bà con.</i>

2
00:00:03,600 --> 00:00:06,000
{\\an8}Hôm nay ta học
gọi điện có hình.

3
00:00:09,000 --> 00:00:12,000
Chuẩn bị điện thoại &amp; Wi-Fi < 5 phút
"""
CUES = [
    Cue(1000, 3500, "Xin chào bà con."),
    Cue(3600, 6000, "Hôm nay ta học\ngọi điện có hình."),
    Cue(9000, 12000, "Chuẩn bị điện thoại & Wi-Fi < 5 phút"),
]


@pytest.mark.parametrize(
    "text",
    [
        SRT,
        "\ufeff" + SRT.replace("\n", "\r\n"),
        "WEBVTT - lesson\n\nNOTE by hand\nof us\n\n" + SRT.replace(",", ".").replace("00:00:", "00:"),
        SRT.replace("\n\n2\n", "\n2\n"),
    ],
)
def test_srt_and_vtt_are_read(text: str) -> None:
    assert read_captions(text) == CUES


def test_typed_lines_last_until_the_next() -> None:
    text = "0:01 Xin chào bà con.\n[00:04] Hôm nay\nta học.\n\n1:02:03 Hết.\n"
    assert read_captions(text) == [
        Cue(1000, 4000, "Xin chào bà con."),
        Cue(4000, 11_000, "Hôm nay\nta học."),
        Cue(3_723_000, 3_730_000, "Hết."),
    ]
    assert read_captions("") == read_captions("\n \n") == []


@for_each(
    ("text", "lines"),
    [
        (SRT.replace("--> 00:00:03,500", "--> 00:00:00,500"), [2]),
        (SRT.replace("00:00:09,000", "00:00:02,000"), [11]),
        (SRT.replace("00:00:03,600", "00:00:03,6x"), [6]),
        (SRT.replace("00:00:03,600", "00:00:73,600"), [6]),
        (SRT + "\nKhông có giờ\n", [14]),
        ("0:01\n0:02 Chào", [1]),
        ("Xin chào\n0:02 Chào", [1]),
        ("0:09 Sau\n0:02 Trước", [2]),
        ("x" * 300_001, [1]),
        ("0:01 a\0b", [1]),
        ("0:01 xin ch\ufffdo", [1]),
    ],
)
def test_what_is_wrong_is_named_by_its_line(text: str, lines: list[int]) -> None:
    with translation.override("en"), pytest.raises(CaptionsRefused) as found:
        read_captions(text)
    assert [one.line for one in found.value.problems] == lines
    with translation.override("en"):
        assert found.value.words.startswith(f"Line {lines[0]}: ")


def test_many_mistakes_are_counted() -> None:
    text = SRT + "".join(f"\nlời {place}\n" for place in range(9))
    with translation.override("en"), pytest.raises(CaptionsRefused, match="lời") as found:
        read_captions(text)
    with translation.override("en"):
        assert found.value.words.endswith("And 4 more.")


@given(st.text(alphabet="0123:,.-> \nabô<{&}W", max_size=120) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        cues = read_captions(text)
    except CaptionsRefused as refused:
        assert all(one.line >= 1 and one.text for one in refused.problems)
    else:
        assert all(cue.start < cue.end and cue.text.strip() for cue in cues)
        assert read_captions(as_webvtt(cues)) == cues


def test_the_words_are_paragraphs_where_nobody_speaks() -> None:
    assert paragraphs([*CUES[:2], CUES[1], CUES[2]]) == [
        "Xin chào bà con. Hôm nay ta học gọi điện có hình.",
        "Chuẩn bị điện thoại & Wi-Fi < 5 phút",
    ]


FILM = {"title": "Gọi có hình", "captions_text": SRT, "captions": None, "transcript": ""}


def film(**changes: Any) -> tuple[str, Any]:
    return "video", {**FILM, "media": media("video", "phim.mp4").pk, **changes}


def body(*blocks: tuple[str, Any]) -> Any:
    return LessonBody().to_python(
        [{"type": kind, "id": f"5d0c8e5a-0000-4000-8000-00000000000{at}", "value": value}
         for at, (kind, value) in enumerate(blocks)]
    )  # fmt: skip


@pytest.mark.django_db
def test_the_form_names_the_line_and_a_draft_is_kept() -> None:
    with translation.override("en"):
        [problem] = problems_of(body(film(captions_text="0:01 Chào\n0:00 Trước")))
    assert problem == "Block 1 (Video): Line 2: This is earlier than the one before. Put the times in order."


@pytest.mark.django_db
def test_a_film_has_its_captions_and_their_words() -> None:
    course = pages.course(pages.catalog())
    lesson = pages.lesson(course, live=False)
    sound = {"media": media("audio", "loi.mp3").pk, "title": "Nghe", "captions_text": "0:01 Lời đọc.", "transcript": ""}
    lesson.body = body(film(), ("audio", sound))
    editor = pages.editor()
    lesson.save_revision()
    address = f"/bai-hoc/{lesson.translation_key}/phu-de/5d0c8e5a-0000-4000-8000-000000000000.vtt"
    # Of a draft: for its editor, and nobody else.
    learner = pages.person("lan")
    lan = pages.client_of("lan")
    assert lan.get(address).status_code == 404
    assert editor.get(address).status_code == 200
    lesson = pages.publish(lesson)
    assert lan.get(address).status_code == 404  # not enrolled
    assert lan.post(address).status_code == 405
    pages.courses.enrol(learner, course.translation_key, at=pages.AT)
    answer = lan.get(address)
    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:03.500\nXin chào bà con.\n\n")
    assert "Wi-Fi &lt; 5 phút" in text and "&amp; Wi-Fi" in text
    assert lan.get(address.replace("0000.vtt", "0001.vtt")).status_code == 404  # sound has none to be shown over
    html = html_of(lan.get(lesson.url))
    assert f'<track kind="captions" srclang="vi" label="Tiếng Việt" src="{address}" default>' in html
    assert "<p>Xin chào bà con. Hôm nay ta học gọi điện có hình.</p>" in html
    assert "<p>Lời đọc.</p>" in html


@pytest.mark.django_db
def test_a_lesson_of_before_there_were_typed_captions_is_no_other_one() -> None:
    lesson = pages.lesson(pages.course(pages.catalog()), live=False)
    lesson.body = [("video", {**FILM, "media": media("video", "phim.mp4"), "captions_text": ""})]
    [block] = lesson.published_content()["body"]
    assert "captions_text" not in block["value"]
