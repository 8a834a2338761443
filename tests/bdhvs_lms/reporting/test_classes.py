"""A target by class: who is counted where, what is hidden, who sees it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, Membership
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.api import Attainment
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.classes import Classes, classes_of
from bdhvs_lms.reporting.small_numbers import fold_small, is_shown
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import text_of
from tests.support.board import ASKED
from tests.support.markup import html_of
from tests.support.world import T0

pytestmark = pytest.mark.database

BEGAN = T0.date()
PAGE = "/chi-dao/plan/T3-2025/lop/"
SMALL = "small"


def group_of(stage: Stage, name: str, people: list[Learner], *, since: date = BEGAN) -> ClassGroup:
    found = ClassGroup.objects.create(
        name=name, code=name.lower().replace(" ", "-"), course=stage.class_group.course, area=stage.area,
        starts=since,
    )  # fmt: skip
    Membership.objects.bulk_create(Membership(learner=one, class_group=found, valid_from=since) for one in people)
    return found


def begin(stage: Stage, people: list[Learner]) -> None:
    """They have done something, and attained nothing."""
    stage.evidence(people, stage.a1, at=T0)
    Attainment.objects.bulk_create(
        Attainment(learner=one, competency=stage.a1, level=1, status="in_progress", begun_at=T0) for one in people
    )


def page(client: Client, query: str = "") -> str:
    competency.fill()
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return html_of(response)


def told(stage: Stage, area: Area | None = None) -> dict[str, tuple[int | None, ...]]:
    competency.fill()
    found = classes_of(Board(ASKED), stage.target, area or stage.area)
    return {
        (SMALL if row.small else "") if row.group is None else row.group.name: (None,) * 4 if row.counts is None else (
            row.counts.people, row.counts.learning, row.counts.passed, row.counts.confirmed
        )
        for row in found.rows
    }  # fmt: skip


def test_rows_are_classes_and_add_up_to_the_areas_own_numbers(stage: Stage) -> None:
    passing, confirmed, idle = stage.people(12), stage.people(8), stage.people(30)
    stage.attain(passing)
    stage.attain(confirmed, confirmed_at=T0 + timedelta(days=30))
    begin(stage, idle[:7])
    group_of(stage, "Lớp một", [*passing[:6], *confirmed, *idle[:7]])
    group_of(stage, "Lớp hai", [*passing[6:], *idle[7:18]])
    assert told(stage) == {
        "Lớp hai": (17, 0, 6, 0),
        "Lớp một": (21, 7, 14, 8),
        "": (12, 0, 0, 0),
    }
    row = Board(ASKED).row(stage.target, stage.area)
    assert (row.learning, row.numerator, row.confirmed) == (7, 20, 8)


def test_whoever_is_in_two_classes_is_counted_in_the_one_joined_last(stage: Stage) -> None:
    people = stage.people(20)
    stage.attain(people[:10])
    group_of(stage, "Lớp cũ", people)
    group_of(stage, "Lớp mới", people[:10], since=T0.date() + timedelta(days=3))
    assert told(stage) == {"Lớp cũ": (10, 0, 0, 0), "Lớp mới": (10, 0, 10, 0)}


def test_who_lives_elsewhere_is_not_counted_in_this_areas_class(stage: Stage) -> None:
    here, there = stage.people(10), stage.people(10, stage.other_area)
    stage.attain([*here, *there])
    group_of(stage, "Lớp chung", [*here, *there])
    assert told(stage) == {"Lớp chung": (10, 0, 10, 0)}
    assert told(stage, stage.other_area) == {"Lớp chung": (10, 0, 10, 0)}


def test_small_classes_and_a_few_in_none_stand_on_one_line_and_totals_stay_whole(stage: Stage) -> None:
    people = stage.people(46)
    stage.attain(people[:3])
    group_of(stage, "Lớp ít", people[:10])
    group_of(stage, "Lớp nhiều", people[10:30])
    group_of(stage, "Lớp nhỏ", people[30:39])
    # Of the ten of a class three pass: exact, also where it is few.
    assert told(stage) == {"Lớp ít": (10, 0, 3, 0), "Lớp nhiều": (20, 0, 0, 0), SMALL: (16, 0, 0, 0)}


def test_where_even_the_line_is_small_the_next_smallest_class_joins_it(stage: Stage) -> None:
    people = stage.people(36)
    group_of(stage, "Lớp mười hai", people[:12])
    group_of(stage, "Lớp hai mươi", people[12:32])
    assert told(stage) == {"Lớp hai mươi": (20, 0, 0, 0), SMALL: (16, 0, 0, 0)}


def test_of_few_in_all_nothing_is_shown(stage: Stage) -> None:
    group_of(stage, "Lớp nhỏ", stage.people(9))
    assert told(stage) == {SMALL: (None, None, None, None)}
    html = page(stage.steering())
    assert "Lớp nhỏ" not in html and "Không hiển thị" in text_of(html)
    assert "Lớp, nhóm dưới 10 người" in text_of(html)


@given(st.dictionaries(st.integers(0, 30), st.integers(1, 40), max_size=12))
def test_no_row_of_the_page_is_of_fewer_than_ten(sizes: dict[int, int]) -> None:
    together = fold_small(sizes)
    assert all(sizes[one] >= 10 for one in sizes if one not in together)
    line = sum(sizes[one] for one in together)
    assert not together or is_shown(line) or len(together) == len(sizes)
    # No more than it takes.
    assert sum(sizes[one] >= 10 for one in together) <= 1


def test_the_page_is_for_members_of_the_area_and_names_nobody(stage: Stage) -> None:
    people = [stage.member(f"Nguyễn Thị Người {number}") for number in range(3)]
    passing = stage.people(20)
    stage.attain(passing[:12])
    group_of(stage, "Lớp một", [*passing, *people])
    html = page(stage.steering())
    assert "Lớp một" in html
    assert "Người 1" not in text_of(html)
    other = stage.steering(stage.other_area, name="other")
    assert other.get(f"{PAGE}?dia-ban=10015@2025-07-01").status_code == 404


def test_of_a_larger_area_the_communes_are_offered(stage: Stage) -> None:
    html = page(stage.steering(stage.province))
    assert 'href="?dia-ban=10030%402025-07-01"' in html
    assert "Xã Khác" in text_of(html)


def test_classes_cost_no_query(stage: Stage) -> None:
    people = stage.people(60)
    stage.attain(people[:30])
    group_of(stage, "Lớp một", people[:20])
    client = stage.steering()
    page(client)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            page(client)
        return len(found)

    before = queries()
    for number in range(2, 4):
        group_of(stage, f"Lớp {number}", people[number * 10 : number * 10 + 10])
    assert queries() == before


def test_without_a_rule_or_a_class_the_page_says_what_to_do(stage: Stage) -> None:
    stage.people(10)
    assert classes_of(Board(ASKED), stage.target, stage.area) == Classes(ready=False)
    assert "Chưa có lớp nào" in text_of(page(stage.steering()))
