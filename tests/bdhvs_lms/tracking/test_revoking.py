"""A credential is revoked with everything that was written with it and with what followed: no more, and no less."""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.competency import api as competency
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.revoking import step as step_of_revocation
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_xapi import api as xapi
from bdhvs_xapi.outbox.taking import take
from tests.bdhvs_xapi.lrs.support import Lrs
from tests.support.world import T0, World, statuses, uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = T0 + timedelta(days=1)


made, world = made_once(World)


class Sender:
    """A program that was let in, and what it says about people."""

    def __init__(self, world: World, trust: int = 1, scopes: str = "statements/write") -> None:
        self.world = world
        self.credential, secret = xapi.create_credential("Máy lạ", scopes=[scopes], trust=trust, at=T0)
        self.lrs = Lrs(self.credential.key, secret)

    def says(self, *said: tuple[str, str, uuid.UUID, int]) -> list[uuid.UUID]:
        """(actor, verb, activity, minutes) each."""
        statements: list[dict[str, Any]] = [
            {
                "id": str(uuid.uuid4()),
                "actor": xapi.account_actor(tracking.home_page(), actor),
                "verb": {"id": verb},
                "object": {"id": tracking.activity_iri(key)},
                "context": {"revision": "1"},
                "result": {"success": True, "score": {"scaled": 0.9}} if verb == tracking.VERB_PASSED else {},
                "timestamp": (T0 + timedelta(minutes=minutes)).isoformat(),
            }
            for actor, verb, key, minutes in said
        ]
        assert self.lrs.post("statements", statements).status_code == 200
        return [uuid.UUID(each["id"]) for each in statements]

    def says_everything(self, *actors: str, first: int = 1) -> list[uuid.UUID]:
        world = self.world
        return self.says(
            *(
                row
                for actor in actors
                for row in (
                    (actor, tracking.VERB_EXPERIENCED, world.lesson, first),
                    (actor, tracking.VERB_PASSED, world.quiz, first + 1),
                    (actor, tracking.VERB_PASSED, world.task, first + 2),
                )
            )
        )

    def revoked(self) -> tracking.Revocation:
        act = tracking.begin_revocation(self.credential, by=None, actor=uid("operator"), reason="kẻ lạ", at=AT)
        assert tracking.go_on_revoking(act, now=lambda: AT)
        return act


def rows() -> list[Any]:
    """Everything that a page or a report shows of anybody."""
    shown: list[tuple[Any, tuple[str, ...]]] = [
        (Result, ("activity_key", "completed_at", "completed_trust", "passed_at", "trust")),
        (CourseResult, ("completed_at", "trust")),
        (competency.Evidence, ("competency", "statement_id")),
        (competency.Attainment, ("competency", "level", "status", "attained_at", "trust")),
    ]
    return [sorted(model.objects.values_list("learner", *fields), key=str) for model, fields in shown]


def test_everything_goes_and_what_people_did_themselves_stays(world: World) -> None:
    lan, hoa = world.learner("lan"), world.learner("hoa")
    world.record(
        world.act(lan, tracking.VERB_EXPERIENCED, world.lesson, minutes=11),
        world.act(lan, tracking.VERB_PASSED, world.quiz, minutes=12, score=9),
        world.act(lan, tracking.VERB_PASSED, world.task, minutes=13, score=9),
        world.act(hoa, tracking.VERB_PASSED, world.quiz, minutes=12, score=9),
    )
    before = rows()
    stranger = Sender(world, trust=2)
    written = stranger.says_everything(str(lan.actor), str(hoa.actor), "somebody of another system")
    assert rows() != before
    assert CourseResult.objects.filter(learner=hoa).exists()
    seen = tracking.preview_revocation(stranger.credential)
    assert (seen.written.statements, seen.written.actors, seen.written.voidings) == (9, 3, 0)
    act = stranger.revoked()
    assert rows() == before
    assert list(tracking.check()) == []
    assert (act.voided, act.withdrawn, act.finished_at) == (9, seen.decisions, AT)
    assert seen.decisions > 0
    assert {fact.statement_id for fact in xapi.facts(statement_ids=written, include_voided=True) if fact.voided} == set(
        written
    )
    assert stranger.lrs.post("statements", {}).status_code == 401
    assert xapi.written_under(stranger.credential.authority.key).statements == 0


def voids(stranger: Sender, *targets: uuid.UUID) -> None:
    """One after the other."""
    for target in targets:
        voiding = {
            "actor": {"mbox": "mailto:s@example.org"},
            "verb": {"id": VERB_VOIDED},
            "object": {"objectType": "StatementRef", "id": str(target)},
        }
        assert stranger.lrs.post("statements", voiding).status_code == 200


def ids_about(learner: Any, *verbs: str) -> list[uuid.UUID]:
    return [fact.statement_id for fact in xapi.facts(actor_key=tracking.actor_key(learner), verbs=verbs)]


@pytest.mark.parametrize("first", ["evidence", "conclusions"])
def test_what_the_credential_voided_counts_again_and_what_had_fallen_with_it(world: World, first: str) -> None:
    """A stolen credential voids everything about everybody, evidence and what was concluded, in either order."""
    people = [world.learner("lan"), world.learner("hoa"), world.learner("tý")]
    for who in people:
        world.record(
            world.act(who, tracking.VERB_EXPERIENCED, world.lesson, minutes=11),
            world.act(who, tracking.VERB_PASSED, world.quiz, minutes=12, score=9),
            world.act(who, tracking.VERB_PASSED, world.task, minutes=13, score=9),
        )
    before, attained = rows(), statuses(people[0])
    assert attained and CourseResult.objects.count() == 3
    stranger = Sender(world, trust=1, scopes="all")
    evidence = [each for who in people for each in ids_about(who, tracking.VERB_EXPERIENCED, tracking.VERB_PASSED)]
    conclusions = [each for who in people for each in ids_about(who, tracking.VERB_COMPLETED, tracking.VERB_MASTERED)]
    # With the evidence first, the system has withdrawn the conclusions already when the thief comes to them.
    voids(stranger, *(evidence + conclusions if first == "evidence" else conclusions + evidence))
    gone = len(evidence) + len(conclusions)
    assert not CourseResult.objects.exists()
    assert not competency.Evidence.objects.exists()
    assert statuses(people[0]) == {}
    assert tracking.preview_revocation(stranger.credential).written == xapi.Written(0, 0, gone)
    act = stranger.revoked()
    assert (act.voided, act.withdrawn, act.finished_at) == (0, 0, AT)
    assert rows() == before
    assert statuses(people[0]) == attained
    assert list(tracking.check()) == []
    assert xapi.written_under(stranger.credential.authority.key) == xapi.Written(0, 0, 0)
    # The statements are there as they came.
    assert xapi.Statement.objects.filter(authority__key=stranger.credential.authority.key).count() == gone


def test_what_others_voided_too_and_what_was_its_own_stays_void(world: World) -> None:
    lan = world.learner("lan")
    (passed,) = world.record(world.act(lan, tracking.VERB_PASSED, world.quiz, minutes=2, score=9))
    stranger, honest = Sender(world, trust=1, scopes="all"), Sender(world, trust=1, scopes="all")
    [own] = stranger.says((str(lan.actor), tracking.VERB_PASSED, world.task, 3))
    coming = uuid.uuid4()
    voids(stranger, passed.statement_id, own, coming)
    voids(honest, passed.statement_id)
    assert tracking.preview_revocation(stranger.credential).written == xapi.Written(0, 0, 2)
    stranger.revoked()
    assert xapi.is_voided(passed.statement_id)
    assert xapi.is_voided(own)
    assert not xapi.is_voided(coming), "what comes later is not void before it is here"
    assert statuses(lan) == {}
    honest.revoked()
    assert statuses(lan) != {}
    assert list(tracking.check()) == []


def test_a_decision_that_a_person_refused_stays_refused(world: World) -> None:
    """The thief voided the same conclusion: setting that aside does not undo what a person said of it."""
    lan = world.learner("lan")
    world.record(world.act(lan, tracking.VERB_PASSED, world.quiz, minutes=2, score=9))
    by_thief, by_both = ids_about(lan, tracking.VERB_MASTERED)
    stranger = Sender(world, trust=1, scopes="all")
    voids(stranger, by_thief, by_both)
    xapi.record(
        {
            "actor": xapi.account_actor(tracking.home_page(), str(uid("teacher"))),
            "verb": {"id": VERB_VOIDED},
            "object": {"objectType": "StatementRef", "id": str(by_both)},
        },
        authority="server",
        received_at=AT,
    )
    assert {status for status, _at in statuses(lan).values()} == {"in_progress"}
    stranger.revoked()
    assert sorted(status for status, _at in statuses(lan).values()) == ["demonstrated", "in_progress"]
    assert list(tracking.check()) == []


def test_steps_are_bounded_and_a_stopped_act_goes_on(world: World) -> None:
    people = [world.learner(f"p{number}") for number in range(4)]
    stranger = Sender(world)
    stranger.says_everything(*(str(person.actor) for person in people))
    act = tracking.begin_revocation(stranger.credential, by=None, actor=uid("operator"), reason="kẻ lạ", at=AT)
    costs = []
    for done in (5, 10, 12):
        with CaptureQueriesContext(connection) as asked:
            assert step_of_revocation(act, at=AT, size=5)
        costs.append(len(asked))
        assert act.voided == done
        assert list(tracking.check()) == [], "whole after each step"
    assert act.finished_at is None
    # The last step is the smallest: what a step costs follows from its statements, not from what is written.
    assert costs[2] < costs[1]
    # As if the process had died and another one goes on.
    act = tracking.Revocation.objects.get()
    again = tracking.begin_revocation(stranger.credential, by=None, actor=uid("other"), reason="lần nữa", at=AT)
    assert (again.pk, again.reason) == (act.pk, "kẻ lạ")
    assert not step_of_revocation(act, at=AT, size=5)
    assert act.finished_at == AT
    assert act.voided == 12


def test_what_a_request_let_in_before_still_writes_is_found(world: World) -> None:
    lan = world.learner("lan")
    stranger = Sender(world)
    stranger.says_everything(str(lan.actor))
    act = tracking.begin_revocation(stranger.credential, by=None, actor=uid("operator"), reason="kẻ lạ", at=AT)
    while act.voided < 3:
        step_of_revocation(act, at=AT)
    # It was let in before; what it writes has a later number, and is not seen by a look that went past it.
    statement = {
        "actor": xapi.account_actor(tracking.home_page(), str(lan.actor)),
        "verb": {"id": tracking.VERB_PASSED},
        "object": {"id": tracking.activity_iri(world.quiz)},
        "context": {"revision": "1"},
    }
    xapi.record(statement, authority=stranger.credential.authority.key, received_at=AT)
    tracking.Revocation.objects.update(last_seq=2**62)
    assert tracking.go_on_revoking(act, now=lambda: AT)
    assert act.voided == 4
    assert statuses(lan) == {}
    assert list(tracking.check()) == []


def test_the_command_previews_then_does_it(world: World) -> None:
    lan = world.learner("lan")
    stranger = Sender(world)
    stranger.says_everything(str(lan.actor))
    key = stranger.credential.key

    def said(*arguments: str) -> str:
        out = io.StringIO()
        call_command("withdraw_credential", *arguments, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    assert "3 bản ghi về 1 người" in said(key, "--preview")
    assert not tracking.Revocation.objects.exists()
    with pytest.raises(CommandError):
        said(key)
    with pytest.raises(CommandError):
        said("nobody", "--reason", "vì thế")
    assert "Đã vô hiệu hóa 3 bản ghi" in said(key, "--reason", "kẻ lạ")
    assert statuses(lan) == {}
    assert list(tracking.check()) == []


def test_a_source_is_taken_back_with_all_its_authorities_and_voidings(
    world: World,
) -> None:
    lan, hoa = world.learner("lan"), world.learner("hoa")
    (own,) = world.record(world.act(lan, tracking.VERB_PASSED, world.quiz, minutes=2, score=9))
    before = rows()
    source = xapi.create_source("tinh", url="https://lrs.example.org/xapi", trust=2)

    def told(verb: str, who: Any, name: str, **more: Any) -> bytes:
        statement = {
            "id": str(uuid.uuid4()),
            "actor": xapi.account_actor(tracking.home_page(), str(who.actor)),
            "verb": {"id": verb},
            "object": {"id": tracking.activity_iri(world.quiz)},
            "context": {"revision": "1"},
            "result": {"success": True, "score": {"scaled": 0.9}},
            "timestamp": T0.isoformat(),
            "stored": T0.isoformat(),
            "authority": {"account": {"homePage": "https://lrs.example.org", "name": name}},
            **more,
        }
        return json.dumps(statement).encode()

    fetched = [
        told(tracking.VERB_PASSED, lan, "one"),
        told(tracking.VERB_PASSED, hoa, "two"),
        told(
            VERB_VOIDED,
            hoa,
            "two",
            object={"objectType": "StatementRef", "id": str(own.statement_id)},
            context={},
            result={},
        ),
    ]
    done = take(source, fetched, {}, received_at=AT, using="default")
    assert (done.new, done.rejected) == (3, 0)
    xapi.catch_up(lambda: True)
    assert len(xapi.authorities_of_source(source)) == 2
    assert statuses(hoa) != {}
    assert xapi.is_voided(own.statement_id)
    out = io.StringIO()
    call_command("withdraw_credential", "tinh", "--source", "--preview", stdout=out)
    assert "2 bản ghi về 2 người" in out.getvalue()
    with pytest.raises(CommandError, match="nơi lấy dữ liệu"):
        call_command("withdraw_credential", "khac", "--source", "--preview")
    call_command("withdraw_credential", "tinh", "--source", "--reason", "kẻ lạ", stdout=out, stderr=out)
    assert "Đã vô hiệu hóa 2 bản ghi" in out.getvalue()
    assert rows() == before
    assert not xapi.is_voided(own.statement_id)
    source.refresh_from_db()
    assert not source.active
    assert list(tracking.check()) == []
    # Read again, all of it is known, and void.
    again = take(source, fetched, {}, received_at=AT, using="default")
    xapi.catch_up(lambda: True)
    assert (again.new, again.known) == (0, 3)
    assert rows() == before


@pytest.mark.parametrize("late", [False, True])
def test_revoking_first_or_last_comes_to_the_same(world: World, late: bool) -> None:
    """As if the credential had never been: whether its statements came before what people did or after."""
    lan = world.learner("lan")
    own = [
        world.act(lan, tracking.VERB_EXPERIENCED, world.lesson, minutes=11),
        world.act(lan, tracking.VERB_PASSED, world.quiz, minutes=12, score=9),
        world.act(lan, tracking.VERB_PASSED, world.task, minutes=13, score=9),
    ]
    stranger = Sender(world, trust=2)
    if late:
        world.record(*own)
        stranger.says_everything(str(lan.actor), first=5)
    else:
        stranger.says_everything(str(lan.actor), first=20)
        world.record(*own)
    stranger.revoked()
    assert statuses(lan) == {
        "A1/1": ("demonstrated", T0 + timedelta(minutes=12)),
        "A2/1": ("demonstrated", T0 + timedelta(minutes=12)),
        "A2/2": ("demonstrated", T0 + timedelta(minutes=13)),
    }
    assert list(CourseResult.objects.values_list("completed_at", "trust")) == [(T0 + timedelta(minutes=13), 1)]
    assert set(competency.Attainment.objects.values_list("trust", flat=True)) == {1}
    assert list(tracking.check()) == []
