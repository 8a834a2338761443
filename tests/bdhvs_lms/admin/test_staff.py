"""Accounts of staff: nobody gives more than they may, a password is told once, an end is an end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from wagtail.models import ModelLogEntry

from bdhvs_lms.campaign.api import Area, SteeringAssignment, load_campaign
from bdhvs_lms.learners.api import link_user, register
from bdhvs_lms.learners.models import SignInAccount
from bdhvs_lms.learners.staff import may_look_after
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.learners.making import AT
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = [pytest.mark.versions, pytest.mark.django_db]
User = get_user_model()
OWN = reverse_lazy("bdhvs_lms:places")


@pytest.fixture
def ward() -> Area:
    load_campaign()
    return Area.objects.get(code="10015", valid_to=None)


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "vi"})
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def operator(ward: Area) -> Client:
    user = User.objects.create_user("van-hanh")
    user.groups.add(operators())
    return signed_in(user)


def page(user: Any) -> str:
    return reverse("staff:inspect", args=[SignInAccount.objects.get(user=user).pk])


def make(client: Client, username: str = "co-hoa", **more: Any) -> Any:
    typed = {"full_name": "Trần Thị Hoa", "username": username, "roles": ["teacher"], **more}
    return client.post(reverse("staff:add"), typed)


def password_in(answer: Any) -> str:
    found = re.search(r"<strong>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</strong>", html_of(answer))
    assert found is not None
    return found[1]


def test_a_teacher_gets_an_account_with_a_password_that_is_told_once(operator):
    answer = make(operator)
    password = password_in(answer)
    assert "no-store" in answer["Cache-Control"] and "Mật khẩu chỉ hiện một lần." in html_of(answer)
    user = User.objects.get(username="co-hoa")
    assert user.has_perm("bdhvs_lms.make_own_class") and user.get_full_name() == "Trần Thị Hoa"
    assert not user.is_staff and not user.has_perm("wagtailadmin.access_admin")
    assert Client().login(username="co-hoa", password=password)
    shown = html_of(operator.get(page(user)))
    assert password not in shown
    assert "Người hướng dẫn" in shown
    assert "Trần Thị Hoa" in shown
    assert not ModelLogEntry.objects.filter(label__icontains="hoa").exists()
    assert "Trần Thị Hoa" in html_of(operator.get(reverse("staff:index"), {"q": "hoa", "role": "teacher"}))
    assert "co-hoa" not in html_of(operator.get(reverse("staff:index"), {"role": "steering"}))


@for_each(
    ("more", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["operator"]}, "roles"),
        ({"roles": ["editor"]}, "roles"),
        ({"roles": ["superuser"]}, "roles"),
        ({"roles": ["steering"]}, "areas"),
        ({"username": "Van-Hánh"}, "username"),
        ({"username": "co hoa"}, "username"),
        ({"full_name": " "}, "full_name"),
    ],
)
def test_what_an_operator_may_not_give_or_cannot_be_makes_no_account(operator, more, field):
    before = User.objects.count()
    answer = make(operator, **more)
    assert list(answer.context["form"].errors) == [field]
    assert User.objects.count() == before


def test_a_superuser_makes_operators_and_editors_and_an_operator_leaves_them_alone(operator):
    root = signed_in(User.objects.create_superuser("goc"))
    password_in(make(root, "van-hanh-2", roles=["operator"]))
    password_in(make(root, "bien-soan-2", roles=["editor", "teacher"]))
    for name in ("van-hanh-2", "bien-soan-2", "goc", "van-hanh"):
        user = User.objects.get(username=name)
        assert operator.get(page(user)).status_code == 200
        before = User.objects.values_list("password", "is_active").get(pk=user.pk)
        for do in ("reset", "close", "roles"):
            answer = operator.post(page(user), {"do": do, "roles": ["teacher"]})
            # Wagtail sends home who may not.
            assert (answer.status_code, answer["Location"]) == (302, "/quan-tri/")
        assert User.objects.values_list("password", "is_active").get(pk=user.pk) == before
    extra = User.objects.create_user("la", is_staff=True)
    assert not may_look_after(extra, operator.user)


def test_areas_of_a_committee_are_chosen_changed_and_gone_at_once(operator, ward):
    other = Area.objects.filter(valid_to=None, kind="commune").exclude(pk=ward.pk).first()
    password_in(make(operator, "uy-vien", roles=["steering"], areas=[ward.pk]))
    user = User.objects.get(username="uy-vien")
    member = signed_in(user)
    board = reverse("bdhvs_lms:board")
    assert member.get(board).status_code == 200
    assert operator.post(page(user), {"do": "roles", "roles": ["steering"], "areas": [other.pk]}).status_code == 302
    assert [row.area for row in SteeringAssignment.objects.filter(user=user)] == [other]
    assert operator.post(page(user), {"do": "roles", "roles": ["steering"]}).context["form"].errors["areas"]
    assert operator.post(page(user), {"do": "roles", "roles": ["teacher"]}).status_code == 302
    assert not SteeringAssignment.objects.filter(user=user).exists()
    assert member.get(board).status_code in (302, 403)


def test_a_reset_and_an_end_hold_from_the_next_request(operator):
    old = password_in(make(operator))
    user = User.objects.get(username="co-hoa")
    teacher = signed_in(user)
    assert teacher.get(OWN).status_code == 200
    new = password_in(operator.post(page(user), {"do": "reset"}))
    assert new != old and teacher.get(OWN).status_code == 302, "whoever was signed in is out"
    assert not Client().login(username="co-hoa", password=old)
    assert Client().login(username="co-hoa", password=new)
    teacher.force_login(User.objects.get(pk=user.pk))
    address = page(user)
    assert operator.post(address, {"do": "close"}).status_code == 302
    assert teacher.get(OWN).status_code == 302 and not Client().login(username="co-hoa", password=new)
    assert operator.get(address).status_code == 404, "it is no account of staff any more"


def test_whoever_learns_with_the_account_goes_on_learning(operator):
    make(operator)
    user = User.objects.get(username="co-hoa")
    link_user(register(full_name="Trần Thị Hoa", at=AT), user)
    operator.post(page(user), {"do": "close"})
    user.refresh_from_db()
    assert user.is_active and not user.get_all_permissions()


def test_the_list_costs_the_same_for_more_accounts(operator):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            operator.get(reverse("staff:index"))
        return len(queries)

    make(operator)
    cost()
    before = cost()
    for number in range(5):
        make(operator, f"co-{number}")
    assert cost() == before
