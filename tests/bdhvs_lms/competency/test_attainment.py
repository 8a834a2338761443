"""From acts to statuses: order, repetition, delay, voiding, new rules, realignment (invariants 3 and 4)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.models import Redeciding, RuleApplication
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void as tracking_void
from bdhvs_lms.tracking.statements import build as tracking_build
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_xapi import api as xapi
from tests.support.meanwhile import meanwhile
from tests.support.world import T0, World, statuses, uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]


made, world = made_once(World)


def differences() -> list[str]:
    return [str(difference) for difference in tracking.check()]


def test_a_passed_quiz_demonstrates_what_it_is_aligned_with(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9))
    moment = T0 + timedelta(minutes=5)
    assert statuses(learner) == {"A1/1": ("demonstrated", moment), "A2/1": ("demonstrated", moment)}
    assert differences() == []


def test_a_failed_quiz_is_evidence_in_progress(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_FAILED, world.quiz, minutes=5, score=3))
    assert statuses(learner) == {"A1/1": ("in_progress", None), "A2/1": ("in_progress", None)}


def test_reading_alone_never_makes_anyone_dat(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=5))
    assert statuses(learner) == {"A1/1": ("in_progress", None)}
    lesson = Result.objects.get(learner=learner, activity_key=world.lesson)
    assert lesson.completed_at == T0 + timedelta(minutes=5)


def test_what_a_browser_claims_does_not_satisfy_the_default_rule(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=10, authority=tracking.CLIENT))
    assert statuses(learner)["A1/1"] == ("in_progress", None)


def test_a_course_is_completed_once_at_the_latest_of_its_activities(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_PASSED, world.task, minutes=30, score=8))
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=20, score=8))
    assert not CourseResult.objects.exists()
    world.record(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=10))
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=40, score=10, try_no=2))
    assert CourseResult.objects.get(learner=learner).completed_at == T0 + timedelta(minutes=30)
    completed = xapi.facts(activity=tracking.course_iri(world.course_key), verbs=[tracking.VERB_COMPLETED])
    assert len(completed) == 1


def test_the_decision_names_rule_version_and_evidence(world: World) -> None:
    learner = world.learner()
    (passed, *_) = world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9))
    row = competency.Attainment.objects.get(learner=learner, competency=world.a1, level=1)
    assert row.rule_version == "test-framework/*/*/v1"
    assert row.evidence_ids == [str(passed.statement_id)]
    explanation = competency.explain(learner, world.a1, 1)
    assert [(item.title, item.used) for item in explanation.rows] == [("Kiểm tra", True)]
    assert explanation.status == "demonstrated"


# --- Order ------------------------------------------------------------------------------------------------------------

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["experienced", "passed", "failed"]),
        st.integers(min_value=0, max_value=40),
        st.integers(min_value=0, max_value=10),
    ),
    min_size=1,
    max_size=8,
)


def build(world: World, learner: Learner, drawn: list[tuple[str, int, int]]) -> list[tracking.LearningAct]:
    acts = []
    for number, (kind, minutes, score) in enumerate(drawn, start=1):
        if kind == "experienced":
            acts.append(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=minutes, try_no=number))
        else:
            verb = tracking.VERB_PASSED if kind == "passed" else tracking.VERB_FAILED
            key = world.quiz if number % 2 else world.task
            acts.append(world.act(learner, verb, key, minutes=minutes, score=score, try_no=number))
    return acts


class Undo(Exception):
    """Rolls an example back, so that the next one meets an empty ledger."""


def outcome(world: World, drawn: list[tuple[str, int, int]], order: list[int], *, live: bool = False) -> Any:
    """Everything that follows from the acts in this order of arrival, of a learner who did nothing else."""
    result: Any = None
    try:
        with transaction.atomic():
            learner = world.learner()
            acts = build(world, learner, drawn)
            if live:
                for place in order:
                    world.record(acts[place])
            else:
                with tracking.deciders_paused():
                    for place in order:
                        world.record(acts[place])
                tracking.decide(learner)
            found = differences()
            results = sorted(
                Result.objects.values_list(
                    "activity_key", "completed_at", "passed_at", "failed_at", "best_scaled", "best_raw", "last_at"
                ),
                key=str,
            )
            result = (statuses(learner), results, found)
            raise Undo
    except Undo:
        return result


@given(drawn=ACTS, data=st.data())
def test_acts_shuffled_duplicated_and_delayed_give_the_same_statuses_and_dates(
    world: World, drawn: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    """Whether it is decided at each or when all are there."""
    straight = list(range(len(drawn)))
    order = data.draw(st.permutations(straight))
    again = data.draw(st.lists(st.sampled_from(straight), max_size=4))
    first = outcome(world, drawn, straight)
    assert first[2] == []
    assert outcome(world, drawn, [*order, *again]) == first
    live = outcome(world, drawn, order, live=True)
    assert live[2] == []
    assert live[0] == first[0]
    dates = [[(row[0], row[2], row[3]) for row in each[1]] for each in (live, first)]
    assert dates[0] == dates[1]


def test_a_late_pass_moves_the_date_of_course_and_competency_forward_and_nothing_back(world: World) -> None:
    learner = world.learner()
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=2, score=9),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=60, score=9),
    )
    assert CourseResult.objects.get().completed_at == T0 + timedelta(minutes=60)
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=10, score=9, try_no=2))
    assert CourseResult.objects.get().completed_at == T0 + timedelta(minutes=10)
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=10))
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=90, score=9, try_no=3))
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=10))
    assert differences() == []


# --- Voiding ----------------------------------------------------------------------------------------------------------


def void(statement_id: uuid.UUID) -> None:
    with transaction.atomic():
        tracking_void(statement_id, by=uid("operator"), reason_code="entered-for-the-wrong-person", at=T0)


def test_a_voided_decision_takes_the_status_away_and_the_same_evidence_does_not_bring_it_back(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9))
    row = competency.Attainment.objects.get(competency=world.a1, level=1)
    void(row.statement_id)
    assert statuses(learner)["A1/1"] == ("in_progress", None)
    assert statuses(learner)["A2/1"][0] == "demonstrated"
    with transaction.atomic():
        assert tracking.decide(learner) == 0
    assert differences() == []


def test_new_evidence_after_a_voided_decision_is_decided_anew(world: World) -> None:
    learner = world.learner()
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=2, score=9),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9),
    )
    void(competency.Attainment.objects.get(competency=world.a1, level=1).statement_id)
    void(CourseResult.objects.get().statement_id)
    assert not CourseResult.objects.exists()
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=10, try_no=2),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=11, score=9, try_no=2),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=12, score=10, try_no=2),
    )
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=12))
    assert differences() == []


def test_a_claimed_mastery_or_completion_makes_no_status(world: World) -> None:
    learner = world.learner()
    claims = [
        {
            "actor": xapi.account_actor(tracking.home_page(), str(learner.actor)),
            "verb": {"id": verb},
            "object": {"id": iri},
            "timestamp": T0.isoformat(),
        }
        for verb, iri in (
            (tracking.VERB_MASTERED, tracking.competency_iri("test-framework", "A1", 1)),
            (tracking.VERB_COMPLETED, tracking.course_iri(world.course_key)),
        )
    ]
    with transaction.atomic():
        xapi.record(claims, authority=tracking.CLIENT, received_at=T0)
    assert statuses(learner) == {}
    assert not CourseResult.objects.exists()
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9))
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=5))
    assert differences() == []


@pytest.mark.parametrize("spelling", ["levels/01", "levels/9", "levels/1/", "%41%31"])
def test_another_spelling_of_a_competency_is_another_object(world: World, spelling: str) -> None:
    learner = world.learner()
    right = tracking.competency_iri("test-framework", "A1", 1)
    iri = right.replace("/A1/", "/%41%31/") if "%" in spelling else right.replace("levels/1", spelling)
    statement = {
        "actor": xapi.account_actor(tracking.home_page(), str(learner.actor)),
        "verb": {"id": tracking.VERB_MASTERED},
        "object": {"id": iri},
        "timestamp": T0.isoformat(),
    }
    with transaction.atomic():
        xapi.record([statement], authority=tracking.SERVER, received_at=T0)
    assert statuses(learner) == {}
    assert differences() == []


def test_a_voiding_that_arrives_before_its_statement_counts(world: World) -> None:
    learner = world.learner()
    act = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9)
    early = {
        "actor": xapi.account_actor(tracking.home_page(), str(uid("operator"))),
        "verb": {"id": VERB_VOIDED},
        "object": {"objectType": "StatementRef", "id": str(tracking.statement_id(act))},
        "timestamp": T0.isoformat(),
    }
    with transaction.atomic():
        xapi.record([early], authority=tracking.SERVER, received_at=T0)
    world.record(act)
    assert statuses(learner) == {}
    assert not Result.objects.exists()
    assert differences() == []


# --- New rules --------------------------------------------------------------------------------------------------------


def rule(world: World) -> competency.EvidenceRule:
    return competency.EvidenceRule.objects.get(framework=world.framework)


STRICT = {"pick": "best", "min_scaled": "0.9", "trust": 1}
LOOSE = {"pick": "best", "min_scaled": "0.3", "trust": 1}


def test_a_stricter_version_applies_from_its_date_and_takes_nothing_away(world: World) -> None:
    early, late = world.learner("early"), world.learner("late")
    world.record(world.act(early, tracking.VERB_PASSED, world.quiz, minutes=5, score=8))
    competency.add_rule_version(rule(world), STRICT, effective_from=T0 + timedelta(minutes=10), by=None, at=T0)
    world.record(world.act(late, tracking.VERB_PASSED, world.quiz, minutes=15, score=8))
    assert statuses(early)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=5))
    assert statuses(late)["A1/1"] == ("in_progress", None)
    world.record(world.act(late, tracking.VERB_PASSED, world.quiz, minutes=20, score=9, try_no=2))
    row = competency.Attainment.objects.get(learner=late, competency=world.a1)
    assert (row.rule_version, row.attained_at) == ("test-framework/*/*/v2", T0 + timedelta(minutes=20))
    assert differences() == []


def test_a_looser_version_makes_nobody_dat_until_it_is_applied_to_the_past_by_name(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_FAILED, world.quiz, minutes=5, score=4))
    version = competency.add_rule_version(rule(world), LOOSE, effective_from=T0 + timedelta(minutes=10), by=None, at=T0)
    with transaction.atomic():
        assert tracking.decide(learner) == 0
    assert statuses(learner)["A1/1"] == ("in_progress", None)
    with pytest.raises(ValueError, match="reason"):
        competency.apply_to_past(version, effective_from=T0, by=None, reason=" ", at=T0)
    competency.apply_to_past(version, effective_from=T0, by=None, reason="Quyết định của ban chỉ đạo", at=T0)
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=5))
    assert version.applications.get().reason == "Quyết định của ban chỉ đạo"
    assert differences() == []


def test_who_applies_the_same_at_the_same_moment_goes_on_with_one_act(world: World) -> None:
    version = competency.add_rule_version(rule(world), LOOSE, effective_from=T0 + timedelta(minutes=10), by=None, at=T0)

    def another() -> None:
        act = RuleApplication.objects.create(version=version, effective_from=T0, at=T0, reason="Người khác")
        Redeciding.objects.create(application=act)

    with meanwhile("bdhvs_lms_ruleapplication", another, after=1):
        competency.apply_to_past(version, effective_from=T0, by=None, reason="Cùng việc ấy", at=T0)
    assert version.applications.get().reason == "Người khác" and Redeciding.objects.get().done


def test_a_version_cannot_begin_in_the_past(world: World) -> None:
    with pytest.raises(ValueError, match="act of its own"):
        competency.add_rule_version(rule(world), LOOSE, effective_from=T0 - timedelta(days=1), by=None, at=T0)


def test_rules_are_the_operators(world: World, django_user_model: Any) -> None:
    somebody = django_user_model.objects.create_user("somebody")
    with pytest.raises(PermissionDenied):
        competency.add_rule_version(rule(world), LOOSE, effective_from=T0, by=somebody, at=T0)


def test_a_narrower_rule_leaves_the_wider_one_in_force_until_its_own_date(world: World) -> None:
    narrow = competency.EvidenceRule.objects.create(framework=world.framework, competency=world.a1, label_vi="Riêng")
    competency.add_rule_version(narrow, STRICT, effective_from=T0 + timedelta(minutes=30), by=None, at=T0)
    early, late = world.learner("early"), world.learner("late")
    world.record(world.act(early, tracking.VERB_PASSED, world.quiz, minutes=5, score=8))
    world.record(world.act(late, tracking.VERB_PASSED, world.quiz, minutes=40, score=8))
    assert statuses(early)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=5))
    assert statuses(late)["A1/1"] == ("in_progress", None)
    assert statuses(late)["A2/1"][0] == "demonstrated"
    assert differences() == []


@pytest.mark.parametrize("word", ["any", "n_of"])
def test_having_been_there_as_well_takes_nothing_away(world: World, word: str) -> None:
    branches = [{"presence": 1}, {"pick": "any", "passed": True}]
    tree = {"any": branches} if word == "any" else {"n_of": 1, "of": branches}
    competency.add_rule_version(rule(world), tree, effective_from=T0, by=None, at=T0)
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1))
    assert statuses(learner)["A1/1"] == ("in_progress", None)
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=8))
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=5))


def test_nothing_reaches_a_mark_by_rounding_and_no_number_is_too_large(world: World) -> None:
    competency.add_rule_version(rule(world), {"pick": "best", "min_scaled": "0.8"}, effective_from=T0, by=None, at=T0)
    learner = world.learner()
    statement = tracking_build(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=8)).as_version()
    statement["result"]["score"] = {"scaled": 0.79999999, "raw": 1e30}
    with transaction.atomic():
        xapi.record([statement], authority=tracking.SERVER, received_at=T0 + timedelta(days=1))
    assert statuses(learner)["A1/1"] == ("in_progress", None)
    assert Result.objects.get(activity_key=world.quiz).best_raw is None
    assert differences() == []


# --- Realignment ------------------------------------------------------------------------------------------------------


def test_a_new_revision_does_not_touch_old_evidence(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_PASSED, world.task, minutes=5, score=9))
    competency.push_alignment(world.task, "2", [(world.a1.pk, 1)], at=T0)
    assert set(statuses(learner)) == {"A2/2"}
    world.record(world.act(learner, tracking.VERB_PASSED, world.task, minutes=9, score=9, try_no=2, revision="2"))
    assert set(statuses(learner)) == {"A2/2", "A1/1"}
    assert differences() == []


def test_a_realignment_is_logged_and_acts_on_old_evidence(world: World) -> None:
    learner = world.learner()
    world.record(world.act(learner, tracking.VERB_PASSED, world.task, minutes=5, score=9))
    competency.push_alignment(world.task, "2", [(world.a1.pk, 2)], at=T0)
    competency.realign(world.task, "1", "2", by=None, reason="Gắn nhầm năng lực", at=T0)
    assert statuses(learner)["A1/2"] == ("demonstrated", T0 + timedelta(minutes=5))
    assert statuses(learner)["A2/2"][0] == "demonstrated", "what had been attained stays"
    assert set(competency.Evidence.objects.values_list("competency__code", flat=True)) == {"A1"}
    assert differences() == []


def test_an_alignment_of_a_revision_is_never_changed(world: World) -> None:
    competency.push_alignment(world.task, "1", [(world.a2.pk, 2)], at=T0)
    with pytest.raises(competency.AlignmentConflict):
        competency.push_alignment(world.task, "1", [(world.a1.pk, 2)], at=T0)
    with pytest.raises(ValueError, match="no level 3"):
        competency.push_alignment(world.task, "9", [(world.a1.pk, 3)], at=T0)


# --- Rebuild ----------------------------------------------------------------------------------------------------------


def test_rebuild_mends_what_check_finds(world: World) -> None:
    learner = world.learner()
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=5, score=9),
    )
    before = len(xapi.facts(actor_key=xapi.account_key(tracking.home_page(), str(learner.actor))))
    Result.objects.filter(activity_key=world.quiz).update(best_max=7)
    Result.objects.filter(activity_key=world.lesson).delete()
    competency.Attainment.objects.create(learner=learner, competency=world.a2, level=2, status="in_progress")
    kinds = sorted(difference.kind for difference in tracking.check())
    assert kinds == ["changed", "missing", "surplus"]
    assert tracking.rebuild(now=lambda: T0) == 1
    assert differences() == []
    after = len(xapi.facts(actor_key=xapi.account_key(tracking.home_page(), str(learner.actor))))
    assert after == before, "rebuild records nothing"


def test_a_stopped_rebuild_goes_on_where_it_was(world: World) -> None:
    people = [world.learner(f"p{number}") for number in range(5)]
    for person in people:
        world.record(world.act(person, tracking.VERB_PASSED, world.quiz, minutes=5, score=9))
    Result.objects.update(best_max=9)

    class Stop(Exception):
        pass

    def stop(done: int) -> None:
        if done == 2:
            raise Stop

    with pytest.raises(Stop):
        tracking.rebuild(now=lambda: T0, progress=stop, at_once=2)
    assert Result.objects.filter(best_max=9).count() == 3
    assert tracking.rebuild(now=lambda: T0) == 3
    assert differences() == []
