"""“Phiếu bỏ túi”: a lesson's steps in large letters on one sheet, for whoever may read the lesson."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.bdhvs_content import pages
from tests.support.markup import html_of
from tests.support.pdfs import text_of

pytestmark = pytest.mark.django_db


def steps(count: int, words: str = "Mở ứng dụng VNeID, bấm “Đăng nhập” rồi nhập mật khẩu") -> list[Any]:
    rows = [{"text": f"<p>{words} {number}.</p>", "image": None, "alt": ""} for number in range(1, count + 1)]
    return [
        ("text", "<p>Chuyện dài trước khi làm.</p>"),
        ("steps", {"heading": "Các bước đăng nhập", "steps": rows}),
        ("callout", {"kind": "warning", "heading": "Cẩn thận", "text": "<p>Không đọc OTP cho ai.</p>"}),
    ]


def lesson_of(body: list[Any]) -> tuple[Any, str, Client]:
    course = pages.course(pages.catalog())
    lesson = pages.lesson(course, live=False)
    lesson.body = body
    lesson = pages.publish(lesson)
    pages.enrolled(course)
    return lesson, f"/bai-hoc/{lesson.translation_key}/phieu", pages.client_of("lan")


def test_steps_and_warnings_are_on_one_sheet_with_a_code() -> None:
    lesson, address, learner = lesson_of(steps(5))
    assert f'href="{address}/"' in html_of(learner.get(lesson.url))
    page = html_of(learner.get(f"{address}/"))
    assert "Các bước đăng nhập" in page and "Mã QR mở bài học này" in page and "Chuyện dài" not in page
    for size in ("a4", "a5", "lạ"):
        [sheet] = text_of(learner.get(f"{address}.pdf", {"kho": size}))
        assert lesson.title in sheet and "mật khẩu 5." in sheet and "Không đọc OTP cho ai." in sheet
        assert "Khổ giấy" not in sheet


def test_more_than_a_sheet_holds_goes_on_over_the_page() -> None:
    _lesson, address, learner = lesson_of(steps(20))
    sheets = text_of(learner.get(f"{address}.pdf"))
    assert len(sheets) == 2 and "mật khẩu 20." in sheets[1]


def test_a_lesson_without_steps_gives_its_text() -> None:
    _lesson, address, learner = lesson_of([("text", "<p>Đọc kỹ trước khi bấm.</p>")])
    [sheet] = text_of(learner.get(f"{address}.pdf"))
    assert "Đọc kỹ trước khi bấm." in sheet


def test_who_may_not_read_the_lesson_is_sent_to_its_page() -> None:
    lesson, address, _learner = lesson_of(steps(2))
    get_user_model().objects.create_user("ba")
    for visitor in (Client(), pages.client_of("ba")):
        for ending in ("/", ".pdf"):
            answer = visitor.get(f"{address}{ending}")
            assert (answer.status_code, answer["Location"]) == (303, lesson.url)


def test_a_quiz_has_no_such_sheet() -> None:
    course = pages.course(pages.catalog())
    quiz = pages.quiz(course, [pages.question("Câu 1?")])
    pages.enrolled(course)
    assert pages.client_of("lan").get(f"/bai-hoc/{quiz.translation_key}/phieu/").status_code == 404
