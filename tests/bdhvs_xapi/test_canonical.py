"""When two statements are the same: xAPI 1.0.3 Part Two, 2.3.1."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bdhvs_xapi.statements.canonical import canonical_bytes, canonical_digest, differing
from bdhvs_xapi.statements.validate import encode
from tests.bdhvs_xapi.support import FULL, HOME, REMOVE, SUB_STATEMENT, changed
from tests.support.loops import for_each

MEMBERS = [{"mbox": "mailto:a@example.vn"}, {"mbox": "mailto:b@example.vn"}]
GROUP = changed(FULL, "actor.member", MEMBERS)
ABOUT_SUB = changed(
    changed(changed(FULL, "object", SUB_STATEMENT), "context.revision", REMOVE), "context.platform", REMOVE
)


def reordered(value: Any) -> Any:
    """The same JSON with every object's properties in opposite order."""
    if isinstance(value, dict):
        return {key: reordered(inner) for key, inner in reversed(value.items())}
    return [reordered(inner) for inner in value] if isinstance(value, list) else value


SAME = [
    ("order of properties", FULL, reordered(FULL)),
    ("stored", FULL, changed(FULL, "stored", "2026-01-01T00:00:00Z")),
    ("no stored", FULL, changed(FULL, "stored", REMOVE)),
    ("authority", FULL, changed(FULL, "authority.account.name", "other")),
    ("version", FULL, changed(FULL, "version", "1.0.0")),
    ("zone of the timestamp", FULL, changed(FULL, "timestamp", "2025-11-15T01:30:00.123000Z")),
    ("case of a UUID", FULL, changed(FULL, "context.registration", FULL["context"]["registration"].upper())),
    ("definition", FULL, changed(FULL, "object.definition.name", {"vi": "Tên mới"})),
    ("no definition", FULL, changed(FULL, "object.definition", REMOVE)),
    ("display of the verb", FULL, changed(FULL, "verb.display", {"en": "has passed"})),
    ("order of members", GROUP, changed(GROUP, "actor.member", MEMBERS[::-1])),
    ("case of a mail domain", GROUP, changed(GROUP, "actor.member[0].mbox", "mailto:a@EXAMPLE.vn")),
    ("default objectType", FULL, changed(FULL, "object.objectType", REMOVE)),
    ("written-out default of a member", FULL, changed(FULL, "actor.member[0].objectType", "Agent")),
    (
        "lone activity",
        FULL,
        changed(FULL, "context.contextActivities.parent", FULL["context"]["contextActivities"]["parent"][0]),
    ),
    (
        "lone activity in a SubStatement",
        ABOUT_SUB,
        changed(ABOUT_SUB, "object.context.contextActivities.grouping", [{"id": f"{HOME}/class/2"}]),
    ),
    ("spelling of a number", FULL, changed(FULL, "result.score.raw", 8.0)),
]


@for_each(("one", "other"), [pytest.param(one, other, id=name) for name, one, other in SAME])
def test_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert canonical_bytes(encode(one)) == canonical_bytes(encode(other))
    assert differing(encode(one), encode(other)) == ()


DIFFERENT = [
    ("actor", changed(FULL, "actor.account.name", "g2")),
    ("actor", changed(FULL, "actor.account.name", "G1")),
    ("actor", changed(FULL, "actor.name", "Tổ 4")),
    ("verb", changed(FULL, "verb.id", "http://adlnet.gov/expapi/verbs/failed")),
    ("object", changed(FULL, "object.id", f"{HOME}/quiz/2")),
    ("result", changed(FULL, "result.score.scaled", 0.81)),
    ("result", changed(FULL, "result.success", False)),
    ("result", changed(FULL, "result.success", REMOVE)),
    ("result", changed(FULL, "result.duration", "PT243.5S")),
    ("result", changed(FULL, "result.extensions", {f"{HOME}/ext": False})),
    ("context", changed(FULL, "context.revision", "4")),
    ("context", changed(FULL, "context.contextActivities.other", [{"id": f"{HOME}/competency/1"}])),
    ("timestamp", changed(FULL, "timestamp", "2025-11-15T08:30:00.124+07:00")),
    ("timestamp", changed(FULL, "timestamp", REMOVE)),
    ("attachments", changed(FULL, "attachments", [])),
]


@for_each(("name", "other"), DIFFERENT)
def test_different(name: str, other: dict[str, Any]) -> None:
    assert canonical_digest(encode(FULL)) != canonical_digest(encode(other))
    assert differing(encode(FULL), encode(other)) == (name,)


def test_an_agent_as_object_is_no_activity() -> None:
    """``objectType`` is a default in an actor only."""
    agent = encode(changed(ABOUT_SUB, "object", {"objectType": "Agent", "mbox": "mailto:a@example.vn"}))
    assert msgspec.json.decode(canonical_bytes(agent))["object"]["objectType"] == "Agent"


@for_each(
    ("one", "other", "same"),
    [
        (b"1", b"1.0", True),
        (b"100", b"1e2", True),
        (b"0.1", b"0.10", True),
        (b"0", b"-0.0", True),
        (b"1", b"true", False),
        (b"0.1", b"0.1000000000000000055", False),
        (b"12345678901234567890", b"12345678901234567891", False),
        (b"1" * 40 + b"1", b"1" * 40 + b"2", False),
        (b"0." + b"1" * 40 + b"1", b"0." + b"1" * 40 + b"2", False),
        (b"1e-400", b"1e-401", False),
        (b"1e-99999999999999999999", b"0", True),
    ],
)
def test_numbers_are_compared_by_value(one: bytes, other: bytes, same: bool) -> None:
    def with_value(number: bytes) -> bytes:
        return encode(changed(FULL, "result.extensions", {"a:b": "?"})).replace(b'"?"', number)

    assert (canonical_bytes(with_value(one)) == canonical_bytes(with_value(other))) is same
