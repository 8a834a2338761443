"""Community teams: who is in them, and what they did, as sums."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.audit.api import AccessLog, record_consent
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.models import Team, TeamMember
from bdhvs_lms.classes.sessions.actions import cancel_session, plan_sessions, take_attendance, visit
from bdhvs_lms.classes.teams.actions import add_team_member, change_team, end_team_member, make_team
from bdhvs_lms.classes.teams.queries import TeamWork, kind_of_team, teams_led_by, with_names, work_of
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.learners.api import link_user, register
from bdhvs_lms.privacy.api import count_neighbours, erase, export, people_to_purge, purge
from bdhvs_lms.reporting.queries.teams import Progress, progress_by_area, progress_by_organisation
from bdhvs_lms.roles import operators
from bdhvs_lms.tracking.api import VERB_ATTENDED, void
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.learners.making import make_user
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.markup import html_of
from tests.support.world import T0, uid

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TODAY = "2025-11-15T10:00:00+07:00"
YEAR = date(2025, 1, 1)


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = TODAY
    stage = Stage()
    stage.teacher("hanh")
    return stage


@pytest.fixture
def hanh(stage: Stage) -> User:
    return User.objects.get(username="hanh")


@pytest.fixture
def team(stage: Stage, hanh: User) -> Team:
    made = make_team(name="Tổ Đông", area=stage.area, valid_from=T0.date(), at=T0, by=None)
    add_team_member(made, hanh, leader=True, at=T0, by=None)
    return made


def held(stage: Stage, by: User, days_ago: int, *people: Any, **more: Any) -> Any:
    [session] = plan_sessions(stage.class_group, starts_at=now() - timedelta(days=days_ago), at=now(), by=by)
    take_attendance(session, {one.pk: True for one in people}, at=now(), by=by, **more)
    return session


def did(team: Team) -> TeamWork:
    return work_of([team], YEAR, day_of(now()))[team.pk]


def test_what_is_held_in_classes_of_its_members_is_the_teams(stage: Stage, hanh: User, team: Team) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    assert did(team) == TeamWork()
    held(stage, hanh, 3, lan, mai, others=2)
    held(stage, hanh, 2, lan)
    [off] = plan_sessions(stage.class_group, starts_at=now() - timedelta(days=1), at=now(), by=hanh)
    cancel_session(off, at=now(), by=hanh)
    visit(stage.class_group, [mai], starts_at=now() - timedelta(hours=4), at=now(), by=hanh)
    work = did(team)
    assert (work.sessions, work.visits, work.others) == (2, 1, 2)
    assert work.helped == 2, "each once, however often"
    for fact in xapi.facts(verbs=[VERB_ATTENDED]):
        if str(mai.actor) in fact.actor_key:
            void(fact.statement_id, by=uid("operator"), reason_code="wrong-person", at=now())
    assert did(team).helped == 1, "what an operator voided does not count"
    # Another team has none of it, and last year had nothing.
    other = make_team(name="Tổ Tây", area=stage.area, valid_from=T0.date(), at=T0, by=None)
    assert did(other) == TeamWork()
    assert work_of([team], date(2024, 1, 1), date(2024, 12, 31))[team.pk] == TeamWork()


def test_only_days_on_which_somebody_was_in_the_team_count(stage: Stage, hanh: User) -> None:
    lan = stage.member("Lan")
    team = make_team(name="Tổ", area=stage.area, valid_from=T0.date(), at=T0, by=None)
    add_team_member(team, hanh, at=now() - timedelta(days=2), by=None)
    held(stage, hanh, 5, lan)
    held(stage, hanh, 1, lan)
    assert did(team).sessions == 1


def test_a_new_leader_takes_the_place_and_an_end_is_at_once(stage: Stage, hanh: User, team: Team) -> None:
    binh = make_user(username="binh")
    today = day_of(now())
    add_team_member(team, binh, leader=True, youth_union=True, at=now(), by=None)
    assert [row.user.username for row in TeamMember.objects.filter(leader=True, valid_to=None)] == ["binh"]
    assert TeamMember.objects.filter(user=hanh, valid_to=None, leader=False).exists()
    assert list(teams_led_by(binh, today)) == [team] and not teams_led_by(hanh, today).exists()
    assert add_team_member(team, binh, leader=True, youth_union=True, at=now(), by=None).user == binh
    assert TeamMember.objects.filter(user=binh).count() == 1
    row = TeamMember.objects.get(user=binh)
    end_team_member(row, at=now(), by=None)
    assert not teams_led_by(binh, today).exists()
    with pytest.raises(ValidationError):
        end_team_member(row, at=now(), by=None)
    change_team(team, name="Tổ Đông mới", valid_to=today - timedelta(days=1), at=now(), by=None)
    with pytest.raises(ValidationError):
        add_team_member(team, binh, at=now(), by=None)


def test_who_may_not_neither_makes_nor_changes_a_team(stage: Stage, hanh: User, team: Team) -> None:
    member = team.members.get()
    for act in (
        lambda: make_team(name="X", area=stage.area, valid_from=T0.date(), at=T0, by=hanh),
        lambda: change_team(team, name="X", at=T0, by=hanh),
        lambda: add_team_member(team, hanh, at=T0, by=hanh),
        lambda: end_team_member(member, at=T0, by=hanh),
    ):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(ValidationError):
        make_team(name="Tổ Đông", area=stage.area, valid_from=T0.date(), at=T0, by=None)


def test_progress_is_counted_by_area_and_organisation(stage: Stage) -> None:
    people = [stage.member(name) for name in ("Lan", "Mai", "Tư")]
    today = day_of(now())
    before = progress_by_area(today)[stage.area.pk]
    assert before.people >= 3 and before.finished == 0
    new = register(full_name="Mới", area=stage.area, at=now())
    assert progress_by_area(today)[stage.area.pk] == Progress(before.people + 1, before.learning, 0)
    record_consent(new.actor, given=True, at=now())
    enrol(new, stage.course_key, at=now())
    assert progress_by_area(today)[stage.area.pk].learning == before.learning + 1
    assert progress_by_area(today, []) == {} and progress_by_organisation(today) == {}
    assert Progress(3, 2, 1).share == 33 and Progress().share is None
    assert people


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "vi"})
    client.force_login(user)
    return client


def test_a_leaders_page_has_sums_and_no_learners_name(stage: Stage, hanh: User, team: Team) -> None:
    learners = [stage.member(f"Học {number}") for number in range(8)]
    held(stage, hanh, 2, *learners[:6])
    page = html_of(client_of(hanh).get(reverse("bdhvs_lms:own-teams")))
    for words in ("Tổ Chuyển đổi số cộng đồng", "Tổ Đông", stage.area.name, "hanh", "tổ trưởng", "<b>6</b>"):
        assert words in page, words
    assert "Học 1" not in page
    with CaptureQueriesContext(connection) as queries:
        client = client_of(hanh)
        queries_before = len(queries)
        client.get(reverse("bdhvs_lms:own-teams"))
        cost = len(queries) - queries_before
    for number in range(4):
        more = make_team(name=f"Tổ {number}", area=stage.area, valid_from=T0.date(), at=T0, by=None)
        add_team_member(more, hanh, leader=True, at=T0, by=None)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("bdhvs_lms:own-teams"))
    assert len(queries) <= cost
    assert client_of(make_user(username="khac")).get(reverse("bdhvs_lms:own-teams")).status_code == 403


def test_few_people_of_a_village_are_not_told_apart(stage: Stage, hanh: User, team: Team) -> None:
    register(full_name="Một người", area=stage.area, at=now())
    page = html_of(client_of(hanh).get(reverse("bdhvs_lms:own-teams")))
    assert "Quá ít người" in page and "Đã ghi vào khóa học" not in page


def test_an_operator_makes_a_team_and_its_members(stage: Stage, hanh: User) -> None:
    user = make_user(username="van-hanh")
    user.groups.add(operators())
    operator = client_of(user)
    typed = {"name": "Tổ Bắc", "area": stage.area.pk, "valid_from": "1/9/2025"}
    assert operator.post(reverse("teams:add"), typed).status_code == 302
    again = operator.post(reverse("teams:add"), typed)
    assert again.context["form"].errors["name"] == ["Địa bàn này đã có tổ khác cùng tên."]
    team = Team.objects.get()
    page = reverse("teams:inspect", args=[team.pk])
    operator.post(page, {"do": "add", "username": "hanh", "leader": "on", "youth_union": "on"})
    member = TeamMember.objects.get()
    assert (member.leader, member.youth_union) == (True, True)
    shown = html_of(operator.get(page))
    assert "hanh" in shown and "đoàn viên thanh niên" in shown
    for sent in ({"do": "add", "username": "nobody"}, {"do": "end", "member": "x"}, {"do": "?"}):
        assert operator.post(page, sent).status_code == 302
    listed = html_of(operator.get(reverse("teams:index")))
    assert "Tổ Bắc" in listed and "Số người được giúp năm nay" in listed and reverse("teams:progress") in listed
    assert stage.area.name in html_of(operator.get(reverse("teams:progress")))
    operator.post(page, {"do": "end", "member": member.pk})
    assert TeamMember.objects.get().valid_to == day_of(now())
    edit = reverse("teams:edit", args=[team.pk])
    assert operator.post(edit, {"name": "Tổ Bắc 1", "valid_to": "1/1/2020"}).context["form"].errors["valid_to"]
    assert operator.post(edit, {"name": "Tổ Bắc 1", "valid_to": ""}).status_code == 302


def test_people_without_an_account_and_neighbours_are_members_too(stage: Stage, hanh: User, team: Team) -> None:
    lan = register(full_name="Lê Thị Lan", birth_year=1961, area=stage.area, at=now())
    user = make_user(username="van-hanh")
    user.groups.add(operators())
    operator, page = client_of(user), reverse("teams:inspect", args=[team.pk])
    assert "Lê Thị Lan" in html_of(operator.get(page, {"q": "thi lan"}))
    for sent in (
        {"learner": lan.pk, "youth_union": "on"},
        {"full_name": " Bác  Ba ", "phone": "0912 345 678", "leader": "on"},
        {"full_name": "bác ba", "leader": "on"},
    ):
        operator.post(page, {"do": "add", **sent})
    shown = html_of(operator.get(page))
    for words in ("Lê Thị Lan", "hồ sơ trên trang", "Bác Ba", "họ tên, 0912 345 678", "tài khoản hanh"):
        assert words in shown, words
    rows = TeamMember.objects.filter(team=team, valid_to=None)
    assert [row.called for row in with_names(rows)] == ["Bác Ba", "Lê Thị Lan", "hanh"], "the neighbour leads, once"
    assert AccessLog.objects.filter(page="team", people__members__actor=lan.actor).exists()
    listed = html_of(operator.get(reverse("teams:index")))
    assert "Bác Ba" in listed and did(team) == TeamWork()
    for sent, said in (
        ({"username": "hanh", "full_name": "Bác Tư"}, "Chỉ chọn một cách"),
        ({}, "Chỉ chọn một cách"),
        ({"learner": "x"}, "Hãy chọn người trong danh sách."),
        ({"full_name": "Bác Tư", "phone": "abc"}, "Số điện thoại"),
        ({"full_name": "Bác Tư 0912"}, "“Bác Tư 0912” không phải họ tên."),
    ):
        assert said in html_of(operator.post(page, {"do": "add", **sent}, follow=True)), sent
    # Of the same name with another number: another neighbour.
    operator.post(page, {"do": "add", "full_name": "Bác Ba", "phone": "0999 999 999"})
    assert rows.exclude(full_name="").count() == 2
    # With an account from now on: the same member, by the account.
    link_user(lan, make_user(username="lan61"))
    add_team_member(team, learner=lan, leader=True, at=now(), by=None)
    assert not rows.filter(learner=lan).exists() and rows.get(user__username="lan61").leader
    assert rows.get(full_name="Bác Ba", phone="0912 345 678").leader is False
    leaders = html_of(client_of(User.objects.get(username="lan61")).get(reverse("bdhvs_lms:own-teams")))
    assert "Bác Ba" in leaders and "0912 345 678" in leaders
    # The name goes for good, and the stay ends.
    gone = rows.get(phone="0999 999 999")
    operator.post(page, {"do": "forget", "member": gone.pk})
    gone.refresh_from_db()
    assert (gone.called, gone.phone, gone.valid_to) == ("", "", day_of(now()))
    assert "(đã xóa)" in html_of(operator.get(page))


def test_a_neighbours_name_is_exported_and_erased_with_the_person_and_goes_with_time(stage: Stage, team: Team) -> None:
    at = now()
    lan = register(full_name="Lê Thị Lan", phone="0912345678", at=at)
    for name, phone in (("Bà Lan", "0912 345 678"), ("Lê Thị Lan", ""), ("Lê Thị Lan", "0900 000 000"), ("Ông Ba", "")):
        TeamMember.objects.create(team=team, full_name=name, phone=phone, valid_from=T0.date())
    add_team_member(team, learner=lan, at=at, by=None)
    assert len(export(lan)["data"]["bdhvs_lms.TeamMember"]) == 3
    before = at + timedelta(days=1)
    assert lan not in people_to_purge(before), "who is in a team is here"
    erase(lan, by=None, at=at)
    left = TeamMember.objects.exclude(full_name="").values_list("full_name", "phone")
    assert sorted(left) == [("Lê Thị Lan", "0900 000 000"), ("Ông Ba", "")]
    end_team_member(TeamMember.objects.get(full_name="Ông Ba"), at=at, by=None)
    assert (count_neighbours(at), count_neighbours(before)) == (0, 1)
    purge(before, at=before)
    assert not TeamMember.objects.filter(full_name="Ông Ba").exists() and TeamMember.objects.count() == 6


def test_what_teams_are_called_is_said_by_the_site(settings: Any) -> None:
    settings.BDHVS_TEAM_NAME_VI = "Tổ công nghệ số cộng đồng"
    with translation.override("vi"):
        assert kind_of_team() == "Tổ công nghệ số cộng đồng"
    with translation.override("en"):
        assert kind_of_team() == "Community digital team"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asked of SQLite's plan")
def test_who_of_an_area_learns_is_found_by_indexes(db: None) -> None:
    """Once all enrolments were read for each person."""
    with CaptureQueriesContext(connection) as queries:
        progress_by_area(T0.date())
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert [line for line in plan if "enrolment" in line], plan
    assert not [line for line in plan if "SCAN U0 USING" in line], plan
