"""A decision is worth what it rests on: nothing is laundered, better evidence raises it, a voiding takes it down."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency import api as competency
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void as tracking_void
from bdhvs_lms.tracking.acts import REPORTED
from bdhvs_lms.tracking.decisions import decided_here
from bdhvs_lms.tracking.iris import extension_iri
from bdhvs_lms.tracking.models import TakenId
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_lms.tracking.withdrawing import unsupported
from bdhvs_xapi import api as xapi
from tests.bdhvs_xapi.lrs.support import Lrs
from tests.support.soak import SELDOM
from tests.support.world import T0, World, statuses, uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BY_REPORT = {"pick": "any", "passed": True}


made, world = made_once(World)


def at(minutes: int) -> Any:
    return T0 + timedelta(minutes=minutes)


def differences() -> list[str]:
    return [str(difference) for difference in tracking.check()]


def posted(world: World, learner: Learner, *said: tuple[str, uuid.UUID, int], trust: int = 0) -> list[uuid.UUID]:
    """What a program with a credential of this trust says of the learner: (verb, activity, minutes) each."""
    credential, secret = xapi.create_credential("a player", scopes=["statements/write"], trust=trust, at=T0)
    statements = [
        {
            "id": str(uuid.uuid4()),
            "actor": xapi.account_actor(tracking.home_page(), str(learner.actor)),
            "verb": {"id": verb},
            "object": {"id": tracking.activity_iri(key)},
            "context": {"revision": "1"},
            "result": {"success": True, "score": {"scaled": 0.9}} if verb == tracking.VERB_PASSED else {},
            "timestamp": at(minutes).isoformat(),
        }
        for verb, key, minutes in said
    ]
    assert Lrs(credential.key, secret).post("statements", statements).status_code == 200
    return [uuid.UUID(str(each["id"])) for each in statements]


def everything(world: World) -> tuple[tuple[str, uuid.UUID, int], ...]:
    return (
        (tracking.VERB_EXPERIENCED, world.lesson, 1),
        (tracking.VERB_PASSED, world.quiz, 2),
        (tracking.VERB_PASSED, world.task, 3),
    )


def void(*statement_ids: uuid.UUID) -> None:
    for statement_id in statement_ids:
        with transaction.atomic():
            tracking_void(statement_id, by=uid("operator"), reason_code="not-own-work", at=at(500))


def decisions(learner: Learner, *, voided: bool = False) -> list[tuple[str, str, int, int]]:
    """(verb, object, trust, minutes) of our own decisions in force; `voided`: of the others."""
    found = xapi.facts(
        actor_key=tracking.actor_key(learner),
        verbs=[tracking.VERB_COMPLETED, tracking.VERB_MASTERED],
        include_voided=True,
    )
    return [
        (
            fact.verb.rsplit("/", 1)[1],
            str(fact.object_id).split("/xapi/")[1].split("/")[0],
            fact.trust,
            int((fact.occurred_at - T0).total_seconds() // 60),
        )
        for fact in found
        if decided_here(fact) and fact.voided is voided
    ]


# --- Nothing is laundered --------------------------------------------------------------------------------------------


def test_claims_make_nothing_that_the_server_vouches_for(world: World) -> None:
    learner = world.learner()
    posted(world, learner, *everything(world))
    assert decisions(learner) == [("completed", "activities", 0, 1), ("completed", "courses", 0, 3)]
    assert CourseResult.objects.get().trust == 0
    assert Result.objects.get(activity_key=world.lesson).completed_trust == 0
    assert {status for status, _ in statuses(learner).values()} == {"in_progress"}
    [made] = xapi.facts(activity=tracking.course_iri(world.course_key), verbs=[tracking.VERB_COMPLETED])
    assert made.authority == REPORTED
    assert differences() == []


def test_one_claim_among_what_the_server_saw_is_the_weakest_link(world: World) -> None:
    learner = world.learner()
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9),
    )
    posted(world, learner, (tracking.VERB_PASSED, world.task, 3))
    assert CourseResult.objects.get().trust == 0
    assert Result.objects.get(activity_key=world.lesson).completed_trust == 1
    assert differences() == []


def test_a_rule_that_takes_claims_makes_a_claim(world: World) -> None:
    rule = competency.EvidenceRule.objects.get(framework=world.framework)
    competency.add_rule_version(rule, BY_REPORT, effective_from=T0, by=None, at=T0)
    learner = world.learner()
    posted(world, learner, (tracking.VERB_PASSED, world.quiz, 2))
    row = competency.Attainment.objects.get(competency=world.a1, level=1)
    assert (row.status, row.trust, row.attained_at) == ("demonstrated", 0, at(2))
    # Seen by a teacher later: worth more from then on, and reached no later.
    world.record(
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=9, score=9, authority=tracking.OBSERVER, try_no=2)
    )
    row.refresh_from_db()
    assert (row.status, row.trust, row.attained_at) == ("demonstrated", 2, at(2))
    assert [made for made in decisions(learner) if made[0] == "mastered"] == [
        ("mastered", "competencies", 0, 2),
        ("mastered", "competencies", 0, 2),
        ("mastered", "competencies", 2, 9),
        ("mastered", "competencies", 2, 9),
    ]
    assert differences() == []


def test_better_evidence_raises_by_a_further_decision_and_worse_changes_nothing(world: World) -> None:
    learner = world.learner()
    posted(world, learner, *everything(world))
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=11),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=12, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=13, score=9, authority=tracking.OBSERVER),
    )
    done = CourseResult.objects.get()
    assert (done.completed_at, done.trust) == (at(3), 1)
    assert [made for made in decisions(learner) if made[1] == "courses"] == [
        ("completed", "courses", 0, 3),
        ("completed", "courses", 1, 13),
    ]
    before = decisions(learner)
    posted(world, learner, *((verb, key, minutes + 20) for verb, key, minutes in everything(world)))
    assert decisions(learner) == before
    assert differences() == []


def test_nobody_refuses_evidence_by_voiding_a_claim_of_their_own(world: World) -> None:
    """A program says "mastered", names what is somebody's evidence, and voids its own statement."""
    learner = world.learner()
    passed = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9)
    credential, secret = xapi.create_credential("a player", scopes=["statements/write"], trust=2, at=T0)
    lrs = Lrs(credential.key, secret)
    claim = {
        "id": str(uuid.uuid4()),
        "actor": xapi.account_actor(tracking.home_page(), str(learner.actor)),
        "verb": {"id": tracking.VERB_MASTERED},
        "object": {"id": tracking.competency_iri("test-framework", "A1", 1)},
        "context": {"extensions": {extension_iri("evidence"): [str(tracking.statement_id(passed))]}},
    }
    assert lrs.post("statements", claim).status_code == 200
    voiding = {
        "actor": {"mbox": "mailto:player@example.org"},
        "verb": {"id": VERB_VOIDED},
        "object": {"objectType": "StatementRef", "id": claim["id"]},
    }
    assert lrs.post("statements", voiding).status_code == 200
    world.record(passed)
    assert statuses(learner)["A1/1"] == ("demonstrated", at(5))


# --- What is taken away ----------------------------------------------------------------------------------------------


def test_voided_evidence_takes_what_rested_on_it(world: World) -> None:
    learner = world.learner()
    (read, passed, _task) = world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=3, score=9),
    )
    void(read.statement_id)
    # Lesson and course; a competency never rested on reading.
    assert decisions(learner, voided=True) == [("completed", "activities", 1, 1), ("completed", "courses", 1, 3)]
    assert not CourseResult.objects.exists()
    assert not Result.objects.filter(activity_key=world.lesson).exists()
    assert statuses(learner)["A1/1"] == ("demonstrated", at(2))
    void(passed.statement_id)
    assert "A1/1" not in statuses(learner), "nothing is left of it"
    assert statuses(learner)["A2/2"] == ("demonstrated", at(3))
    assert differences() == []


def test_the_system_says_so_in_statements_that_follow_from_the_voiding(world: World) -> None:
    learner = world.learner()
    (passed,) = world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9))
    void(passed.statement_id)
    voidings = [fact for fact in xapi.facts(verbs=[VERB_VOIDED], after_seq=0) if fact.voids]
    first, *others = sorted(voidings, key=lambda fact: fact.seq)
    assert (first.voids, first.actor_key) == (
        passed.statement_id, xapi.account_key(tracking.home_page(), str(uid("operator"))),
    )  # fmt: skip
    assert len(others) == 2
    for fact in others:
        assert fact.actor_key == xapi.account_key(tracking.home_page(), "authority-server")
        assert fact.occurred_at == first.occurred_at
        assert fact.statement["context"]["extensions"] == {extension_iri("reason"): "evidence-voided"}


def test_other_evidence_of_that_day_keeps_the_decision_and_later_evidence_moves_it(world: World) -> None:
    learner = world.learner()
    one, two, three = world.record(
        *(
            world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=minutes, score=9, try_no=number)
            for number, minutes in enumerate((5, 5, 50), start=1)
        )
    )
    named = competency.Attainment.objects.get(competency=world.a1, level=1).evidence_ids
    first, second = (one, two) if named == [str(one.statement_id)] else (two, one)
    void(first.statement_id)
    assert statuses(learner)["A1/1"] == ("demonstrated", at(5))
    assert decisions(learner, voided=True) == []
    # It names what is void already: when the other goes too, so does it.
    void(second.statement_id)
    assert statuses(learner)["A1/1"] == ("demonstrated", at(50))
    void(three.statement_id)
    assert "A1/1" not in statuses(learner)
    assert differences() == []


def test_what_other_activities_show_is_found_when_evidence_goes(world: World) -> None:
    competency.push_alignment(world.task, "2", [(world.a1.pk, 1)], at=T0)
    learner = world.learner()
    (passed, _task) = world.record(
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=70, score=9, revision="2"),
    )
    void(passed.statement_id)
    assert statuses(learner)["A1/1"] == ("demonstrated", at(70))
    assert differences() == []


def test_trust_falls_to_what_is_left(world: World) -> None:
    learner = world.learner()
    posted(world, learner, *everything(world))
    (read, *_others) = world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=11),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=12, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=13, score=9),
    )
    assert CourseResult.objects.get().trust == 1
    void(read.statement_id)
    done = CourseResult.objects.get()
    assert (done.completed_at, done.trust) == (at(3), 0)
    assert Result.objects.get(activity_key=world.lesson).completed_trust == 0
    assert differences() == []


def test_what_comes_back_is_decided_anew(world: World) -> None:
    learner = world.learner()
    (passed,) = world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9))
    for grading in (2, 3):
        void(passed.statement_id)
        assert "A1/1" not in statuses(learner)
        # Graded anew, as a regrade does it: the same attempt, the same moment, another statement.
        (passed,) = world.record(
            world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=10, grading=grading)
        )
        assert statuses(learner)["A1/1"] == ("demonstrated", at(5))
    assert not TakenId.objects.exists()
    assert differences() == []


def test_a_course_that_asks_for_more_now_is_not_taken_away_for_that(world: World) -> None:
    from bdhvs_lms.courses import api as courses

    learner = world.learner()
    one, two = world.record(
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9, try_no=2),
    )
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=3, score=9),
    )
    courses.push_activity(
        world.course_key,
        courses.ActivityFacts(
            key=uid("new"), type_key="tests.new", plugin="tests", titles={"vi": "Mới"}, done_on="passed", revision="1"
        ),
        at=T0,
    )
    [made] = xapi.facts(activity=tracking.course_iri(world.course_key), verbs=[tracking.VERB_COMPLETED])
    named = tracking.named_evidence(made)
    gone, left = (one, two) if str(one.statement_id) in named else (two, one)
    void(gone.statement_id)
    assert CourseResult.objects.get().completed_at == at(3)
    void(left.statement_id)
    assert not CourseResult.objects.exists()
    assert differences() == []


# --- In any order ----------------------------------------------------------------------------------------------------

TRUSTS = (tracking.CLIENT, tracking.SERVER, tracking.OBSERVER)
DRAWN = st.lists(
    st.tuples(
        st.sampled_from(["experienced", "passed-quiz", "passed-task", "failed-quiz"]),
        st.integers(min_value=0, max_value=6),
        st.sampled_from(TRUSTS),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


class Undo(Exception):
    """Rolls an example back, so that the next one meets an empty ledger."""


def outcome(
    world: World, drawn: list[tuple[str, int, str, bool]], order: list[tuple[int, bool]], *, by_report: bool
) -> Any:
    """What follows from acts and voidings in this order: (place, False) an act, (place, True) its voiding."""
    result: Any = None
    try:
        with transaction.atomic():
            if by_report:
                rule = competency.EvidenceRule.objects.get(framework=world.framework)
                competency.add_rule_version(rule, BY_REPORT, effective_from=T0, by=None, at=T0)
            # At the same level as the quiz: a lower level is decided where there is evidence aligned with it.
            competency.push_alignment(world.task, "2", [(world.a2.pk, 1)], at=T0)
            learner = world.learner()
            acts = []
            for number, (kind, minutes, authority, _void) in enumerate(drawn, start=1):
                verb, key = {
                    "experienced": (tracking.VERB_EXPERIENCED, world.lesson),
                    "passed-quiz": (tracking.VERB_PASSED, world.quiz),
                    "passed-task": (tracking.VERB_PASSED, world.task),
                    "failed-quiz": (tracking.VERB_FAILED, world.quiz),
                }[kind]
                score = None if kind == "experienced" else 9 if kind.startswith("passed") else 3
                acts.append(
                    world.act(
                        learner,
                        verb,
                        key,
                        minutes=minutes,
                        score=score,
                        try_no=number,
                        authority=authority,
                        revision="2" if key == world.task else "1",
                    )  # fmt: skip
                )
            for place, voiding in order:
                if voiding:
                    early = {
                        "actor": xapi.account_actor(tracking.home_page(), str(uid("operator"))),
                        "verb": {"id": VERB_VOIDED},
                        "object": {"objectType": "StatementRef", "id": str(tracking.statement_id(acts[place]))},
                        "timestamp": at(400).isoformat(),
                    }
                    xapi.record(early, authority=tracking.OBSERVER, received_at=at(400))
                else:
                    world.record(acts[place])
            results = sorted(
                Result.objects.values_list(
                    "activity_key", "experienced_at", "completed_at", "completed_trust", "passed_at", "trust"
                ),
                key=str,
            )
            attained = sorted(
                competency.Attainment.objects.values_list(
                    "competency__code", "level", "status", "attained_at", "trust"
                ),
                key=str,
            )
            courses = list(CourseResult.objects.values_list("completed_at", "trust"))
            with transaction.atomic():
                left = tracking.decide(learner)
            result = (results, attained, courses, differences(), left)
            raise Undo
    except Undo:
        return result


@SELDOM
@given(drawn=DRAWN, by_report=st.booleans(), data=st.data())
def test_acts_and_voidings_in_any_order_give_the_same_statuses_dates_and_trusts(
    world: World, drawn: list[tuple[str, int, str, bool]], by_report: bool, data: st.DataObject
) -> None:
    wanted = [(place, False) for place in range(len(drawn))]
    wanted += [(place, True) for place, each in enumerate(drawn) if each[3]]
    # What is void from the start is what the others must come to.
    first = outcome(world, drawn, sorted(wanted, key=lambda each: not each[1]), by_report=by_report)
    assert first[3:] == ([], 0)
    assert outcome(world, drawn, data.draw(st.permutations(wanted)), by_report=by_report) == first


def test_what_suffices_is_looked_up_once_for_all_decisions_about_the_same(world: World) -> None:
    """Each work that arrives late, and was earlier, makes a further decision; all of them name what was there first."""
    learner = world.learner()
    rule = competency.EvidenceRule.objects.get(framework=world.framework)
    twice = {"pick": "any", "passed": True, "times": 2, "distinct": True}
    competency.add_rule_version(rule, twice, effective_from=T0, by=None, at=T0)
    world.record(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1))
    [first] = world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9))

    def late(*minutes: int) -> list[xapi.Recorded]:
        acts = [
            world.act(learner, tracking.VERB_PASSED, world.task, minutes=minute, score=9, try_no=minute)
            for minute in minutes
        ]
        return [done for act in acts for done in world.record(act)]

    def lost() -> tuple[int, int]:
        """How many would be withdrawn, and the queries that it takes to know."""
        with CaptureQueriesContext(connection) as queries:
            found = unsupported(learner, {first.statement_id})
        return len(found), len(queries)

    # One was withdrawn: whether a person has said no to its evidence is looked up.
    void(late(30)[0].statement_id)
    late(29)
    few, before = lost()
    late(*range(28, 18, -1))
    many, after = lost()
    assert (few, many) == (2, 22)
    assert after == before
