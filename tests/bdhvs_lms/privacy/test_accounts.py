"""Accounts of staff that stand for no learner: their data is erased as well."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import log as log_action

from bdhvs_lms.audit.api import AccessLog, log_access
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.api import ClassTeacher, add_teacher, add_team_member, create_class, make_team, members_on
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import link_user
from bdhvs_lms.learners.models import SignInAccount
from bdhvs_lms.privacy import actions
from bdhvs_lms.privacy.api import LastOperator, erase_account
from bdhvs_lms.roles import data_officers, teachers
from tests.bdhvs_lms.learners.making import make_user
from tests.bdhvs_lms.privacy.living import LATER, left
from tests.support.markup import html_of
from tests.support.world import T0, World

pytestmark = pytest.mark.django_db


def test_staff_who_do_not_learn_are_erased_too(django_user_model: Any) -> None:
    root = django_user_model.objects.create_superuser("root")
    world = World()
    course = Course.objects.get(key=world.course_key)
    group = create_class(name="Lớp", code="lop", course=course, area=world.area, starts=T0.date(), at=T0, by=None)
    words = ("Hoàng Thị Zucchini", "zucchini.hoang", "zucchini@example.org")
    hoang = make_user(username=words[1], last_name=words[0], email=words[2])
    hoang.groups.add(teachers())
    add_teacher(group, hoang, at=T0, by=None)
    # From a day to come, and from today: both are over with the account.
    later = create_class(name="Sau", code="sau", course=course, area=world.area, starts=T0.date(), at=T0, by=None)
    add_teacher(later, hoang, valid_from=day_of(now()) + timedelta(days=7), at=now(), by=None)
    team = make_team(name="Tổ", area=group.area, valid_from=T0.date(), at=T0, by=None)
    add_team_member(team, hoang, leader=True, at=now(), by=None)
    learner = world.learner("Người học")
    log_access(user=hoang, actors=[learner.actor], page="class-review", at=T0)
    log_action(instance=hoang, action="wagtail.create", title=words[1], user=root)
    assert set(left(words)) == set(words)
    client = Client()
    client.force_login(root)
    row = SignInAccount.objects.get_or_create(user=hoang)[0]
    address = reverse("data-requests:erase-account", args=[hoang.pk])
    assert address in html_of(client.get(reverse("staff:inspect", args=[row.pk])))
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"sure": "on"}).status_code == 302
    assert left(words) == {}
    hoang.refresh_from_db()
    assert not hoang.is_active and not hoang.groups.exists()
    assert not members_on(day_of(now())).filter(user=hoang).exists()
    assert not ClassTeacher.objects.filter(user=hoang, ended_at=None).exists()
    assert AccessLog.objects.get(page="class-review").user_label == hoang.get_username()
    assert "Không còn gì để xóa" in html_of(client.post(address, {"sure": "on"}, follow=True))


def test_nobody_erases_their_own_account_nor_one_above_theirs_nor_the_last(
    django_user_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = django_user_model.objects.create_superuser("root")
    officer = make_user(username="phu-trach")
    officer.groups.add(data_officers())
    client = Client()
    client.force_login(officer)
    for account in (officer, root):
        address = reverse("data-requests:erase-account", args=[account.pk])
        assert 'name="sure"' not in html_of(client.get(address))
        # Wagtail sends home who may not.
        assert client.post(address, {"sure": "on"})["Location"] == "/quan-tri/"
        with pytest.raises(PermissionDenied):
            erase_account(account, by=officer, at=LATER)
    with pytest.raises(LastOperator):
        erase_account(root, by=None, at=LATER)
    assert django_user_model.objects.filter(username="root", is_active=True).exists()
    # A learner's account leads to the person, by the command too.
    lan = World().learner("Lan")
    link_user(lan, make_user(username="lan"))
    client.force_login(root)
    address = reverse("data-requests:erase-account", args=[django_user_model.objects.get(username="lan").pk])
    assert client.get(address)["Location"] == reverse("data-requests:erase", args=[lan.pk])
    with monkeypatch.context() as patched:
        patched.setattr(actions, "settle", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            call_command("erase_person", "phu-trach", yes=True, stdout=io.StringIO())
    assert not django_user_model.objects.filter(username="phu-trach").exists()
    # Killed before the files were settled, it settles when it is asked again.
    settled: list[bool] = []
    monkeypatch.setattr(actions, "settle", lambda: settled.append(True))
    officer.refresh_from_db()
    assert erase_account(officer, by=None, at=LATER) == 0 and settled == [True]
