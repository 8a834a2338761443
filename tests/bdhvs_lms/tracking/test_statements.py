"""What we emit: one golden file per statement. A changed file is a change of format, and others read it."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.api import confirm
from bdhvs_lms.competency.confirming.statements import statements_of
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import Interaction
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void
from bdhvs_lms.tracking.statements import build
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_xapi import api as xapi
from tests.support.world import T0, World, uid

pytestmark = [pytest.mark.database, pytest.mark.django_db]
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def learner(world: World) -> Learner:
    return world.learner("Nguyễn Thị Lan")


def emitted(world: World, learner: Learner) -> dict[str, dict[str, Any]]:
    """Every kind of statement, by name, as the ledger stores it, without what differs from run to run."""
    row = courses.activity(world.quiz)
    assert row is not None
    quiz, course = courses.activity_ref(row), courses.course_ref(row.course)
    attempt = uid("attempt")
    question = tracking.ObjectRef(
        tracking.question_iri(uid("question")),
        tracking.TYPE_QUESTION,
        {"vi": "Khi nhận mã OTP thì làm gì?"},
        Interaction(
            "choice",
            {
                "choices": [
                    ("keep", {"vi": "Giữ cho riêng mình"}),
                    ("tell", {"vi": "Đọc cho người gọi"}),
                ]
            },
        ),
    )
    common: dict[str, Any] = {
        "actor": learner.actor,
        "id_seed": attempt,
        "registration": attempt,
        "revision": "1",
        "grouping": (course,),
        "other": (tracking.ObjectRef(tracking.competency_iri("test-framework", "A1", 1), tracking.TYPE_OBJECTIVE),),
    }
    score = {"raw": Decimal(9), "min": Decimal(0), "max": Decimal(10), "scaled": Decimal("0.9")}
    acts = {
        "initialized": tracking.LearningAct(
            verb=tracking.VERB_INITIALIZED, object=quiz, occurred_at=T0, parent=(course,), **common
        ),
        "answered": tracking.LearningAct(
            verb=tracking.VERB_ANSWERED,
            object=question,
            occurred_at=T0 + timedelta(minutes=2),
            parent=(quiz,),
            result=tracking.ResultFacts(success=True, response="keep"),
            **common,
        ),
        "completed-quiz": tracking.LearningAct(
            verb=tracking.VERB_COMPLETED,
            object=quiz,
            occurred_at=T0 + timedelta(minutes=2),
            parent=(course,),
            result=tracking.ResultFacts(
                completion=True, duration=timedelta(minutes=2, seconds=3, microseconds=500000), **score
            ),
            **common,
        ),
        "passed": tracking.LearningAct(
            verb=tracking.VERB_PASSED,
            object=quiz,
            occurred_at=T0 + timedelta(minutes=2),
            parent=(course,),
            result=tracking.ResultFacts(success=True, **score),
            **common,
        ),
        "failed": tracking.LearningAct(
            verb=tracking.VERB_FAILED,
            object=quiz,
            occurred_at=T0 + timedelta(minutes=2),
            parent=(course,),
            result=tracking.ResultFacts(success=False, raw=Decimal(3), max=Decimal(10), scaled=Decimal("0.3")),
            **(common | {"id_seed": uid("attempt-2"), "registration": uid("attempt-2")}),
        ),
        "experienced": world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        "passed-task-observed": world.act(
            learner, tracking.VERB_PASSED, world.task, minutes=3, score=8, authority=tracking.OBSERVER
        ),
        "attended": tracking.LearningAct(
            actor=learner.actor,
            verb=tracking.VERB_ATTENDED,
            object=tracking.ObjectRef(tracking.session_iri(uid("session")), tracking.TYPE_SESSION),
            id_seed=uid("session-and-learner"),
            occurred_at=T0,
            grouping=(course, tracking.ObjectRef(tracking.class_iri(uid("class")), tracking.class_type())),
            instructor=uid("teacher"),
            authority=tracking.OBSERVER,
        ),
    }
    with transaction.atomic():
        tracking.record(list(acts.values()), at=T0 + timedelta(days=1))
    stored = {name: xapi.facts(statement_ids=[tracking.statement_id(act)])[0] for name, act in acts.items()}
    key = tracking.actor_key(learner)
    decided = {
        "completed-lesson": xapi.facts(
            actor_key=key, activity=tracking.activity_iri(world.lesson), verbs=[tracking.VERB_COMPLETED]
        ),
        "completed-course": xapi.facts(actor_key=key, activity=course.iri, verbs=[tracking.VERB_COMPLETED]),
        "mastered": xapi.facts(
            actor_key=key,
            activity=tracking.competency_iri("test-framework", "A1", 1),
            verbs=[tracking.VERB_MASTERED],
        ),
    }
    for name, found in decided.items():
        assert len(found) == 1, name
        stored[name] = found[0]
    [confirmed] = confirm(
        competency.Subject((world.a1,), 1),
        [learner],
        competency.Document(T0.date(), "12/XN-UBND", "Nguyễn Thị Lan, Chủ tịch", "UBND phường Thử"),
        act_id=uid("confirming"),
        at=T0 + timedelta(days=1),
        by=None,
        confirmer=uid("officer"),
    ).confirmations
    [said] = map(tracking.statement_id, statements_of(confirmed))
    stored["confirmed"] = xapi.facts(statement_ids=[said])[0]
    with transaction.atomic():
        voiding = void(
            stored["failed"].statement_id, by=uid("operator"), reason_code="wrong-person", at=T0 + timedelta(days=2)
        )
    stored["voided"] = voiding
    return {name: _stable(fact.statement) for name, fact in stored.items()}


def _stable(statement: dict[str, Any]) -> dict[str, Any]:
    stable = {name: value for name, value in statement.items() if name != "stored"}
    if statement["verb"]["id"] == VERB_VOIDED:
        stable["id"] = "a random UUID"
    return stable


def test_every_emitted_statement_is_as_its_golden_file_says(
    world: World, learner: Learner, request: Any, known_ids: None
) -> None:
    courses.Enrolment.objects.update(uuid=uid("enrolment"))
    found = emitted(world, learner)
    wanted = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in GOLDEN.glob("*.json")}
    if request.config.getoption("--write-golden"):
        GOLDEN.mkdir(exist_ok=True)
        for name, statement in found.items():
            text = json.dumps(statement, ensure_ascii=False, indent=1, sort_keys=True)
            (GOLDEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        wanted = found
    assert found == wanted


def test_golden_statements_carry_context_and_no_name(world: World, learner: Learner) -> None:
    registered = {"initialized", "answered", "completed-quiz", "passed", "failed"}
    for path in GOLDEN.glob("*.json"):
        statement = json.loads(path.read_text(encoding="utf-8"))
        assert set(statement["actor"]) <= {"objectType", "account"}, path.stem
        text = path.read_text(encoding="utf-8")
        assert "Lan" not in text and "mbox" not in text, path.stem
        if path.stem in registered:
            assert statement["context"]["registration"], path.stem
        if path.stem != "voided":
            contexts = statement["context"]["contextActivities"]
            assert contexts["category"][0]["id"] == "https://bdhvs.example/xapi/profiles/bdhvs/v3", path.stem
            assert statement["context"]["platform"] == "bdhvs-lms"
            assert statement["context"]["language"] == "vi"
    assert len(list(GOLDEN.glob("*.json"))) == 13


def test_what_many_statements_name_is_built_and_written_once(world: World, learner: Learner) -> None:
    acts = [world.act(who, tracking.VERB_PASSED, world.quiz, minutes=1, score=9) for who in (learner, world.learner())]
    one, other = (build(act).as_version() for act in acts)
    assert one["actor"] != other["actor"]
    assert one["object"] is other["object"] and one["object"]["id"] == tracking.activity_iri(world.quiz)
    categories = [each["context"]["contextActivities"]["category"] for each in (one, other)]
    assert categories[0][0] is categories[1][0]


def test_the_id_follows_from_what_the_act_is_and_not_from_when_it_was_recorded(world: World, learner: Learner) -> None:
    act = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=1, score=9)
    later = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=7, score=9)
    assert tracking.statement_id(act) == tracking.statement_id(later)
    different = [
        world.act(learner, tracking.VERB_FAILED, world.quiz, minutes=1, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=1, score=9),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=1, score=9, try_no=2),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=1, score=9, revision="2"),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=1, score=9, grading=2),
    ]
    assert len({tracking.statement_id(each) for each in [act, *different]}) == 6


def test_the_same_act_twice_is_one_statement_and_another_content_raises(world: World, learner: Learner) -> None:
    act = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=1, score=9)
    (first,) = world.record(act)
    (second,) = world.record(act, at=T0 + timedelta(days=40))
    assert (first.new, second.new, first.statement_id) == (True, False, second.statement_id)
    with pytest.raises(xapi.StatementConflict):
        world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=1, score=10))


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused(world: World, learner: Learner) -> None:
    act = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=1, score=9)
    with pytest.raises(xapi.TransactionRequired):
        tracking.record([act], at=T0)


@pytest.mark.parametrize(
    ("claimed", "counts"),
    [
        (timedelta(hours=-3), True),
        (timedelta(days=-14), True),
        (timedelta(days=-14, microseconds=-1), False),
        (timedelta(0), True),
        (timedelta(microseconds=1), False),
        (None, False),
    ],
)
def test_the_learners_time_is_clamped_once(claimed: timedelta | None, counts: bool) -> None:
    moment = None if claimed is None else T0 + claimed
    assert tracking.clamp(moment, T0) == (moment if counts else T0)


def test_someone_elses_act_id_is_refused(world: World, learner: Learner) -> None:
    other = world.learner("other")
    given = {
        "act_id": uid("act"),
        "verb": tracking.VERB_EXPERIENCED,
        "activity_key": world.lesson,
        "id_seed": uid("first"),
        "revision": "1",
        "occurred_at": T0,
        "received_at": T0,
    }
    row, created = tracking.record_act(learner, **given)
    assert created
    again, created = tracking.record_act(learner, **given)
    assert (again.pk, created) == (row.pk, False)
    with pytest.raises(PermissionError):
        tracking.record_act(other, **given)
