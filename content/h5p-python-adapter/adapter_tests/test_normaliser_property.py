"""Whatever is said, the normaliser answers, and what it accepts can be kept anywhere and names nobody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapter_tests.saying import CHILD, CHOICE, GAPS, OTHER_CHILD, rules, said
from h5p_python_adapter.claims import MOST_POINTS
from h5p_python_adapter.statements import ACTIVITY, REJECTIONS, VERBS, VOIDED, Accepted, Rejected, normalise
from h5p_python_adapter.words import MOST_WORDS, Words, clean, plain

RULES = rules()
NAME = "Nguyễn Thị Lan"

text = st.text(max_size=20) | st.sampled_from([NAME, "\x00", "\ud800", ACTIVITY, CHILD, "0[,]1", "Đọc cho họ", "PT5S"])
number = st.integers() | st.floats() | st.sampled_from([10**400, -1, 0, 1e308])
leaf = st.none() | st.booleans() | number | text
tree = st.recursive(leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4))
score = st.fixed_dictionaries({}, optional={"raw": leaf, "max": leaf, "min": leaf, "scaled": leaf}) | tree
components = st.lists(st.fixed_dictionaries({"id": leaf}, optional={"description": tree}), max_size=4) | tree
kinds = st.sampled_from(["choice", "fill-in", "matching", "true-false", "compound", "numeric", "other"]) | leaf
definition = st.fixed_dictionaries(
    {},
    optional={"interactionType": kinds, "name": tree, "description": tree, "choices": components, "source": components},
)


@st.composite
def statements(draw: Any) -> Any:
    """Near enough to a real one that most are accepted."""
    verb = draw(st.sampled_from([*sorted(VERBS), VOIDED]) | text)
    base = draw(st.sampled_from([said(), said(part=CHILD), said(part=OTHER_CHILD), said(parent=True)]))
    about = {**base["object"], "definition": {**base["object"]["definition"], **draw(definition)}}
    result = draw(
        st.fixed_dictionaries(
            {}, optional={"score": score, "response": leaf, "duration": leaf, "success": leaf, "completion": leaf}
        )
        | tree
    )
    return {**base, "verb": {"id": verb}, "object": about, "result": result, **draw(st.just({}) | st.just({"x": NAME}))}


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [one for part in value for one in strings(part)]
    return []


def holds(found: Accepted | Rejected) -> None:
    if isinstance(found, Rejected):
        assert found.code in REJECTIONS
        assert NAME not in found.detail
        return
    assert found.verb in VERBS
    ledger = [found.name, found.response or ""]
    if found.interaction is not None:
        ledger += [found.interaction.type, *strings(found.interaction.components)]
    for one in [*ledger, found.typed]:
        one.encode()
        assert "\x00" not in one
    assert not any("Nguyễn" in one or "<" in one for one in ledger)
    if found.score is not None:
        raw, top = found.score.raw, found.score.max
        assert 0 <= found.score.scaled <= 1
        assert (raw is None) == (top is None)
        assert raw is None or top is None or 0 <= raw <= top <= MOST_POINTS
    assert found.duration is None or timedelta(0) <= found.duration <= timedelta(hours=24)
    assert not found.typed or found.response == "other"
    assert not (found.finishes and found.part is not None)


@given(statements() | tree)
def test_anything_parsed_is_answered(statement: Any) -> None:
    holds(normalise(statement, RULES))


@given(st.binary(max_size=200) | statements().map(lambda one: json.dumps(one).encode()))
def test_any_bytes_are_answered(raw: bytes) -> None:
    holds(normalise(raw, RULES))


@given(st.binary(max_size=30), st.integers(0, 400), st.sampled_from([CHOICE, GAPS]))
def test_a_real_one_with_something_else_inside_is_answered(odd: bytes, place: int, about: Any) -> None:
    raw = json.dumps(said(part=CHILD, definition=about, score=(1, 1), response="0"), ensure_ascii=False).encode()
    holds(normalise(raw[:place] + odd + raw[place:], RULES))


@given(tree)
def test_any_content_has_rules(params: Any) -> None:
    made = rules(params=params)
    holds(normalise(said(part=CHILD), made))


@given(st.text(), st.text())
def test_words_are_plain_once_and_found_whole(one: str, other: str) -> None:
    bare = plain(one)
    assert "\n" not in bare and "\x00" not in bare
    assert clean(clean(one)) == clean(one)
    assert Words([other, one]).known(bare)


def test_much_text_is_compared_in_time() -> None:
    words = Words(["a" * 100 + " "] * (MOST_WORDS // 50))
    assert not words.known("a" * 99)
    assert plain("<" * 60_000) == "<" * 60_000
    assert plain("&lt;" * 10_000 + "b>") == "<" * 9_999
