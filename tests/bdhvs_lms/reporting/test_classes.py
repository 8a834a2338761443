"""A target by class: who is counted where, what is hidden, who sees it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, Membership
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.api import Attainment
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.class_cuts import few_together
from bdhvs_lms.reporting.queries.class_table import REST, Cells, ClassTable
from bdhvs_lms.reporting.queries.classes import Classes, classes_of
from bdhvs_lms.reporting.suppression import Counts, Tree, difference, is_small, shown_nodes, single
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import text_of
from tests.support.board import ASKED
from tests.support.markup import html_of
from tests.support.world import T0

pytestmark = pytest.mark.database

BEGAN = T0.date()
PAGE = "/chi-dao/plan/T3-2025/lop/"
HIDDEN = "Không hiển thị"


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
        "" if row.group is None else row.group.name: (
            row.told.people, row.told.learning, row.told.passed, row.told.confirmed
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
        "": (None, 0, 0, 0),
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


def test_a_small_class_has_no_row_and_few_of_a_large_one_are_hidden_with_another(stage: Stage) -> None:
    """3 of the first class pass: neither they nor what would tell of them, the rest of the commune, stand there."""
    few, many, others = stage.people(10), stage.people(20), stage.people(40)
    stage.attain([*few[:3], *many[:9], *others[:20]])
    group_of(stage, "Lớp ít", few)
    group_of(stage, "Lớp nhiều", many)
    group_of(stage, "Lớp nhỏ", others[:4])
    found = told(stage)
    assert found["Lớp ít"] == (10, None, None, None)
    assert set(found) == {"Lớp ít", "Lớp nhiều", ""}
    shown = [name for name, row in found.items() if row[2] is not None]
    assert len(shown) == 1, found


def test_who_is_left_of_a_class_is_not_told_either(stage: Stage) -> None:
    """Of 10 people 8 pass: the two who do not would be named."""
    people, others = stage.people(10), stage.people(30)
    stage.attain([*people[:8], *others[:12]])
    group_of(stage, "Lớp gần xong", people)
    group_of(stage, "Lớp khác", others)
    assert told(stage)["Lớp gần xong"][:3] == (10, None, None)


def test_a_class_within_a_village_less_the_village_tells_of_no_few(stage: Stage) -> None:
    """The village's 12 are on the board: 9 of a class that lies in it would leave 3."""
    village = Area.objects.create(
        code="10015-1", name="Thôn Một", kind="village", valid_from=date(2025, 7, 1), parent=stage.area
    )
    inside, outside = stage.people(12, village), stage.people(30)
    more = stage.people(20, village)
    stage.attain([*inside, *outside[:15]])
    group_of(stage, "Lớp thôn", [*inside[:9], *more[:10]])
    group_of(stage, "Lớp xã", outside)
    competency.fill()
    assert Board(ASKED).row(stage.target, village).numerator == 12
    found = told(stage)
    assert found["Lớp thôn"][0] == 19
    assert found["Lớp thôn"][2] is None


# Every small commune: which sums and differences of what is shown are a number of few people?


@dataclass(frozen=True)
class Rule:
    content: Hashable = "rule"
    passed: Hashable = "passed"
    confirmed: Hashable = "confirmed"
    begun: Hashable = "begun"


RULE = Rule()
VILLAGES, CLASSES = ("v1", "v2", "v3"), (1, 2)
PLACES = st.fixed_dictionaries(
    {
        (one, village): st.one_of(st.just((0, 0, 0, 0)), st.tuples(*[st.integers(0, 8)] * 4))
        for one in (*CLASSES, REST)
        for village in VILLAGES
    }
)


NOBODY = {(one, village): (0, 0, 0, 0) for one in (*CLASSES, REST) for village in VILLAGES}
# Told is who passes in v1, and who has begun in v2: those in no class less v2 are v1, of whom one learns still.
EACH_BY_ANOTHER_NUMBER = {
    **NOBODY, (2, "v3"): (0, 7, 0, 0), (REST, "v1"): (0, 1, 4, 2), (REST, "v2"): (0, 7, 0, 7)
}  # fmt: skip


def a_commune(found: Mapping[tuple[int, str], tuple[int, ...]]) -> tuple[Any, Cells, dict[Any, tuple[int, ...]]]:
    """(what the board has, what is counted by class, of each cell: people, begun, passed, confirmed).

    That nobody lives in a village is not known; which classes its people are in, is."""
    cells: dict[Any, tuple[int, ...]] = {(REST, village): (0, 0, 0, 0) for village in VILLAGES}
    for at, (idle, begun, passed, confirmed) in found.items():
        whole = idle + begun + passed + confirmed
        if whole:
            cells[at] = (whole, begun + passed + confirmed, passed + confirmed, confirmed)
    parents = {"top": None, **dict.fromkeys(VILLAGES, "top")}
    by_village: dict[str, dict[str, int]] = {name: {} for name in ("people", "begun", "passed", "confirmed")}
    inside = Cells()
    for (one, village), numbers in cells.items():
        for name, number in zip(by_village, numbers, strict=True):
            by_village[name][village] = by_village[name].get(village, 0) + number
            if one != REST:
                getattr(inside, name)[(one, village)] = number
    measures = ("passed", "confirmed", "begun")
    people = dict.fromkeys(measures, by_village["people"])
    values = {name: by_village[name] for name in measures}
    forms = [*map(single, measures), difference("passed", "confirmed"), difference("begun", "passed", yields="begun")]
    shown = shown_nodes(Counts(parents, people, values, forms, {"confirmed": "passed"}))
    table = SimpleNamespace(rules=[RULE], tree=Tree(parents), people=people, values=values, shown=shown)
    return table, inside, cells


def regions(table: Any, found: ClassTable, measure: str, cells: Mapping[Any, Any]) -> list[frozenset[Any]]:
    """The cells behind each number that is shown of a measure, on the board or by class."""
    on_board = table.shown.get(measure, ())
    areas = [frozenset(at for at in cells if node in ("top", at[1])) for node in on_board]
    size = {"people": ("size", "rule")}
    by_class = found.shown[size.get(measure, measure)]

    def leaf_of(one: int) -> Hashable:
        return ("class", one if one in found.classes else REST)

    return [
        *areas,
        *(frozenset(at for at in cells if leaf_of(at[0]) == leaf) for leaf in by_class if leaf != "top"),
    ]


def told_sets(given_regions: list[frozenset[Any]], cells: Mapping[Any, Any]) -> Iterator[frozenset[Any]]:
    """Every set of whole cells whose number is a sum or difference of what is shown."""
    for signs in product((-1, 0, 1), repeat=len(given_regions)):
        times = {at: sum(sign for sign, one in zip(signs, given_regions, strict=True) if at in one) for at in cells}
        if set(times.values()) <= {0, 1} and any(times.values()):
            yield frozenset(at for at, number in times.items() if number)


@given(PLACES)
@example(EACH_BY_ANOTHER_NUMBER)
def test_no_sum_or_difference_of_areas_and_classes_tells_of_few(
    found: dict[tuple[int, str], tuple[int, ...]],
) -> None:
    table, inside, cells = a_commune(found)
    by_class = ClassTable(table, "top", {"rule": inside})  # type: ignore[arg-type]
    names = ("people", "begun", "passed", "confirmed")
    sets = {name: set(told_sets(regions(table, by_class, name, cells), cells)) for name in names}
    for place, name in enumerate(names[1:], 1):
        for one in sets[name]:
            assert not is_small(sum(cells[at][place] for at in one)), (name, one)
    for more, less in (("passed", "confirmed"), ("begun", "passed"), ("people", "passed"), ("people", "begun")):
        for one in sets[more] & sets[less]:
            assert not is_small(sum(cells[at][names.index(more)] - cells[at][names.index(less)] for at in one)), one


def test_the_size_of_a_class_that_is_a_village_gives_way_to_the_village() -> None:
    """Of 24 people 21 pass, as the board shows of the village: whoever knows that it is the class would know of 3."""
    table, inside, _cells = a_commune({**NOBODY, (2, "v3"): (0, 3, 10, 11), (REST, "v2"): (0, 4, 9, 0)})
    by_class = ClassTable(table, "top", {"rule": inside})  # type: ignore[arg-type]
    assert "v3" in table.shown["passed"]
    assert ("class", 2) not in by_class.shown[("size", "rule")]


def test_as_many_as_may_be_shown_are_no_few() -> None:
    """A village's people, of whom one is in a class that others fill too: 4 of them are told, 5 stay shown."""
    for inside, told in ((3, {"village"}), (4, None)):
        cells = {("village", "a"): [inside], ("village", "b"): [1], ("other", "a"): [9], ("other", "b"): [9]}
        assert few_together(cells, 0) == told


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
