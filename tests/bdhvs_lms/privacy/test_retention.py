"""Whoever has been away for longer than the retention period is erased, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.classes.api import add_member, create_class
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, Person, link_user
from bdhvs_lms.privacy import retention
from bdhvs_lms.privacy.api import people_to_purge
from bdhvs_lms.privacy.requests import ask
from bdhvs_lms.tracking import api as tracking
from tests.support.world import T0, World

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DAYS = timedelta(days=1)
BEFORE = T0 + 100 * DAYS
LATELY = BEFORE + DAYS


@pytest.fixture
def world(settings: Any) -> World:
    settings.BDHVS_TEST_CLOCK = (BEFORE + 700 * DAYS).isoformat()
    return World()


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command("purge_people", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_only_who_has_done_nothing_and_is_in_no_class_is_found(world: World) -> None:
    away, done = world.learner("xa"), world.learner("xong")
    world.record(world.act(done, tracking.VERB_PASSED, world.task, minutes=5, score=9))
    course = Course.objects.get()

    def lively(name: str) -> Learner:
        return world.learner(name)

    group = create_class(name="Lớp", code="a", course=course, area=world.area, starts=T0.date(), at=T0, by=None)
    add_member(group, lively("in-class"), at=T0, by=None)
    over = create_class(name="Cũ", code="b", course=course, area=world.area, starts=T0.date(), at=T0, by=None)
    type(over).objects.filter(pk=over.pk).update(ends=T0.date() + 30 * DAYS)
    add_member(over, away, at=T0, by=None)
    learns = lively("learns")
    world.record(world.act(learns, tracking.VERB_PASSED, world.task, minutes=60 * 24 * 101, score=9))
    record_consent(lively("agrees").actor, given=True, at=LATELY)
    ask(lively("asks"), "copy", words="", at=T0)
    for name, more in (("staff", {"is_staff": True}), ("signs-in", {"last_login": LATELY})):
        user = get_user_model().objects.create_user(name, date_joined=T0, **more)
        link_user(lively(name), user)
    link_user(away, get_user_model().objects.create_user("xa", date_joined=T0, last_login=T0))
    assert list(people_to_purge(BEFORE)) == [away, done]


def test_a_dry_run_changes_nothing_and_names_nobody(world: World) -> None:
    away = world.learner("Bà Vắng")
    told = run("--days", "700", "--dry-run")
    assert str(away.actor) in told and "Bà Vắng" not in told
    assert "Would be erased: 1 people" in told
    assert Person.objects.filter(learner=away).exists()


def test_without_a_period_or_a_yes_nobody_is_erased(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.learner("Bà Vắng")
    assert "BDHVS_KEEP_DAYS is 0" in run("--yes")
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    with pytest.raises(CommandError, match="Nobody was erased"):
        run("--days", "700")
    with pytest.raises(CommandError, match="0 or more"):
        run("--days", "-1")
    assert Person.objects.count() == 1


def test_it_is_stopped_and_goes_on(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BDHVS_KEEP_DAYS = 700
    for number in range(4):
        world.learner(f"Người {number}")
    real = retention.erase
    calls: list[Learner] = []

    def stopping(learner: Learner, **how: Any) -> int:
        calls.append(learner)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(learner, **how)

    with monkeypatch.context() as patched:
        patched.setattr(retention, "erase", stopping)
        with pytest.raises(SystemExit) as stopped:
            run("--yes")
    assert stopped.value.code == 130 and Person.objects.count() == 2
    assert "Erased: 2 people" in run("--yes")
    assert not Person.objects.exists()
    assert "Erased: 0 people" in run("--yes")
