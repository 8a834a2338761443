"""The twelve months before a target's number: who is counted, what is hidden, and where the same numbers stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.api import TargetRow
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.months import Month, month_ends, shown_months
from bdhvs_lms.reporting.suppression import Counts, is_small, shown_nodes, single
from bdhvs_theme.pictures import line_of
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import tables_of, text_of
from tests.bdhvs_lms.reporting.test_suppression import SHAPES, Span, below, leaves_of, regions
from tests.support.addresses import below as in_english_too
from tests.support.board import ASKED
from tests.support.board import Board as World
from tests.support.markup import html_of

HIDDEN = "Không hiển thị"


def numbers(row: TargetRow) -> dict[str, int | None]:
    """Of the months in which somebody had passed or nothing is shown: '2025-10': 12."""
    return {f"{one.day:%Y-%m}": one.numerator for one in row.months if one.numerator != 0}


def row_of(world: World, area: Area | None = None, at: datetime = ASKED) -> TargetRow:
    return Board(at).row(world.target, area or world.area)


def passing(world: World, count: int, at: datetime, area: Area | None = None) -> list[Learner]:
    found = world.people(count, area)
    world.attain(found, at=at)
    return found


@pytest.fixture
def world(own: Stage) -> World:
    return own


def test_month_ends_are_the_last_days_of_the_twelve_months_before() -> None:
    found = month_ends(date(2024, 3, 31))
    assert (len(found), found[0], found[-1]) == (12, date(2023, 3, 31), date(2024, 2, 29))
    assert [(one + timedelta(days=1)).day for one in found] == [1] * 12
    assert month_ends(date(2025, 1, 1))[-1] == date(2024, 12, 31)


def test_people_pass_from_the_moment_of_the_last_competency_on(world: World) -> None:
    """The month ends at midnight in Vietnam; what came a microsecond later is of the next."""
    august, september = end_of_day(date(2025, 8, 31)), end_of_day(date(2025, 9, 30))
    people = world.people(24)
    world.attain(people, codes=["A1"], at=august)
    world.attain(people[:6], codes=["A2"], at=august)
    # A higher level is enough, whichever of the two came first.
    world.attain(people[6:12], codes=["A2"], level=2, at=september)
    world.attain(people[6:12], codes=["A2"], level=1, at=september + timedelta(days=3))
    world.attain(people[12:18], codes=["A2"], at=september + timedelta(microseconds=1))
    row = row_of(world)
    assert row.numerator == 18
    assert numbers(row) == {"2025-08": 6, "2025-09": 12, "2025-10": 18}
    assert [one.day for one in row.months] == list(month_ends(date(2025, 11, 15)))


def test_shares_are_of_the_total_of_the_rows_day_and_lead_to_its_share(world: World) -> None:
    passing(world, 10, datetime(2025, 9, 10, tzinfo=UTC))
    passing(world, 20, datetime(2025, 11, 10, tzinfo=UTC))
    world.count_everyone(30, as_of=date(2025, 9, 1))
    world.count_everyone(90, as_of=date(2025, 11, 1))
    row = row_of(world)
    assert str(row.share) == "33.3"
    assert [str(one.share) for one in row.months[-3:]] == ["0.0", "11.1", "11.1"]
    # Without a total there are people and no shares, and no picture.
    other = row_of(world, world.other_area)
    assert (other.months, other.course) == ((), ())


def test_whoever_moved_is_counted_where_they_are_now(world: World) -> None:
    people = passing(world, 12, datetime(2025, 9, 10, tzinfo=UTC))
    for learner in people[:5]:
        place(learner, world.other_area, valid_from=date(2025, 11, 1), at=ASKED)
    assert numbers(row_of(world)) == {"2025-09": 7, "2025-10": 7}
    assert numbers(row_of(world, world.other_area)) == {"2025-09": 5, "2025-10": 5}


def test_a_finished_year_keeps_its_months(world: World) -> None:
    passing(world, 6, datetime(2025, 9, 10, tzinfo=UTC))
    passing(world, 9, datetime(2026, 1, 10, tzinfo=UTC))
    row = row_of(world, at=datetime(2026, 5, 1, tzinfo=UTC))
    assert row.months[-1].day == date(2025, 11, 30)
    assert numbers(row) == {"2025-09": 6, "2025-10": 6, "2025-11": 6}


def test_a_year_that_has_not_begun_and_a_village_have_no_months(world: World) -> None:
    world.add_rule(2026)
    later = world.add_target("T3-2026", 2026)
    village = Area.objects.create(
        code="1", name="Tổ 1", kind="village", parent=world.area, valid_from=world.area.valid_from
    )
    passing(world, 6, datetime(2025, 9, 10, tzinfo=UTC), village)
    passing(world, 7, datetime(2025, 9, 10, tzinfo=UTC))
    assert row_of(world, village).numerator == 6
    assert row_of(world, village).months == ()
    assert numbers(row_of(world)) == {"2025-09": 13, "2025-10": 13}
    board = Board(ASKED)
    assert board.row(later, world.area).numerator == 13
    assert board.row(later, world.area).months == ()
    assert board.below(world.target, world.area)[0].months == ()


# --- What is hidden ---------------------------------------------------------------------------------------------------


def test_a_month_that_tells_of_few_people_is_a_gap(world: World) -> None:
    """8 by August, 10 by September, 16 by October, 18 today: of each two that differ by few the earlier is hidden."""
    for count, month in ((8, 8), (2, 9), (6, 10), (2, 11)):
        passing(world, count, datetime(2025, month, 5, tzinfo=UTC))
    row = row_of(world)
    assert row.numerator == 18
    assert numbers(row) == {"2025-08": None, "2025-09": 10, "2025-10": None}


def test_months_of_neighbours_tell_nothing_that_an_areas_own_do_not(world: World) -> None:
    """Both communes' months are fit to be shown but for 2 people of one of them, who are the province's as well."""
    passing(world, 20, datetime(2025, 9, 10, tzinfo=UTC))
    passing(world, 18, datetime(2025, 9, 10, tzinfo=UTC), world.other_area)
    passing(world, 2, datetime(2025, 11, 10, tzinfo=UTC), world.other_area)
    passing(world, 10, datetime(2025, 11, 10, tzinfo=UTC))
    own, other, province = (row_of(world, area) for area in (world.area, world.other_area, world.province))
    assert numbers(other) == {"2025-09": None, "2025-10": None}
    # 38 of the province less 20 of the one would be 18 of the other.
    shown = [area for area, row in (("own", own), ("province", province)) if row.months[-1].numerator is not None]
    assert len(shown) == 1


@st.composite
def histories(draw: Any) -> tuple[dict[str, str | None], list[dict[str, int]]]:
    """How many passed at each leaf in each of three months and since."""
    parents = draw(st.sampled_from(SHAPES))
    counts = st.sampled_from((0, 0, 0, 1, 2, 3, 4, 5, 7, 12))
    return parents, [{leaf: draw(counts) for leaf in leaves_of(parents)} for _span in range(4)]


@given(histories())
def test_no_number_of_1_to_4_people_follows_from_shown_months(history: Any) -> None:
    """Of every region and every set of months in which people passed: if sums and differences of what is shown, today

    and in any month and area, give how many passed there and then, that number is 0 or at least 5."""
    parents, spans = history
    leaves = leaves_of(parents)
    until = [{leaf: sum(span[leaf] for span in spans[: last + 1]) for leaf in leaves} for last in range(4)]
    people = dict.fromkeys(leaves, 60)
    now = until.pop()
    shown = shown_nodes(Counts(parents, {"N": people}, {"N": now}, (single("N"),)))["N"]
    months = shown_months(parents, people, now, until, shown)  # type: ignore[arg-type]
    columns = [(leaf, span) for leaf in leaves for span in range(4)]

    def told(region: Sequence[str], spans_of: Any) -> list[int]:
        return [int(leaf in region and span in spans_of) for leaf, span in columns]

    span = Span(
        [
            told(below(parents, str(node)), range(last + 1))
            for last, nodes in enumerate([*months, shown])
            for node in sorted(nodes, key=str)
        ]
    )
    for region in regions(leaves):
        for chosen in regions("0123"):
            wanted = {int(one) for one in chosen}
            count = sum(spans[which][leaf] for leaf in region for which in wanted)
            if is_small(count):
                assert told(sorted(region), wanted) not in span, (sorted(region), wanted, count, months, shown)
    assert all(nodes <= shown for nodes in months)


def test_large_numbers_are_shown_in_every_month() -> None:
    """Hiding everything would keep the promise above as well."""
    parents = {"d": None, "a": "d", "b": "d"}
    until = [{"a": 10 * month, "b": 20 * month} for month in range(1, 4)]
    people = {"a": 100, "b": 200}
    found = shown_months(parents, people, {"a": 40, "b": 80}, until, {"d", "a", "b"})  # type: ignore[arg-type]
    assert found == [frozenset(parents)] * 3


# --- Page and files ---------------------------------------------------------------------------------------------------


def fill(stage: Stage) -> None:
    """12 by September, 20 by October and 21 today, of 100: October differs by one from today."""
    for count, month in ((12, 9), (8, 10), (1, 11)):
        passing(stage, count, datetime(2025, month, 5, tzinfo=UTC))
    stage.count_everyone(100)


def test_the_page_has_the_line_and_its_numbers(stage: Stage) -> None:
    fill(stage)
    client = stage.steering()
    for prefix, hidden in (("", HIDDEN), ("/en", "Hidden")):
        page = client.get(in_english_too(prefix, "/chi-dao/plan/T3-2025/"))
        _own, months = tables_of(page)
        assert months[-2][1:] == [hidden, hidden]
    _own, months = tables_of(client.get("/chi-dao/plan/T3-2025/"))
    assert months[0] == ["Đến hết ngày", "Số người đạt", "Tỷ lệ (%)"]
    assert len(months) == 1 + 12 + 1
    assert months[-4:] == [
        ["31/08/2025", "0", "0,0"],
        ["30/09/2025", "12", "12,0"],
        ["31/10/2025", HIDDEN, HIDDEN],
        ["15/11/2025", "21", "21,0"],
    ]


def test_the_picture_has_a_title_and_gaps(stage: Stage) -> None:
    fill(stage)
    client = stage.steering()
    for address in ("/chi-dao/", "/chi-dao/plan/T3-2025/"):
        html = html_of(client.get(address))
        (picture,) = re.findall(r'<svg class="line".*?</svg>', html, re.DOTALL)
        assert 'role="img"' in picture
        title = "Từ 0,0% đến hết ngày 30/11/2024 tới 21,0% ngày 15/11/2025, so với chỉ tiêu 85%"
        assert f">{title}</title>" in picture
        # Eleven months, then one that is not shown, then today: one line, and a dot beyond the gap.
        assert len(re.findall('class="line-run"', picture)) == 1
        assert len(re.findall("h0", picture)) == 12
        assert "100.0 79.0 h0" in picture
    # October is in no byte.
    assert "20,0" not in html


def test_points_stand_as_far_apart_as_they_are_in_time(world: World) -> None:
    def month(day: date, share: str) -> Month:
        return Month(day, 5, Decimal(share))

    row = TargetRow(world.target, world.area, date(2025, 3, 31), "no_data", months=(month(date(2025, 1, 31), "10"),))
    assert line_of(row) is None
    line = line_of(replace(row, months=(*row.months, month(date(2025, 2, 28), "120"))))
    assert line is not None
    assert (line.runs, line.dots, line.target) == (("M0.0 90 L47.5 0",), "M0.0 90 h0 M47.5 0 h0", 15)


def test_a_suppressed_row_has_no_months(stage: Stage) -> None:
    passing(stage, 3, datetime(2025, 9, 5, tzinfo=UTC))
    stage.people(40)
    client = stage.steering()
    page = client.get("/chi-dao/plan/T3-2025/")
    assert len(tables_of(page)) == 1
    assert "Theo từng tháng" not in text_of(html_of(page))


def test_months_cost_no_query(world: World) -> None:
    passing(world, 6, datetime(2025, 9, 10, tzinfo=UTC))
    # The same people under the same rule: a year that has not begun has no months of theirs.
    later = world.add_target("T3-2026", 2026)
    world.add_rule(2026)
    counts = []
    for target in (world.target, later):
        board = Board(ASKED)
        with CaptureQueriesContext(connection) as queries:
            row = board.row(target, world.area)
        counts.append((len(queries), len(row.months)))
    assert counts[0][0] == counts[1][0]
    assert [months for _queries, months in counts] == [12, 0]
