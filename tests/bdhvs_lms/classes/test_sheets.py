"""What a class prints: the sheet to sign, cards and poster, as pages and as files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base import pdf
from bdhvs_lms.classes.api import ClassGroup, add_member, add_teacher, create_class, plan_sessions
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import register
from tests.support.markup import html_of
from tests.support.pdfs import text_of
from tests.support.world import World

pytestmark = pytest.mark.django_db
NAMES = ("Trần Thị Ước", "Nguyễn Văn Ân", "Lê Thị Lan", "Phạm Văn Đức")


@pytest.fixture
def group() -> ClassGroup:
    world = World()
    from bdhvs_lms.base.api import now  # the class is of today

    at = now() - timedelta(hours=1)
    course = Course.objects.get(key=world.course_key)
    made = create_class(
        name="Lớp Thôn Đoài", code="thon-doai", course=course, area=world.area, starts=at.date(), at=at, by=None
    )
    for place, name in enumerate(NAMES):
        add_member(made, register(full_name=name, birth_year=1950 + place, area=world.area, at=at), at=at, by=None)
    add_teacher(made, User.objects.create_user("cohoa"), at=at, by=None)
    return made


@pytest.fixture
def teacher(group: ClassGroup) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="cohoa"))
    return client


def test_the_sheet_to_sign_lists_by_given_name_with_year_and_empty_lines(group: ClassGroup, teacher: Client) -> None:
    page = html_of(teacher.get(f"/day/{group.uuid}/ky-ten/?dong=2"))
    order = [page.index(name) for name in ("Nguyễn Văn Ân", "Phạm Văn Đức", "Lê Thị Lan", "Trần Thị Ước")]
    assert order == sorted(order)
    assert page.count("<tr>") == 1 + len(NAMES) + 2
    assert f'href="/day/{group.uuid}/ky-ten.pdf?dong=2"' in page
    [sheet] = text_of(teacher.get(f"/day/{group.uuid}/ky-ten.pdf?dong=2"))
    for words in (*NAMES, "1950", "Chữ ký", "Lớp Thôn Đoài", "Năm sinh"):
        assert words in sheet
    assert "Mở bản PDF" not in sheet and "6" in sheet.split("Trần Thị Ước")[1]
    assert len(text_of(teacher.get(f"/day/{group.uuid}/ky-ten.pdf?dong=60"))) == 3
    assert AccessLog.objects.filter(page="class-signatures").count() == 3


def test_the_session_that_comes_is_on_the_sheet(group: ClassGroup, teacher: Client) -> None:
    from bdhvs_lms.base.api import now  # the session is of tomorrow

    at = now()
    plan_sessions(group, starts_at=at + timedelta(days=1), place="Nhà văn hóa Thôn Đoài", at=at, by=None)
    [sheet, *_more] = text_of(teacher.get(f"/day/{group.uuid}/ky-ten.pdf"))
    assert "Nhà văn hóa Thôn Đoài" in sheet


@pytest.mark.parametrize("lines", ["-1", "x", "9999", "٣", ""])
def test_an_odd_number_of_lines_is_no_error(group: ClassGroup, teacher: Client, lines: str) -> None:
    assert teacher.get(f"/day/{group.uuid}/ky-ten/", {"dong": lines}).status_code == 200


def test_cards_and_poster_are_files_too(group: ClassGroup, teacher: Client) -> None:
    teacher.post(f"/day/{group.uuid}/the/")
    cards = text_of(teacher.get(f"/day/{group.uuid}/the.pdf"))
    assert len(cards) == 1 and all(name in cards[0] for name in NAMES)
    [poster] = text_of(teacher.get(f"/day/{group.uuid}/ap-phich.pdf"))
    assert "Lớp Thôn Đoài" in poster and "thon-doai" in poster and "/vao-lop/" in poster
    assert not any(name in poster for name in NAMES)


def test_the_class_as_a_file_says_what_the_page_says(group: ClassGroup, teacher: Client) -> None:
    page = html_of(teacher.get(f"/day/{group.uuid}/"))
    assert f"/day/{group.uuid}/lop.pdf" in page
    [sheet] = text_of(teacher.get(f"/day/{group.uuid}/lop.pdf"))
    assert all(name in sheet for name in NAMES)
    assert "chưa bắt đầu" in sheet and "1951" in sheet


def test_without_the_means_pages_print_and_say_why(
    group: ClassGroup, teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in ("bdhvs_lms.base.pdf", "bdhvs_lms.reporting.class_actions", "bdhvs_lms.reporting.views.teacher"):
        monkeypatch.setattr(f"{where}.why_no_pdf", lambda: "library")
    page = html_of(teacher.get(f"/day/{group.uuid}/ky-ten/"))
    assert "Không có tệp PDF" in page and "Trần Thị Ước" in page and "ky-ten.pdf" not in page
    assert "lop.pdf" not in html_of(teacher.get(f"/day/{group.uuid}/"))
    for file in ("ky-ten", "the", "ap-phich", "lop"):
        answer: Any = teacher.get(f"/day/{group.uuid}/{file}.pdf")
        assert answer.status_code == 503 and str(pdf.REASONS["library"]) in html_of(answer)
