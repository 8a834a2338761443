"""Why a piece of evidence was not used is said by the rule that speaks, never guessed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.reasons import Reason, Why, reason
from tests.support.loops import for_each
from tests.support.world import T0, uid

PASS = {"pick": "any", "passed": True, "trust": 1}
FIRSTS = {"pick": "firsts", "min_scaled": "0.95"}
DECAYING = {"pick": "decaying", "min_scaled": "0.95"}
DAY = timedelta(days=1)


def item(
    name: str = "one", *, day: int = 0, success: bool | None = True, scaled: str | None = "0.9", trust: int = 1,
    presence: bool = False, of: str = "quiz",
) -> rules.Item:  # fmt: skip
    share = None if scaled is None else Decimal(scaled)
    return rules.Item(uid(name), uid(of), T0 + day * DAY, success, share, trust, presence)


ONE = item()


@for_each(
    ("tree", "asked", "others", "attained", "expected"),
    [
        (None, ONE, [], None, Reason(Why.NO_RULE)),
        (PASS, item(presence=True), [], None, Reason(Why.PRESENCE)),
        ({"presence": 2}, item(presence=True), [], None, Reason(Why.NOT_ENOUGH_YET)),
        ({**PASS, "trust": 2}, ONE, [], None, Reason(Why.TRUST, 2)),
        ({**PASS, "within_days": 30}, ONE, [], None, Reason(Why.OLD, 30)),
        ({**PASS, "within_days": 30}, item(day=80), [], None, Reason(Why.NOT_ENOUGH_YET)),
        (PASS, item(success=False), [], None, Reason(Why.NOT_PASSED)),
        (PASS, item(success=None), [], None, Reason(Why.NOT_PASSED)),
        ({**PASS, "min_scaled": "0.95"}, ONE, [], None, Reason(Why.SCORE, "0.95")),
        ({"pick": "latest", "passed": True}, ONE, [item("two", day=1, success=False)], None, Reason(Why.NEWER_COUNTS)),
        ({"pick": "best", "min_scaled": "0.5"}, ONE, [item("two", scaled="1")], None, Reason(Why.BETTER_COUNTS)),
        ({**PASS, "times": 2, "distinct": True}, item("two", day=1), [ONE], None, Reason(Why.SAME_ACTIVITY)),
        (
            {**PASS, "times": 2, "distinct": True},
            item("two", day=1, of="task"),
            [ONE],
            None,
            Reason(Why.NOT_ENOUGH_YET),
        ),
        (FIRSTS, item(scaled=None), [], None, Reason(Why.NO_SCORE)),
        (FIRSTS, item("two", day=1), [ONE], None, Reason(Why.FIRST_COUNTS)),
        (FIRSTS, ONE, [item("two", of="task")], None, Reason(Why.IN_MEAN)),
        ({**FIRSTS, "times": 2}, ONE, [item("two", day=1)], None, Reason(Why.NOT_ENOUGH_YET)),
        (FIRSTS, item("two", day=5, of="task"), [ONE], 0, Reason(Why.AFTERWARDS)),
        (DECAYING, item(day=0), [item(str(n), day=n + 1) for n in range(20)], None, Reason(Why.NEWER_COUNTS)),
        (DECAYING, item(day=0), [item(str(n), day=n + 1) for n in range(19)], None, Reason(Why.IN_MEAN)),
        (PASS, item("two", day=5), [ONE], 0, Reason(Why.AFTERWARDS)),
        (PASS, item("two"), [ONE], 3, Reason(Why.ENOUGH_BEFORE)),
        # Of several conditions the one that it came closest to.
        ({"any": [{**PASS, "trust": 3}, PASS]}, item(success=False), [], None, Reason(Why.NOT_PASSED)),
        ({"all": [{"presence": 1}, {**PASS, "trust": 2}]}, ONE, [], None, Reason(Why.TRUST, 2)),
    ],
)
def test_the_rule_says_why(
    tree: Any, asked: rules.Item, others: list[rules.Item], attained: int | None, expected: Reason
) -> None:
    if tree is not None:
        rules.check(tree)
    at = T0 + 100 * DAY
    attained_at = None if attained is None else T0 + attained * DAY
    assert reason(tree, asked, [asked, *others], at=at, attained_at=attained_at) == expected


LEAVES = st.fixed_dictionaries(
    {"pick": st.sampled_from(["any", "best", "latest"]), "passed": st.just(True)},
    optional={"trust": st.integers(0, 3), "min_scaled": st.sampled_from(["0.5", "0.8"])},
)
TREES = st.one_of(LEAVES, st.fixed_dictionaries({"any": st.lists(LEAVES, min_size=1, max_size=3)}))
ITEMS = st.builds(
    item,
    st.sampled_from("abcdef"),
    day=st.integers(0, 5),
    success=st.sampled_from([True, False, None]),
    scaled=st.sampled_from([None, "0.4", "0.6", "0.9"]),
    trust=st.integers(0, 3),
    presence=st.booleans(),
)
BY_ITSELF = {Why.PRESENCE, Why.TRUST, Why.OLD, Why.NOT_PASSED, Why.SCORE, Why.NO_SCORE}


@given(TREES, st.lists(ITEMS, min_size=1, max_size=5, unique_by=lambda one: one.statement_id))
def test_what_could_never_serve_has_a_reason_of_its_own(tree: dict[str, Any], items: list[rules.Item]) -> None:
    at = T0 + 9 * DAY
    used = rules.holds(tree, items, at) or ()
    for one in items:
        if one not in used:
            found = reason(tree, one, items, at=at, attained_at=max((x.occurred_at for x in used), default=None))
            assert (found.why in BY_ITSELF) == (not rules.serves(tree, one)), found


def test_reasons_are_sentences_in_both_languages() -> None:
    needed = {Why.TRUST: 2, Why.OLD: 30, Why.SCORE: "0.8", Why.LEVEL: "Sử dụng được"}
    with translation.override("vi"):
        texts = [str(Reason(why, needed.get(why))) for why in Why]
    with translation.override("en"):
        english = [str(Reason(why, needed.get(why))) for why in Why]
    assert all(text.endswith(".") and text for text in texts + english)
    assert len(set(texts)) == len(set(english)) == len(Why)
    assert not set(texts) & set(english)
    assert "Đã quá cũ: chỉ tính trong 30 ngày gần nhất." in texts
    assert "Điểm chưa đủ: cần ít nhất 80%." in texts
