"""Whatever comes in: validation is total, and what passes survives every step after it."""

from __future__ import annotations

import copy
from datetime import UTC
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_xapi.statements.canonical import canonical_bytes, canonical_digest, decode_exact
from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.statements.redacted import redacted
from bdhvs_xapi.statements.references import activities, agents
from bdhvs_xapi.statements.times import format_timestamp, is_duration, parse_timestamp
from bdhvs_xapi.statements.validate import encode, parse
from tests.bdhvs_xapi.support import FULL, SUB_STATEMENT

# Text of every kind, lone surrogates and NUL included: st.text() alone leaves surrogates out.
TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
NUMBERS = st.integers() | st.floats()
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
SOUND_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
SOUND_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | SOUND_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SOUND_TEXT, inner, max_size=4),
)
# Values that mean something somewhere in a statement, so that spoiling reaches the rules behind the shape.
MEANT = st.sampled_from(
    ["Agent", "Group", "Activity", "StatementRef", "SubStatement", FULL["id"], "a:b", "mailto:a@b", "vi", "P1D", {}, []]
    + [copy.deepcopy(FULL[name]) for name in ("actor", "verb", "object", "context", "timestamp")]
    + [copy.deepcopy(SUB_STATEMENT)]
)
NAMES = st.sampled_from(
    ["objectType", "id", "member", "mbox", "account", "definition", "context", "timestamp", "object"]
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of every value inside ``value``."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@st.composite
def mutilated(draw: st.DrawFn) -> dict[str, Any]:
    """A full statement with up to four values removed, replaced or added anywhere."""
    statement = copy.deepcopy(draw(st.sampled_from([FULL, {**FULL, "object": SUB_STATEMENT}])))
    for _ in range(draw(st.integers(1, 4))):
        container, key = draw(st.sampled_from(places(statement) or [(statement, "actor")]))
        match draw(st.integers(0, 2)):
            case 0:
                del container[key]
            case 1:
                container[key] = copy.deepcopy(draw(MEANT | JSON))
            case 2 if isinstance(container, dict):
                container[draw(NAMES)] = copy.deepcopy(draw(MEANT | JSON))
    return statement


@given(mutilated())
def test_validation_is_total(statement: dict[str, Any]) -> None:
    """InvalidStatement or a statement with which the rest can work: no third way."""
    try:
        parsed = parse(encode(statement))
    except InvalidStatement as error:
        assert error.problems
        return
    canonical_digest(parsed.raw)
    assert all(len(iri.encode()) <= 2000 for _, iri in activities(parsed.statement))
    assert all(len(key.encode()) <= 2000 for _, key in agents(parsed.statement))
    parse(encode(redacted(msgspec.json.decode(parsed.raw))))


@given(JSON)
def test_no_json_value_breaks_validation(value: Any) -> None:
    for statement in (value, {**FULL, "object": value}, {**FULL, "context": value}, {**FULL, "result": value}):
        try:
            parse(encode(statement))
        except InvalidStatement:
            continue


@given(st.binary())
def test_no_bytes_break_validation(raw: bytes) -> None:
    for text in (raw, msgspec.json.encode(FULL)[: len(raw)], b'{"actor":' + raw + b"}"):
        try:
            parse(text)
        except InvalidStatement:
            continue


@given(SOUND_JSON)
def test_canonical_form_is_a_fixed_point(value: Any) -> None:
    """It does not change when written and read again, and does not depend on the order of properties."""
    statement = {**FULL, "result": {"extensions": {"a:b": value}}}
    raw = encode(statement)
    once = canonical_bytes(raw)
    written = decode_exact(once)
    again = {**written, "verb": {"id": written["verb"]}}
    assert canonical_bytes(encode(again)) == once
    assert canonical_bytes(encode(dict(reversed(statement.items())))) == once


@given(st.datetimes(timezones=st.timezones()))
def test_timestamps_survive_writing(instant: Any) -> None:
    try:
        text = format_timestamp(instant)
    except OverflowError:
        return  # no such instant in UTC
    # In UTC: Python holds times around a change of the clock unequal to their own instant in another zone.
    assert parse_timestamp(text) == instant.astimezone(UTC)


@given(st.tuples(*[st.none() | st.integers(0, 999)] * 6).filter(lambda parts: any(part is not None for part in parts)))
def test_durations_of_any_components(parts: tuple[int | None, ...]) -> None:
    date, time = (
        "".join(f"{part}{unit}" for part, unit in zip(some, units, strict=True) if part is not None)
        for some, units in ((parts[:3], "YMD"), (parts[3:], "HMS"))
    )
    assert is_duration(f"P{date}T{time}" if time else f"P{date}")
    assert not is_duration(f"P{date}T{time}1W" if time else f"P{date}1W")
