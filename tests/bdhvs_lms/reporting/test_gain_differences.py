"""Whoever keeps what every reading said of gains learns of no 1 to 4 people, neither their number nor their marks.

People come, leave, are replaced by others, and do better in a second attempt. What is attacked is all of it at once:
areas with their sums, how many rose or fell, means, two competencies that one quiz speaks for, and earlier readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bdhvs_lms.reporting.queries.gain_table import PARTS, UNIT, GainTable, Sums, ToldGains
from bdhvs_lms.reporting.suppression import SMALL, Tree
from tests.bdhvs_lms.reporting.test_suppression import SHAPES, below, leaves_of
from tests.support.attacking import Column, Shown, followed_by_few, moved_by_few

Kind = tuple[tuple[str, ...], ...]
"""Of each moment, of each competency: '' for who has not both marks, else whether they rose, and with which marks."""
MARKS = ("", "rose", "rose more", "same", "fell")
TURNS = ({"rose": "same", "same": "fell", "fell": "rose"}, {"rose": "fell", "fell": "same", "same": "rose"})
FIRST, SECOND = 1, 2
ACTIVITIES = {FIRST: frozenset({"a"}), SECOND: frozenset({"a"})}
KEYS = {FIRST: "f:1", SECOND: "f:2"}


def sign(*about: Any) -> int:
    return Random(repr(about)).randrange(1 << 31)  # noqa: S311


class World:
    """People by place and kind; at each moment a table, which stands beside what was told before."""

    def __init__(self, parents: Mapping[str, str | None], people: Mapping[Column, int]) -> None:
        self.parents, self.people = dict(parents), dict(people)
        self.tree = Tree(self.parents)
        self.competencies = [FIRST, SECOND][: len(next(iter(people))[1][0])]  # type: ignore[index]
        self.told: list[ToldGains] = []
        self.numbers: list[Shown] = []
        self.means: list[Shown] = []
        self.looked: dict[tuple[int, int, str], list[str]] = {}
        """By moment, competency and what is counted, where it is shown."""

    def look(self, moment: int, *, knows: bool = True) -> GainTable:
        """Add what a reading of the moment shows to what is known."""
        table = GainTable(
            self.tree,
            {competency: self._sums(moment, competency) for competency in self.competencies},
            KEYS,
            ACTIVITIES,
            self.told if knows else (),
        )
        for competency, node in product(self.competencies, self.parents):
            if not table.may("people", competency, node):
                continue
            self.looked.setdefault((moment, competency, "people"), []).append(node)
            self.numbers.append(self._row(moment, competency, node, ""))
            self.means.append(
                {
                    (leaf, (kind, mark)): 1
                    for leaf, kind in self.people
                    if leaf in below(self.parents, node) and (mark := kind[moment][competency - 1])  # type: ignore[index]
                }
            )
            if all(table.may(part, competency, node) for part in PARTS):
                self.numbers += [self._row(moment, competency, node, part) for part in PARTS]
                for part in PARTS:
                    self.looked.setdefault((moment, competency, part), []).append(node)
        self.told += table.told(self.parents)
        return table

    def _sums(self, moment: int, competency: int) -> dict[str, Sums]:
        found = dict.fromkeys(leaves_of(self.parents), Sums())
        for (leaf, kind), number in self.people.items():
            mark = kind[moment][competency - 1]  # type: ignore[index]
            for one in range(number) if mark else ():
                rose, fell = int(mark.startswith("rose")), int(mark == "fell")
                who = sign(leaf, kind, one)
                found[leaf] += Sums(1, 0, 0, rose, fell, UNIT + sign(who, mark), UNIT + who)  # type: ignore[index]
        return {leaf: sums for leaf, sums in found.items() if sums.people}

    def _row(self, moment: int, competency: int, node: str, part: str) -> Shown:
        return {
            (leaf, kind): 1
            for leaf, kind in self.people
            if leaf in below(self.parents, node)
            and (mark := kind[moment][competency - 1])  # type: ignore[index]
            and mark.startswith(part)
        }

    def mark(self, column: Column, moment: int, competency: int, _part: str) -> str:
        return column[1][moment][competency - 1]  # type: ignore[index, no-any-return]

    def counts(self, column: Column, moment: int, competency: int, part: str) -> bool:
        mark = self.mark(column, moment, competency, part)
        return bool(mark) and (part == "people" or mark.startswith(part))

    def attack(self) -> Any:
        """Few people whose number, or whose marks, follow from all of it."""
        whose = {
            (leaf, (kind, mark)): (leaf, kind)
            for leaf, kind in self.people
            for mark in {mark for moment in kind for mark in moment if mark}  # type: ignore[attr-defined]
        }
        return followed_by_few(self.numbers, self.people, SMALL) or moved_by_few(self.means, self.people, whose, SMALL)

    def __repr__(self) -> str:
        return f"World({self.parents}, { ({column: number for column, number in self.people.items() if number}) })"


def differs_by_few(world: World) -> Any:
    """A region of which two readings or competencies tell, and those who are in one of both or have other marks there.

    Of numbers, where no part of the region tells as much: six more here and five fewer there are told as such."""
    leaves = leaves_of(world.parents)
    regions = {looked: told_regions(nodes, world.parents, leaves) for looked, nodes in world.looked.items()}
    for (one, first), (other, second) in combinations(regions.items(), 2):
        for region in first & second:
            parts = [part for part in first & second if part < region and region - part in first & second]
            inside = [column for column in world.people if column[0] in region]
            if one[2] == other[2] == "people":
                differ = [column for column in inside if world.mark(column, *one) != world.mark(column, *other)]
                if 0 < sum(world.people[column] for column in differ) < SMALL:
                    return region, one, other, differ
            was, now = (
                sum(world.people[column] for column in inside if world.counts(column, *at)) for at in (one, other)
            )
            if one[2] == other[2] and not parts and 0 < abs(was - now) < SMALL:
                return region, one, other, was, now
    return None


def told_regions(shown: Iterable[str], parents: Mapping[str, str | None], leaves: list[str]) -> set[frozenset[str]]:
    """Every set of leaves that sums and differences of areas tell."""
    sets = [frozenset(below(dict(parents), node)) & frozenset(leaves) for node in shown]
    found = set()
    for signs in product((-1, 0, 1), repeat=len(sets)):
        total = {leaf: sum(sign * (leaf in one) for sign, one in zip(signs, sets, strict=True)) for leaf in leaves}
        if set(total.values()) == {0, 1} or set(total.values()) == {1}:
            found.add(frozenset(leaf for leaf, count in total.items() if count))
    return found


def others(kind: Kind, turn: Mapping[str, str]) -> Kind:
    return tuple(tuple(turn.get(mark.split()[0], "") if mark else "" for mark in moment) for moment in kind)


@st.composite
def worlds(draw: Any, moments: int, competencies: int = 1) -> World:
    parents = draw(st.sampled_from(SHAPES))
    states = list(product(MARKS, repeat=competencies))
    if competencies == 2:
        # One quiz speaks for both: whoever has both has the same marks in them, now and later.
        states = [("", ""), ("rose", "rose"), ("rose", ""), ("", "rose")]
    kinds = draw(st.lists(st.tuples(*[st.sampled_from(states)] * moments), min_size=1, max_size=5, unique=True))
    stay = [((mark,) * competencies,) * moments for mark in ("rose", "same", "fell")]
    # Nobody knows beforehand who came and who left, nor whether they rose.
    kinds += (
        [tuple((mark,) for mark in way) for way in product(("", "rose"), repeat=moments)] if competencies == 1 else []
    )
    kinds = [other for kind in kinds for other in (kind, *(others(kind, turn) for turn in TURNS))]
    number = st.sampled_from((0, 0, 1, 2, 3, 4, 5, 7, 12))
    stayed = st.sampled_from((0, 3, 5, 8, 20, 40))
    people = {
        (leaf, kind): draw(stayed if kind in stay else number)
        for leaf in leaves_of(parents)
        for kind in dict.fromkeys((*stay, *kinds))
    }
    return World(parents, people)


@given(worlds(2))
def test_two_readings(world: World) -> None:
    world.look(0)
    world.look(1)
    found = world.attack()
    assert found is None, found


@given(worlds(3))
def test_three_readings(world: World) -> None:
    for moment in range(3):
        world.look(moment)
    found = world.attack()
    assert found is None, found


def both(*kinds: tuple[str, int, str, str]) -> World:
    """Two districts of two communes; people by commune, how many, and their marks in both competencies; then gone."""
    parents = {"d": None, "a": "d", "b": "d", "a1": "a", "a2": "a", "b1": "b", "b2": "b"}
    return World(parents, {(leaf, ((one, other), ("", ""))): count for leaf, count, one, other in kinds})


@example(
    both(
        ("a2", 7, "", "same"), ("b1", 8, "rose", "rose"), ("b1", 2, "", "rose"), ("b1", 11, "", "same"),
        ("b1", 8, "", "fell"), ("b1", 5, "same", ""), ("b2", 3, "rose", "rose"), ("b2", 8, "same", "same"),
        ("b2", 4, "rose", ""), ("b2", 7, "same", ""), ("b2", 2, "", "rose"),
    )
)  # fmt: skip
@given(worlds(2, 2))
def test_two_readings_of_competencies_that_one_quiz_speaks_for(world: World) -> None:
    world.look(0)
    world.look(1)
    found = differs_by_few(world)
    assert found is None, found


@given(worlds(3))
def test_no_region_of_three_readings_differs_by_few(world: World) -> None:
    for moment in range(3):
        world.look(moment)
    found = differs_by_few(world)
    assert found is None, found


def moving(*kinds: tuple[int, tuple[str, ...]]) -> World:
    """One area, its people by (how many, marks at each moment)."""
    return World({"d": None, "a": "d"}, {("a", tuple((mark,) for mark in marks)): count for count, marks in kinds})


STAY = (20, ("rose", "rose"))


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param([STAY, (1, ("", "rose"))], id="one came"),
        pytest.param([STAY, (1, ("", "rose")), (1, ("fell", ""))], id="one was replaced"),
        pytest.param([STAY, (2, ("rose", "rose more"))], id="two did better"),
    ],
)
def test_the_attacker_finds_what_is_told_by_who_knows_of_no_reading(kinds: Any) -> None:
    world = moving(*kinds)
    for moment in (0, 1):
        world.look(moment, knows=False)
    assert world.attack() is not None
    world = moving(*kinds)
    before, after = world.look(0), world.look(1)
    found = world.attack()
    assert found is None, found
    assert (before.may("people", FIRST, "d"), after.may("people", FIRST, "d")) == (True, False)


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param([STAY], id="nobody came"),
        pytest.param([STAY, (5, ("", "rose"))], id="five came"),
        pytest.param([STAY, (6, ("rose", ""))], id="six left"),
    ],
)
def test_what_is_the_same_or_differs_by_five_is_shown(kinds: Any) -> None:
    world = moving(*kinds)
    world.look(0)
    assert world.look(1).may("people", FIRST, "d")


def test_people_who_moved_within_a_district_do_not_hide_it() -> None:
    """Signs of people are added up: of the district they are what they were."""
    parents = {"d": None, "a": "d", "b": "d"}
    tree = Tree(parents)
    one = {leaf: Sums(20, 0, 0, 20, 0, 20 * UNIT + sign(leaf), 20 * UNIT + sign(leaf)) for leaf in "ab"}
    mover = Sums(1, 0, 0, 1, 0, UNIT + 77, UNIT + 77)
    before = GainTable(tree, {FIRST: {"a": one["a"] + mover, "b": one["b"]}}, KEYS, ACTIVITIES)
    after = GainTable(tree, {FIRST: {"a": one["a"], "b": one["b"] + mover}}, KEYS, ACTIVITIES, before.told(parents))
    assert [after.may("people", FIRST, node) for node in "dab"] == [True, False, False]
