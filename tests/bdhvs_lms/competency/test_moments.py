"""Looking at each moment in turn says what looking at everything at each moment says, at a cost that grows evenly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency import moments, rules
from tests.support.calls import calls
from tests.support.loops import for_each
from tests.support.soak import rounds

T0 = datetime(2026, 1, 1, tzinfo=UTC)

LEAF = st.fixed_dictionaries(
    {"pick": st.sampled_from(["any", "best", "latest"]), "min_scaled": st.sampled_from(["0.2", "0.5", "0.8"])},
    optional={
        "passed": st.booleans(),
        "trust": st.integers(min_value=0, max_value=2),
        "within_days": st.integers(min_value=1, max_value=6),
        "times": st.integers(min_value=1, max_value=3),
        "distinct": st.booleans(),
    },
).map(lambda tree: tree if tree["pick"] == "any" else {key: tree[key] for key in tree if key != "times"})
MEAN = st.fixed_dictionaries(
    {"pick": st.sampled_from(rules.MEANS), "min_scaled": st.sampled_from(["0.2", "0.5", "0.7"])},
    optional={
        "trust": st.integers(min_value=0, max_value=2),
        "within_days": st.integers(min_value=1, max_value=6),
        "times": st.integers(min_value=1, max_value=3),
        "weight": st.sampled_from([50, 65, 95]),
    },
).map(lambda tree: tree if tree["pick"] == "decaying" else {key: tree[key] for key in tree if key != "weight"})
PASSED = st.just({"pick": "best", "passed": True}) | st.just({"pick": "any", "passed": True, "times": 2})
PRESENCE = st.integers(min_value=1, max_value=3).map(lambda times: {"presence": times})
TREE = st.recursive(
    LEAF | MEAN | PASSED | PRESENCE,
    lambda branch: st.lists(branch, min_size=1, max_size=3).flatmap(
        lambda of: st.sampled_from(
            [{"all": of}, {"any": of}, *({"n_of": least, "of": of} for least in range(1, len(of) + 1))]
        )
    ),
    max_leaves=5,
)
ITEMS = st.lists(
    st.builds(
        rules.Item,
        statement_id=st.integers(min_value=0, max_value=2**32).map(lambda number: UUID(int=number)),
        activity_key=st.sampled_from([UUID(int=1), UUID(int=2), UUID(int=3)]),
        occurred_at=st.integers(min_value=0, max_value=14).map(lambda half: T0 + timedelta(hours=12 * half)),
        success=st.sampled_from([True, True, False, None]),
        scaled=st.sampled_from([None, Decimal("0.1"), Decimal("0.5"), Decimal("0.5"), Decimal("0.9")]),
        trust=st.integers(min_value=0, max_value=3),
        presence=st.sampled_from([False, False, False, True]),
    ),
    max_size=14,
    unique_by=lambda item: item.statement_id,
)
VERSIONS = st.lists(st.tuples(TREE, st.integers(min_value=-1, max_value=10)), min_size=1, max_size=3).map(
    lambda drawn: [
        rules.Version(number=number, tree=tree, starts=T0 + timedelta(days=day), name=str(number))
        for number, (tree, day) in enumerate(drawn, start=1)
    ]
)


def by_looking_at_everything(
    ladder: list[list[rules.Version]], items: list[rules.Item], floor: int
) -> tuple[datetime, rules.Version, tuple[rules.Item, ...]] | None:
    for moment in sorted({item.occurred_at for item in items}):
        version = rules.speaking(ladder, moment)
        seen = [item for item in items if item.occurred_at <= moment]
        used = None if version is None else rules.holds(version.tree, seen, moment, floor=floor)
        if version is not None and used is not None:
            return moment, version, used
    return None


def drawn(chance: Random, count: int) -> list[rules.Item]:
    """Items at half days, so that some stand just at the edge of a window."""
    items = [
        rules.Item(
            statement_id=UUID(int=chance.getrandbits(32)),
            activity_key=UUID(int=chance.randint(1, 3)),
            occurred_at=T0 + timedelta(hours=12 * chance.randint(0, 12)),
            success=chance.choice([True, True, False, None]),
            scaled=chance.choice([None, Decimal("0.1"), Decimal("0.5"), Decimal("0.5"), Decimal("0.9")]),
            trust=chance.randint(0, 2),
            presence=chance.random() < 0.2,
        )
        for _ in range(count)
    ]
    return sorted(items, key=lambda item: item.order)


PASSED_TWICE = {"pick": "any", "passed": True, "times": 2}


@for_each(
    "tree",
    [
        {"pick": "any", "passed": True, "trust": 1},
        PASSED_TWICE,
        {**PASSED_TWICE, "distinct": True},
        {**PASSED_TWICE, "within_days": 1},
        {**PASSED_TWICE, "within_days": 2, "distinct": True},
        {"pick": "best", "passed": True},
        {"pick": "best", "passed": True, "within_days": 1},
        {"pick": "best", "min_scaled": "0.5", "within_days": 2, "trust": 1},
        {"pick": "latest", "passed": True},
        {"pick": "latest", "min_scaled": "0.5", "within_days": 1, "trust": 2},
        {"pick": "firsts", "min_scaled": "0.5"},
        {"pick": "firsts", "min_scaled": "0.4", "times": 2, "trust": 1},
        {"pick": "firsts", "min_scaled": "0.5", "times": 2, "within_days": 2},
        {"pick": "decaying", "min_scaled": "0.5"},
        {"pick": "decaying", "min_scaled": "0.4", "times": 3, "weight": 50, "trust": 1},
        {"pick": "decaying", "min_scaled": "0.5", "within_days": 1, "weight": 95},
        {"all": [{"presence": 2}, {"pick": "latest", "passed": True}]},
        {"all": [{"presence": 1}, {"presence": 2}]},
        {"any": [{"presence": 1}, {"all": [PASSED_TWICE, {"pick": "best", "min_scaled": "0.9"}]}]},
        {"n_of": 2, "of": [{"presence": 1}, {"pick": "latest", "passed": True}, {"presence": 2}]},
    ],
    ids=str,
)
@for_each("floor", [0, 1, 2])
def test_at_each_moment_a_watch_says_what_the_rule_says(tree: dict[str, Any], floor: int) -> None:
    said = set()
    for number in range(rounds(100, soak=5_000)):
        # Without scores, too: then the first piece of evidence counts.
        items = drawn(Random(number), number % 13)
        if number % 3 == 0 and tree.get("pick") not in rules.MEANS:
            items = [replace(item, scaled=None) for item in items]
        watch = moments.watch(tree, floor)
        for moment, same in groupby(items, key=lambda item: item.occurred_at):
            for item in same:
                watch.see(item)
            seen = [item for item in items if item.occurred_at <= moment]
            holds = rules.holds(tree, seen, moment, floor=floor) is not None
            assert (watch.held(moment) is moments.Held.BY_WORK) == holds, number
            said.add(holds)
    assert said == ({False} if tree == {"all": [{"presence": 1}, {"presence": 2}]} else {True, False})


@given(narrow=VERSIONS, wide=VERSIONS, items=ITEMS, floor=st.integers(min_value=0, max_value=3))
def test_the_earliest_moment_is_that_of_the_rule_itself(
    narrow: list[rules.Version], wide: list[rules.Version], items: list[rules.Item], floor: int
) -> None:
    for version in (*narrow, *wide):
        rules.check(version.tree)
    ladder = [narrow, wide]
    assert moments.earliest(ladder, items, floor=floor) == by_looking_at_everything(ladder, items, floor)


@for_each(
    "tree",
    [
        {"pick": "any", "passed": True, "times": 3, "distinct": True},
        {"pick": "any", "passed": True, "times": 3, "distinct": True, "within_days": 365},
        {"pick": "best", "min_scaled": "0.95"},
        {"pick": "best", "min_scaled": "0.95", "within_days": 365},
        {"pick": "latest", "min_scaled": "0.95"},
        {"pick": "firsts", "min_scaled": "0.95"},
        {"pick": "firsts", "min_scaled": "0.95", "within_days": 365},
        {"pick": "decaying", "min_scaled": "0.95"},
        {"pick": "decaying", "min_scaled": "0.95", "within_days": 365},
        {
            "all": [
                {"presence": 1},
                {"any": [{"pick": "best", "min_scaled": "0.95"}, {"pick": "any", "min_scaled": "1"}]},
            ]
        },
    ],
    ids=str,
)
def test_evidence_that_does_not_suffice_costs_no_more_each_the_more_there_is(tree: dict[str, Any]) -> None:
    def items(count: int) -> list[rules.Item]:
        return [
            rules.Item(UUID(int=n), UUID(int=1), T0 + timedelta(minutes=n), True, Decimal("0.9"), n % 3, False)
            for n in range(count)
        ]

    ladder = [[rules.Version(number=1, tree=tree, starts=T0)]]
    few, many = items(200), items(800)
    assert moments.steps(ladder, few) == []
    assert calls(lambda: moments.steps(ladder, many)) < 5 * calls(lambda: moments.steps(ladder, few))
