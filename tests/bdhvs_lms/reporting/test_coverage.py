"""What is covered: what teaches each competency at each level, how many people have shown it, what has nothing."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bdhvs_content.api import editors
from bdhvs_lms.competency import api as competency
from bdhvs_lms.courses.api import withdraw_activity
from bdhvs_lms.reporting.queries.coverage import class_of
from bdhvs_lms.reporting.suppression import is_small
from bdhvs_lms.roles import operators
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz.models.labels import QuestionAlignment
from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_content import pages
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import tables_of
from tests.bdhvs_lms.reporting.test_pages import words
from tests.support.browsing import opened
from tests.support.markup import html_of
from tests.support.world import T0
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]

REPORT = "/quan-tri/reports/nang-luc/"
SHOTS = os.environ.get("COVERAGE_SHOTS")


def client_in(group: Any, name: str) -> Client:
    user = get_user_model().objects.create_user(name, password="x")
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def rows_of(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{REPORT}?export=csv{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def shown_to(client: Client) -> list[dict[str, str]]:
    """The table of the page."""
    [head, *rows] = tables_of(client.get(REPORT))[-1]
    return [dict(zip(head, row, strict=True)) for row in rows]


def numbers(row: dict[str, str]) -> tuple[str, str, str]:
    return row["Người có kết quả"], row["Số người đạt"], row["Nội dung dạy"]


def teach() -> Stage:
    """Six people passed the quiz (A1/1, A2/1), two of them the task (A2/2)."""
    stage = Stage()
    for number in range(6):
        learner = stage.learner(f"Người {number}")
        stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=number, score=9))
        if number < 2:
            stage.record(stage.act(learner, tracking.VERB_PASSED, stage.task, minutes=number, score=9))
    return stage


made, _own = made_once(teach)


@pytest.fixture
def taught(stage: Stage) -> Stage:
    return stage


def test_operators_see_every_number_and_what_has_nothing(taught: Stage) -> None:
    found = {(row["Năng lực"], row["Trình độ"]): numbers(row) for row in rows_of(client_in(operators(), "van-hanh"))}
    assert found == {
        ("A1 · Năng lực một", "1 · Sử dụng được"): ("6", "6", "Có"),
        ("A1 · Năng lực một", "2 · Sử dụng tốt"): ("0", "0", "Chưa có gì"),
        ("A2 · Năng lực hai", "1 · Sử dụng được"): ("6", "6", "Có"),
        ("A2 · Năng lực hai", "2 · Sử dụng tốt"): ("2", "2", "Có"),
    }


def test_editors_see_classes_as_of_the_end_of_the_last_month(taught: Stage) -> None:
    pages.catalog()
    client = client_in(editors(), "bien-soan")
    found = [numbers(row) for row in shown_to(client)]
    assert found == [("1–19", "1–19", "Có"), ("0", "0", "Chưa có gì"), ("1–19", "1–19", "Có"), ("1–19", "1–19", "Có")]
    # What is kept has no figures of people.
    assert not {"Người có kết quả", "Số người đạt"} & set(rows_of(client)[0])
    assert "Số người nêu theo khoảng, tính đến hết ngày 31/10/2025" in words(client.get(REPORT))


def test_nothing_that_is_done_in_a_month_is_seen_in_it(taught: Stage) -> None:
    """From 19 to 20 in one day: the twentieth would be whoever was in class that day."""
    pages.catalog()
    client = client_in(editors(), "bien-soan")
    before = shown_to(client)
    people = taught.people(100)
    taught.attain(people, codes=["A1"], level=2, at=datetime(2025, 11, 3, tzinfo=UTC))
    competency.Attainment.objects.filter(level=2, begun_at=None).update(begun_at=datetime(2025, 11, 3, tzinfo=UTC))
    assert shown_to(client) == before
    assert numbers(shown_to(client_in(operators(), "van-hanh"))[1])[:2] == ("100", "100")
    competency.Attainment.objects.filter(learner__in=people).update(
        begun_at=datetime(2025, 10, 3, tzinfo=UTC), attained_at=datetime(2025, 10, 3, tzinfo=UTC)
    )
    assert numbers(shown_to(client)[1])[:2] == ("100–499", "100–499")


@given(st.integers(0, 40_000), st.integers(0, 40_000), st.integers(-40_000, 40_000))
def test_classes_of_coverage_tell_of_no_few(one: int, other: int, told: int) -> None:
    """Of the numbers that may be behind a class less those of another, or less one that is told, some is no few's."""
    (least, most), (low, high) = class_of(one), class_of(other)
    assert least <= one <= (one if most is None else most)
    most, high = most or least + 10**6 * bool(least), high or low + 10**6 * bool(low)
    if least:
        assert any(not is_small(count - told) for count in (least, least + 9, most))
    if least or low:
        assert any(not is_small(count) for count in (least - high, most - low, (least + most - low - high) // 2))


def test_it_is_filtered_by_framework_and_by_what_is_missing(taught: Stage) -> None:
    client = client_in(operators(), "van-hanh")
    missing = [(row["Năng lực"], row["Trình độ"]) for row in rows_of(client, "&missing=none")]
    assert missing == [("A1 · Năng lực một", "2 · Sử dụng tốt")]
    assert rows_of(client, "&missing=higher") == []
    assert len(rows_of(client, "&framework=test-framework")) == 4
    withdraw_activity(taught.quiz, at=T0)
    assert [row["Năng lực"][:2] for row in rows_of(client, "&missing=higher")] == ["A2"]


def test_published_questions_count_and_one_competency_lists_what_teaches_it(taught: Stage) -> None:
    pages.catalog()
    question = pages.question("Ai hỏi mã OTP?")
    question.alignments.add(QuestionAlignment(competency=taught.a1, level=2))
    question.save_revision().publish()
    client = client_in(editors(), "bien-soan")
    row = rows_of(client)[1]
    assert (row["Câu hỏi"], row["Nội dung dạy"]) == ("1", "Chưa có gì")
    page = client.get(reverse("bdhvs_lms_coverage_competency", args=[taught.a1.pk]))
    assert "1 · Sử dụng được Hoạt động khác: Bài (Khóa thử) Hoạt động khác: Kiểm tra (Khóa thử)" in words(page)
    assert "Ai hỏi mã OTP?" in words(page)
    assert f'/edit/{question.pk}/"' in html_of(page)


def test_a_sheet_has_numbers_as_numbers(taught: Stage) -> None:
    client = client_in(operators(), "van-hanh")
    answer = client.get(f"{REPORT}?export=xlsx")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    place = sheet[0].index("Số người đạt")
    assert [row[place] for row in sheet[1:]] == [6, 0, 6, 2]


def test_it_asks_as_much_for_one_framework_as_for_two(taught: Stage) -> None:
    client = client_in(operators(), "van-hanh")
    client.get(REPORT)
    costs = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(REPORT).status_code == 200
        costs.append(len(captured))
        for path in competency.packaged():
            if path.stem == "framework-tt02-2025":
                competency.load_framework(path, at=pages.AT)
    assert costs[0] == costs[1] <= 30, costs


def test_a_framework_leads_to_it_and_strangers_do_not_get_in(taught: Stage) -> None:
    client = client_in(operators(), "van-hanh")
    framework = html_of(client.get(f"/quan-tri/chien-dich/khung-nang-luc/inspect/{taught.framework.pk}/"))
    assert f'href="{REPORT}?framework=test-framework"' in framework
    assert f'href="{REPORT}{taught.a1.pk}/"' in framework
    for stranger in (taught.teacher(), taught.steering(), Client()):
        assert stranger.get(REPORT).status_code in (302, 403)


def test_it_is_read_in_a_browser(taught: Stage, chromium: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    user = get_user_model().objects.create_user("van-hanh", password="x")
    user.groups.add(operators())
    site = _Browsed(user)
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=True)
        page = context.new_page()
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            for name, address in (("report", REPORT), ("one", f"{REPORT}{taught.a1.pk}/")):
                page.goto(SITE + address)
                found = Axe().run(page, context=".content-wrapper .content, main")
                assert [item["id"] for item in found.response["violations"]] == []
                if (name, width) == ("report", 1280):
                    table = page.locator(".bdhvs-dense")
                    assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
                    # Headings break; in one line each they would be wider than the desk.
                    assert table.locator("th").first.evaluate("one => getComputedStyle(one).whiteSpace") == "normal"
                if SHOTS:
                    page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"))
        assert site.problems == []
        context.close()
