"""What was said last, a page before it, and how often: read at the cost of the answer, not of the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from bdhvs_xapi import api
from tests.bdhvs_xapi.support import HOME, LEARNER_KEY, QUIZ, passed, voiding
from tests.bdhvs_xapi.test_record import record

pytestmark = pytest.mark.database

BEGAN = datetime(2025, 10, 1, tzinfo=UTC)
OTHER_QUIZ, FOREIGN = f"{HOME}/quiz/2", f"{HOME}/quiz/3"
INITIALIZED = "http://adlnet.gov/expapi/verbs/initialized"


def actor(number: int) -> Any:
    return api.account_actor(HOME, f"learner {number}")


def key(number: int) -> str:
    return api.account_key(HOME, f"learner {number}")


def said(who: Any, verb: str, what: str, *, minute: int, parent: str, success: bool | None = None) -> dict[str, Any]:
    result = {} if success is None else {"success": success}
    return passed(
        actor=who, verb={"id": verb}, object={"id": what}, result=result,
        timestamp=(BEGAN + timedelta(minutes=minute)).isoformat(),
        context={"contextActivities": {"parent": [{"id": parent}]}},
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_last_answers_are_those_that_going_through_all_finds(ledger: None, seed: int) -> None:
    chance, wanted = Random(seed), (QUIZ, OTHER_QUIZ)
    last: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    statements = []
    for minute in range(250):
        number, parent = chance.randrange(3), chance.choice((*wanted, FOREIGN))
        what, verb = f"{HOME}/question/{chance.randrange(5)}", str(api.Verb.ANSWERED)
        if chance.random() < 0.2:
            # The attempt itself, with a parent of its own; a part of something is answered and completed.
            what, verb, parent = chance.choice(
                ((parent, INITIALIZED, f"{HOME}/course/1"), (f"{QUIZ}/part", str(api.Verb.COMPLETED), QUIZ))
            )
        one = said(actor(number), verb, what, minute=minute, parent=parent, success=chance.random() < 0.5)
        statements.append(one)
        if chance.random() < 0.2:
            statements.append(voiding(one["id"]))
        elif verb == api.Verb.ANSWERED and parent in wanted:
            last[key(number), what] = (minute, one)
    for number in range(2):
        one = said(actor(number), str(api.Verb.ANSWERED), f"{QUIZ}/part", minute=-5, parent=QUIZ, success=True)
        statements.append(one)
        last[key(number), f"{QUIZ}/part"] = (-5, one)
    chance.shuffle(statements)
    record(statements)
    asked = [key(number) for number in range(2)]
    found = {(one.actor_key, one.question): (one.activity, one.success) for one in api.last_answers(asked, wanted)}
    assert found == {
        pair: (one["context"]["contextActivities"]["parent"][0]["id"], one["result"]["success"])
        for pair, (_minute, one) in last.items()
        if pair[0] in asked
    }
    assert (
        api.last_answers(asked, []) == api.last_answers([], wanted) == api.last_answers(asked, [f"{HOME}/none"]) == []
    )


def attempts(number: int, first: int = 0) -> list[dict[str, Any]]:
    """So many of one learner at a quiz of six questions."""
    who = api.account_actor(HOME, "7f0c1f5e-5b0c-4d53-9c67-0d8a3b1f2c11")
    return [
        one
        for place in range(first, first + number)
        for one in (
            said(who, INITIALIZED, QUIZ, minute=place * 10, parent=f"{HOME}/course/1"),
            *(
                said(who, str(api.Verb.ANSWERED), f"{HOME}/question/{each}", minute=place * 10 + 1 + each, parent=QUIZ)
                for each in range(6)
            ),
        )
    ]


def steps(work: Callable[[], Any]) -> int:
    """How many steps SQLite takes, in tens."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, 10)
    try:
        work()
    finally:
        connection.connection.set_progress_handler(None, 10)
    return counted


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite counts its steps")
def test_the_last_answers_cost_no_more_after_many_attempts(ledger: None) -> None:
    def ask() -> None:
        assert len(api.last_answers([LEARNER_KEY], [QUIZ])) == 6

    record(attempts(2))
    few = steps(ask)
    record(attempts(38, first=2))
    assert steps(ask) < few * 1.2


def test_what_came_before_is_read_in_pages_and_how_often_is_counted(ledger: None) -> None:
    record(attempts(9))
    verbs, before, seen = [str(api.Verb.ANSWERED), INITIALIZED], None, []
    questions = [QUIZ, *(f"{HOME}/question/{each}" for each in range(6))]
    while page := api.newest_of([LEARNER_KEY], questions, verbs=verbs, limit=10, before=before):
        seen += page
        before = (page[-1].occurred_at, page[-1].statement_id)
    assert len(seen) == len({fact.statement_id for fact in seen}) == 9 * 7
    assert [fact.occurred_at for fact in seen] == sorted((fact.occurred_at for fact in seen), reverse=True)
    assert api.counts_of([LEARNER_KEY], [QUIZ, OTHER_QUIZ], verb=INITIALIZED) == {QUIZ: 9}
    record(voiding(str(seen[-1].statement_id)))
    assert api.counts_of([LEARNER_KEY], [QUIZ], verb=INITIALIZED) == {QUIZ: 8}
    assert api.counts_of([], [QUIZ], verb=INITIALIZED) == api.counts_of([LEARNER_KEY], [], verb=INITIALIZED) == {}
