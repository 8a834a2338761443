"""The committee's page of what people have gained, as a browser shows it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency import api as competency
from tests.bdhvs_lms.reporting.reading import text_of
from tests.bdhvs_lms.reporting.test_gain import AFTER, DAY, Ends
from tests.support.markup import html_of

PAGE = "/chi-dao/thay-doi/"


@pytest.fixture
def ends(db: Any, settings: Any) -> Ends:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return Ends()


def page(client: Client, query: str = "") -> str:
    competency.fill()
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return html_of(response)


def tables(html: str) -> list[list[list[str]]]:
    """Of each table its rows, each a list of what its cells say; the first row is the heads."""
    return [
        [
            [text_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        ]
        for table in re.findall(r'<table class="gains">(.*?)</table>', html, re.DOTALL)
    ]


def test_each_competency_has_a_row_and_a_picture_that_says_the_same(ends: Ends) -> None:
    ends.both(8, 40, 65)
    html = page(ends.steering())
    [[heads, row]] = tables(html)
    assert heads == [
        "Năng lực", "Số người có cả hai", "Đầu vào (%)", "Đầu ra (%)", "Thay đổi (điểm phần trăm)",
        "Tăng", "Như cũ", "Giảm",
    ]  # fmt: skip
    said = "A2 · Năng lực hai: đầu vào 40,0 %, đầu ra 65,0 %"
    assert row == ["A2 · Năng lực hai", "8", "40,0", "65,0", "+25,0", "8", "0", "0"]
    picture = re.search(r'<svg class="gain"[^>]*role="img".*?</svg>', html, re.DOTALL)
    assert picture is not None
    assert f"<title>{said}</title>" in picture.group()
    assert 'd="M40.0 3H65.0"' in picture.group()
    assert "hết ngày 31/10/2025" in text_of(html)


def test_who_fell_is_said_with_a_minus(ends: Ends) -> None:
    ends.both(5, 70, 65)
    [[_heads, row]] = tables(page(ends.steering()))
    assert row[4:] == ["−5,0", "0", "0", "5"]


def test_the_areas_below_are_compared_in_one_competency(ends: Ends) -> None:
    ends.both(8, 40, 65)
    few = ends.both(3, 10, 11, ends.other_area)
    html = page(ends.steering(ends.province))
    [_by_competency, (_heads, *rows)] = tables(html)
    assert rows[0][1:4] == ["8", "40,0", "65,0"] or rows[0][1:4] == ["Không hiển thị"] * 3
    assert rows[1][1:] == ["Không hiển thị"] * 7
    assert "10,0" not in html
    ends.mark(few, ends.quiz, 20, at=T0_LATER, about=ends.a1)
    ends.mark(few, ends.task, 30, at=T0_LATER + DAY, about=ends.a1)
    html = page(ends.steering(ends.province, name="second"), "?nang-luc=test-framework:A1")
    assert re.search(r"<caption>\s*A1 Năng lực một, theo địa bàn\s*</caption>", html)


T0_LATER = AFTER - 20 * DAY


def test_before_anybody_has_both_the_page_says_so(ends: Ends) -> None:
    ends.mark(ends.people(6), ends.quiz, 50, at=AFTER)
    said = text_of(page(ends.steering()))
    assert "Chưa có ai trong nhóm này làm cả bài đầu vào và bài đầu ra" in said


def test_what_was_done_this_month_waits_for_its_end(ends: Ends) -> None:
    people = ends.people(6)
    ends.mark(people, ends.quiz, 50, at=AFTER)
    ends.mark(people, ends.task, 80, at=AFTER + 34 * DAY)
    assert tables(page(ends.steering())) == []


def test_a_group_that_is_not_there_is_refused_and_nobody_is_named(ends: Ends) -> None:
    learner = ends.learner("nguyen-van-kin")
    ends.both(8, 40, 65)
    client = ends.steering()
    assert client.get(PAGE + "?nhom=khac").status_code == 400
    html = page(client, "?nhom=adult")
    assert str(learner.actor) not in html


def test_the_board_leads_there_and_its_area_stays(ends: Ends) -> None:
    client = ends.steering(ends.province)
    html = html_of(client.get("/chi-dao/?dia-ban=10015@2025-07-01"))
    link = re.search(r'href="(/chi-dao/thay-doi/\?[^"]*)"', html)
    assert link is not None
    assert "Phường Thử" in page(client, link.group(1).removeprefix(PAGE).replace("&amp;", "&").split("&")[0])


def test_it_costs_the_same_however_many_areas_and_groups_there_are(ends: Ends) -> None:
    ends.both(8, 40, 65)
    client = ends.steering(ends.province)
    page(client)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    few = asked()
    ends.both(8, 30, 65, ends.other_area)
    group = TargetGroup.objects.create(key="more", label_vi="Nhóm khác", counted_where="area")
    ends.rule.__class__.objects.create(
        group=group, year=2025, number=1, framework=ends.framework, all_of=["A1"], level=1, label_vi="x",
        created_at=AFTER,
    )  # fmt: skip
    page(client)
    assert asked() == few
