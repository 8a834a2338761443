"""facts() and actors(): what projections refold from."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from bdhvs_xapi import api
from bdhvs_xapi.statements.agents import account_key
from tests.bdhvs_xapi.support import COURSE, HOME, LEARNER_KEY, QUIZ, passed, voiding
from tests.bdhvs_xapi.test_record import record

OTHER = api.account_actor(HOME, "other")
OTHER_KEY = api.account_key(HOME, "other")
ATTEMPT = uuid4()


@pytest.fixture
def history(ledger: None) -> dict[str, api.Recorded]:
    """By name; inserted in another order than it happened."""
    gone = passed()
    named = {
        "late": passed(timestamp="2025-11-15T09:00:00Z"),
        "early": passed(timestamp="2025-11-01T00:00:00Z", verb={"id": api.Verb.COMPLETED}),
        "course": passed(object={"id": COURSE}, timestamp="2025-11-02T00:00:00Z"),
        "attempt": passed(context={"registration": str(ATTEMPT)}, timestamp="2025-11-03T00:00:00Z"),
        "other": passed(actor=OTHER, timestamp="2025-11-04T00:00:00Z"),
        "gone": gone,
        "void": voiding(gone["id"], timestamp="2025-11-05T00:00:00Z"),
    }
    return dict(zip(named, record(list(named.values())), strict=True))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"actor_key": LEARNER_KEY}, ["early", "course", "attempt", "late"]),
        ({"actor_key": LEARNER_KEY, "activity": QUIZ}, ["early", "attempt", "late"]),
        ({"actor_key": LEARNER_KEY, "activity": QUIZ, "include_voided": True}, ["early", "attempt", "gone", "late"]),
        ({"activity": QUIZ}, ["early", "attempt", "other", "late"]),
        ({"activities": [QUIZ, COURSE]}, ["early", "course", "attempt", "other", "late"]),
        ({"activities": []}, []),
        ({"actor_key": LEARNER_KEY, "verbs": [api.Verb.COMPLETED, api.Verb.FAILED]}, ["early"]),
        ({"verbs": [api.Verb.VOIDED]}, ["void"]),
        ({"registration": ATTEMPT}, ["attempt"]),
        ({"registration": uuid4()}, []),
        ({"actor_key": OTHER_KEY, "activity": COURSE}, []),
        ({"actor_key": "account:nobody"}, []),
        ({"after_seq": 0}, ["early", "course", "attempt", "other", "void", "late"]),
    ],
)
def test_filters(
    history: dict[str, api.Recorded],
    arguments: dict[str, Any],
    names: list[str],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    by_id = {done.statement_id: name for name, done in history.items()}
    with django_assert_max_num_queries(1):
        found = api.facts(**arguments)
    # "late" is said to be after its receipt and counts as received; "gone" and it are then in that order.
    assert [by_id[fact.statement_id] for fact in found] == names
    for fact in found:
        recorded = history[by_id[fact.statement_id]]
        assert api.Recorded.again(fact).body == recorded.body


def test_after_seq(history: dict[str, api.Recorded]) -> None:
    seqs = sorted(done.seq for done in history.values())
    assert sorted(f.seq for f in api.facts(after_seq=seqs[3], include_voided=True)) == seqs[4:]


def test_order_of_one_instant_is_by_id(ledger: None) -> None:
    done = record([passed() for _ in range(20)])
    assert [fact.statement_id for fact in api.facts(actor_key=LEARNER_KEY)] == sorted(
        each.statement_id for each in done
    )


def test_statement_ids(history: dict[str, api.Recorded]) -> None:
    ids = [history["gone"].statement_id, history["early"].statement_id, UUID(int=0)]
    assert [fact.statement_id for fact in api.facts(statement_ids=ids)] == [ids[1]]
    assert [fact.statement_id for fact in api.facts(statement_ids=ids, include_voided=True)] == [ids[1], ids[0]]


def test_the_whole_ledger_is_not_a_filter(ledger: None) -> None:
    with pytest.raises(ValueError, match="without any filter"):
        api.facts(include_voided=True)


def test_actors_by_keyset(history: dict[str, api.Recorded], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """An instructor who never acted is no actor."""
    record(passed(context={"instructor": api.account_actor(HOME, "teacher")}))
    every = api.actors()
    assert set(every) == {LEARNER_KEY, OTHER_KEY, account_key(HOME, "site")}
    walked: list[str] = []
    while page := api.actors(after=walked[-1] if walked else None, limit=1):
        walked += page
    assert walked == every
    with django_assert_num_queries(1):
        api.actors(after=every[0], limit=2)


@given(st.text(), st.text())
def test_account_keys_are_unambiguous(one: str, other: str) -> None:
    """A name may hold anything; a home page is an IRI and holds no bar."""
    assert (api.account_key(HOME, one) == api.account_key(HOME, other)) is (one == other)
    assert api.account_key("https://a", one) != api.account_key("https://b", other)
