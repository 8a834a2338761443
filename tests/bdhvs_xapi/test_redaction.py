"""redact(): what goes, what stays, what is logged."""

from __future__ import annotations

import copy
from dataclasses import fields
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from bdhvs_xapi import api
from bdhvs_xapi.models import Redaction, Statement
from tests.bdhvs_xapi.support import FULL, RECEIVED, REMOVE, SUB_STATEMENT, changed, passed
from tests.bdhvs_xapi.test_record import record

pytestmark = pytest.mark.database

# Wherever a person's words can stand in a statement that xAPI allows.
WORDS: dict[str, Any] = changed(
    changed(changed(FULL, "context.revision", REMOVE), "context.platform", REMOVE),
    "object",
    {
        **SUB_STATEMENT,
        "actor": {"name": "SECRET", "mbox": "mailto:a@example.vn"},
        "result": {"response": "SECRET", "success": True},
        "object": {"id": "a:b", "definition": {"description": {"vi": "SECRET"}}},
    },
)
for where in (
    "actor.name",
    "actor.member[0].name",
    "result.response",
    "context.instructor.name",
    "context.team.name",
    "context.team.member[0].name",
):
    WORDS = changed(WORDS, where, "SECRET")
for where in ("result.extensions", "context.extensions"):
    WORDS = changed(WORDS, where, {"a:SECRET": "SECRET"})
for where in ("parent[0]", "grouping[0]", "category[0]", "other[1]"):
    WORDS = changed(WORDS, f"context.contextActivities.{where}.definition", {"name": {"vi": "SECRET"}})
for where in ("display", "description"):
    WORDS = changed(WORDS, f"attachments[0].{where}", {"vi": "SECRET"})
WORDS = changed(WORDS, "attachments[0].fileUrl", "https://example.vn/SECRET.pdf")


def redact(id_: UUID, reason: str = "asked by the learner") -> bool:
    return api.redact(id_, reason=reason, by="operator 3", at=RECEIVED)


def test_words_go(ledger: None) -> None:
    [done] = record(WORDS)
    assert done.body.count(b"SECRET") == 20
    assert redact(done.statement_id)
    stored = Statement.objects.get(seq=done.seq)
    assert b"SECRET" not in bytes(stored.body)


def test_facts_stay(ledger: None) -> None:
    [done] = record(FULL)
    redact(done.statement_id)
    read = api.get(done.statement_id)
    assert read is not None
    kept = {each.name for each in fields(api.Fact)} - {"body"}
    assert {name: getattr(read, name) for name in kept} == {name: getattr(done, name) for name in kept}
    expected = copy.deepcopy(done.statement)
    for part, name in [
        (expected["actor"], "name"),
        (expected["verb"], "display"),
        (expected["actor"]["member"][0], "name"),
        (expected["object"], "definition"),
        (expected["result"], "response"),
        (expected["result"], "extensions"),
        (expected["context"], "extensions"),
        (expected["attachments"][0], "description"),
        (expected["attachments"][0], "fileUrl"),
    ]:
        del part[name]
    expected["attachments"][0]["display"] = {}
    assert read.statement == expected


def test_the_original_is_still_recognised(ledger: None) -> None:
    [done] = record(FULL)
    redact(done.statement_id)
    [again] = record(FULL)
    assert (again.new, again.seq) == (False, done.seq)
    assert b"PT4M3.5S" in again.body
    assert "response" not in again.statement["result"]
    with pytest.raises(api.StatementConflict, match="verb"):
        record(changed(FULL, "verb.id", "a:b"))


def test_once_and_logged(ledger: None) -> None:
    [done] = record(passed())
    assert redact(done.statement_id)
    body = bytes(Statement.objects.get(seq=done.seq).body)
    assert not redact(done.statement_id, reason="again")
    assert bytes(Statement.objects.get(seq=done.seq).body) == body
    assert list(Redaction.objects.values_list("statement_id", "reason", "by", "at")) == [
        (done.seq, "asked by the learner", "operator 3", RECEIVED)
    ]


def test_refusals(ledger: None) -> None:
    [done] = record(passed())
    with pytest.raises(api.UnknownStatement):
        redact(uuid4())
    with pytest.raises(ValueError, match="reason"):
        redact(done.statement_id, reason=" ")
    assert not Redaction.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Redaction.objects.create(statement_id=done.seq, reason="", by="x", at=RECEIVED)
