"""What a statement may be: xAPI 1.0.3 Part Two, clause by clause (2.0 keeps these rules unless a case says so)."""

from __future__ import annotations

from typing import Any

import pytest

from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.statements.validate import encode, parse
from bdhvs_xapi.statements.values import MAX_DEPTH, MAX_KEY_BYTES
from tests.bdhvs_xapi.support import FULL, HOME, REMOVE, SUB_STATEMENT, changed, passed, voiding
from tests.support.loops import for_each

REF = {"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}
AGENT = {"objectType": "Agent", "mbox": "mailto:a@example.vn"}
NESTED: Any = []
for _ in range(MAX_DEPTH):
    NESTED = [NESTED]


def problems(statement: Any) -> list[str]:
    """Paths of what is wrong, in order."""
    try:
        parse(encode(statement))
    except InvalidStatement as error:
        assert error.problems
        assert all(problem.reason for problem in error.problems)
        return [problem.path for problem in error.problems]
    return []


def with_object(target: Any) -> dict[str, Any]:
    """FULL about something that is no activity, so without the context that only activities may have."""
    statement = changed(changed(FULL, "context.revision", REMOVE), "context.platform", REMOVE)
    return changed(statement, "object", target)


VALID: list[tuple[str, dict[str, Any]]] = [
    ("2.4 everything", FULL),
    ("2.4 only what is required", {name: FULL[name] for name in ("actor", "verb", "object")}),
    ("2.4.1 a UUID of version 8", changed(FULL, "id", "320c3d4d-cc00-875b-8ec9-32d5f69181c0")),
    ("2.4.1 upper case", changed(FULL, "id", FULL["id"].upper())),
    ("2.4.2.2 an anonymous group", changed(FULL, "actor", {"objectType": "Group", "member": [AGENT]})),
    ("2.4.2.2 an anonymous group of nobody", changed(FULL, "actor", {"objectType": "Group", "member": []})),
    ("2.4.2.2 an identified group without members", changed(FULL, "actor.member", REMOVE)),
    ("2.4.3 an IRI outside ASCII", changed(FULL, "verb.id", "http://example.vn/động-từ/đọc")),
    ("2.4.3 no scheme-specific authority", changed(FULL, "verb.id", "urn:x:y")),
    ("2.4.4 an agent", with_object(AGENT)),
    ("2.4.4 a group", with_object({"objectType": "Group", "member": [AGENT]})),
    ("2.4.4.3 a reference", with_object(REF)),
    ("2.4.4.3 a SubStatement", with_object(SUB_STATEMENT)),
    ("2.4.4.3 a reference in a SubStatement", with_object(changed(SUB_STATEMENT, "object", REF))),
    ("2.4.5.1 scaled at its ends", changed(changed(FULL, "result.score.scaled", -1), "result.score.raw", 0)),
    ("2.4.5.1 raw without bounds", changed(FULL, "result.score", {"raw": -1e300})),
    ("2.4.6 an instructor group", changed(FULL, "context.instructor", {"objectType": "Group", "member": [AGENT]})),
    ("2.4.6.2 a lone activity", changed(FULL, "context.contextActivities.parent", {"id": HOME})),
    ("2.4.6.2 no activity", changed(FULL, "context.contextActivities.parent", [])),
    ("2.4.9 an authority of two", changed(FULL, "authority", {"objectType": "Group", "member": [AGENT, AGENT]})),
    ("2.3.2 a voiding", voiding(FULL["id"])),
    ("4.1 any value in an extension", changed(FULL, "context.extensions", {"a:b": [None, {"": 1e-300}, "\n"]})),
    ("4.2 language tags", changed(FULL, "verb.display", dict.fromkeys(["vi", "zh-Hant-TW", "x-a", "de-1996"], "x"))),
    ("limit: as deep as allowed", changed(FULL, "result.extensions", {"a:b": NESTED[0]})),
    ("limit: as long as allowed", changed(FULL, "object.id", "a:" + "b" * (MAX_KEY_BYTES - 2))),
]


@for_each("statement", [pytest.param(statement, id=name) for name, statement in VALID])
def test_valid(statement: dict[str, Any]) -> None:
    assert problems(statement) == []


# (clause and what is wrong, where, put there, path that the error names; None: the same)
SPOILED: list[tuple[str, str, Any, str | None]] = [
    # 2.2 formatting requirements
    ("2.2 null", "result.response", None, None),
    ("2.2 null object", "context", None, None),
    ("2.2 number as text", "result.score.scaled", "0.5", None),
    ("2.2 boolean as text", "result.success", "true", None),
    ("2.2 boolean as number", "result.score.raw", True, None),
    ("2.2 empty id", "id", "", None),
    ("2.2 case of a key", "Actor", AGENT, ""),
    ("2.2 unknown property", "note", "x", ""),
    ("2.2 unknown property inside", "result.score.grade", 1, "result.score"),
    ("2.2 unknown context", "context.contextActivities.child", [], "context.contextActivities"),
    ("2.2 case of an enumerated value", "object.objectType", "activity", None),
    ("2.2 IRI without scheme", "object.id", "example.vn/quiz", None),
    ("2.2 relative IRL", "object.definition.moreInfo", "/quiz", None),
    ("2.2 language tag by token lengths", "verb.display", {"toolonglanguage": "x"}, None),
    # 2.4.1
    ("2.4.1 no UUID", "id", "6690e6c9-3ef0-4ed3-8b37", None),
    ("2.4.1 a UUID in braces", "id", "{6690e6c9-3ef0-4ed3-8b37-7f3964730bee}", None),
    # 2.4.2 actors
    ("2.4.2.1 no identifier", "actor", {"name": "An"}, None),
    ("2.4.2.1 two identifiers", "actor", {**AGENT, "openid": HOME}, None),
    ("2.4.2.1 an agent with members", "actor", {**AGENT, "member": []}, "actor.member"),
    ("2.4.2.1 an agent that is an activity", "actor.objectType", "Activity", None),
    ("2.4.2.2 an anonymous group without members", "actor", {"objectType": "Group"}, None),
    (
        "2.4.2.2 a group in a group",
        "actor.member[0]",
        {"objectType": "Group", "member": []},
        "actor.member[0].objectType",
    ),
    ("2.4.2.2 a member without identifier", "actor.member[0]", {"name": "An"}, None),
    ("2.4.2.2 two identifiers", "actor.mbox", "mailto:a@example.vn", "actor"),
    ("2.4.2.3 mbox without mailto", "actor", {"mbox": "a@example.vn"}, "actor.mbox"),
    ("2.4.2.3 mbox without address", "actor", {"mbox": "mailto:example.vn"}, "actor.mbox"),
    ("2.4.2.3 sha1 too short", "actor.member[0].mbox_sha1sum", "abc", None),
    ("2.4.2.3 openid without scheme", "context.instructor.openid", "id.example.vn", None),
    ("2.4.2.4 account without name", "actor.account", {"homePage": HOME}, None),
    ("2.4.2.4 account without home page", "actor.account", {"name": "g1"}, None),
    ("2.4.2.4 home page no IRL", "actor.account.homePage", "lms", None),
    ("2.4.2.4 unknown property", "actor.account.id", "1", "actor.account"),
    # 2.4.3 verb
    ("2.4.3 no id", "verb", {"display": {"en": "passed"}}, None),
    ("2.4.3 no IRI", "verb.id", "passed", None),
    ("2.4.3 a space in an IRI", "verb.id", "http://example.vn/da dat", None),
    ("2.4.3 display no map", "verb.display", "passed", None),
    ("2.4.3 display no text", "verb.display", {"en": 1}, "verb.display[...]"),
    # 2.4.4 objects
    ("2.4.4 unknown kind", "object.objectType", "Person", None),
    ("2.4.4 empty kind", "object.objectType", "", None),
    ("2.4.4.1 an activity without id", "object.id", REMOVE, None),
    ("2.4.4.1 an activity with a name", "object.name", "An", None),
    ("2.4.4.1 type no IRI", "object.definition.type", "quiz", None),
    ("2.4.4.1 unknown in a definition", "object.definition.level", 1, "object.definition"),
    ("2.4.4.1 interaction type unknown", "object.definition.interactionType", "essay", None),
    ("2.4.4.1 components without type", "object.definition.interactionType", REMOVE, None),
    ("2.4.4.1 components of another type", "object.definition.scale", [{"id": "1"}], None),
    ("2.4.4.1 a component twice", "object.definition.choices[1].id", "a", None),
    ("2.4.4.1 a component without id", "object.definition.choices[1]", {}, None),
    ("2.4.4.1 pattern no list", "object.definition.correctResponsesPattern", "a", None),
    # 2.4.5 result
    ("2.4.5 duration no duration", "result.duration", "4 minutes", None),
    ("2.4.5.1 scaled above", "result.score.scaled", 1.0001, None),
    ("2.4.5.1 scaled below", "result.score.scaled", -1.0001, None),
    ("2.4.5.1 raw above max", "result.score.raw", 10.5, None),
    ("2.4.5.1 raw below min", "result.score.raw", -0.5, None),
    ("2.4.5.1 min is max", "result.score", {"min": 1, "max": 1}, "result.score.min"),
    # 2.4.6 context
    ("2.4.6 registration", "context.registration", "attempt-1", None),
    ("2.4.6 team is an agent", "context.team", AGENT, "context.team.objectType"),
    ("2.4.6 team without kind", "context.team", {"member": [AGENT]}, "context.team.objectType"),
    ("2.4.6 language", "context.language", "tiếng Việt", None),
    ("2.4.6 statement is no reference", "context.statement.objectType", "Activity", None),
    ("2.4.6 statement id", "context.statement.id", "x", None),
    ("2.4.6.2 no activity", "context.contextActivities.parent", "quiz", None),
    ("2.4.6.2 an activity without id", "context.contextActivities.other[1]", {"objectType": "Activity"}, None),
    ("2.4.6.2 an agent", "context.contextActivities.other[1].objectType", "Agent", None),
    ("2.4.6.2 id no IRI", "context.contextActivities.other[1].id", "x", None),
    ("IEEE 9274.1.1 4.2.5.3, not in 1.0.3", "context.contextAgents", [], None),
    ("IEEE 9274.1.1 4.2.5.4, not in 1.0.3", "context.contextGroups", [], None),
    # 2.4.7 to 2.4.11
    ("2.4.7 no time", "timestamp", "yesterday", None),
    ("2.4.8 stored no time", "stored", "2025-02-30T00:00:00Z", None),
    ("2.4.9 three members", "authority", {"objectType": "Group", "member": [AGENT] * 3}, None),
    ("2.4.9 an identified group", "authority", {**AGENT, "objectType": "Group", "member": [AGENT] * 2}, None),
    ("2.4.10 version", "version", "0.95", None),
    ("2.4.10 version without patch", "version", "1.0", None),
    ("2.4.11 usage no IRI", "attachments[0].usageType", "certificate", None),
    ("2.4.11 no display", "attachments[0].display", REMOVE, "attachments[0]"),
    ("2.4.11 no media type", "attachments[0].contentType", "pdf", None),
    ("2.4.11 negative length", "attachments[0].length", -1, None),
    ("2.4.11 length no integer", "attachments[0].length", 1.5, None),
    ("2.4.11 no digest", "attachments[0].sha2", "x", None),
    ("2.4.11 file no IRL", "attachments[0].fileUrl", "c.pdf", None),
    # 4.1
    ("4.1 a key no IRI", "result.extensions", {"grade": 1}, None),
    ("4.2 a letter outside ASCII", "verb.display", {"\u017fv": "x"}, None),
    # ours
    ("limit: NUL", "result.response", "a\0b", None),
    ("limit: NUL in an extension", "context.extensions", {"a:b": ["\0"]}, "context.extensions.a:b[0]"),
    ("limit: NUL in a key", "context.extensions", {"a:b": {"\0": 1}}, "context.extensions.a:b"),
    ("limit: nesting", "result.extensions", {"a:b": NESTED}, None),
    ("limit: length of an activity id", "object.id", "a:" + "b" * MAX_KEY_BYTES, None),
    ("limit: length of an identifier", "actor.account.name", "n" * MAX_KEY_BYTES, "actor"),
    ("limit: length in bytes", "object.id", "a:" + "đ" * (MAX_KEY_BYTES // 2), None),
    ("JSON: NaN", "result.score.raw", float("nan"), None),
    ("JSON: infinity in an extension", "result.extensions", {"a:b": [float("inf")]}, "result.extensions.a:b[0]"),
    ("JSON: a lone surrogate", "result.response", "\ud800", ""),
    ("JSON: an object of Python", "result.response", object(), ""),
]


@for_each(("where", "value", "path"), [pytest.param(*rest, id=clause) for clause, *rest in SPOILED])
def test_spoiled(where: str, value: Any, path: str | None) -> None:
    """One change to a valid statement is refused, and the error says where."""
    found = problems(changed(FULL, where, value))
    assert found == [where if path is None else path]


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_2_4_required(name: str) -> None:
    with pytest.raises(InvalidStatement, match=f"missing required field `{name}`"):
        parse(encode(changed(FULL, name, REMOVE)))


@for_each(
    ("target", "path"),
    [
        pytest.param({"objectType": "Agent"}, "object", id="2.4.4.2 an agent without identifier"),
        pytest.param({**AGENT, "id": HOME}, "object.id", id="2.4.4.2 an agent with an id"),
        pytest.param({"objectType": "StatementRef"}, "object.id", id="2.4.4.3 a reference to nothing"),
        pytest.param({**REF, "id": "x"}, "object.id", id="2.4.4.3 a reference to no UUID"),
        pytest.param({**REF, "definition": {}}, "object.definition", id="2.4.4.3 a reference with a definition"),
        pytest.param({**SUB_STATEMENT, "object": SUB_STATEMENT}, "object.object", id="2.4.4.3 nested"),
        pytest.param({**SUB_STATEMENT, "id": FULL["id"]}, "object.id", id="2.4.4.3 a SubStatement with an id"),
        pytest.param({**SUB_STATEMENT, "stored": "2025-01-01T00:00:00Z"}, "object", id="2.4.4.3 … stored"),
        pytest.param({**SUB_STATEMENT, "version": "1.0.0"}, "object", id="2.4.4.3 … version"),
        pytest.param({**SUB_STATEMENT, "authority": AGENT}, "object", id="2.4.4.3 … authority"),
        pytest.param(changed(SUB_STATEMENT, "verb", REMOVE), "object.verb", id="2.4.4.3 … without verb"),
        pytest.param(changed(SUB_STATEMENT, "actor", REMOVE), "object.actor", id="2.4.4.3 … without actor"),
        pytest.param(changed(SUB_STATEMENT, "object", REMOVE), "object.object", id="2.4.4.3 … without object"),
        pytest.param(changed(SUB_STATEMENT, "verb.id", "x"), "object.verb.id", id="2.4.4.3 … with a bad verb"),
        pytest.param(
            changed(SUB_STATEMENT, "timestamp", "2025"), "object.timestamp", id="2.4.4.3 … with a bad timestamp"
        ),
        pytest.param(
            {**SUB_STATEMENT, "object": REF, "context": {"platform": "x"}},
            "object.context.platform",
            id="2.4.6 … with platform and no activity",
        ),
    ],
)
def test_2_4_4_object_kinds(target: dict[str, Any], path: str) -> None:
    assert problems(with_object(target)) == [path]


def test_2_4_4_2_an_agent_without_its_kind_is_taken_for_an_activity() -> None:
    assert problems(with_object({"mbox": "mailto:a@example.vn"})) == ["object.mbox", "object.id"]


@for_each("target", [AGENT, REF, SUB_STATEMENT], ids=["agent", "reference", "substatement"])
@for_each("name", ["revision", "platform"])
def test_2_4_6_only_about_activities(target: dict[str, Any], name: str) -> None:
    assert problems(changed(with_object(target), f"context.{name}", "x")) == [f"context.{name}"]


def test_2_3_2_a_voiding_names_a_statement() -> None:
    assert problems(passed(verb={"id": "http://adlnet.gov/expapi/verbs/voided"})) == ["object"]


def test_every_broken_rule_is_named() -> None:
    spoiled = changed(changed(FULL, "result.score.scaled", 2), "object.id", "x")
    assert problems(changed(spoiled, "timestamp", "x")) == ["object.id", "result.score.scaled", "timestamp"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff", b'"\\ud800"', b"[" * 100_000, b"1" * 5000])
def test_not_a_statement(raw: bytes) -> None:
    with pytest.raises(InvalidStatement):
        parse(raw)


def test_text_is_kept_code_point_by_code_point() -> None:
    decomposed = "to\u0301m ta\u0306\u0301t"
    raw = encode(passed(result={"response": decomposed}))
    assert decomposed.encode() in raw
    assert parse(raw).raw == raw
