"""Sessions of a class: who was there, what was watched together, what a correction takes back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import now
from bdhvs_lms.classes.api import add_teacher, end_teacher, next_sessions
from bdhvs_lms.classes.models import Attendance, ClassSession, SessionAct
from bdhvs_lms.classes.sessions.actions import cancel_session, change_session, plan_sessions, take_attendance, visit
from bdhvs_lms.classes.sessions.queries import sessions_held, sessions_of, sheet, watched_at
from bdhvs_lms.courses.api import Activity, enrolments_of
from bdhvs_lms.learners.api import Learner, register
from bdhvs_lms.progress.models import Presence, Result
from bdhvs_lms.tracking.api import (
    VERB_ATTENDED,
    VERB_EXPERIENCED,
    check,
    home_page,
    merge_records,
    session_iri,
    staff_actor,
    void,
)
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.world import T0, statuses, uid

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TODAY = "2025-11-15T10:00:00+07:00"


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = TODAY
    stage = Stage()
    Activity.objects.filter(key=stage.lesson).update(type_key="bdhvs_content.lesson")
    stage.teacher("hanh")
    return stage


@pytest.fixture
def hanh(stage: Stage) -> User:
    return User.objects.get(username="hanh")


@pytest.fixture
def session(stage: Stage, hanh: User) -> ClassSession:
    [made] = plan_sessions(
        stage.class_group, starts_at=now() - timedelta(hours=2), at=now(), by=hanh, place=" Nhà  văn hóa "
    )
    return made


def said(learner: Learner, *, voided: bool = False) -> list[tuple[str, str]]:
    """(verb, object) by their last parts."""
    facts = xapi.facts(actor_key=f"account:{home_page()}|{learner.actor}", include_voided=voided)
    return sorted((fact.verb.rsplit("/", 1)[1], str(fact.object_id).rsplit("/", 2)[1]) for fact in facts)


def test_who_was_there_attended_by_the_word_of_their_teacher(stage: Stage, hanh: User, session: ClassSession) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    taken = take_attendance(session, {lan.pk: True, mai.pk: False}, at=now(), by=hanh, others=3)
    assert (taken.present, taken.recorded, taken.voided) == (1, 1, 0)
    [fact] = xapi.facts(activity=session_iri(session.uuid))
    assert fact.verb == VERB_ATTENDED
    assert fact.trust == xapi.Trust.OBSERVED
    statement = fact.statement
    assert statement["actor"]["account"]["name"] == str(lan.actor)
    assert statement["context"]["instructor"]["account"]["name"] == str(staff_actor(hanh))
    assert statement["object"]["definition"]["type"] == "http://adlnet.gov/expapi/activities/meeting"
    # Where it was says in whose house somebody learns; names of classes may hold a person's.
    assert "văn hóa" not in str(statement)
    assert "Lớp" not in str(statement)
    assert fact.occurred_at == session.starts_at
    assert list(Presence.objects.values_list("learner", "session_key", "attended_at")) == [
        (lan.pk, session.uuid, session.starts_at)
    ]
    assert not list(check())
    session.refresh_from_db()
    assert (session.others, session.place) == (3, "Nhà văn hóa")
    assert session.held_at is not None


def test_said_again_changes_nothing_and_a_correction_changes_what_differs(
    stage: Stage, hanh: User, session: ClassSession
) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    marks = {lan.pk: True, mai.pk: True}
    take_attendance(session, marks, at=now(), by=hanh, watched=[stage.lesson])
    count = SessionAct.objects.count()
    again = take_attendance(session, marks, at=now(), by=hanh, watched=[stage.lesson])
    assert (again.recorded, again.voided) == (0, 0)
    assert SessionAct.objects.count() == count
    corrected = take_attendance(session, {mai.pk: False}, at=now(), by=hanh, watched=[stage.lesson])
    assert (corrected.present, corrected.recorded, corrected.voided) == (1, 0, 2)
    assert said(mai) == []
    assert said(lan) == [("attended", "sessions"), ("completed", "activities"), ("experienced", "activities")]
    assert list(Presence.objects.values_list("learner", flat=True)) == [lan.pk]
    # Back again: a further statement, because a voided one cannot come back.
    back = take_attendance(session, {mai.pk: True}, at=now(), by=hanh, watched=[stage.lesson])
    assert (back.present, back.recorded) == (2, 2)
    assert said(mai) == said(lan)
    assert sorted(SessionAct.objects.filter(learner=mai).values_list("grading", flat=True)) == [1, 1, 2, 2]
    assert not list(check())


def test_watching_together_finishes_a_lesson_and_makes_nobody_pass(
    stage: Stage, hanh: User, session: ClassSession
) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    take_attendance(session, {lan.pk: True, mai.pk: False}, at=now(), by=hanh, watched=[stage.lesson])
    result = Result.objects.get(learner=lan, activity_key=stage.lesson)
    assert (result.experienced_at, result.completed_at) == (session.starts_at, session.starts_at)
    assert result.completed_trust == xapi.Trust.OBSERVED
    assert not Result.objects.filter(learner=mai).exists()
    assert {status for status, _at in statuses(lan).values()} <= {"in_progress"}
    assert watched_at(session) == {stage.lesson}
    # Not that one after all.
    take_attendance(session, {lan.pk: True}, at=now(), by=hanh)
    assert watched_at(session) == set()
    assert not Result.objects.filter(learner=lan, activity_key=stage.lesson).exists()
    assert said(lan) == [("attended", "sessions")]
    assert not list(check())


def test_who_read_it_alone_before_keeps_that(stage: Stage, hanh: User, session: ClassSession) -> None:
    lan = stage.member("Lan")
    stage.record(stage.act(lan, VERB_EXPERIENCED, stage.lesson, minutes=5))
    take_attendance(session, {lan.pk: True}, at=now(), by=hanh, watched=[stage.lesson])
    take_attendance(session, {lan.pk: False}, at=now(), by=hanh)
    result = Result.objects.get(learner=lan, activity_key=stage.lesson)
    assert result.completed_at == T0 + timedelta(minutes=5)
    assert result.completed_trust == xapi.Trust.SERVER_GRADED


def test_without_consent_nobody_is_recorded_and_who_agreed_is_enrolled(
    stage: Stage, hanh: User, session: ClassSession
) -> None:
    lan = stage.member("Lan")
    new = register(full_name="Mới", at=T0, area=stage.area, groups=[stage.group], actor=uid("new"))
    silent = register(full_name="Im", at=T0, area=stage.area, groups=[stage.group], actor=uid("silent"))
    for learner in (new, silent):
        stage.class_group.memberships.create(learner=learner, valid_from=T0.date())
    record_consent(new.actor, given=True, at=T0)
    assert [(row.name, row.present, row.agreed) for row in sheet(session, now())] == [
        ("Im", None, False),
        ("Lan", None, True),
        ("Mới", None, True),
    ]
    with pytest.raises(ValidationError, match="đồng ý"):
        take_attendance(session, {lan.pk: True, silent.pk: True}, at=now(), by=hanh)
    assert not Attendance.objects.exists()
    take_attendance(session, {lan.pk: True, new.pk: True, silent.pk: False}, at=now(), by=hanh)
    assert [one.course for one in enrolments_of(new)] == [stage.class_group.course]
    assert enrolments_of(silent) == []


def test_only_teachers_of_the_class_and_none_who_was_ended_today(
    stage: Stage, hanh: User, session: ClassSession
) -> None:
    lan = stage.member("Lan")
    stranger, ended = stage.user("stranger"), stage.user("ended")
    add_teacher(stage.class_group, ended, at=now(), by=None)
    end_teacher(stage.class_group, ended, last_day=now().date(), at=now(), by=None)
    for other in (stranger, ended):
        with pytest.raises(PermissionDenied):
            take_attendance(session, {lan.pk: True}, at=now(), by=other)
        with pytest.raises(PermissionDenied):
            plan_sessions(stage.class_group, starts_at=now(), at=now(), by=other)
        with pytest.raises(PermissionDenied):
            cancel_session(session, at=now(), by=other)
    assert not SessionAct.objects.exists()


@pytest.mark.parametrize("bad", ["stranger", "lesson", "future", "cancelled"])
def test_what_cannot_be_is_refused_before_anything_is_written(
    stage: Stage, hanh: User, session: ClassSession, bad: str
) -> None:
    lan, elsewhere = stage.member("Lan"), stage.learner("Elsewhere")
    marks, watched = {lan.pk: True}, [stage.lesson]
    if bad == "stranger":
        marks[elsewhere.pk] = True
    elif bad == "lesson":
        watched = [stage.quiz]
    elif bad == "future":
        [session] = plan_sessions(stage.class_group, starts_at=now() + timedelta(days=2), at=now(), by=hanh)
    else:
        cancel_session(session, at=now(), by=hanh)
        session.refresh_from_db()
    with pytest.raises(ValidationError):
        take_attendance(session, marks, at=now(), by=hanh, watched=watched)
    assert not Attendance.objects.exists()
    assert not SessionAct.objects.exists()


def test_weekly_sessions_next_ones_and_held_ones(stage: Stage, hanh: User, session: ClassSession) -> None:
    lan = stage.member("Lan")
    group, first = stage.class_group, now() + timedelta(hours=9)
    made = plan_sessions(group, starts_at=first, at=now(), by=hanh, weeks=3)
    assert [one.starts_at for one in made] == [first, first + timedelta(weeks=1), first + timedelta(weeks=2)]
    assert plan_sessions(group, starts_at=first, at=now(), by=hanh, weeks=3) == made
    # This morning's, because nobody has counted who came.
    assert next_sessions([group.pk], now().date())[group.pk] == session
    take_attendance(session, {lan.pk: True}, at=now(), by=hanh)
    assert next_sessions([group.pk], now().date())[group.pk] == made[0]
    cancel_session(made[0], at=now(), by=hanh)
    assert next_sessions([group.pk], now().date())[group.pk] == made[1]
    assert sessions_held([group.pk], now().date()) == {group.pk: 1}
    assert plan_sessions(group, starts_at=first, at=now(), by=hanh) == made[:1]
    assert next_sessions([group.pk], now().date())[group.pk] == made[0], "planned again it takes place"
    with pytest.raises(ValidationError, match="có mặt"):
        cancel_session(session, at=now(), by=hanh)
    with pytest.raises(ValidationError):
        change_session(made[1], starts_at=made[2].starts_at, minutes=60, place="", at=now(), by=hanh)


def test_planned_by_two_teachers_at_once_it_is_one(
    stage: Stage, hanh: User, session: ClassSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's row comes after it was looked for, and the caller's transaction goes on."""
    first = QuerySet.first
    monkeypatch.setattr(QuerySet, "first", lambda rows: None if rows.model is ClassSession else first(rows))
    assert plan_sessions(stage.class_group, starts_at=session.starts_at, at=now(), by=hanh) == [session]


def test_a_home_visit_is_a_session_of_one_to_three(stage: Stage, hanh: User) -> None:
    people = [stage.member(name) for name in ("An", "Bình", "Chi", "Dung")]
    at = now() - timedelta(days=1)
    made = visit(stage.class_group, people[:2], starts_at=at, at=now(), by=hanh, watched=[stage.lesson])
    assert (made.kind, [row.name for row in sheet(made, now())]) == ("visit", ["An", "Bình"])
    assert said(people[0]) == [("attended", "sessions"), ("completed", "activities"), ("experienced", "activities")]
    assert sessions_held([stage.class_group.pk], now().date()) == {}
    for wrong in ([], people):
        with pytest.raises(ValidationError):
            visit(stage.class_group, wrong, starts_at=at + timedelta(hours=1), at=now(), by=hanh)
    with pytest.raises(ValidationError):
        visit(stage.class_group, [stage.learner("Outside")], starts_at=at + timedelta(hours=1), at=now(), by=hanh)


def test_what_people_cost_is_their_statements(
    stage: Stage, hanh: User, session: ClassSession, django_assert_max_num_queries: Any
) -> None:
    people = [stage.member(f"Người {number}") for number in range(20)]
    with django_assert_max_num_queries(80):
        take_attendance(session, {one.pk: True for one in people}, at=now(), by=hanh)


def test_somebody_whose_records_were_merged_is_on_the_sheet_once(
    stage: Stage, hanh: User, session: ClassSession
) -> None:
    lan, twin = stage.member("Lan"), stage.member("Lan Thị")
    take_attendance(session, {lan.pk: False, twin.pk: True}, at=now(), by=hanh)
    merge_records(twin, lan, at=now(), by=None, reason="một người")
    whole = Learner.objects.get(pk=lan.pk)
    take_attendance(session, {whole.pk: True}, at=now(), by=hanh, watched=[stage.lesson])
    assert [(row.learner.pk, row.present) for row in sheet(session, now())] == [(lan.pk, True)]
    # That of the other record stands, and says the same.
    assert SessionAct.objects.filter(verb=VERB_ATTENDED, voided_at=None).count() == 1
    take_attendance(session, {whole.pk: False}, at=now(), by=hanh)
    assert [row.present for row in sheet(session, now())] == [False]
    assert not Presence.objects.exists()
    assert not list(check())


def main_action(client: Client, address: str) -> str:
    """Where the main button of a page leads."""
    [link] = re.findall(r"<a\s[^>]*btn-primary[^>]*>", client.get(address).content.decode())
    return re.findall(r'href="([^"]+)"', link)[0]


def test_of_a_session_still_to_come_nobody_is_named_and_the_class_leads_to_its_sessions(
    stage: Stage, hanh: User, client: Client
) -> None:
    group = stage.class_group
    [planned] = plan_sessions(group, starts_at=now() + timedelta(days=3), at=now(), by=hanh, place="Nhà văn hóa")
    client.force_login(hanh)
    sheet_address = reverse("bdhvs_lms:session", args=[group.uuid, planned.uuid])
    page = client.get(sheet_address).content.decode()
    assert "Buổi học này chưa đến ngày." in page
    assert "Ai có mặt?" not in page
    assert not AccessLog.objects.filter(page="session").exists()
    sessions = reverse("bdhvs_lms:class-sessions", args=[group.uuid])
    assert main_action(client, reverse("bdhvs_lms:class-review", args=[group.uuid])) == sessions
    assert main_action(client, sessions) == reverse("bdhvs_lms:session-new", args=[group.uuid])
    # The hall is counted that morning.
    ClassSession.objects.update(starts_at=now() + timedelta(hours=9))
    assert main_action(client, sessions) == sheet_address
    assert "Ai có mặt?" in client.get(sheet_address).content.decode()


def by_hand(*facts: xapi.Fact) -> None:
    """As an operator does."""
    for fact in facts:
        void(fact.statement_id, by=uid("operator"), reason_code="wrong-person", at=now())


def test_what_an_operator_voided_does_not_stand_and_is_recorded_anew_when_it_is_said_again(
    stage: Stage, hanh: User, session: ClassSession
) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    both = {lan.pk: True, mai.pk: True}
    take_attendance(session, both, at=now(), by=hanh, watched=[stage.lesson])
    by_hand(*xapi.facts(activity=session_iri(session.uuid), actor_key=f"account:{home_page()}|{lan.actor}"))
    assert [(row.name, row.present) for row in sheet(session, now())] == [("Lan", None), ("Mai", True)]
    assert [row.there for row in sessions_of(stage.class_group)] == [1]
    # Saved for another's sake, it stays as the operator has it.
    taken = take_attendance(session, {mai.pk: True}, at=now(), by=hanh, watched=[stage.lesson])
    assert (taken.present, taken.recorded) == (1, 0)
    again = take_attendance(session, {lan.pk: True}, at=now(), by=hanh, watched=[stage.lesson])
    assert (again.present, again.recorded, again.voided) == (2, 1, 0)
    assert said(lan) == said(mai)
    assert [row.present for row in sheet(session, now())] == [True, True]
    take_attendance(session, {lan.pk: False}, at=now(), by=hanh, watched=[stage.lesson])
    assert said(lan) == []
    # All of it by hand: nobody was there, and the session can be called off.
    by_hand(*xapi.facts(verbs=[VERB_ATTENDED, VERB_EXPERIENCED]))
    assert watched_at(session) == set()
    assert not list(check())
    cancel_session(session, at=now(), by=hanh)


def test_a_page_opened_before_an_operator_voided_does_not_say_it_again(
    stage: Stage, hanh: User, session: ClassSession, client: Any
) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    take_attendance(session, {lan.pk: True, mai.pk: False}, at=now(), by=hanh)
    by_hand(*xapi.facts(activity=session_iri(session.uuid)))
    client.force_login(hanh)
    address = reverse("bdhvs_lms:session", args=[stage.class_group.uuid, session.uuid])
    sent = {"listed": [lan.pk, mai.pk], "was": [lan.pk], "here": [lan.pk, mai.pk]}
    client.post(address, sent)
    assert [(row.name, row.present) for row in sheet(session, now())] == [("Lan", None), ("Mai", True)]
    page = client.get(address).content.decode()
    boxes = dict(re.findall(r'name="here"\s+value="(\d+)"\s+(checked)?', page))
    assert boxes == {str(lan.pk): "", str(mai.pk): "checked"}
    # Opened anew it shows what stands, and a tick says it again.
    client.post(address, {"listed": [lan.pk, mai.pk], "was": [mai.pk], "here": [lan.pk, mai.pk]})
    assert [row.present for row in sheet(session, now())] == [True, True]
    assert not list(check())
