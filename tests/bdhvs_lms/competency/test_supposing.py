"""What a dry run tells of another rule, of statements that are voided and of evidence that is aligned otherwise is what
happens: each change is supposed and then made after the same histories."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency import impact
from bdhvs_lms.competency.models import Attainment, Evidence, RuleApplication, Standing
from bdhvs_lms.competency.pass_rules import add_pass_rule
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.competency.test_impact import NOW, passing
from tests.bdhvs_lms.reporting.test_standings import PEOPLE, Happening
from tests.support.board import Board
from tests.support.soak import ON_POSTGRES, rounds
from tests.support.world import T0, uid

pytestmark = [pytest.mark.thorough, pytest.mark.database, pytest.mark.django_db]

KINDS = ("passed", "failed", "task", "void", "move", "unassigned", "join", "leave", "withdraw", "merge", "part")
WEIGHTS = (6, 6, 6, 1, 2, 1, 2, 1, 1, 1, 1)


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def happens(happening: Happening, chance: Random) -> None:
    """What happens to three people; mostly work, so that results change."""
    for what in chance.choices(KINDS, WEIGHTS, k=12):
        happening.happens(chance.choice(PEOPLE), what, chance.randint(0, 40), chance.random() < 0.5)
    competency.fill()


def told(found: impact.Impact) -> tuple[set[Any], set[Any]]:
    rows = [(one.gained, (one.group_id, one.year, one.area_id, one.learner_id)) for one in found.changes]
    assert len(set(rows)) == len(rows)
    return {row for gained, row in rows if gained}, {row for gained, row in rows if not gained}


def stored() -> list[int]:
    return [model.objects.count() for model in (Attainment, Evidence, RuleApplication, Standing)] + [
        len(xapi.facts(actor_key=tracking.actor_key(learner))) for learner in Learner.objects.order_by("pk")
    ]


def reached() -> set[Any]:
    return set(Attainment.objects.exclude(attained_at=None).values_list("learner", "competency", "level"))


def everything() -> list[xapi.Fact]:
    facts = [fact for who in Learner.objects.order_by("pk") for fact in xapi.facts(actor_key=tracking.actor_key(who))]
    return [fact for fact in facts if fact.verb != VERB_VOIDED]


def compared(suppose: Callable[[], impact.Impact], act: Callable[[], Any]) -> set[bool]:
    """That what is told, without writing anything, is what the act does. Returns which changes there were."""
    before, rows = passing(NOW), stored()
    found = suppose()
    assert found.complete and stored() == rows
    act()
    after = passing(NOW)
    assert told(found) == (after - before, before - after)
    assert [str(one) for one in tracking.check()] == []
    return {change.gained for change in found.changes}


def pass_rule(board: Board, chance: Random) -> set[bool]:
    codes = chance.choice([["A1"], ["A2"], ["A1", "A2"]])
    asked = {
        "group": board.group,
        "year": chance.choice([2025, 2025, 2026, 2028]),
        "competencies": list(board.framework.competencies.filter(code__in=codes)),
        "level": chance.choice([1, 2, 2]),
        "at": NOW,
    }
    return compared(
        lambda: impact.of_pass_rule(**asked), lambda: add_pass_rule(**asked, label_vi="Đạt", note="Thử", by=None)
    )


LOOSER = (
    {"pick": "best", "min_scaled": "0.3"},
    {"pick": "latest", "min_scaled": "0.2", "trust": 1},
    {"pick": "firsts", "min_scaled": "0.5"},
    {"any": [{"pick": "decaying", "min_scaled": "0.4"}, {"pick": "any", "passed": True}]},
    {"n_of": 1, "of": [{"pick": "any", "min_scaled": "0.3", "times": 2}, {"pick": "best", "min_scaled": "0.95"}]},
)


def rule_applied_to_the_past(board: Board, chance: Random) -> set[bool]:
    rule = competency.EvidenceRule.objects.get(framework=board.framework)
    version = competency.add_rule_version(rule, chance.choice(LOOSER), effective_from=NOW, by=None, at=NOW)
    starts, attained = T0 + timedelta(days=chance.randint(-1, 30)), reached()
    changed = compared(
        lambda: impact.of_application(version, effective_from=starts, at=NOW),
        lambda: competency.apply_to_past(version, effective_from=starts, by=None, reason="Thử", at=NOW),
    )
    assert False not in changed and attained <= reached(), "it takes nothing away"
    return changed


def many_voided(board: Board, chance: Random) -> set[bool]:
    """Evidence and what was decided by it, of several people at once."""
    facts = everything()
    chosen = {fact.statement_id for fact in chance.sample(facts, min(len(facts), chance.randint(1, 6)))}
    return compared(
        lambda: impact.of_voiding(chosen, at=NOW),
        lambda: tracking.void_all(chosen, by=uid("operator"), reason_code="trial", at=NOW),
    )


def says(board: Board, authority: str, chance: Random) -> None:
    """A program that was let in: what it says of people, and what it takes back of what others said."""
    home = tracking.home_page()
    for _each in range(chance.randint(1, 6)):
        target: dict[str, Any] = {"id": tracking.activity_iri(chance.choice([board.quiz, board.task, board.lesson]))}
        verb, more = chance.choice([tracking.VERB_PASSED, tracking.VERB_PASSED, tracking.VERB_FAILED]), {}
        if chance.random() < 0.4 and (facts := everything()):
            target = {"objectType": "StatementRef", "id": str(chance.choice(facts).statement_id)}
            verb = VERB_VOIDED
        else:
            more = {
                "context": {"revision": "1"},
                "result": {"success": verb == tracking.VERB_PASSED, "score": {"scaled": chance.choice([0.3, 0.9])}},
            }
        statement = {
            "id": str(UUID(int=chance.getrandbits(128), version=4)),
            "actor": xapi.account_actor(home, str(uid(chance.choice(PEOPLE)))),
            "verb": {"id": verb},
            "object": target,
            "timestamp": (T0 + timedelta(days=chance.randint(0, 40))).isoformat(),
            **more,
        }
        xapi.record(statement, authority=authority, received_at=NOW)


def credential_taken_back(board: Board, chance: Random) -> set[bool]:
    made = [
        xapi.create_credential(name, scopes=["all"], trust=chance.choice([1, 2]), at=T0)[0]
        for name in ("kẻ lạ", "người khác")
    ]
    for credential in (*made, made[0]):
        says(board, credential.authority.key, chance)

    def revoke() -> None:
        act = tracking.begin_revocation(made[0], by=None, actor=uid("operator"), reason="kẻ lạ", at=NOW)
        assert tracking.go_on_revoking(act, now=lambda: NOW)

    return compared(lambda: impact.of_revocation(made[0], at=NOW), revoke)


def alignment_changed(board: Board, chance: Random) -> set[bool]:
    key = chance.choice([board.quiz, board.task])
    pairs = chance.choice([[], [(board.a1.pk, 2)], [(board.a2.pk, 1)], [(board.a1.pk, 2), (board.a2.pk, 2)]])
    competency.push_alignment(key, "2", pairs, at=T0)
    return compared(
        lambda: impact.of_realignment(key, "1", "2", at=NOW),
        lambda: competency.realign(key, "1", "2", by=None, reason="Gắn nhầm", at=NOW),
    )


# Each change, and what it has to have done to somebody's result.
CHANGES: dict[Callable[[Board, Random], set[bool]], set[bool]] = {
    pass_rule: {True, False},
    rule_applied_to_the_past: {True},
    many_voided: {False},
    credential_taken_back: {True, False},
    alignment_changed: {True},
}


def test_what_a_dry_run_tells_of_a_change_is_what_happens(known_ids: None) -> None:
    seen: dict[Any, set[bool]] = {change: set() for change in CHANGES}
    board = Board()
    for name in PEOPLE:
        board.learner(name)
    first = Happening(board)
    for number in range(rounds(5 if ON_POSTGRES else 10, soak=2000)):
        with undone():
            happens(copy.deepcopy(first), Random(number))
            for place, change in enumerate((*CHANGES, pass_rule, pass_rule)):
                with undone():
                    try:
                        seen[change] |= change(board, Random(f"{number} {place}"))
                    except AssertionError as error:
                        error.add_note(f"{change.__name__}, {number}")
                        raise
    # Few histories need not have all.
    if not ON_POSTGRES:
        assert [change.__name__ for change, needed in CHANGES.items() if not needed <= seen[change]] == []
