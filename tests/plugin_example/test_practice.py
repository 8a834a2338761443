"""The stranger's activity, used as the views, the property tests and the race tests use it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from plugin_example import actions
from plugin_example.models import PracticeNote, PracticeRecord

from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.queries import alignments_for
from bdhvs_lms.courses import api as courses
from bdhvs_lms.progress import api as progress
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.support.world import T0, World, uid

pytestmark = pytest.mark.django_db

OBSERVER = uid("observer")


@pytest.fixture
def world() -> World:
    return World()


def facts_of(learner, task):
    actor = xapi.account_key(tracking.home_page(), str(learner.actor))
    return list(xapi.facts(actor_key=actor, activity=tracking.activity_iri(task.key)))


def test_what_a_report_needs_is_pushed(world):
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0, alignments=[(world.a2.pk, 1)], position=7)
    row = courses.activity(task.key)
    assert (row.course.key, row.type_key, row.plugin, row.titles, row.done_on, row.revision, row.position) == (
        world.course_key,
        "plugin_example.practice",
        "plugin_example",
        {"vi": "Đặt lịch khám"},
        "passed",
        "1",
        7,
    )
    assert alignments_for(task.key, "1") == [(world.a2, 1)]


def test_ticking_off_finishes_the_activity_and_is_evidence_of_an_observer(world):
    learner = world.learner()
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0, alignments=[(world.a2.pk, 1)])
    at = T0 + timedelta(days=3)
    row = actions.tick_off(
        learner, task.key, passed=True, observer=OBSERVER, act_id=uid("tick"), at=at, note="Làm một mình"
    )
    (fact,) = facts_of(learner, task)
    context = fact.statement["context"]
    assert (fact.verb, fact.occurred_at, fact.trust) == (tracking.VERB_PASSED, at, xapi.Trust.OBSERVED)
    assert context["instructor"]["account"]["name"] == str(OBSERVER)
    assert context["registration"] == str(row.act_id)
    assert context["revision"] == "1"
    assert [ref["id"] for ref in context["contextActivities"]["other"]] == [
        tracking.competency_iri("test-framework", "A2", 1)
    ]
    assert "Làm một mình" not in str(fact.statement)
    result = progress.results_for(world.course_key, [learner.pk])[(learner.pk, task.key)]
    assert progress.status_of(courses.activity(task.key), result) == "done"
    explanation = competency.explain(learner, world.a2, 1)
    assert [(row.title, row.occurred_at) for row in explanation.rows] == [("Đặt lịch khám", at)]


def test_failing_is_on_record_and_finishes_nothing(world):
    learner = world.learner()
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0)
    actions.tick_off(learner, task.key, passed=False, observer=OBSERVER, act_id=uid("tick"), at=T0)
    result = progress.results_for(world.course_key, [learner.pk])[(learner.pk, task.key)]
    assert (result.failed_at, progress.status_of(courses.activity(task.key), result)) == (T0, "in_progress")


def test_the_same_observation_twice_is_one(world):
    learner = world.learner()
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0)
    first, second = (
        actions.tick_off(
            learner, task.key, passed=passed, observer=OBSERVER, act_id=uid("tick"), at=T0 + timedelta(hours=hours)
        )
        for passed, hours in ((True, 0), (False, 1))
    )
    assert first.pk == second.pk
    assert second.passed is True
    assert len(facts_of(learner, task)) == 1


def test_an_observation_of_another_learner_is_not_handed_out(world):
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0)
    actions.tick_off(world.learner("an"), task.key, passed=True, observer=OBSERVER, act_id=uid("tick"), at=T0)
    with pytest.raises(PermissionError):
        actions.tick_off(world.learner("binh"), task.key, passed=True, observer=OBSERVER, act_id=uid("tick"), at=T0)
    assert PracticeRecord.objects.count() == 1


def test_an_older_form_counts_by_the_alignment_it_showed(world):
    learner = world.learner()
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0, alignments=[(world.a1.pk, 1)])
    actions.revise_task(task.key, at=T0, alignments=[(world.a2.pk, 1)])
    actions.tick_off(
        learner, task.key, passed=True, observer=OBSERVER, act_id=uid("old"), at=T0 + timedelta(1), revision="1"
    )
    assert [row.title for row in competency.explain(learner, world.a1, 1).rows] == ["Đặt lịch khám"]
    assert competency.explain(learner, world.a2, 1).rows == ()
    actions.tick_off(learner, task.key, passed=True, observer=OBSERVER, act_id=uid("new"), at=T0 + timedelta(2))
    assert len(competency.explain(learner, world.a2, 1).rows) == 1


def test_the_learner_saying_so_is_a_claim_that_proves_nothing(world):
    learner = world.learner()
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0, alignments=[(world.a2.pk, 1)])
    assert actions.say_done(learner, task.key, act_id=uid("said"), at=T0) is True
    assert actions.say_done(learner, task.key, act_id=uid("said"), at=T0 + timedelta(hours=1)) is False
    (fact,) = facts_of(learner, task)
    assert (fact.verb, fact.trust) == (tracking.VERB_COMPLETED, xapi.Trust.CLIENT_REPORTED)
    result = progress.results_for(world.course_key, [learner.pk])[(learner.pk, task.key)]
    assert progress.status_of(courses.activity(task.key), result) == "in_progress"
    assert competency.explain(learner, world.a2, 1).rows == ()


def test_unknown_tasks_are_refused_by_name(world):
    nowhere = uuid.uuid4()
    with pytest.raises(actions.NoSuchTask, match=str(nowhere)):
        actions.tick_off(world.learner(), nowhere, passed=True, observer=OBSERVER, act_id=uid("tick"), at=T0)


def test_nothing_is_kept_of_a_tick_whose_statement_cannot_be_written(world):
    learner = world.learner()
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0)

    def broken(*args, **kwargs):
        raise RuntimeError("power cut")

    xapi.recorded.connect(broken, weak=False, dispatch_uid="power-cut")
    try:
        with pytest.raises(RuntimeError, match="power cut"):
            actions.tick_off(learner, task.key, passed=True, observer=OBSERVER, act_id=uid("tick"), at=T0, note="Tốt")
    finally:
        xapi.recorded.disconnect(dispatch_uid="power-cut")
    assert not PracticeRecord.objects.exists()
    assert not PracticeNote.objects.exists()
    assert facts_of(learner, task) == []
