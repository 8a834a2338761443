"""api.record(): what is stored, answered, announced and refused."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
import tincan
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from bdhvs_xapi import api
from bdhvs_xapi.models import Agent, Item, Statement, StatementAgent, StatementTerm, Term, Voiding
from bdhvs_xapi.statements.canonical import canonical_bytes
from bdhvs_xapi.statements.references import AgentRole, TermRole
from bdhvs_xapi.statements.validate import encode
from tests.bdhvs_xapi.conftest import add_authorities
from tests.bdhvs_xapi.support import (
    COURSE,
    FULL,
    HOME,
    LEARNER_KEY,
    QUIZ,
    RECEIVED,
    REMOVE,
    SUB_STATEMENT,
    changed,
    passed,
)

pytestmark = pytest.mark.database

TABLES = (Statement, StatementTerm, StatementAgent, Voiding, Item, Term, Agent)


def record(statements: Any, authority: str = "site", received_at: datetime = RECEIVED) -> list[api.Recorded]:
    with transaction.atomic():
        return api.record(statements, authority=authority, received_at=received_at)


def counts() -> list[int]:
    return [model.objects.count() for model in TABLES]


def test_what_is_answered_is_what_is_stored(ledger: None) -> None:
    before = datetime.now(UTC)
    [done] = record(changed(FULL, "result.score.scaled", 0.8))
    assert (done.statement_id, done.new, done.voided, done.voids) == (UUID(FULL["id"]), True, False, None)
    assert (done.actor_key, done.verb) == (f"account:{HOME}|g1", api.Verb.PASSED)
    assert (done.object_kind, done.object_id, done.object_ref) == ("Activity", QUIZ, None)
    assert done.registration == UUID(FULL["context"]["registration"])
    assert done.occurred_at == datetime(2025, 11, 15, 1, 30, 0, 123_000, tzinfo=UTC)
    assert (done.success, done.completion, done.scaled, done.raw) == (True, True, Decimal("0.8"), Decimal(8))
    assert (done.revision, done.authority, done.trust) == ("3", "site", api.Trust.SERVER_GRADED)
    assert before <= done.stored <= datetime.now(UTC)
    read = api.get(done.statement_id)
    assert read is not None
    assert api.Recorded.again(read) == api.Recorded.again(done)
    assert api.facts(statement_ids=[done.statement_id]) == [read]


def test_a_bare_statement(ledger: None) -> None:
    """Absent is absent, in the answer and in the tables."""
    [done] = record({name: passed()[name] for name in ("actor", "verb", "object")})
    read = api.get(done.statement_id)
    for fact in (done, read):
        assert fact is not None
        assert fact.statement_id.version == 4
        assert fact.occurred_at == RECEIVED
        for name in ("registration", "success", "completion", "scaled", "raw", "revision"):
            assert getattr(fact, name) is None, name


def test_body_keeps_what_came_and_adds_what_the_store_sets(ledger: None) -> None:
    """xAPI 1.0.3 Part Two, 2.4.7 to 2.4.10."""
    sent = passed(version="1.0.2", stored="2001-01-01T00:00:00Z", authority=api.account_actor(HOME, "liar"))
    [done] = record(sent)
    assert done.statement == {
        **sent,
        "timestamp": "2025-11-15T01:30:00.000Z",
        "stored": done.statement["stored"],
        "authority": api.account_actor(HOME, "site"),
    }
    assert datetime.fromisoformat(done.statement["stored"]) == done.stored
    [bare] = record({name: sent[name] for name in ("actor", "verb", "object")})
    assert bare.statement["version"] == "1.0.0"
    assert bare.statement["timestamp"] == bare.statement["stored"]
    assert bare.statement["id"] == str(bare.statement_id)


def test_numbers_and_text_come_back_digit_by_digit(ledger: None) -> None:
    extensions = {"a:b": [Decimal("1.10"), 12345678901234567890123, "to\u0301m", Decimal("1E+2")]}
    [done] = record(passed(result={"extensions": extensions}))
    assert '[1.10,12345678901234567890123,"to\u0301m",1E+2]'.encode() in done.body
    read = api.get(done.statement_id)
    assert read is not None
    assert read.body == done.body


@pytest.mark.parametrize("where", ["context", "object.context"])
def test_2_4_6_2_a_lone_activity_becomes_a_list(ledger: None, where: str) -> None:
    lone = {"parent": {"id": COURSE}, "other": [{"id": HOME}]}
    sent = changed(passed(context={}, object=SUB_STATEMENT), where, {"contextActivities": lone})
    sent["result"] = {"extensions": {"a:b": Decimal("0.10")}}
    [done] = record(sent)
    part: Any = done.statement
    for name in where.split("."):
        part = part[name]
    assert part["contextActivities"] == {"parent": [{"id": COURSE}], "other": [{"id": HOME}]}
    assert b"0.10" in done.body


def test_the_digest_is_of_the_statement_as_it_came(ledger: None) -> None:
    sent = passed()
    [done] = record(sent)
    row = Statement.objects.get(seq=done.seq)
    assert bytes(row.digest) == hashlib.sha256(canonical_bytes(encode(sent))).digest()


@pytest.mark.parametrize(
    ("timestamp", "occurred_at"),
    [
        ("2025-11-15T02:59:59Z", RECEIVED - timedelta(seconds=1)),
        ("2025-11-15T10:00:00+07:00", RECEIVED),
        ("2031-01-01T00:00:00Z", RECEIVED),
    ],
)
def test_occurred_at_is_clamped_to_the_receipt(ledger: None, timestamp: str, occurred_at: datetime) -> None:
    [done] = record(passed(timestamp=timestamp))
    assert done.occurred_at == occurred_at
    assert datetime.fromisoformat(done.statement["timestamp"]) == datetime.fromisoformat(timestamp)


@pytest.mark.parametrize(
    ("scaled", "kept"), [(0.7999999999999, "0.799999999"), (-0.1234567891, "-0.123456790"), (1, "1"), (1e-300, "0")]
)
def test_scaled_is_never_rounded_up(ledger: None, scaled: float, kept: str) -> None:
    [done] = record(passed(result={"score": {"scaled": scaled}}))
    read = api.get(done.statement_id)
    assert read is not None
    assert done.scaled == read.scaled == Decimal(kept)


def test_trust_comes_from_the_authority(ledger: None) -> None:
    claimed = passed(authority=api.account_actor(HOME, "site"))
    [done] = record(claimed, authority="browser")
    assert (done.authority, done.trust) == ("browser", api.Trust.CLIENT_REPORTED)
    assert done.statement["authority"]["account"]["name"] == "browser"


def test_terms_and_agents_by_role(ledger: None) -> None:
    statement = changed(changed(FULL, "context.revision", REMOVE), "context.platform", REMOVE)
    [done] = record(changed(statement, "object", SUB_STATEMENT))
    terms = StatementTerm.objects.filter(statement=done.seq).values_list("role", "term__iri")
    assert {(TermRole(role), iri.removeprefix(HOME)) for role, iri in terms} == {
        (TermRole.PARENT, "/course/1"),
        (TermRole.GROUPING, "/class/1"),
        (TermRole.CATEGORY, "/profile"),
        (TermRole.OTHER, "/competency/1"),
        (TermRole.OTHER, "/competency/2"),
        (TermRole.SUB_OBJECT, "/session/1"),
        (TermRole.SUB_CONTEXT, "/class/2"),
    }
    agents = StatementAgent.objects.filter(statement=done.seq).values_list("role", "agent__key")
    found = {(AgentRole(role), key) for role, key in agents}
    [anonymous] = [key for role, key in found if role == AgentRole.TEAM and key.startswith("anonymous:")]
    assert found == {
        (AgentRole.ACTOR, f"account:{HOME}|g1"),
        (AgentRole.MEMBER, "mbox_sha1sum:ebd31e95054c018b10727ccffd2ef2ec3a016ee9"),
        (AgentRole.SUB_STATEMENT, f"account:{HOME}|u2"),
        (AgentRole.INSTRUCTOR, "openid:https://id.example.vn/t1"),
        (AgentRole.TEAM, anonymous),
        (AgentRole.TEAM, "mbox:mailto:a@example.vn"),
    }


def test_tincan_statements(ledger: None, heard: list[list[api.Recorded]]) -> None:
    built = tincan.Statement(
        id=passed()["id"],
        actor=tincan.Agent(account=tincan.AgentAccount(home_page=HOME, name="u1")),
        verb=tincan.Verb(id=api.Verb.COMPLETED),
        object=tincan.Activity(id=QUIZ),
        result=tincan.Result(completion=True, duration=timedelta(minutes=4)),
        timestamp=datetime(2025, 11, 15, 1, 30, tzinfo=UTC),
    )
    [done, other] = record([built, passed()])
    assert (done.statement_id, done.verb, done.completion) == (UUID(str(built.id)), api.Verb.COMPLETED, True)
    assert done.occurred_at == datetime(2025, 11, 15, 1, 30, tzinfo=UTC)
    assert heard == [[done, other]]


# -- the same id again ------------------------------------------------------------


def test_the_same_again_changes_nothing(ledger: None, heard: list[list[api.Recorded]]) -> None:
    sent = passed()
    [first] = record(sent)
    stored = counts()
    [again] = record({**sent, "object": {**sent["object"], "definition": {"name": {"vi": "Tên mới"}}}})
    assert again == api.Recorded.again(first)
    assert counts() == stored
    assert heard == [[first]]


def test_a_copy_read_back_is_the_same(ledger: None) -> None:
    """The store set its timestamp, so the copy differs from what came, not from what is stored."""
    [first] = record({name: passed()[name] for name in ("actor", "verb", "object")})
    [again] = record(msgspec.json.decode(first.body))
    assert (again.seq, again.new) == (first.seq, False)


def test_another_content_is_a_conflict(ledger: None, heard: list[list[api.Recorded]]) -> None:
    sent = passed()
    record(sent)
    stored = counts()
    other = {**sent, "result": {"success": False}, "verb": {"id": api.Verb.FAILED}}
    with pytest.raises(api.StatementConflict, match=rf"{sent['id']}.*result, verb") as caught:
        record([passed(), other])
    assert (caught.value.statement_id, caught.value.properties) == (UUID(sent["id"]), ("result", "verb"))
    assert counts() == stored
    assert len(heard) == 1


def test_a_batch_answers_in_order_with_repetitions(ledger: None, heard: list[list[api.Recorded]]) -> None:
    one, two, old = passed(), passed(), passed()
    record(old)
    answers = record([two, one, two, old])
    assert [str(done.statement_id) for done in answers] == [two["id"], one["id"], two["id"], old["id"]]
    assert [done.new for done in answers] == [True, True, False, False]
    assert heard[1:] == [answers[:2]]
    assert Statement.objects.count() == 3


def test_one_id_with_two_contents_in_a_batch(ledger: None) -> None:
    sent = passed()
    with pytest.raises(api.InvalidStatement) as caught:
        record([passed(), sent, {**sent, "verb": {"id": api.Verb.FAILED}}])
    assert [problem.path for problem in caught.value.problems] == ["[2].id"]
    assert Statement.objects.count() == 0


def test_a_batch_names_every_bad_statement(ledger: None) -> None:
    batch = [passed(), passed(verb={"id": "x"}), passed(actor={}), "no statement"]
    with pytest.raises(api.InvalidStatement) as caught:
        record(batch)
    assert [problem.path for problem in caught.value.problems] == ["[1].verb.id", "[2].actor", "[3]"]
    assert Statement.objects.count() == 0


def test_an_empty_batch(ledger: None, heard: list[list[api.Recorded]]) -> None:
    assert record([]) == []
    assert heard == []


def test_a_batch_larger_than_one_insert(ledger: None, heard: list[list[api.Recorded]]) -> None:
    batch = [passed(object={"id": f"{QUIZ}/{number}"}) for number in range(1203)]
    answers = record(batch)
    assert [done.object_id for done in answers] == [statement["object"]["id"] for statement in batch]
    assert Statement.objects.count() == StatementTerm.objects.filter(role=TermRole.OBJECT).count() == 1203


# -- transactions ------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_required() -> None:
    add_authorities()
    with pytest.raises(api.TransactionRequired):
        api.record(passed(), authority="site", received_at=RECEIVED)
    assert Statement.objects.count() == 0


def test_a_naive_receipt_is_refused(ledger: None) -> None:
    with pytest.raises(ValueError, match="zone"):
        record(passed(), received_at=datetime(2025, 11, 15))  # noqa: DTZ001


def test_an_unknown_authority(ledger: None) -> None:
    with pytest.raises(api.UnknownAuthority, match="nobody"):
        record(passed(), authority="nobody")


def test_the_hook_runs_inside_the_transaction_and_sees_the_rows(ledger: None) -> None:
    seen: list[Any] = []

    def receiver(statements: list[api.Recorded], using: str, **kwargs: Any) -> None:
        ids = [done.statement_id for done in statements]
        seen.append((using, connection.in_atomic_block, [fact.seq for fact in api.facts(statement_ids=ids)]))

    api.recorded.connect(receiver)
    try:
        [done] = record(passed())
    finally:
        api.recorded.disconnect(receiver)
    assert seen == [("default", True, [done.seq])]


def test_a_decider_may_record_from_the_hook(ledger: None, heard: list[list[api.Recorded]]) -> None:
    follow_up = passed(verb={"id": api.Verb.MASTERED})

    def decider(statements: list[api.Recorded], **kwargs: Any) -> None:
        if statements[0].verb == api.Verb.PASSED:
            api.record(follow_up, authority="site", received_at=RECEIVED)

    api.recorded.connect(decider)
    try:
        record(passed())
    finally:
        api.recorded.disconnect(decider)
    assert sorted(done.verb for call in heard for done in call) == [api.Verb.MASTERED, api.Verb.PASSED]
    assert Statement.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_a_receiver_raises_undoes_everything() -> None:
    add_authorities()

    def receiver(**kwargs: Any) -> None:
        raise ZeroDivisionError

    empty = counts()
    api.recorded.connect(receiver)
    try:
        with pytest.raises(ZeroDivisionError):
            record([passed(), passed()])
    finally:
        api.recorded.disconnect(receiver)
    assert counts() == empty


@pytest.mark.django_db(transaction=True)
def test_a_caught_error_cannot_leave_half_a_batch() -> None:
    """A caller that swallows the exception inside its block loses the block, not the rule "whole or not at all"."""
    add_authorities()
    sent = passed()
    record(sent)
    with transaction.atomic():
        with pytest.raises(api.StatementConflict):
            api.record([passed(), {**sent, "verb": {"id": "a:b"}}], authority="site", received_at=RECEIVED)
        assert transaction.get_rollback()
    assert Statement.objects.count() == 1


# -- authorities ------------------------------------------------------------


def test_ensure_authority_twice(ledger: None) -> None:
    api.ensure_authority("site", agent=dict(reversed(api.account_actor(HOME, "site").items())), trust=1)
    with pytest.raises(api.AuthorityConflict, match="another key"):
        api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=api.Trust.CONFIRMED)
    with pytest.raises(api.AuthorityConflict, match="another key"):
        api.ensure_authority("site", agent=api.account_actor(HOME, "other"), trust=1)


@pytest.mark.parametrize("agent", [{}, {"name": "x"}, {"objectType": "Group", "member": []}, {"mbox": "x"}, {"a": 1}])
def test_an_authority_is_an_agent(ledger: None, agent: dict[str, Any]) -> None:
    with pytest.raises(api.InvalidStatement):
        api.ensure_authority("new", agent=agent, trust=1)


@pytest.mark.parametrize("trust", [-1, 4])
def test_trust_has_four_levels(ledger: None, trust: int) -> None:
    with pytest.raises(ValueError, match="not a valid Trust"):
        api.ensure_authority("new", agent=api.account_actor(HOME, "new"), trust=trust)


# -- cost ------------------------------------------------------------


def test_queries_do_not_grow_with_the_batch(ledger: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Authority, terms and agents, statements, their terms and agents; new terms cost two more."""
    lock = connection.vendor == "postgresql"
    record(passed())
    for size in (1, 50):
        batch = [passed() for _ in range(size)]
        with transaction.atomic(), django_assert_num_queries(4 + lock):
            api.record(batch, authority="site", received_at=RECEIVED)
    with transaction.atomic(), django_assert_num_queries(6 + lock):
        api.record([passed(object={"id": "a:b"}), passed(object={"id": "a:c"})], authority="site", received_at=RECEIVED)


def test_queries_of_a_repetition(ledger: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    lock = connection.vendor == "postgresql"
    batch = [passed() for _ in range(20)]
    record(batch)
    with transaction.atomic(), django_assert_num_queries(4 + lock):
        api.record(batch, authority="site", received_at=RECEIVED)
    assert LEARNER_KEY in api.actors()
