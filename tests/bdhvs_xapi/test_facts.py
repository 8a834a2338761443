"""facts() and actors(): what projections refold from."""

from __future__ import annotations

from random import Random
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
from tests.support.loops import for_each

pytestmark = pytest.mark.database

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


@for_each(
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


# --- The earliest of each trust ---------------------------------------------------------------------------------------


def by_hand(wanted: list[tuple[list[tuple[str, str]], list[UUID]]], verbs: list[str]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], list[api.Fact]] = {}
    for pairs, left_out in wanted:
        for actor, activity in pairs:
            firsts: dict[tuple[str, int], api.Fact] = {}
            for fact in api.facts(actor_key=actor, activity=activity, verbs=verbs):
                if fact.statement_id not in left_out:
                    firsts.setdefault((fact.verb, fact.trust), fact)
            found[actor, activity] = sorted(
                firsts.values(), key=lambda fact: (fact.occurred_at, str(fact.statement_id))
            )
    return found


def test_the_earliest_of_each_verb_and_trust(ledger: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Many statements of two actors about three things, by whom is trusted more and less, some of them void."""
    chance = Random(7)
    verbs = [api.Verb.PASSED, api.Verb.COMPLETED]
    activities = [QUIZ, COURSE, f"{HOME}/a/3"]
    for number in range(120):
        sent = passed(
            actor=api.account_actor(HOME, chance.choice(["one", "two"])),
            object={"id": chance.choice(activities)},
            verb={"id": chance.choice([*verbs, api.Verb.FAILED])},
            timestamp=f"2025-11-{chance.randint(1, 9):02}T00:00:00Z",
        )
        record(sent, authority=chance.choice(["site", "browser"]))
        if number % 5 == 0:
            record(voiding(sent["id"]))
    pairs = [(api.account_key(HOME, name), activity) for name in ("one", "two") for activity in activities]
    kept = by_hand([(pairs, [])], verbs)
    assert sum(map(len, kept.values())) > 15
    refused = [listed[0].statement_id for listed in kept.values() if listed]
    elsewhere = [(pairs[:2], refused[1:]), (pairs[2:], refused[:2]), ([("account:nobody", QUIZ)], [])]
    for wanted in ([(pairs, [])], [(pairs, refused)], elsewhere):
        with django_assert_num_queries(1):
            found = api.earliest_of(wanted, verbs=verbs)
        assert found == by_hand(wanted, verbs)
    assert api.earliest_of([(pairs, [])], verbs=[]) == {pair: [] for pair in pairs}
    assert api.earliest_of([], verbs=verbs) == {}


def test_of_whom_more_than_so_many_are_stored(history: dict[str, api.Recorded]) -> None:
    several = {LEARNER_KEY, OTHER_KEY, "account:nobody"}
    assert api.crowded(several, 0) == {LEARNER_KEY, OTHER_KEY}
    assert api.crowded(several, 1) == {LEARNER_KEY}
    stored = len(api.facts(actor_key=LEARNER_KEY, include_voided=True))
    assert api.crowded(several, stored - 1) == {LEARNER_KEY}
    assert api.crowded(several, stored) == set()
