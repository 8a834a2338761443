"""No difference between readings is a number of 1 to 4 people: not of cells, sums, differences of areas, or years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.api import now
from bdhvs_lms.reporting.queries.published import KINDS, Numbers, beside_published
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.suppression import Counts, Tree, difference, is_small, shown_nodes, single
from tests.bdhvs_lms.reporting.test_suppression import SHAPES, leaves_of

FORMS = (*(single(kind) for kind in KINDS), difference("passed", "confirmed"))


def numbers_of(counts: Counts) -> Numbers:
    """What a reading shows of these."""
    totals = {kind: Tree(counts.parents).totals(own) for kind, own in counts.values.items()}
    return {str(kind): {node: totals[kind][node] for node in nodes} for kind, nodes in shown_nodes(counts).items()}


def table(shape: Mapping[str, str | None], people: Mapping[str, Mapping[str, int]], told: list[Numbers]) -> Counts:
    known, forms = beside_published({"rule": KINDS}, {"rule": [(one, {}) for one in told]}, Tree(shape))
    size = {leaf: 9 + sum(own.get(leaf, 0) for own in people.values()) for leaf in leaves_of(dict(shape))}
    return Counts(
        shape,
        dict.fromkeys(KINDS, size),
        people,
        (*FORMS, *forms),
        {"confirmed": "passed", "active": "begun"},
        known=known,
    )


def regions(shape: dict[str, str | None], shown: Mapping[str, int]) -> dict[tuple[int, ...], int]:
    """Every set of leaves that sums and differences of shown areas tell, with its number."""
    leaves, nodes = leaves_of(shape), sorted(shown)
    lies = {node: [int(node in Tree(shape).line(leaf)) for leaf in leaves] for node in nodes}
    found = {}
    for signs in product((-1, 0, 1), repeat=len(nodes)):
        chosen = list(zip(signs, nodes, strict=True))
        vector = tuple(sum(sign * lies[node][place] for sign, node in chosen) for place in range(len(leaves)))
        if any(vector) and set(vector) <= {0, 1}:
            found[vector] = sum(sign * shown[node] for sign, node in chosen)
    return found


@st.composite
def histories(draw: Any) -> tuple[dict[str, str | None], list[dict[str, dict[str, int]]]]:
    """A tree and three moments: a few people come, and sometimes go."""
    shape = draw(st.sampled_from(SHAPES))
    leaves = leaves_of(shape)
    passed = {leaf: draw(st.integers(0, 12)) for leaf in leaves}
    moments = []
    for _moment in range(3):
        confirmed = {leaf: draw(st.integers(0, passed[leaf])) for leaf in leaves}
        begun = {leaf: passed[leaf] + draw(st.integers(0, 7)) for leaf in leaves}
        active = {leaf: draw(st.integers(0, begun[leaf] - passed[leaf])) for leaf in leaves}
        moments.append({"passed": dict(passed), "confirmed": confirmed, "begun": begun, "active": active})
        passed = {leaf: max(0, passed[leaf] + draw(st.integers(-2, 8))) for leaf in leaves}
    return shape, moments


@given(histories())
def test_no_difference_between_readings_is_of_1_to_4_people(case: Any) -> None:
    shape, moments = case
    told: list[Numbers] = []
    for people in moments:
        told.append(numbers_of(table(shape, people, told)))
    for place, later in enumerate(told):
        for earlier in told[:place]:
            for kind in KINDS:
                after, before = (regions(shape, one.get(kind, {})) for one in (later, earlier))
                both = set(after) & set(before)
                for region in both:
                    if any(tuple(a - b for a, b in zip(region, part, strict=True)) in both for part in both):
                        # Made of parts whose changes are known and large: 6 more here and 5 fewer there.
                        continue
                    assert not is_small(after[region] - before[region]), (kind, region, earlier, later)


@pytest.mark.django_db
def test_a_cell_gives_way_until_five_people_more_have_passed(stage: Any) -> None:
    def frozen(day: date) -> tuple[int | None, int | None, int | None]:
        rows = freeze(stage.province, day, at=now(), by=None, why="thử").frozen["rows"]
        return tuple(row["numerator"] for row in rows)  # type: ignore[return-value]

    people, elsewhere = stage.people(40), stage.people(40, stage.other_area)
    began = datetime(2025, 9, 1, tzinfo=UTC)
    stage.attain([*people[:20], *elsewhere[:20]], at=began)
    assert frozen(date(2025, 9, 30)) == (40, 20, 20)
    stage.attain(people[20:23], at=began + timedelta(days=35))
    assert frozen(date(2025, 10, 31)) == (None, None, 20)
    stage.attain(people[23:25], at=began + timedelta(days=65))
    assert frozen(date(2025, 11, 14)) == (45, 25, 20)
    assert frozen(date(2025, 11, 14)) == (45, 25, 20)
