"""Somebody who may write to the record store takes the ids of what others are about to reach."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.deciding import TRIES, record_decisions
from bdhvs_lms.tracking.models import TakenId
from bdhvs_lms.tracking.statements import build, statement_id
from bdhvs_xapi import api as xapi
from tests.bdhvs_xapi.lrs.support import Lrs
from tests.support.world import T0, World, statuses, uid

pytestmark = pytest.mark.django_db

# As they stand in the source, which anybody may read.
NAMESPACE = uuid.UUID("5c6f5a0e-6f0f-5d0e-9a0b-1d5b0a3c9e57")


def guess(first: Any, object_iri: str, verb: str, revision: str = "", grading: int = 1) -> str:
    """The id that follows from public facts alone."""
    parts = (str(first), object_iri, revision, verb, "1", str(grading))
    return str(uuid.uuid5(NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))


def lrs(trust: int = 0) -> Lrs:
    credential, secret = xapi.create_credential("a player", scopes=["statements/write"], trust=trust, at=T0)
    return Lrs(credential.key, secret)


def noise(statement_id: str) -> dict[str, Any]:
    return {
        "id": statement_id,
        "actor": {"mbox": "mailto:squatter@example.org"},
        "verb": {"id": "http://example.org/verbs/sat"},
        "object": {"id": "http://example.org/chair"},
    }


@pytest.fixture
def world() -> World:
    return World()


def reached(world: World, learner: Learner) -> None:
    """The learner does everything, and everything follows from it."""
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=3, score=9),
    )
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=2))
    assert statuses(learner)["A2/2"] == ("demonstrated", T0 + timedelta(minutes=3))
    assert CourseResult.objects.get(learner=learner).completed_at == T0 + timedelta(minutes=3)
    assert Result.objects.get(learner=learner, activity_key=world.lesson).completed_at == T0 + timedelta(minutes=1)
    assert list(tracking.check()) == []


def test_ids_that_follow_from_public_facts_stop_nobody(world: World) -> None:
    learner = world.learner()
    enrolment = courses.enrolment_of(learner, world.course_key)
    assert enrolment is not None
    lesson, quiz, course = (
        tracking.activity_iri(world.lesson), tracking.activity_iri(world.quiz), tracking.course_iri(world.course_key),
    )  # fmt: skip
    attempt = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2).registration
    rule = uuid.uuid5(learner.actor, "test-framework/*/*/v1")
    taken = [
        guess(enrolment.uuid, lesson, tracking.VERB_EXPERIENCED, "1"),
        guess(enrolment.uuid, lesson, tracking.VERB_COMPLETED, "1"),
        guess(enrolment.uuid, course, tracking.VERB_COMPLETED, "1"),
        guess(attempt, quiz, tracking.VERB_PASSED, "1"),
        *(
            guess(rule, tracking.competency_iri("test-framework", code, level), tracking.VERB_MASTERED, grading=grading)
            for code in ("A1", "A2")
            for level in (1, 2)
            for grading in (1, 2)
        ),
    ]
    assert lrs(trust=2).post("statements", [noise(each) for each in taken]).status_code == 200
    reached(world, learner)
    assert not TakenId.objects.exists()


def test_an_id_that_was_seen_elsewhere_is_refused_to_everybody_else(world: World) -> None:
    learner = world.learner()
    reached(world, learner)
    before = {fact.statement_id: fact.body for fact in xapi.facts(actor_key=tracking.actor_key(learner))}
    store = lrs(trust=3)
    for seen in before:
        assert store.post("statements", noise(str(seen))).status_code == 409
    assert {fact.statement_id: fact.body for fact in xapi.facts(actor_key=tracking.actor_key(learner))} == before
    # And the ids of one learner say nothing about those of another who does the same.
    reached(world, world.learner("binh"))


def test_our_own_statement_that_comes_back_is_known(world: World) -> None:
    learner = world.learner()
    reached(world, learner)
    ours = xapi.facts(actor_key=tracking.actor_key(learner))
    answer = lrs().post("statements", [dict(fact.statement) for fact in ours])
    assert answer.status_code == 200, answer.content
    assert xapi.facts(actor_key=tracking.actor_key(learner)) == ours
    assert list(tracking.check()) == []


@pytest.mark.parametrize("name", ["completed-lesson", "completed-course", "mastered"])
def test_even_the_very_id_of_a_decision_undoes_no_submit(
    world: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As somebody could who holds a copy of the database."""
    learner = world.learner()
    wanted = {
        "completed-lesson": (tracking.VERB_COMPLETED, tracking.activity_iri(world.lesson)),
        "completed-course": (tracking.VERB_COMPLETED, tracking.course_iri(world.course_key)),
        "mastered": (tracking.VERB_MASTERED, tracking.competency_iri("test-framework", "A1", 1)),
    }[name]
    copy = uuid.UUID(int=0)
    try:
        with transaction.atomic():
            reached(world, learner)
            [copy] = [
                fact.statement_id
                for fact in xapi.facts(actor_key=tracking.actor_key(learner), verbs=[wanted[0]], activity=wanted[1])
            ]
            raise _Copied
    except _Copied:
        pass
    assert lrs().post("statements", noise(str(copy))).status_code == 200
    reached(world, learner)
    [row] = TakenId.objects.all()
    [made] = xapi.facts(actor_key=tracking.actor_key(learner), verbs=[wanted[0]], activity=wanted[1])
    assert (row.statement_id, row.recorded_as) == (copy, made.statement_id)
    assert row.authority.startswith("lrs-")
    assert str(copy) in caplog.text
    # And what follows goes on from there.
    with transaction.atomic():
        assert tracking.decide(learner) == 0


def test_a_decision_for_which_no_id_is_left_is_told_and_undoes_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    learner = world.learner()
    act = world.act(learner, tracking.VERB_COMPLETED, world.lesson, minutes=1)
    ids = [str(statement_id(replace(act, try_no=number))) for number in range(1, TRIES + 1)]
    assert lrs().post("statements", [noise(each) for each in ids]).status_code == 200
    with transaction.atomic():
        assert record_decisions([act]) == []
    assert f"each of {', '.join(ids)} is taken" in caplog.text


class _Copied(Exception):
    """Undoes what was done only to see what it would give."""


# --- What was recorded before ids had a key --------------------------------------------------------------------------


@pytest.fixture
def old_site(world: World) -> Iterator[World]:
    """A site set up before ids had a key, with what a learner did then; then `migrate`."""
    learner = world.learner()
    lesson = world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1)
    statement = build(lesson).as_version() | {
        "id": guess(lesson.id_seed, lesson.object.iri, tracking.VERB_EXPERIENCED, "1")
    }
    with transaction.atomic(), tracking.deciders_paused():
        xapi.record([statement], authority=tracking.SERVER, received_at=T0 + timedelta(days=1))
    tracking.IriBase.objects.update(id_key="", unkeyed_until=None)
    [stored] = xapi.facts(statement_ids=[uuid.UUID(statement["id"])])
    tracking.ensure_base(at=stored.stored + timedelta(seconds=1))
    tracking.forget()
    yield world
    tracking.forget()


def test_what_was_recorded_keeps_its_id_and_is_not_recorded_again(old_site: World) -> None:
    learner = Learner.objects.get(actor=uid("an"))
    lesson = old_site.act(learner, tracking.VERB_EXPERIENCED, old_site.lesson, minutes=1)
    (again,) = old_site.record(lesson)
    assert not again.new
    assert str(again.statement_id) == guess(lesson.id_seed, lesson.object.iri, tracking.VERB_EXPERIENCED, "1")
    # What comes now has an id that nobody guesses, and somebody who guessed before stays without effect.
    (passed,) = old_site.record(old_site.act(learner, tracking.VERB_PASSED, old_site.quiz, minutes=2, score=9))
    assert str(passed.statement_id) != guess(
        passed.registration, tracking.activity_iri(old_site.quiz), tracking.VERB_PASSED, "1"
    )
    with transaction.atomic():
        tracking.decide(learner)
    assert statuses(learner)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=2))
    assert list(tracking.check()) == []


def test_a_database_without_the_key_records_nothing(world: World) -> None:
    learner = world.learner()
    act = world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1)
    tracking.IriBase.objects.update(id_key="")
    tracking.forget()
    try:
        with pytest.raises(RuntimeError, match="migrate"):
            world.record(act)
    finally:
        tracking.forget()


def test_the_key_is_made_once_and_never_follows_the_secret_key(settings: Any) -> None:
    tracking.IriBase.objects.all().delete()
    first = tracking.ensure_base(at=T0).id_key
    settings.SECRET_KEY = "another one that is also long enough for a test"
    assert tracking.ensure_base(at=T0).id_key == first
    tracking.IriBase.objects.all().delete()
    assert tracking.ensure_base(at=T0).id_key != first
    tracking.forget()
