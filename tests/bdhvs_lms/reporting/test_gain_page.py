"""The committee's page of what people have gained, as a browser shows it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.base.api import end_of_day, now
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.models import Evidence, StandingFill
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.readings.content import read
from bdhvs_lms.reporting.readings.earlier import told_by_readings
from bdhvs_lms.reporting.readings.gains import read_gains
from bdhvs_lms.reporting.readings.models import Reading, ReadingGains
from tests.bdhvs_lms.reporting.reading import text_of
from tests.bdhvs_lms.reporting.test_gain import AFTER, DAY, Ends
from tests.support.markup import html_of
from tests.support.world import T0
from tests.support.worlds import made_once

PAGE = "/chi-dao/thay-doi/"
OCTOBER = date(2025, 10, 31)
HIDDEN = "Không hiển thị"


made, own = made_once(Ends)


@pytest.fixture
def ends(own: Ends, settings: Any) -> Ends:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return own


def frozen(area: Area, month: date = OCTOBER) -> Reading:
    """A reading, without its files: they take longer than all else."""
    StandingFill.objects.all().delete()
    competency.fill()
    board = Board(end_of_day(month), told_by_readings())
    content = read(board, area, month)
    gained = read_gains(board, area, month, content)
    number = Reading.objects.count() + 1
    reading = Reading.objects.create(
        area=area, month=month.replace(day=1), number=number, as_of=month, frozen=content, made_at=now(),
        why="thử" if number > 1 else "",
    )  # fmt: skip
    ReadingGains.objects.create(reading=reading, frozen=gained)
    return reading


def page(client: Client, query: str = "") -> str:
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
    competency.fill()
    reading = freeze(ends.province, OCTOBER, at=now(), by=None)
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
    assert "Kỳ số liệu 10/2025, số 1: bài đầu ra làm đến hết ngày 31/10/2025" in text_of(html)
    assert f'href="/chi-dao/ky-so-lieu/{reading.uuid}/"' in html


def test_who_fell_is_said_with_a_minus(ends: Ends) -> None:
    ends.both(5, 70, 65)
    frozen(ends.province)
    [[_heads, row]] = tables(page(ends.steering()))
    assert row[4:] == ["−5,0", "0", "0", "5"]


def test_the_areas_below_are_compared_in_one_competency(ends: Ends) -> None:
    ends.both(8, 40, 65)
    few = ends.both(3, 10, 11, ends.other_area)
    frozen(ends.province)
    html = page(ends.steering(ends.province))
    [_by_competency, (_heads, *rows)] = tables(html)
    assert rows[0][1:4] == ["8", "40,0", "65,0"] or rows[0][1:4] == ["Không hiển thị"] * 3
    assert rows[1][1:] == ["Không hiển thị"] * 7
    assert "10,0" not in html
    ends.mark(few, ends.quiz, 20, at=T0_LATER, about=ends.a1)
    ends.mark(few, ends.task, 30, at=T0_LATER + DAY, about=ends.a1)
    frozen(ends.province)
    html = page(ends.steering(ends.province, name="second"), "?nang-luc=test-framework:A1")
    assert re.search(r"<caption>\s*A1 Năng lực một, theo địa bàn\s*</caption>", html)


T0_LATER = AFTER - 20 * DAY


def test_before_anybody_has_both_the_page_says_so(ends: Ends) -> None:
    ends.mark(ends.people(6), ends.quiz, 50, at=AFTER)
    frozen(ends.province)
    said = text_of(page(ends.steering()))
    assert "Chưa có ai trong nhóm này làm cả bài đầu vào và bài đầu ra" in said


def test_what_was_done_this_month_waits_for_its_end(ends: Ends) -> None:
    people = ends.people(6)
    ends.mark(people, ends.quiz, 50, at=AFTER)
    ends.mark(people, ends.task, 80, at=AFTER + 34 * DAY)
    frozen(ends.province)
    assert tables(page(ends.steering())) == []


def test_a_group_that_is_not_there_is_refused_and_nobody_is_named(ends: Ends) -> None:
    learner = ends.learner("nguyen-van-kin")
    ends.both(8, 40, 65)
    frozen(ends.province)
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
    frozen(ends.province)
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
    frozen(ends.province)
    page(client)
    assert asked() == few <= 20


def people_of(ends: Ends, client: Client) -> list[str]:
    """Of the province, and of both its communes."""
    [[_heads, own], (_below, *rows)] = tables(page(client))
    return [row[1] for row in (own, *rows)]


def test_a_later_reading_tells_of_nobody_or_of_five_more(ends: Ends) -> None:
    people = ends.both(20, 40, 60)
    ends.both(20, 40, 60, ends.other_area)
    client = ends.steering(ends.province)
    frozen(ends.province)
    assert people_of(ends, client) == ["40", "20", "20"]
    # One more, whose mark two means would tell.
    [last] = ends.people(1)
    ends.mark([last], ends.quiz, 90, at=T0_LATER)
    ends.mark([last], ends.task, 95, at=T0_LATER + DAY)
    frozen(ends.province)
    html = page(client)
    [[_heads, own], (_below, first, second)] = tables(html)
    assert own[1:] == first[1:] == [HIDDEN] * 7
    assert second[1:] == ["20", "40,0", "60,0", "+20,0", "20", "0", "0"]
    # There are as many people, of whom one is another one; and as many, of whom one did better.
    Evidence.objects.filter(learner=people[0]).delete()
    frozen(ends.province)
    assert people_of(ends, client) == [HIDDEN, HIDDEN, "20"]
    Evidence.objects.filter(learner=last).delete()
    ends.mark(people[:1], ends.quiz, 40, at=T0 + DAY)
    ends.mark(people[:1], ends.task, 60, at=AFTER)
    frozen(ends.province)
    assert people_of(ends, client) == ["40", "20", "20"]
    ends.mark(people[:1], ends.task, 100, at=AFTER + DAY)
    frozen(ends.province)
    assert people_of(ends, client) == [HIDDEN, HIDDEN, "20"]
    ends.both(5, 40, 60)
    frozen(ends.province)
    assert people_of(ends, client) == ["45", "25", "20"]


def chosen(html: str, field: str) -> list[str]:
    """What a browser shows as chosen in a list."""
    [options] = re.findall(rf'<select id="{field}".*?</select>', html, re.DOTALL)
    return re.findall(r'<option\s+value="([^"]*)"\s+selected', options)


def test_what_a_later_reading_hides_is_read_in_the_earlier_one(ends: Ends) -> None:
    ends.both(20, 40, 60)
    client = ends.steering(ends.province)
    frozen(ends.province)
    told = page(client)
    [last] = ends.people(1)
    for activity, mark, at in ((ends.quiz, 90, T0_LATER), (ends.task, 95, T0_LATER + DAY)):
        ends.mark([last], activity, mark, at=at)
    frozen(ends.province)
    html = page(client)
    assert HIDDEN in html
    [now], readings = chosen(html, "reading"), Reading.objects.order_by("number")
    assert now == str(readings[1].uuid)
    earlier = page(client, f"?ky={readings[0].uuid}")
    assert tables(earlier) == tables(told) and chosen(earlier, "reading") == [str(readings[0].uuid)]
    assert client.get("/chi-dao/thay-doi/?ky=khong").status_code == 400


def test_the_form_shows_what_the_page_is_of(ends: Ends) -> None:
    ends.both(20, 40, 60)
    other = ends.both(8, 20, 30)
    ends.mark(other, ends.quiz, 20, at=T0_LATER, about=ends.a1)
    ends.mark(other, ends.task, 30, at=T0_LATER + DAY, about=ends.a1)
    frozen(ends.province)
    client = ends.steering(ends.province)
    keys = re.findall(r'<option\s+value="(test-framework:[^"]+)"', page(client))
    assert len(keys) > 1
    for key in keys:
        html = page(client, f"?nang-luc={key}")
        assert chosen(html, "competency") == [key] and len(chosen(html, "group")) == 1


def test_the_page_stands_still_until_the_next_reading(ends: Ends) -> None:
    ends.both(8, 40, 65)
    frozen(ends.province)
    client = ends.steering()
    before = tables(page(client))
    ends.both(30, 10, 90)
    competency.fill()
    assert tables(page(client)) == before


def test_before_the_first_reading_with_gains_the_page_says_so(ends: Ends) -> None:
    ends.both(8, 40, 65)
    client = ends.steering()
    said = "Chưa có kỳ số liệu nào chốt"
    assert said in text_of(page(client)) and tables(page(client)) == []
    # One of before there were any.
    ReadingGains.objects.filter(reading=frozen(ends.province))._raw_delete("default")
    assert said in text_of(page(client)) and tables(page(client)) == []
    assert client.get(PAGE + "?nhom=adult").status_code == 200


def test_a_reading_keeps_no_list_of_people_and_nothing_that_was_hidden(ends: Ends) -> None:
    learners = [*ends.both(8, 40, 65), *ends.both(3, 10, 11, ends.other_area)]
    content = frozen(ends.province).gains.frozen
    [table] = content["groups"][0]["tables"]
    assert table["cells"].keys() <= {str(ends.area.pk), str(ends.province.pk)}
    assert ends.other_area.pk in table["hidden"]
    assert not any(str(learner.actor) in str(content) for learner in learners)


def test_the_numbers_of_a_board_beside_it_tell_of_no_few(ends: Ends) -> None:
    """Of 12 who have passed, 9 have both marks: three would be those who have not."""
    people = ends.both(9, 40, 85)
    ends.attain([*people, *ends.people(3)], at=AFTER)
    ends.people(30)
    reading = frozen(ends.province)
    told = {row["area_id"]: row["numerator"] for row in reading.frozen["rows"]}
    assert told[ends.area.pk] == 12
    [table] = reading.gains.frozen["groups"][0]["tables"]
    assert str(ends.area.pk) not in table["cells"]
