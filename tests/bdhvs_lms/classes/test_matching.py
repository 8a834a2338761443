"""Somebody whom a teacher finds on record: what the class gets of them before they agree, and after."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.actions import add_member, add_teacher, change_class, end_member
from bdhvs_lms.classes.adding import add_person
from bdhvs_lms.classes.api import members
from bdhvs_lms.classes.joining import accept
from bdhvs_lms.classes.models import Match
from bdhvs_lms.classes.sign_in import actions, pins
from bdhvs_lms.learners.accounts import open_account
from bdhvs_lms.learners.api import Learner, LearnerIdentity, Person, placement_of, register
from bdhvs_lms.learners.models import SelfRegistration
from bdhvs_lms.learners.queries import is_unclaimed
from bdhvs_lms.plugins.api import what_waits
from bdhvs_lms.reporting.queries.review import class_review
from bdhvs_lms.tracking.api import merge_records
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.classes import class_of
from tests.support.markup import html_of
from tests.support.soak import rounds
from tests.support.world import T0

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NAME, YEAR, PHONE = "Lò Thị Mai", 1960, "0912 345 678"
PIN = ("sun", "key", "hen")


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return Stage()


@pytest.fixture
def hanh(stage: Stage) -> Client:
    return stage.teacher("hanh")


def at(stage: Stage, path: str) -> str:
    return f"/day/{stage.class_group.uuid}/{path}"


def add(stage: Stage, hanh: Client, same: str = "same") -> str:
    sent = {"full_name": NAME, "birth_year": YEAR, "area": stage.area.pk, "phone": "", "same": same}
    response = hanh.post(at(stage, "them-nguoi/"), sent, follow=True)
    assert response.status_code == 200
    return html_of(response)


def on_record(stage: Stage) -> tuple[Learner, Client]:
    """Somebody with an account, who learns in another class."""
    learner, client = stage.learning_user("mai")
    Person.objects.filter(learner=learner).update(
        full_name=NAME, search_name="lo thi mai", birth_year=YEAR, phone=PHONE
    )
    other = class_of(stage.class_group.course, stage.area, code="lop-b", at=T0)
    add_member(other, learner, at=T0, by=None)
    return learner, client


def inside(stage: Stage) -> list[Learner]:
    return list(members(stage.class_group, day_of(now())))


def test_who_is_on_record_learns_at_once_under_a_record_of_the_class(stage: Stage, hanh: Client) -> None:
    there, _client = on_record(stage)
    assert "đang học được ngay" in add(stage, hanh)
    [record] = inside(stage)
    assert record != there
    assert is_unclaimed(record)
    # Nothing of the other: neither telephone, nor class, nor account.
    assert PHONE not in html_of(hanh.get(at(stage, "")))
    ways = at(stage, f"nguoi/{record.actor}/dang-nhap/")
    assert 'value="password"' not in html_of(hanh.get(ways))
    hanh.post(ways, {"do": "card"})
    assert set(LearnerIdentity.objects.filter(kind=LearnerIdentity.Kind.QR).values_list("learner", flat=True)) == {
        record.pk
    }
    assert hanh.post(at(stage, f"nguoi/{there.actor}/dang-nhap/"), {"do": "card"}).status_code == 404
    assert "chờ gộp" in html_of(hanh.get(at(stage, "nguoi-moi/"))).lower()
    # Once more is the same person.
    add(stage, hanh)
    assert inside(stage) == [record]


def test_the_person_says_that_it_is_them(stage: Stage, hanh: Client) -> None:
    there, client = on_record(stage)
    add(stage, hanh)
    [record] = inside(stage)
    assert client.get("/hoc-tiep/").headers["Location"] == "/viec-hoc/co-phai-toi/"
    assert "/viec-hoc/co-phai-toi/" in html_of(client.get("/viec-hoc/"))
    page = html_of(client.get("/viec-hoc/co-phai-toi/"))
    assert stage.class_group.name in page
    match = Match.objects.get()
    _stranger, other = stage.learning_user("binh")
    assert "Không có ai hỏi bạn" in html_of(other.get("/viec-hoc/co-phai-toi/"))
    for wrong in ({"match": match.pk}, {"match": "x", "do": "yes"}, {"match": 2**70, "do": "yes"}):
        assert client.post("/viec-hoc/co-phai-toi/", wrong).status_code == 422
    assert other.post("/viec-hoc/co-phai-toi/", {"match": match.pk, "do": "yes"}).status_code == 422
    assert client.post("/viec-hoc/co-phai-toi/", {"match": match.pk, "do": "yes"}).status_code == 303
    record.refresh_from_db()
    assert record.whole == there
    assert inside(stage) == [there]
    # Again, in another tab.
    assert client.post("/viec-hoc/co-phai-toi/", {"match": match.pk, "do": "yes"}).status_code == 422
    assert client.get("/hoc-tiep/").headers["Location"] != "/viec-hoc/co-phai-toi/"


def test_who_is_somebody_else_stays_a_newcomer(stage: Stage, hanh: Client) -> None:
    there, client = on_record(stage)
    add(stage, hanh)
    [record] = inside(stage)
    assert client.post("/viec-hoc/co-phai-toi/", {"match": Match.objects.get().pk, "do": "no"}).status_code == 303
    assert "chờ gộp" not in html_of(hanh.get(at(stage, "nguoi-moi/"))).lower()
    assert (inside(stage), placement_of(record, day_of(now()))) == ([record], None)
    hanh.post(at(stage, "nguoi-moi/"), {"learner": record.pk, "do": "accept"})
    assert placement_of(record, day_of(now())) is not None
    assert record.whole != there


@pytest.mark.parametrize("kept", [True, False])
def test_an_operator_who_merges_or_the_teacher_who_says_somebody_else_ends_the_question(
    stage: Stage, hanh: Client, kept: bool
) -> None:
    there, client = on_record(stage)
    add(stage, hanh)
    [record] = inside(stage)
    if kept:
        merge_records(record, there, by=None, reason="Một người.", at=now())
    else:
        accept(stage.class_group, record, at=now(), by=User.objects.get(username="hanh"))
    assert "Không có ai hỏi bạn" in html_of(client.get("/viec-hoc/co-phai-toi/"))


def test_who_has_nothing_but_a_name_is_in_at_once_and_is_called_when_they_have_come(stage: Stage, hanh: Client) -> None:
    there = register(full_name=NAME, birth_year=YEAR, at=T0, area=stage.area, phone=PHONE)
    add(stage, hanh)
    assert inside(stage) == [there]
    assert AccessLog.objects.filter(page="class-found").get().actors == {there.actor}
    operator = User.objects.create_superuser("operator")
    assert any("page=class-found" in one.url for one in what_waits(operator))
    assert [row.phone for row in class_review(stage.class_group, day_of(now())).rows] == [""]
    pins.choose_pin(there, stage.class_group.uuid, PIN, at=now())
    assert [row.phone for row in class_review(stage.class_group, day_of(now())).rows] == [PHONE]
    assert not any("page=class-found" in one.url for one in what_waits(operator))
    # Of a second class they are somebody who has a way in.
    other = class_of(stage.class_group.course, stage.area, code="lop-c", at=T0, teacher="thu")
    added = add_person(
        other, full_name=NAME, birth_year=YEAR, area=stage.area, same="same",
        at=now(), by=User.objects.get(username="thu"),
    )  # fmt: skip
    assert added.waits


def test_a_password_of_ones_own_making_is_an_operators_to_reset(stage: Stage, hanh: Client) -> None:
    opened, made = stage.member("Mở Hộ"), stage.member("Tự Mở")
    for one, name in ((opened, "moho"), (made, "tumo")):
        open_account(one, username=name, password="mat-khau-cu-2", by=None)
    SelfRegistration.objects.create(learner=made, registered_at=T0)
    kept = User.objects.get(username="tumo").password
    page = html_of(hanh.post(at(stage, f"nguoi/{made.actor}/dang-nhap/"), {"do": "password"}, follow=True))
    assert "Người vận hành cấp mật khẩu mới" in page
    assert User.objects.get(username="tumo").password == kept
    page = html_of(hanh.post(at(stage, f"nguoi/{opened.actor}/dang-nhap/"), {"do": "password"}))
    assert "moho" in page
    # Told to the person, who did what.
    client = stage.signed_in(User.objects.get(username="moho"))
    page = html_of(client.get("/viec-hoc/"))
    assert "Cách đăng nhập của bạn đã được thay đổi" in page
    assert "người hướng dẫn, đặt lại mật khẩu" in " ".join(page.split())


class Story:
    """What a volunteer and others do to one person's record, step by step; after each step the volunteer tries every
    way in that a teacher gives, for everybody in the class."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.group, self.day = stage, stage.class_group, now()
        self.teacher, _made = User.objects.get_or_create(username="hanh")
        add_teacher(self.group, self.teacher, at=self.day, by=None, owner=True)
        self.victim, _client = on_record(stage)
        self.old = register(full_name=NAME, birth_year=YEAR, at=T0)
        add_member(class_of(self.group.course, stage.area, code="lop-d", at=T0), self.old, at=T0, by=None)
        self.owned = {self.victim.pk, self.old.pk}
        self.secret = self._secrets()

    def _secrets(self) -> list[Any]:
        rows = LearnerIdentity.objects.filter(learner__in=self.owned).order_by("pk")
        return [
            *rows.values_list("pk", "subject", "secret"),
            *User.objects.filter(username="mai").values_list("password"),
        ]

    def _add(self, same: str) -> None:
        values = {"full_name": NAME, "birth_year": YEAR, "area": self.stage.area, "at": self.day, "by": self.teacher}
        add_person(self.group, **values, same=same)

    def _leave(self) -> None:
        for one in members(self.group, day_of(self.day)):
            end_member(self.group, one, last_day=day_of(self.day), at=self.day, by=self.teacher)
        self.day += timedelta(days=1)

    def _end(self) -> None:
        group = self.group
        ends = None if group.ends else day_of(self.day)
        change_class(
            group, name=group.name, area=group.area, starts=group.starts, ends=ends, at=self.day, by=self.teacher
        )

    def _merge(self) -> None:
        merge_records(self.old, self.victim, by=None, reason="Một người.", at=self.day)

    STEPS: tuple[tuple[str, Callable[[Story], None]], ...] = (
        ("add", lambda self: self._add("nobody")),
        ("find", lambda self: self._add("same")),
        ("leave", _leave),
        ("merge", _merge),
        ("accept", lambda self: [accept(self.group, one, at=self.day, by=self.teacher) for one in self.inside()]),
        ("reset", lambda self: actions.missing_cards(self.group, by=self.teacher, at=self.day)),
        ("end", _end),
    )

    def inside(self) -> list[Learner]:
        return list(members(self.group, day_of(self.day)))

    def step(self, do: Callable[[Story], Any]) -> None:
        try:
            with transaction.atomic():
                do(self)
        except (ValidationError, PermissionDenied):
            pass  # an answer
        for one in [*self.inside(), self.victim, self.old]:
            for give in (actions.reset_pin, actions.new_card, actions.reset_password):
                try:
                    with transaction.atomic():
                        give(self.group, one, by=self.teacher, at=self.day)
                except (ValidationError, PermissionDenied):
                    continue

    def require_safe(self) -> None:
        assert self._secrets() == self.secret
        assert not {one.whole.pk for one in self.inside()} & {self.victim.whole.pk, self.old.pk}
        assert PHONE not in [row.phone for row in class_review(self.group, day_of(self.day)).rows]


class Undo(Exception):
    """Ends a transaction that is to leave nothing."""


def tell(
    story: Story, told: list[tuple[str, Callable[[Story], Any]]], further: Callable[[], None] = lambda: None
) -> None:
    """Tell the steps, look, go on, and take all of it back."""
    day, learners = story.day, (story.victim.pk, story.old.pk)
    with suppress(Undo), transaction.atomic():
        for _name, do in told:
            story.step(do)
        story.require_safe()
        further()
        raise Undo
    story.day = day
    story.group.refresh_from_db()
    story.victim, story.old = (Learner.objects.get(pk=pk) for pk in learners)


def test_no_order_of_steps_gives_a_volunteer_a_way_into_the_record_of_who_did_not_agree(stage: Stage) -> None:
    story, depth, tried = Story(stage), rounds(2, 5), []

    def walk(done: tuple[str, ...]) -> None:
        for step in Story.STEPS:
            tried.append((*done, step[0]))
            tell(story, [step], partial(walk, tried[-1]) if len(tried[-1]) < depth else lambda: None)

    try:
        walk(())
    except AssertionError as broken:
        raise AssertionError(" · ".join(tried[-1])) from broken
    assert len(tried) == sum(len(Story.STEPS) ** length for length in range(1, depth + 1))


def test_long_stories_do_not_either(stage: Stage) -> None:
    story, chance = Story(stage), random.Random(29)
    for _round in range(rounds(5, 2000)):
        told = chance.choices(Story.STEPS, k=8)
        try:
            tell(story, told)
        except AssertionError as broken:
            raise AssertionError(" · ".join(name for name, _do in told)) from broken
