"""What a dry run tells of statements that are voided and of evidence that is aligned otherwise is what happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency import impact
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.competency.test_impact import NOW, drawn, happened, passing, stored, told
from tests.bdhvs_lms.reporting.test_standings import PEOPLE, Undo
from tests.support.board import Board
from tests.support.soak import rounds
from tests.support.world import T0, uid

pytestmark = [pytest.mark.thorough, pytest.mark.django_db]


def compared(number: int, found: impact.Impact, rows: list[int], act: Callable[[], Any]) -> set[bool]:
    """That what was told, without writing anything, is what the act does."""
    before = passing(NOW)
    assert found.complete and stored() == rows
    act()
    after = passing(NOW)
    assert told(found) == (after - before, before - after), number
    assert [str(one) for one in tracking.check()] == []
    return {change.gained for change in found.changes}


def everything() -> list[xapi.Fact]:
    facts = [fact for who in Learner.objects.order_by("pk") for fact in xapi.facts(actor_key=tracking.actor_key(who))]
    return [fact for fact in facts if fact.verb != VERB_VOIDED]


def test_voiding_many_changes_what_its_dry_run_tells() -> None:
    seen: set[bool] = set()
    for number in range(rounds(20, soak=2000)):
        chance = Random(number)
        with pytest.raises(Undo), transaction.atomic():
            happened(drawn(chance))
            facts = everything()
            # Evidence and what was decided by it, of several people at once.
            chosen = {fact.statement_id for fact in chance.sample(facts, min(len(facts), chance.randint(1, 6)))}
            found, rows = impact.of_voiding(chosen, at=NOW), stored()
            seen |= compared(
                number,
                found,
                rows,
                lambda chosen=chosen: tracking.void_all(chosen, by=uid("operator"), reason_code="trial", at=NOW),
            )
            raise Undo
    assert False in seen


def says(board: Board, authority: str, chance: Random) -> None:
    """A program that was let in: what it says of people, and what it takes back of what others said."""
    home = tracking.home_page()
    for _each in range(chance.randint(1, 6)):
        facts = everything()
        target: dict[str, Any] = {"id": tracking.activity_iri(chance.choice([board.quiz, board.task, board.lesson]))}
        verb, more = chance.choice([tracking.VERB_PASSED, tracking.VERB_PASSED, tracking.VERB_FAILED]), {}
        if facts and chance.random() < 0.4:
            target = {"objectType": "StatementRef", "id": str(chance.choice(facts).statement_id)}
            verb = VERB_VOIDED
        else:
            more = {
                "context": {"revision": "1"},
                "result": {"success": verb == tracking.VERB_PASSED, "score": {"scaled": chance.choice([0.3, 0.9])}},
            }
        statement = {
            "id": str(uuid4()),
            "actor": xapi.account_actor(home, str(uid(chance.choice(PEOPLE)))),
            "verb": {"id": verb},
            "object": target,
            "timestamp": (T0 + timedelta(days=chance.randint(0, 40))).isoformat(),
            **more,
        }
        xapi.record(statement, authority=authority, received_at=NOW)


def test_taking_back_what_a_credential_wrote_changes_what_its_dry_run_tells() -> None:
    seen: set[bool] = set()
    for number in range(rounds(20, soak=2000)):
        chance = Random(number)
        with pytest.raises(Undo), transaction.atomic():
            board = happened(drawn(chance))
            made = [
                xapi.create_credential(name, scopes=["all"], trust=chance.choice([1, 2]), at=T0)[0]
                for name in ("kẻ lạ", "người khác")
            ]
            for credential in (*made, made[0]):
                says(board, credential.authority.key, chance)
            found, rows = impact.of_revocation(made[0], at=NOW), stored()

            def revoke(credential: Any = made[0]) -> None:
                act = tracking.begin_revocation(credential, by=None, actor=uid("operator"), reason="kẻ lạ", at=NOW)
                assert tracking.go_on_revoking(act, now=lambda: NOW)

            seen |= compared(number, found, rows, revoke)
            raise Undo
    assert seen == {True, False}


def test_an_alignment_changed_for_the_past_changes_what_its_dry_run_tells() -> None:
    seen: set[bool] = set()
    for number in range(rounds(20, soak=2000)):
        chance = Random(number)
        with pytest.raises(Undo), transaction.atomic():
            board = happened(drawn(chance))
            key = chance.choice([board.quiz, board.task])
            pairs = chance.choice([[], [(board.a1.pk, 2)], [(board.a2.pk, 1)], [(board.a1.pk, 2), (board.a2.pk, 2)]])
            competency.push_alignment(key, "2", pairs, at=T0)
            found, rows = impact.of_realignment(key, "1", "2", at=NOW), stored()
            seen |= compared(
                number,
                found,
                rows,
                lambda chosen=key: competency.realign(chosen, "1", "2", by=None, reason="Gắn nhầm", at=NOW),
            )
            raise Undo
    assert True in seen
