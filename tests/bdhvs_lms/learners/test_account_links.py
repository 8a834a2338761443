"""Accounts that were there before, linked to people on record by staff and by the command; whose they stay."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import now
from bdhvs_lms.learners.account_links import link_account, register_person_of
from bdhvs_lms.learners.api import Person, account_of, learner_for_user, open_account, register, set_password
from bdhvs_lms.learners.queries import is_unclaimed
from bdhvs_lms.privacy.api import erase
from bdhvs_lms.roles import operators
from tests.support.markup import html_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PASSWORD = "sen-hồng-nở"  # noqa: S105


@pytest.fixture
def member() -> User:
    return User.objects.create_user("mo", password=PASSWORD, first_name="Mơ")


def operator() -> User:
    user = User.objects.create_user("vanhanh")
    user.groups.add(operators())
    return user


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("link_accounts", *arguments, stdout=out, stderr=out)
    return out.getvalue()


class TestLinking:
    def test_the_account_is_the_persons_and_the_log_has_it(self, member: User) -> None:
        learner, by = register(full_name="Đỗ Thị Mơ", at=now()), operator()
        link_account(learner, "mo", at=now(), by=by)
        assert learner_for_user(member) == learner
        row = AccessLog.objects.get()
        assert (row.user, row.page, row.detail) == (by, "link-account", f"account {member.pk}")

    def test_it_is_refused_with_words_where_either_side_is_linked(self, member: User) -> None:
        one, two = (register(full_name=name, at=now()) for name in ("Đỗ Thị Mơ", "Vũ Văn Ba"))
        link_account(one, "mo", at=now(), by=None)
        User.objects.create_user("ba")
        for learner, username, text in (
            (two, "mo", "Tài khoản này đã dùng để học, của một người khác trong hồ sơ."),
            (one, "ba", "Người này đã có tên đăng nhập."),
            (one, "mo", "Đã được gắn rồi."),
            (two, "khong-co", "Không có tài khoản nào mang tên đăng nhập này."),
        ):
            with pytest.raises(ValidationError, match=text):
                link_account(learner, username, at=now(), by=None)
        with pytest.raises(PermissionDenied):
            link_account(two, "ba", at=now(), by=member)
        assert account_of(two) is None

    def test_operators_do_it_on_the_persons_page(self, member: User) -> None:
        learner = register(full_name="Đỗ Thị Mơ", at=now())
        client = Client()
        client.force_login(operator())
        url = reverse("people:edit", args=[learner.person.pk])
        wrong = client.post(url, {"full_name": "Đỗ Thị Mơ", "username": "khong-co", "password": ""})
        assert "Không có tài khoản nào mang tên đăng nhập này." in html_of(wrong)
        assert client.post(url, {"full_name": "Đỗ Thị Mơ", "username": "mo", "password": ""}).status_code == 302
        assert learner_for_user(member) == learner

    def test_nobody_of_ours_sets_its_password_and_erasing_leaves_it(self, member: User) -> None:
        learner = register(full_name="Đỗ Thị Mơ", at=now())
        link_account(learner, "mo", at=now(), by=None)
        with pytest.raises(PermissionDenied):
            set_password(learner, password="lúa-chín-vàng", by=operator())  # noqa: S106
        erase(learner, by=None, at=now())
        member.refresh_from_db()
        assert (member.username, member.is_active, member.check_password(PASSWORD)) == ("mo", True, True)
        assert learner_for_user(member) is None
        other = register(full_name="Vũ Văn Ba", at=now())
        own = open_account(other, username="ba", password=PASSWORD, by=None)
        erase(other, by=None, at=now())
        own.refresh_from_db()
        assert not own.is_active, "an account that we made goes with the person"

    def test_whoever_erases_themselves_reads_that_the_account_stays(self, member: User) -> None:
        learner = register(full_name="Đỗ Thị Mơ", at=now())
        link_account(learner, "mo", at=now(), by=None)
        client = Client()
        client.force_login(member)
        address = reverse("bdhvs_lms:my-data-erase")
        assert "Tài khoản của bạn trên trang vẫn còn" in html_of(client.get(address))
        done = client.post(address, {"confirmed": "on", "password": PASSWORD})
        assert "tài khoản của bạn trên trang vẫn còn" in html_of(done)
        assert not Person.objects.exists()
        assert client.login(username="mo", password=PASSWORD)


class TestMany:
    def test_people_are_made_of_accounts_in_the_list_of_users(self, member: User) -> None:
        boss = User.objects.create_superuser("boss")
        register_person_of(boss, at=now(), by=None)
        client = Client()
        client.force_login(boss)
        url = reverse("wagtail_bulk_action", args=["auth", "user", "add-as-learners"])
        url += f"?id={member.pk}&id={boss.pk}"
        html = html_of(client.get(url))
        assert "<li>Mơ</li>" in html
        assert "Không thêm: tài khoản đã đóng, hoặc đã là người học" in html
        assert client.post(url, {"area": ""}).status_code == 302
        learner = learner_for_user(member)
        assert learner is not None
        assert learner.person.full_name == "Mơ"
        assert not is_unclaimed(learner)
        assert Person.objects.count() == 2

    def test_operators_without_the_list_of_users_do_not(self, member: User) -> None:
        client = Client()
        client.force_login(operator())
        url = reverse("wagtail_bulk_action", args=["auth", "user", "add-as-learners"]) + f"?id={member.pk}"
        assert client.post(url, {"area": ""}).status_code == 302
        assert not Person.objects.exists()


class TestCommand:
    def test_all_of_a_group_or_of_the_site_and_again_nobody(self, member: User) -> None:
        readers = Group.objects.create(name="Bạn đọc")
        member.groups.add(readers)
        others = [User.objects.create_user(name) for name in ("ba", "tu")]
        User.objects.create_user("nghi", is_active=False)
        assert "3 accounts would be linked" in run("--all", "--dry-run")
        assert not Person.objects.exists()
        assert "1 accounts linked" in run("--group", "Bạn đọc")
        assert [person.full_name for person in Person.objects.all()] == ["Mơ"]
        assert "2 accounts linked" in run("--all")
        assert {learner_for_user(user) is None for user in others} == {False}
        assert run("--all") == "0 accounts linked, 0 not.\n"
        assert AccessLog.objects.filter(page="link-account", user=None).count() == 3
        with pytest.raises(CommandError, match="no group called Không có"):
            run("--group", "Không có")

    def test_by_a_file_to_people_on_record_and_what_cannot_be_is_told(self, member: User, tmp_path: Path) -> None:
        learner = register(full_name="Đỗ Thị Mơ", at=now())
        User.objects.create_user("ba")
        User.objects.create_user("tu")
        lines = [f"mo;{learner.actor}", "ba;", f"tu;{learner.actor}", "khong-co;", f"tu;{uuid4()}", "tu;chín"]
        file = tmp_path / "accounts.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        out = StringIO()
        with pytest.raises(CommandError, match="4 lines could not be carried out"):
            call_command("link_accounts", "--file", str(file), stdout=out, stderr=out)
        text = out.getvalue()
        assert f"mo: person {learner.actor}" in text
        assert "ba: a new person, " in text
        assert "tu: Người này đã có tên đăng nhập." in text
        assert "khong-co: there is no active account of this username." in text
        assert "tu: 'chín' is no actor UUID." in text
        assert learner_for_user(member) == learner
        assert Person.objects.count() == 2
