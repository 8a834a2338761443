"""Nothing hidden can be computed from what is shown: checked against linear algebra, and against every possible world.

No database: the function is pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bdhvs_lms.reporting.suppression import (
    SMALL,
    Counts,
    complement,
    difference,
    is_small,
    shown_for_part,
    shown_nodes,
    single,
)
from tests.support.calls import calls

# A district, communes, villages: parent of each node.
SHAPES: tuple[dict[str, str | None], ...] = (
    {"d": None, "a": "d", "b": "d"},
    {"d": None, "a": "d", "b": "d", "c": "d"},
    {"d": None, "a": "d", "b": "d", "a1": "a", "a2": "a"},
    {"p": None, "d": "p", "r": "p", "a": "d", "b": "d"},
    {"d": None, "a": "d", "b": "d", "a1": "a", "a2": "a", "b1": "b", "b2": "b"},
)

# Whoever is eligible is of one of these kinds, in a year's rule and a harder one of the next year on the same day:
# the cells of the board that count the kind. "later" passes both rules, "earlier" the first only.
KINDS: dict[str, tuple[str, ...]] = {
    "later, confirmed": ("N25", "C25", "N26", "C26"),
    "later, confirmed for the first": ("N25", "C25", "N26"),
    "later": ("N25", "N26"),
    "earlier, confirmed": ("N25", "C25", "L26"),
    "earlier": ("N25", "L26"),
    "learning": ("L25", "L26"),
    "not begun": (),
}
TOLD = [kind for kind in KINDS if kind != "not begun"]
CELLS = ("N25", "N26", "C25", "C26", "L25", "L26")
# H: whoever has begun, of any kind; both years ask for the same competencies. Who is learning is H without N.
MEASURES = ("N25", "N26", "C25", "C26", "H")
FORMS = (
    *(single(measure) for measure in MEASURES),
    difference("N25", "C25"),
    difference("N26", "C26"),
    difference("N25", "N26"),
    difference("C25", "C26"),
    difference("H", "N25", yields="H"),
    difference("H", "N26", yields="H"),
)
WITHIN = {"C25": "N25", "C26": "N26"}


def leaves_of(parents: dict[str, str | None]) -> list[str]:
    return [node for node in parents if node not in parents.values()]


def below(parents: dict[str, str | None], node: str) -> list[str]:
    """The leaves at or below a node."""

    def inside(leaf: str | None) -> bool:
        return leaf is not None and (leaf == node or inside(parents[leaf]))

    return [leaf for leaf in leaves_of(parents) if inside(leaf)]


def table(parents: dict[str, str | None], people: dict[tuple[str, str], int]) -> Counts:
    """`people`: how many of each kind at each leaf."""
    size = {leaf: sum(people[leaf, kind] for kind in KINDS) for leaf in leaves_of(parents)}
    return Counts(
        parents,
        dict.fromkeys(MEASURES, size),
        {
            measure: {
                leaf: sum(
                    people[leaf, kind]
                    for kind, counted in KINDS.items()
                    if measure in counted or (measure == "H" and counted)
                )
                for leaf in leaves_of(parents)
            }
            for measure in MEASURES
        },
        FORMS,
        WITHIN,
    )


def cells_of(counts: Counts) -> dict[str, set[object]]:
    """Where the board shows each of its cells."""
    shown: dict[str, set[object]] = {str(measure): set(nodes) for measure, nodes in shown_nodes(counts).items()}
    begun = shown.pop("H")
    return {**shown, "L25": begun & shown["N25"], "L26": begun & shown["N26"]}


# --- Linear algebra ---------------------------------------------------------------------------------------------------

PRIME = 2_147_483_647


class Span:
    """What sums and differences of given rows reach. Modulo a prime: exact enough for rows of 0 and 1."""

    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        self.rows: dict[int, list[int]] = {}
        for row in rows:
            rest = self.rest(row)
            lead = next((place for place, value in enumerate(rest) if value), None)
            if lead is not None:
                factor = pow(rest[lead], -1, PRIME)
                self.rows[lead] = [value * factor % PRIME for value in rest]

    def rest(self, row: Sequence[int]) -> list[int]:
        rest = [value % PRIME for value in row]
        for place in range(len(rest)):
            if rest[place] and place in self.rows:
                factor = rest[place]
                rest = [(a - factor * b) % PRIME for a, b in zip(rest, self.rows[place], strict=True)]
        return rest

    def __contains__(self, row: Sequence[int]) -> bool:
        return not any(self.rest(row))


def regions(leaves: Sequence[str]) -> Iterator[frozenset[str]]:
    for chosen in product((False, True), repeat=len(leaves)):
        if any(chosen):
            yield frozenset(leaf for leaf, inside in zip(leaves, chosen, strict=True) if inside)


def row(cells: Sequence[tuple[str, str]], region: Any, kinds: Any) -> list[int]:
    return [int(leaf in region and kind in kinds) for leaf, kind in cells]


@st.composite
def populations(draw: Any) -> tuple[dict[str, str | None], dict[tuple[str, str], int]]:
    parents = draw(st.sampled_from(SHAPES))
    counts = st.sampled_from((0, 0, 0, 1, 2, 3, 4, 5, 7, 12))
    return parents, {(leaf, kind): draw(counts) for leaf in leaves_of(parents) for kind in KINDS}


@given(populations())
def test_no_number_of_1_to_4_people_follows_from_what_is_shown(
    given_population: tuple[dict[str, str | None], dict[tuple[str, str], int]],
) -> None:
    """Of every region and every set of kinds of people: if sums and differences of shown cells give its number, that

    number is 0 or at least 5."""
    parents, people = given_population
    shown = cells_of(table(parents, people))
    leaves = leaves_of(parents)
    columns = [(leaf, kind) for leaf in leaves for kind in TOLD]
    span = Span(
        [
            row(columns, below(parents, str(node)), [kind for kind, counted in KINDS.items() if cell in counted])
            for cell in CELLS
            for node in sorted(shown[cell], key=str)
        ]
    )
    for region in regions(leaves):
        for kinds in regions(TOLD):
            count = sum(people[leaf, kind] for leaf in region for kind in kinds)
            if is_small(count):
                assert row(columns, region, kinds) not in span, (sorted(region), sorted(kinds), count, shown)


@given(populations())
def test_small_numbers_and_few_people_are_never_shown_and_parts_only_with_their_whole(
    given_population: tuple[dict[str, str | None], dict[tuple[str, str], int]],
) -> None:
    parents, people = given_population
    counts = table(parents, people)
    shown = shown_nodes(counts)
    for measure in MEASURES:
        for node in shown[measure]:
            inside = below(parents, str(node))
            assert not is_small(sum(counts.values[measure][leaf] for leaf in inside))
            assert sum(counts.people[measure][leaf] for leaf in inside) >= SMALL
    assert shown["C25"] <= shown["N25"]
    assert shown["C26"] <= shown["N26"]
    assert shown == shown_nodes(table(parents, people)), "the same counts, the same answer"


@given(st.sampled_from(SHAPES), st.data())
def test_a_part_of_the_group_beside_the_whole_tells_of_no_few_people(parents: dict[str, str | None], data: Any) -> None:
    leaves = leaves_of(parents)
    counts = st.sampled_from((0, 0, 1, 2, 4, 5, 6, 9, 30))
    passed = {leaf: data.draw(counts, label=leaf) for leaf in leaves}
    urban = [leaf for leaf in leaves if data.draw(st.booleans(), label=f"{leaf} urban")]
    table_of_one = Counts(parents, {"N": dict.fromkeys(leaves, 50)}, {"N": passed}, (single("N"),))
    shown = shown_nodes(table_of_one)
    part = shown_for_part(table_of_one, shown, urban)
    span = Span(
        [[int(leaf in below(parents, str(node))) for leaf in leaves] for node in sorted(shown["N"], key=str)]
        + [
            [int(leaf in below(parents, str(node)) and leaf in urban) for leaf in leaves]
            for node in sorted(part["N"], key=str)
        ]
    )
    for region in regions(leaves):
        if is_small(sum(passed[leaf] for leaf in region)):
            assert [int(leaf in region) for leaf in leaves] not in span, (sorted(region), shown, part)


# --- Beside totals that were entered ----------------------------------------------------------------------------------


@given(populations(), st.data())
def test_no_number_of_1_to_4_people_is_left_of_a_total_that_was_entered(
    given_population: tuple[dict[str, str | None], dict[tuple[str, str], int]], data: Any
) -> None:
    """As above, where readers know of some areas how many people live there.

    Also how many do not pass, are not confirmed or have not begun is 0 or at least 5, whether or not we know them. What
    was entered is itself no secret."""
    parents, people = given_population
    leaves = leaves_of(parents)
    strangers = {leaf: data.draw(st.sampled_from((0, 0, 1, 2, 4, 7, 30)), label=f"{leaf} unknown") for leaf in leaves}
    everybody = {leaf: strangers[leaf] + sum(people[leaf, kind] for kind in KINDS) for leaf in leaves}
    entered = {
        node: sum(everybody[leaf] for leaf in below(parents, node))
        for node in parents
        if data.draw(st.booleans(), label=f"{node} entered")
    }
    counts = table(parents, people)
    beside = tuple(complement("T", measure) for measure in MEASURES)
    counts = replace(counts, forms=(*counts.forms, *beside), entered={"T": entered})
    shown = cells_of(counts)
    columns = [(leaf, kind) for leaf in leaves for kind in KINDS]
    span = Span(
        [
            row(columns, below(parents, str(node)), [kind for kind, counted in KINDS.items() if cell in counted])
            for cell in CELLS
            for node in sorted(shown[cell], key=str)
        ]
        + [row(columns, below(parents, node), KINDS) for node in entered]
        # "No data yet" says that nobody is known there.
        + [row(columns, [leaf], TOLD) for leaf in leaves if not sum(people[leaf, kind] for kind in KINDS)]
    )
    for region in regions(leaves):
        known = sum(people[leaf, kind] for leaf in region for kind in KINDS)
        for kinds in regions(list(KINDS)):
            if "not begun" in kinds and (len(kinds) == len(KINDS) or not known):
                continue
            count = sum(people[leaf, kind] for leaf in region for kind in kinds)
            count += sum(strangers[leaf] for leaf in region) if "not begun" in kinds else 0
            if is_small(count):
                assert row(columns, region, kinds) not in span, (sorted(region), sorted(kinds), count, shown)


@given(st.sampled_from(SHAPES), st.data())
def test_whatever_was_entered_no_cell_stands_beside_a_total_that_it_falls_short_of_by_1_to_4(
    parents: dict[str, str | None], data: Any
) -> None:
    """Totals come from several offices and days: they do not add up, and more may pass than were counted. Of no area's

    total can it be said by any sum and difference of shown cells that 1 to 4 people do not pass."""
    leaves = leaves_of(parents)
    size = {leaf: data.draw(st.sampled_from((0, 50)), label=f"{leaf} known") for leaf in leaves}
    passed = {leaf: data.draw(st.integers(0, 12), label=leaf) if size[leaf] else 0 for leaf in leaves}
    entered = {
        node: data.draw(st.integers(0, 9 * len(below(parents, node))), label=f"{node} entered")
        for node in parents
        if data.draw(st.booleans(), label=f"{node} has a total")
    }
    counts = Counts(
        parents,
        {"N": size},
        {"N": passed},
        (single("N"), complement("T", "N")),
        entered={"T": entered},
    )
    shown = shown_nodes(counts)["N"]
    told = [below(parents, str(node)) for node in sorted(shown, key=str)]
    told += [[leaf] for leaf in leaves if not size[leaf]]
    span = Span([[int(leaf in inside) for leaf in leaves] for inside in told])
    for node, total in entered.items():
        inside = below(parents, node)
        if any(size[leaf] for leaf in inside) and 0 < total - sum(passed[leaf] for leaf in inside) < SMALL:
            assert [int(leaf in inside) for leaf in leaves] not in span, (node, shown)


@given(st.sampled_from(SHAPES), st.data())
def test_a_part_and_what_is_left_of_its_total_tell_of_no_few_people(parents: dict[str, str | None], data: Any) -> None:
    """Totals of everybody and of those in towns; a leaf is all town or all country. Known are who passes and who of the

    counted does not; readers see both numbers and both totals."""
    leaves = leaves_of(parents)
    numbers = st.sampled_from((0, 0, 1, 2, 4, 5, 6, 9, 30))
    passed = {leaf: data.draw(numbers, label=leaf) for leaf in leaves}
    left = {leaf: data.draw(numbers, label=f"{leaf} left") for leaf in leaves}
    urban = frozenset(leaf for leaf in leaves if data.draw(st.booleans(), label=f"{leaf} urban"))

    def count(node: str, inside: Any) -> int:
        return sum(passed[leaf] + left[leaf] for leaf in below(parents, node) if leaf in inside)

    entered = [node for node in parents if data.draw(st.booleans(), label=f"{node} entered")]
    in_towns = data.draw(st.booleans(), label="in towns only")
    of_all = {} if in_towns else {node: count(node, leaves) for node in entered}
    of_part = {node: count(node, urban) for node in entered} if in_towns else {}
    counts = Counts(
        parents,
        {"N": dict.fromkeys(leaves, 50)},
        {"N": passed},
        (single("N"), complement("T", "N"), complement("U", "N")),
        entered={"T": of_all, "U": of_part},
        inside={"U": urban},
    )
    shown = shown_nodes(counts)
    part = shown_for_part(counts, shown, urban, [(of_all, of_part)])
    kinds = ("passed", "left")
    columns = [(leaf, kind) for leaf in leaves for kind in kinds]

    def rows(nodes: Any, inside: Any, counted: Any) -> list[list[int]]:
        return [
            row(columns, [leaf for leaf in below(parents, str(node)) if leaf in inside], counted)
            for node in sorted(nodes, key=str)
        ]

    span = Span(
        rows(shown["N"], leaves, ("passed",))
        + rows(part["N"], urban, ("passed",))
        + rows(of_all, leaves, kinds)
        + rows(of_part, urban, kinds)
    )
    for region in regions(leaves):
        for kind, number in (("passed", passed), ("left", left)):
            if is_small(sum(number[leaf] for leaf in region)):
                assert row(columns, region, (kind,)) not in span, (sorted(region), kind, shown, part)


# --- Every possible world ---------------------------------------------------------------------------------------------


@given(st.sampled_from(SHAPES[:3]), st.data())
def test_a_small_hidden_number_has_several_possible_values(parents: dict[str, str | None], data: Any) -> None:
    """Readers also know that no count is negative and that the confirmed are among those who pass: all tables that

    agree with what is shown are listed, and in them each hidden small number takes more than one value."""
    leaves = leaves_of(parents)
    passed = {leaf: data.draw(st.integers(0, 6), label=leaf) for leaf in leaves}
    confirmed = {leaf: data.draw(st.integers(0, passed[leaf]), label=f"{leaf} confirmed") for leaf in leaves}
    counts = Counts(
        parents,
        {"N": dict.fromkeys(leaves, 50), "C": dict.fromkeys(leaves, 50)},
        {"N": passed, "C": confirmed},
        (single("N"), single("C"), difference("N", "C")),
        {"C": "N"},
    )
    shown = shown_nodes(counts)
    hidden = [(measure, node) for measure in "NC" for node in parents if node not in shown[measure]]
    small = [
        (measure, node)
        for measure, node in hidden
        if is_small(sum(counts.values[measure][leaf] for leaf in below(parents, node)))
    ]
    assume(small)
    tables = {measure: list(agreeing(parents, leaves, shown[measure], counts.values[measure])) for measure in "NC"}
    for measure, node in small:
        values = set()
        for own in tables[measure]:
            other = tables["C" if measure == "N" else "N"]
            pairs = ((own, c) if measure == "N" else (n, own) for n, c in zip(other, other, strict=True))
            value = sum(own[leaf] for leaf in below(parents, node))
            if value not in values and any(all(c[leaf] <= n[leaf] for leaf in leaves) for n, c in pairs):
                values.add(value)
            if len(values) > 1:
                break
        assert len(values) > 1, (measure, node, values, shown)


def agreeing(parents: Any, leaves: list[str], shown: Any, truth: Any) -> Iterator[dict[str, int]]:
    """Every table of numbers from 0 to 12 with the shown cells as they are."""
    fixed = [(below(parents, node), sum(truth[leaf] for leaf in below(parents, node))) for node in shown]
    for values in product(range(13), repeat=len(leaves)):
        world = dict(zip(leaves, values, strict=True))
        if all(sum(world[leaf] for leaf in inside) == total for inside, total in fixed):
            yield world


# --- Cases worked out by hand -----------------------------------------------------------------------------------------


def one(
    parents: dict[str, str | None], values: dict[str, int], people: dict[str, int] | None = None
) -> frozenset[object]:
    counts = Counts(parents, {"N": people or dict.fromkeys(values, 100)}, {"N": values}, (single("N"),))
    return shown_nodes(counts)["N"]


THREE: dict[str, str | None] = {"d": None, "a": "d", "b": "d", "c": "d"}


def test_all_is_shown_when_nothing_is_small() -> None:
    assert one(THREE, {"a": 5, "b": 0, "c": 70}) == {"d", "a", "b", "c"}


def test_the_smallest_neighbour_that_is_large_enough_goes_with_a_small_number() -> None:
    # d 48 = a 3 + b 40 + c 5. Without c: d − b = 8 people in a and c together.
    assert one(THREE, {"a": 3, "b": 40, "c": 5}, {"a": 100, "b": 300, "c": 90}) == {"d", "b"}
    # A neighbour with nobody is no cover: d − b − c would still be 3.
    assert one(THREE, {"a": 3, "b": 40, "c": 0}, {"a": 100, "b": 300, "c": 90}) == {"d", "c"}


def test_two_small_neighbours_that_are_five_together_need_no_third() -> None:
    assert one(THREE, {"a": 3, "b": 40, "c": 2}) == {"d", "b"}


def test_where_only_few_are_known_nothing_is_shown_not_even_nobody() -> None:
    # In a four are eligible and none passes: that nobody of these four passes is not to be told either.
    assert one(THREE, {"a": 0, "b": 40, "c": 9}, {"a": 4, "b": 300, "c": 90}) == {"d", "b"}
    # In a nobody is known at all: there is nothing to tell, and nobody else is hidden for it.
    assert one(THREE, {"a": 0, "b": 40, "c": 9}, {"a": 0, "b": 300, "c": 90}) == {"d", "b", "c"}


def test_a_small_village_is_not_told_by_its_commune_and_district() -> None:
    parents: dict[str, str | None] = {"d": None, "a": "d", "b": "d", "a1": "a", "a2": "a"}
    assert one(parents, {"a1": 2, "a2": 30, "b": 40}) == {"d", "a", "b"}
    # The commune is small as a whole: hidden, and its neighbour with it.
    assert one(parents, {"a1": 2, "a2": 1, "b": 40}) == {"d"}


def test_years_that_differ_by_few_people_do_not_stand_side_by_side() -> None:
    parents: dict[str, str | None] = {"d": None}
    sizes = {"d": 500}
    counts = Counts(
        parents,
        {"N25": sizes, "N26": sizes},
        {"N25": {"d": 40}, "N26": {"d": 37}},
        (single("N25"), single("N26"), difference("N25", "N26")),
    )
    assert shown_nodes(counts) == {"N25": {"d"}, "N26": frozenset()}


def test_the_confirmed_are_hidden_when_few_are_left_beside_them() -> None:
    sizes = {"d": 500}
    for confirmed, expected in ((0, {"d"}), (3, set()), (36, set()), (37, set()), (40, {"d"}), (20, {"d"})):
        counts = Counts(
            {"d": None},
            {"N": sizes, "C": sizes},
            {"N": {"d": 40}, "C": {"d": confirmed}},
            (single("N"), single("C"), difference("N", "C")),
            {"C": "N"},
        )
        assert shown_nodes(counts) == {"N": {"d"}, "C": expected}, confirmed


@pytest.mark.parametrize(
    ("values", "urban", "allowed"),
    [
        ({"a": 30, "b": 40, "c": 50}, {"a"}, {"d", "a", "b", "c"}),
        ({"a": 30, "b": 3, "c": 50}, {"b", "c"}, {"d", "a"}),
        # c is hidden with b: what is urban of the two, b's 3, would follow from the district's urban number.
        ({"a": 30, "b": 3, "c": 50}, {"a", "b"}, {"a"}),
    ],
)
def test_a_part_of_the_group_is_shown_only_where_it_tells_nothing_small(
    values: dict[str, int], urban: set[str], allowed: set[str]
) -> None:
    counts = Counts(THREE, {"N": {"a": 300, "b": 90, "c": 100}}, {"N": values}, (single("N"),))
    shown = shown_nodes(counts)
    assert shown_for_part(counts, shown, urban)["N"] == allowed


def test_people_at_an_inner_node_and_areas_in_a_circle_are_refused() -> None:
    with pytest.raises(ValueError, match="need a leaf"):
        one(THREE, {"d": 7, "a": 5, "b": 6, "c": 7})
    with pytest.raises(ValueError, match="no tree"):
        one({"a": "b", "b": "a"}, {"a": 5})


def test_a_part_beside_one_total_costs_as_much_for_each_area_however_many_there_are() -> None:
    def look(areas: int) -> int:
        parents: dict[str, str | None] = {"country": None, **{f"{number}": "country" for number in range(areas)}}
        people = {f"{number}": 50 for number in range(areas)}
        values = {f"{number}": 20 for number in range(areas)}
        entered = {"country": 60 * areas}
        counts = Counts(parents, {"a": people}, {"a": values}, [single("a")], {}, {"total": entered})
        shown = shown_nodes(counts)
        part = [f"{number}" for number in range(0, areas, 2)]
        return calls(lambda: shown_for_part(counts, shown, part, [(entered, {})]))

    assert look(800) < 5 * look(200)


@pytest.mark.parametrize("few", ["left", "unconfirmed"])
def test_areas_that_add_nothing_give_way_together(few: str) -> None:
    """Of a total one person is left, or all but two are confirmed: in all other areas there is nobody to hide them
    among, and each was hidden after a look at the whole table."""

    def look(areas: int) -> int:
        parents: dict[str, str | None] = {"country": None, "province": "country", "other": "country"}
        parents |= {f"{number}": "province" if number % 2 else "other" for number in range(areas)}
        people = {f"{number}": 50 + number for number in range(areas)}
        values = {f"{number}": 20 + number for number in range(areas)}
        if few == "left":
            forms = [single("a"), complement("total", "a")]
            entered = {node: count + (node == "0") for node, count in values.items()}
            counts = Counts(parents, {"a": people}, {"a": values}, forms, {}, {"total": entered})
        else:
            confirmed = {node: count - 2 * (node == "0") for node, count in values.items()}
            forms = [single("a"), single("b"), difference("a", "b")]
            counts = Counts(parents, {"a": people, "b": people}, {"a": values, "b": confirmed}, forms, {"b": "a"})
        return calls(lambda: shown_nodes(counts))

    assert look(400) < 6 * look(100)
