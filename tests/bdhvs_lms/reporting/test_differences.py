"""Whoever keeps every reading and looks at today's board learns of no 1 to 4 people, whatever is added and subtracted.

Constructed populations, and the tables that boards and readings are made of. What is attacked is all of it at once:
areas with their sums, every measure, both years, town and country, earlier readings and the totals beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, date, datetime
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.api import now as clock
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency.api import PassRule
from bdhvs_lms.learners.api import Placement
from bdhvs_lms.reporting.queries.counting import Tally
from bdhvs_lms.reporting.queries.group_table import GroupTable, NodeCounts, RuleAt
from bdhvs_lms.reporting.queries.places import AreaTree
from bdhvs_lms.reporting.queries.published import Beside, Numbers, Published, ReadingTold
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.suppression import SMALL
from tests.bdhvs_lms.reporting.reading import tables_of
from tests.bdhvs_lms.reporting.test_suppression import SHAPES, below, leaves_of
from tests.support.attacking import Column, Shown, followed_by_few
from tests.support.world import T0

HIDDEN = "Không hiển thị"
WHOLE, URBAN = 1, 2
KEYS = {WHOLE: "adult", URBAN: "adult_urban"}

# What is counted of somebody in each state, by year.
ONE_YEAR: dict[str, frozenset[str]] = {
    "not begun": frozenset(),
    "stopped": frozenset({"begun 25"}),
    "learning": frozenset({"begun 25", "active 25"}),
    "passed": frozenset({"begun 25", "passed 25"}),
    "confirmed": frozenset({"begun 25", "passed 25", "confirmed 25"}),
}
FEW_STATES = {state: ONE_YEAR[state] for state in ("not begun", "stopped", "passed", "confirmed")}
TWO_YEARS: dict[str, frozenset[str]] = {
    "not begun": frozenset(),
    "begun": frozenset({"begun 25"}),
    "begun both": frozenset({"begun 25", "begun 26"}),
    "passed": frozenset({"begun 25", "passed 25"}),
    "passed, begun both": frozenset({"begun 25", "begun 26", "passed 25"}),
    "passed both": frozenset({"begun 25", "begun 26", "passed 25", "passed 26"}),
}
# Nobody unlearns what was shown; whoever learns may stop, and begin again.
LASTING = ("begun", "passed", "confirmed")


def ways(states: Mapping[str, frozenset[str]], moments: int) -> list[tuple[str, ...]]:
    """Every way through the states: the kinds of people."""

    def may_follow(earlier: str, later: str) -> bool:
        lasting = {one for one in states[earlier] if one.startswith(LASTING)}
        return lasting <= states[later]

    return [
        way
        for way in product(states, repeat=moments)
        if all(may_follow(earlier, later) for earlier, later in zip(way, way[1:], strict=False))
    ]


class Places(AreaTree):
    """A tree that was written down."""

    def __init__(self, parents: Mapping[Any, Any], urban: Iterable[str]) -> None:
        areas = {node: SimpleNamespace(urban=node in urban, kind="commune") for node in parents}
        super().__init__(SimpleNamespace(areas=areas), ())  # type: ignore[arg-type]
        self.__dict__["parents"] = dict(parents)


class World:
    """People by place and way; at each moment a table, which stands beside what was told before."""

    def __init__(
        self,
        states: Mapping[str, frozenset[str]],
        parents: Mapping[str, str | None],
        urban: Iterable[str],
        people: Mapping[Any, int],
        entered: Mapping[Any, int],
    ) -> None:
        self.states, self.parents, self.people, self.entered = states, dict(parents), people, entered
        self.urban = frozenset(urban)
        self.places = Places(parents, self.urban)
        self.years = sorted({int(one.split()[1]) for counted in states.values() for one in counted})
        self.shown: list[Shown] = []
        self.told: list[ReadingTold] = []

    def look(self, moment: int, *, kept: bool) -> None:
        """Add what a board or (`kept`) a reading of the moment shows to what is known."""
        rules = [RuleAt(rule(year), date(2025, 6, 1 + moment), now(moment)) for year in self.years]
        published = Published(lambda: self.told)
        published.__dict__["_keys"] = KEYS
        table = GroupTable(
            [(one, self._tally(one.rule.year, moment)) for one in rules],
            self.places,
            {one.content: [Beside(self.entered)] for one in rules},
            {
                one.content: list(
                    zip(*(published.numbers(group, one.rule.year) for group in (WHOLE, URBAN)), strict=True)
                )
                for one in rules
            },
        )
        told: dict[tuple[str, int], Numbers] = {}
        for one in rules:
            for group in (WHOLE, URBAN):
                cells = {node: self._cell(table, one, node, group) for node in self.parents}
                leaves = [leaf for leaf in leaves_of(self.parents) if group == WHOLE or leaf in self.urban]
                for node, counts in cells.items():
                    self._shows(
                        moment, one.rule.year, [leaf for leaf in below(self.parents, node) if leaf in leaves], counts
                    )
                told[KEYS[group], one.rule.year] = numbers_of(cells)
        if kept:
            self.told.append(ReadingTold(uuid4(), 1, date(2025, 6, 1 + moment), 1, told, frozenset(), {}))

    def _cell(self, table: GroupTable, rule_at: RuleAt, node: str, group: int) -> NodeCounts:
        if group == WHOLE:
            return table.counts_at(rule_at, node)  # type: ignore[arg-type]
        return table.urban_counts_at(rule_at, node, [(self.entered, {})])  # type: ignore[arg-type, list-item]

    def _tally(self, year: int, moment: int) -> Tally:
        def count(what: str) -> dict[Any, int]:
            found = dict.fromkeys(leaves_of(self.parents), 0)
            for (leaf, way), number in self.people.items():
                if way != STRANGER and (not what or f"{what} {year}" in self.states[way[moment]]):  # type: ignore[index]
                    found[leaf] += number  # type: ignore[index]
            return found

        return Tally(count(""), count("passed"), count("confirmed"), count("begun"), count("active"))

    def _shows(self, moment: int, year: int, leaves: list[str], counts: NodeCounts) -> None:
        def row(factors: Mapping[str, int]) -> Shown:
            return {
                (leaf, way): factor
                for leaf, way in self.people
                if leaf in leaves
                and way != STRANGER
                and (
                    factor := sum(
                        sign * (f"{what} {year}" in self.states[way[moment]])  # type: ignore[index]
                        for what, sign in factors.items()
                    )
                )
            }

        for value, factors in (
            (counts.numerator, {"passed": 1}),
            (counts.confirmed, {"confirmed": 1}),
            (counts.learning, {"begun": 1, "passed": -1}),
            (counts.active, {"active": 1}),
        ):
            if value is not None:
                self.shown.append(row(factors))

    def __repr__(self) -> str:
        people = {column: number for column, number in self.people.items() if number}
        return (
            f"{self.parents}, urban {set(self.urban)}, {people}, {self.entered}, told {[t.numbers for t in self.told]}"
        )

    def attack(self) -> Any:
        """What follows from all of it and what was entered. Who is not on record has not begun, as far as is known."""
        rows = list(self.shown)
        people = {column: number for column, number in self.people.items() if column[1] != STRANGER}
        for (leaf, way), number in self.people.items():
            if way == STRANGER:
                people[leaf, self.idle] += number
        rows += [{(leaf, way): 1 for leaf, way in people if leaf in below(self.parents, node)} for node in self.entered]
        return followed_by_few(rows, people, SMALL)

    @property
    def idle(self) -> tuple[str, ...]:
        """Of whom nothing is known at any moment."""
        return next(way for _leaf, way in self.people if way != STRANGER and set(way) == {"not begun"})


STRANGER = "unknown"


def now(moment: int) -> datetime:
    return datetime(2025, 6, 1 + moment, tzinfo=UTC)


def rule(year: int) -> PassRule:
    return PassRule(pk=year, year=year, framework_id=1, all_of=["A1"], level=year)


def numbers_of(cells: Mapping[str, NodeCounts]) -> Numbers:
    """As `readings.earlier` takes them from a reading."""
    found: dict[str, dict[Any, int]] = {}
    for node, one in cells.items():
        if one.numerator is None:
            continue
        found.setdefault("passed", {})[node] = one.numerator
        if one.learning is not None:
            found.setdefault("begun", {})[node] = one.learning + one.numerator
        for kind, value in (("confirmed", one.confirmed), ("active", one.active)):
            if value is not None:
                found.setdefault(kind, {})[node] = value
    return found


@st.composite
def worlds(draw: Any, states: Mapping[str, frozenset[str]], moments: int, *, totals: bool = False) -> World:
    parents = draw(st.sampled_from(SHAPES))
    leaves = leaves_of(parents)
    urban = [leaf for leaf in leaves if draw(st.booleans(), label=f"{leaf} urban")]
    number = st.sampled_from((0, 0, 0, 0, 1, 2, 3, 4, 5, 7, 12))
    stayed = st.sampled_from((0, 0, 3, 5, 8, 20, 40))
    people: dict[Column, int] = {
        (leaf, way): draw(stayed if len(set(way)) == 1 else number) for leaf in leaves for way in ways(states, moments)
    }
    entered = {}
    if totals:
        for leaf in leaves:
            people[leaf, STRANGER] = draw(st.sampled_from((0, 0, 1, 4, 30)))
        for node in parents:
            if draw(st.booleans(), label=f"{node} entered"):
                entered[node] = sum(count for (leaf, _way), count in people.items() if leaf in below(parents, node))
    return World(states, parents, urban, people, entered)


@given(worlds(ONE_YEAR, 2))
def test_a_reading_beside_todays_board(world: World) -> None:
    world.look(0, kept=True)
    world.look(1, kept=False)
    assert world.attack() is None


@given(worlds(ONE_YEAR, 2, totals=True))
def test_a_reading_beside_todays_board_and_totals(world: World) -> None:
    world.look(0, kept=True)
    world.look(1, kept=False)
    assert world.attack() is None


# Where the case is found by chance: the next test is the same one, found once.
@pytest.mark.xfail(reason="two years beside an earlier reading tell of two people")
@given(worlds(TWO_YEARS, 2))
def test_a_reading_beside_todays_board_of_two_years(world: World) -> None:
    world.look(0, kept=True)
    world.look(1, kept=False)
    assert world.attack() is None


@pytest.mark.xfail(strict=True, reason="two years beside an earlier reading tell of two people")
def test_two_years_of_one_county_beside_a_reading() -> None:
    """Met by chance, one in some thousands: the rule of one year does not know what the other year's tells."""
    people = dict.fromkeys(product("abc", ways(TWO_YEARS, 2)), 0) | {
        ("a", ("not begun", "passed both")): 3,
        ("a", ("begun both", "passed both")): 2,
        ("a", ("passed", "passed, begun both")): 2,
        ("b", ("begun both", "passed, begun both")): 2,
        ("b", ("passed, begun both", "passed, begun both")): 3,
        ("c", ("begun both", "passed both")): 2,
        ("c", ("passed, begun both", "passed, begun both")): 8,
        ("c", ("passed, begun both", "passed both")): 3,
    }
    world = World(TWO_YEARS, {"d": None, "a": "d", "b": "d", "c": "d"}, {"b"}, people, {})
    world.look(0, kept=True)
    world.look(1, kept=False)
    assert world.attack() is None


@given(worlds(FEW_STATES, 3))
def test_two_readings_beside_todays_board(world: World) -> None:
    world.look(0, kept=True)
    world.look(1, kept=True)
    world.look(2, kept=False)
    assert world.attack() is None


# Of a, which is all that is urban: 20 have passed, then 2 more; of b 40.
TWO_MORE = World(
    ONE_YEAR,
    {"d": None, "a": "d", "b": "d"},
    {"a"},
    {
        (leaf, way): {("a", ("passed", "passed")): 20, ("a", ("stopped", "passed")): 2, ("b", ("passed", "passed")): 40}
        .get((leaf, way), 30 if way == ("not begun", "not begun") else 0)
        for leaf in ("a", "b")
        for way in ways(ONE_YEAR, 2)
    },
    {},
)  # fmt: skip


def test_the_attacker_finds_what_a_board_tells_that_knows_of_no_reading() -> None:
    world = deepcopy(TWO_MORE)
    world.look(0, kept=False)
    world.look(1, kept=False)
    region, kinds, count = world.attack()
    assert "a" in region and count == 2 and any(way == ("stopped", "passed") for way in kinds)


def test_a_hidden_town_is_not_told_by_the_urban_part_of_its_district() -> None:
    """What was told of the commune beside what is told of all that is urban in its district, and of the rest."""
    world = deepcopy(TWO_MORE)
    world.look(0, kept=True)
    world.look(1, kept=False)
    assert world.attack() is None
    assert world.told[0].numbers["adult", 25]["passed"] == {"d": 60, "a": 20, "b": 40}


@pytest.mark.django_db
def test_todays_board_of_a_member_beside_a_reading(stage: Any) -> None:
    people, elsewhere = stage.people(40), stage.people(40, stage.other_area)
    stage.attain([*people[:20], *elsewhere[:20]], at=datetime(2025, 9, 1, tzinfo=UTC))
    freeze(stage.province, date(2025, 10, 31), at=clock(), by=None)
    client = stage.steering(stage.province)

    def passed(path: str = "/chi-dao/plan/T3-2025/") -> list[str]:
        """Of the province, its months, and its communes as the page has them."""
        own, months, areas = tables_of(client.get(path))
        return [own[1][6], months[-1][1], months[-2][1], *(row[4] for row in areas[1:])]

    assert passed() == ["40", "40", "40", "20", "20"]
    stage.attain(people[20:22], at=datetime(2025, 11, 3, tzinfo=UTC))
    own, *_more = tables_of(client.get("/chi-dao/plan/T3-2025/"))
    assert own[1][6] == HIDDEN
    assert tables_of(client.get("/chi-dao/"))[0][1][6] == HIDDEN
    stage.attain(people[22:25], at=datetime(2025, 11, 4, tzinfo=UTC))
    assert passed() == ["45", "45", "40", "25", "20"]
    # Two whose work of September came late: that month was told without them.
    stage.attain(people[25:27], at=datetime(2025, 9, 2, tzinfo=UTC))
    assert passed() == ["47", "47", HIDDEN, "27", "20"]


@pytest.mark.django_db
def test_a_reading_of_a_plan_with_an_urban_part_is_frozen_again(stage: Any) -> None:
    urban = TargetGroup.objects.create(key="adult_urban", part_of=stage.group, urban_only=True)
    stage.add_target("T4-2025", 2025, group=urban, row=4)
    Area.objects.filter(pk=stage.area.pk).update(urban=True)
    people = stage.people(40)
    stage.people(40, stage.other_area)
    stage.attain(people[:20], at=datetime(2025, 9, 1, tzinfo=UTC))
    freeze(stage.province, date(2025, 10, 31), at=clock(), by=None)
    stage.attain(people[20:22], at=datetime(2025, 11, 3, tzinfo=UTC))
    rows = freeze(stage.province, date(2025, 11, 14), at=clock(), by=None).frozen["rows"]
    told = {(row["target"], row["area_id"]): row["numerator"] for row in rows}
    places = stage.area.pk, stage.province.pk
    assert [told[target, area] for target in ("plan/T3-2025", "plan/T4-2025") for area in places] == [None] * 4


@pytest.mark.django_db
def test_how_many_wait_to_be_placed_is_not_told_where_two_were_placed(stage: Any) -> None:
    gone = Area.objects.create(
        code="10001", name="Xã Cũ", kind="commune", parent=stage.province, valid_to=date(2025, 6, 30)
    )
    waiting = stage.people(9, gone, at=datetime(2025, 6, 2, tzinfo=UTC))
    for learner in waiting:
        Placement.objects.create(learner=learner, area=None, valid_from=date(2025, 7, 1), recorded_at=T0)
    stage.attain(stage.people(40))
    client = stage.steering(stage.province)

    def note() -> str:
        return tables_of(client.get("/chi-dao/"))[0][1][-1]

    before = note()
    freeze(stage.province, date(2025, 11, 14), at=clock(), by=None)
    assert note() == before
    for learner in waiting[:2]:
        Placement.objects.create(learner=learner, area=stage.area, valid_from=date(2025, 7, 2), recorded_at=clock())
    assert "9" in before and "7" not in note() and "không hiển thị" in note()
