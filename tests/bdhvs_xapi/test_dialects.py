"""Where xAPI 1.0.3 and 2.0 (IEEE 9274.1.1) differ about a statement, and batches of statements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.statements.validate import Parsed, encode, parse, parse_batch
from bdhvs_xapi.statements.versions import Version, negotiate
from tests.bdhvs_xapi.support import FULL, HOME, REMOVE, SUB_STATEMENT, changed, passed
from tests.bdhvs_xapi.test_validation import SPOILED, VALID
from tests.support.loops import for_each

AGENT = {"objectType": "Agent", "mbox": "mailto:a@example.vn"}
GROUP = {"objectType": "Group", "member": [AGENT]}
CONTEXT_AGENT = {"objectType": "contextAgent", "agent": AGENT, "relevantTypes": [f"{HOME}/role/observer"]}
CONTEXT_GROUP = {"objectType": "contextGroup", "group": GROUP, "relevantTypes": [f"{HOME}/role/class"]}


def problems(statement: Any, version: Version | None) -> list[str]:
    try:
        parse(encode(statement), version)
    except InvalidStatement as error:
        return [problem.path for problem in error.problems]
    return []


# -- the header --------------------------------------------------------------


@for_each(
    ("header", "version"),
    [
        ("1.0", Version.V1),
        ("1.0.0", Version.V1),
        ("1.0.3", Version.V1),
        (" 1.0.3 ", Version.V1),
        ("1.0.32", Version.V1),
        ("2.0", Version.V2),
        ("2.0.0", Version.V2),
        ("2.0.1", Version.V2),
    ],
)
def test_1_0_3_part3_3_3_patch_versions_are_one_dialect(header: str, version: Version) -> None:
    assert negotiate(header) is version


@for_each(
    "header",
    ["", "0.9", "0.95", "1", "1.1", "1.1.0", "2", "2.1.0", "3.0.0", "1.0.", "1.0.x", "1.0.03", "1.0.0.0", "١.0"],
)
def test_1_0_3_part3_3_3_other_versions_are_refused(header: str) -> None:
    with pytest.raises(ValueError, match=r"expected X-Experience-API-Version 1\.0\.x or 2\.0\.x"):
        negotiate(header)


# -- what is valid in each ---------------------------------------------------


@for_each("statement", [pytest.param(statement, id=name) for name, statement in VALID])
def test_what_is_valid_in_both_is_valid_in_each(statement: dict[str, Any]) -> None:
    assert problems(statement, Version.V1) == []
    assert problems(statement, Version.V2) == []


# Refused only where both dialects, or other stores' databases, have to be satisfied.
STRICTER_FOR_BOTH = {
    "IEEE 9274.1.1 4.2.5.3, not in 1.0.3",
    "IEEE 9274.1.1 4.2.5.4, not in 1.0.3",
    "2.4.10 version without patch",
}
STRICTER_FOR_BOTH |= {"limit: NUL in an extension", "limit: NUL in a key"}


@for_each("version", list(Version))
@for_each(
    ("where", "value", "path"),
    [pytest.param(*rest, id=clause) for clause, *rest in SPOILED if clause not in STRICTER_FOR_BOTH],
)
def test_what_is_wrong_in_both_is_wrong_in_each(version: Version, where: str, value: Any, path: str | None) -> None:
    assert problems(changed(FULL, where, value), version) == [where if path is None else path]


@pytest.mark.parametrize(
    ("version", "accepted"),
    [
        (Version.V1, ["1.0.0", "1.0.3", "1.0.99", "1.0"]),
        (Version.V2, ["2.0.0", "2.0.1", "1.0.0", "1.0.3", "1.0.99", "1.0"]),
        (None, ["1.0.0", "1.0.3", "1.0.99"]),
    ],
)
def test_1_0_3_part2_2_4_10_version_of_a_statement(version: Version | None, accepted: list[str]) -> None:
    for text in ("1.0.0", "1.0.3", "1.0.99", "2.0.0", "2.0.1", "1.1.0", "2.1.0", "0.95", "1.0", "2.0", "", "1.0.x"):
        expected = [] if text in accepted else ["version"]
        assert problems(changed(FULL, "version", text), version) == expected, text


@for_each("where", ["timestamp", "stored", "object.timestamp"])
@for_each("text", ["2025-11-15T08:30", "2025-11-15T08:30Z", "20251115T083000Z"])
def test_1_0_3_part2_4_5_any_iso_8601_and_2_0_4_2_7_rfc_3339(where: str, text: str) -> None:
    statement = passed(object=SUB_STATEMENT, context={})
    assert problems(changed(statement, where, text), Version.V1) == []
    assert problems(changed(statement, where, text), Version.V2) == [where]
    assert problems(changed(statement, where, text), None) == [where]


@pytest.mark.parametrize("text", ["2025-11-15T08:30:00-00:00", "2025-11-15T08:30:00-0000", "2025-11-15T08:30:00-00"])
def test_no_negative_zero_offset_in_either(text: str) -> None:
    for version in (None, *Version):
        assert problems(changed(FULL, "timestamp", text), version) == ["timestamp"]


def test_2_0_4_2_7_any_precision_is_accepted() -> None:
    for version in (None, *Version):
        assert problems(changed(FULL, "timestamp", "2025-11-15T08:30:00.1234567890123456Z"), version) == []


def test_1_0_3_part2_4_1_no_statement_is_refused_for_the_values_of_its_extensions() -> None:
    for where in ("result.extensions", "context.extensions", "object.definition.extensions"):
        statement = changed(FULL, where, {"a:b": ["\0", None, {"\0": {}}, -1e-300, "\ud7ff"]})
        assert problems(statement, Version.V1) == problems(statement, Version.V2) == []
        assert problems(statement, None) != []


# -- contextAgents and contextGroups -----------------------------------------


@for_each(
    ("name", "value"),
    [
        ("contextAgents", []),
        ("contextAgents", [CONTEXT_AGENT]),
        ("contextAgents", [CONTEXT_AGENT, {"objectType": "contextAgent", "agent": {"openid": HOME}}]),
        ("contextGroups", []),
        ("contextGroups", [CONTEXT_GROUP]),
        ("contextGroups", [{"objectType": "contextGroup", "group": {"objectType": "Group", "openid": HOME}}]),
    ],
)
def test_2_0_4_2_5_context_agents_and_groups(name: str, value: Any) -> None:
    statement = changed(FULL, f"context.{name}", value)
    assert problems(statement, Version.V2) == []
    assert problems(statement, Version.V1) == problems(statement, None) == [f"context.{name}"]
    inside = passed(object=changed({**SUB_STATEMENT, "context": {}}, f"context.{name}", value), context={})
    assert problems(inside, Version.V2) == []
    assert problems(inside, Version.V1) == [f"object.context.{name}"]


@for_each(
    ("name", "where", "value", "path"),
    [
        ("contextAgents", "objectType", "Agent", None),
        ("contextAgents", "objectType", "contextGroup", None),
        ("contextAgents", "objectType", REMOVE, ""),
        ("contextAgents", "agent", REMOVE, ""),
        ("contextAgents", "agent", GROUP, "agent.objectType"),
        ("contextAgents", "agent", {"name": "An"}, None),
        ("contextAgents", "agent", {**AGENT, "openid": HOME}, None),
        ("contextAgents", "agent", None, None),
        ("contextAgents", "relevantTypes", [], None),
        ("contextAgents", "relevantTypes", ["observer"], "relevantTypes[0]"),
        ("contextAgents", "relevantTypes", HOME, None),
        ("contextAgents", "relevantTypes", [1], "relevantTypes[0]"),
        ("contextAgents", "group", GROUP, ""),
        ("contextGroups", "objectType", "contextAgent", None),
        ("contextGroups", "objectType", REMOVE, ""),
        ("contextGroups", "group", REMOVE, ""),
        ("contextGroups", "group", AGENT, "group.objectType"),
        ("contextGroups", "group", {"member": [AGENT]}, "group.objectType"),
        ("contextGroups", "group", {"objectType": "Group"}, None),
        ("contextGroups", "group", {"objectType": "Group", "member": [GROUP]}, "group.member[0].objectType"),
        ("contextGroups", "relevantTypes", [], None),
        ("contextGroups", "relevantTypes", ["class"], "relevantTypes[0]"),
        ("contextGroups", "agent", AGENT, ""),
    ],
)
def test_2_0_4_2_5_spoiled(name: str, where: str, value: Any, path: str | None) -> None:
    entry = CONTEXT_AGENT if name == "contextAgents" else CONTEXT_GROUP
    statement = changed(FULL, f"context.{name}", [changed(entry, where, value)])
    root = f"context.{name}[0]"
    assert problems(statement, Version.V2) == [f"{root}.{where if path is None else path}".rstrip(".")]


# -- batches -----------------------------------------------------------------


def test_a_batch_keeps_order_and_bytes() -> None:
    sent = [passed(), {name: passed()[name] for name in ("actor", "verb", "object")}]
    raw = b" [ %s\n,\t%s ]\n" % (encode(sent[0]), encode(sent[1]))
    parsed = parse_batch(raw, Version.V1)
    assert [each.raw for each in parsed] == [encode(each) for each in sent]
    assert [each.id for each in parsed] == [UUID(sent[0]["id"]), None]
    assert [each.raw for each in parse_batch(encode(sent[0]), Version.V2)] == [encode(sent[0])]
    assert parse_batch(b"[]", Version.V1) == []


def test_1_0_3_part3_2_1_2_one_id_twice_is_refused() -> None:
    """Also with the same content, and in another case."""
    one, other = passed(), passed()
    batch = [one, other, {**one, "id": one["id"].upper()}]
    with pytest.raises(InvalidStatement) as error:
        parse_batch(msgspec.json.encode(batch), Version.V1)
    assert [problem.path for problem in error.value.problems] == ["[2].id"]
    assert "[0].id" in str(error.value)


def test_every_statement_of_a_batch_is_checked_and_named() -> None:
    batch = [passed(), passed(actor={}), 7, passed(verb={"id": "x"}, object={"id": "y"})]
    with pytest.raises(InvalidStatement) as error:
        parse_batch(msgspec.json.encode(batch), Version.V2)
    assert [problem.path for problem in error.value.problems] == ["[1].actor", "[2]", "[3].verb.id", "[3].object.id"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"[",
        b"[{]",
        b"[,]",
        b"nul",
        b"[1",
        b"\xff",
        b"[\xff]",
        b"[" * 5000,
        b'["\\ud800"]',
        b"\xef\xbb\xbf[]",
    ],
)
def test_no_batch(raw: bytes) -> None:
    for version in (None, *Version):
        with pytest.raises(InvalidStatement):
            parse_batch(raw, version)


def test_attachments_are_those_of_the_statement_and_its_sub_statement() -> None:
    inner = {**FULL["attachments"][0], "sha2": "ab" * 32}
    statement = passed(object={**SUB_STATEMENT, "attachments": [inner]}, context={}, attachments=FULL["attachments"])
    assert [each.sha2 for each in parse(encode(statement)).attachments] == [FULL["attachments"][0]["sha2"], "ab" * 32]
    assert parse(encode(passed())).attachments == []


def test_1_0_3_part2_2_4_1_an_id_is_put_in_front() -> None:
    id_ = UUID("6690e6c9-3ef0-4ed3-8b37-7f3964730bee")
    raw = b' \n{ "actor":{"mbox":"mailto:a@example.vn"},"verb":{"id":"a:b"},"object":{"id":"a:c"}}'
    named = parse(raw).with_id(id_)
    assert (named.id, msgspec.json.decode(named.raw)["id"]) == (id_, str(id_))
    assert parse(named.raw).id == id_


# -- total -------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_PATHS = [
    "id", "actor", "verb", "object", "result", "context", "timestamp", "version", "attachments", "authority", "stored",
    "actor.account", "actor.member", "verb.id", "verb.display", "object.definition", "object.objectType", "object.id",
    "object.definition.choices", "result.score", "result.score.scaled", "result.score.raw", "result.duration",
    "result.extensions", "context.registration", "context.contextActivities", "context.contextActivities.parent",
    "context.team", "context.statement", "context.language", "context.extensions", "attachments[0].sha2",
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(_PATHS), _JSON), max_size=3), st.sampled_from([None, *Version]))
def test_a_spoiled_statement_is_parsed_or_refused(changes: list[tuple[str, Any]], version: Version | None) -> None:
    """Never another exception, and what is accepted is accepted again as it was stored."""
    statement: dict[str, Any] = FULL
    for path, value in changes:
        try:
            statement = changed(statement, path, value)
        except (KeyError, IndexError, TypeError):
            continue
    raw = msgspec.json.encode([statement])
    try:
        [parsed] = parse_batch(raw, version)
    except InvalidStatement as error:
        assert all(problem.path.startswith("[0]") for problem in error.problems)
    else:
        assert isinstance(parsed, Parsed)
        assert parse(parsed.raw, version).statement == parsed.statement


@given(st.binary(max_size=64) | _JSON.map(msgspec.json.encode), st.sampled_from([None, *Version]))
def test_any_bytes_are_parsed_or_refused(raw: bytes, version: Version | None) -> None:
    try:
        parse_batch(raw, version)
    except InvalidStatement as error:
        assert error.problems


@given(st.data())
def test_damaged_bytes_are_parsed_or_refused(data: st.DataObject) -> None:
    raw = bytearray(encode(FULL))
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(raw) - 1))
        if data.draw(st.booleans()):
            raw[position] = data.draw(st.integers(0, 255))
        else:
            del raw[position : position + data.draw(st.integers(1, 40))]
    try:
        parse_batch(bytes(raw), data.draw(st.sampled_from([None, *Version])))
    except InvalidStatement as error:
        assert error.problems
