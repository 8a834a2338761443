"""“My data”: a person's own page, its copy, the consent taken back, the end of it. As a browser without a script."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.audit.api import Consent, record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner, Person, link_user
from bdhvs_lms.privacy.api import export
from tests.support.addresses import below
from tests.support.world import T0, World

pytestmark = pytest.mark.django_db

DAYS = timedelta(days=1)
PAGE, DOWNLOAD, WITHDRAW, ERASE, ASK = (
    f"/viec-hoc/du-lieu/{end}" for end in ("", "tai-ve/", "rut-dong-y/", "xoa/", "yeu-cau/")
)
TICK = {"confirmed": "on"}
ASSENT = {**TICK, "password": "x"}


@dataclass(frozen=True)
class Two:
    """A learner with an account, and a neighbour with one."""

    learner: Learner
    user: User
    client: Client
    neighbour: Learner


@pytest.fixture
def two(settings: Any) -> Two:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    world = World()
    made = []
    for name in ("Nguyễn Thị Lan", "Trần Văn Bình"):
        learner = world.learner(name)
        user = get_user_model().objects.create_user(f"u{len(made)}", password="x")
        link_user(learner, user)
        made.append((learner, user))
    client = Client()
    client.force_login(made[0][1])
    return Two(*made[0], client, made[1][0])


def html_of(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def forms(html: str) -> dict[str, str]:
    """Method by address of the forms in the page's main part."""
    main = html[html.index("<main") : html.index("</main>")]
    return {action: method for method, action in re.findall(r'<form method="(\w+)" action="([^"]+)"', main)}


def test_the_page_says_what_was_agreed_and_each_button_has_an_address_of_its_own(two: Two) -> None:
    html = html_of(two.client)
    assert (
        f"Đã đồng ý ngày 01/09/2025 để trang lưu dữ liệu học tập (phiên bản nội dung: {app_settings.CONSENT_VERSION})."
        in html
    )
    assert forms(html) == {WITHDRAW: "post", ASK: "post"}
    assert html.count('name="csrfmiddlewaretoken"') == 4  # with the two that sign out
    assert f'href="{ERASE}"' in html
    assert '<a href="/mat-khau/">Đổi mật khẩu</a>' in html
    assert "<script" not in html
    assert forms(html_of(two.client, ERASE)) == {ERASE: "post"}


def test_the_page_is_in_english_too(two: Two) -> None:
    html = html_of(two.client, below("/en", PAGE))
    assert "You consented on 1 September 2025" in html
    assert forms(html) == {below("/en", WITHDRAW): "post", below("/en", ASK): "post"}


def test_it_is_found_from_my_learning_and_from_the_help_page(two: Two) -> None:
    for address in ("/viec-hoc/", "/tro-giup/"):
        assert f'href="{PAGE}"' in html_of(two.client, address)


def test_a_visitor_signs_in_first_and_no_form_is_sent_again() -> None:
    assert Client().get(PAGE)["Location"] == f"{reverse('bdhvs_lms:sign-in')}?next={PAGE}"
    for address in (DOWNLOAD, WITHDRAW, ERASE):
        assert Client().post(address)["Location"] == f"{reverse('bdhvs_lms:sign-in')}?next=/bat-dau/"


@pytest.mark.parametrize("address", [DOWNLOAD, WITHDRAW, ERASE])
def test_a_post_without_its_token_changes_nothing(two: Two, address: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(two.user)
    assert strict.post(address).status_code == 403
    assert Person.objects.filter(learner=two.learner).exists()
    assert not Consent.objects.filter(given=False).exists()
    assert not AccessLog.objects.exists()


# --- A copy -----------------------------------------------------------------------------------------------------------


def test_the_copy_is_everything_of_ones_own_and_nothing_of_others(two: Two) -> None:
    with translation.override("vi"):  # another test's request may have left English
        expected = export(two.learner)
    response = two.client.post(DOWNLOAD)
    assert json.loads(response.content) == expected
    text = response.content.decode()
    assert "Nguyễn Thị Lan" in text
    assert str(two.neighbour.actor) not in text and "Trần Văn Bình" not in text


def test_the_copy_is_a_file_with_an_ascii_name_that_nothing_keeps(two: Two) -> None:
    headers = two.client.post(DOWNLOAD).headers
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Content-Disposition"] == 'attachment; filename="du-lieu-cua-toi-2025-11-15.json"'
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_copy_is_written_down(two: Two) -> None:
    two.client.post(DOWNLOAD)
    row = AccessLog.objects.get()
    assert (row.user, row.actors, row.page) == (two.user, {two.learner.actor}, "my-data-download")


# --- Consent ----------------------------------------------------------------------------------------------------------


def test_withdrawing_is_a_further_row_once_and_the_page_says_so(two: Two) -> None:
    for _ in range(2):
        response = two.client.post(WITHDRAW, TICK)
        assert (response.status_code, response["Location"]) == (303, f"{PAGE}#consent")
    rows = list(Consent.objects.filter(actor=two.learner.actor).order_by("id").values_list("given", "text_version"))
    assert rows == [(True, app_settings.CONSENT_VERSION), (False, app_settings.CONSENT_VERSION)]
    assert Consent.objects.filter(actor=two.neighbour.actor).count() == 1
    html = html_of(two.client)
    assert "Đã rút lại sự đồng ý ngày 15/11/2025" in html
    assert forms(html) == {ASK: "post"}


def test_a_yes_to_an_older_text_is_shown_as_such_and_can_be_withdrawn(two: Two) -> None:
    record_consent(two.learner.actor, given=True, at=T0 + DAYS, text_version="1999")
    html = html_of(two.client)
    assert "(phiên bản nội dung: 1999)" in html
    assert "Nội dung đã thay đổi từ ngày ấy." in html
    two.client.post(WITHDRAW, TICK)
    assert Consent.objects.order_by("id").last().given is False  # type: ignore[union-attr]


def test_without_any_consent_there_is_nothing_to_withdraw(two: Two) -> None:
    Consent.objects.model._base_manager.all().delete()
    assert "Chưa có sự đồng ý nào được ghi." in html_of(two.client)
    two.client.post(WITHDRAW, TICK)
    assert not Consent.objects.exists()


def test_withdrawing_needs_its_tick(two: Two) -> None:
    response = two.client.post(WITHDRAW)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Chưa rút lại sự đồng ý" in html and 'href="#id_confirmed"' in html and 'id="id_confirmed"' in html
    assert forms(html) == {WITHDRAW: "post", ASK: "post"}
    assert not Consent.objects.filter(given=False).exists()


# --- Erasing ----------------------------------------------------------------------------------------------------------


def test_the_second_page_asks_and_changes_nothing(two: Two) -> None:
    assert "Xóa hẳn" in html_of(two.client, ERASE)
    assert Person.objects.get(learner=two.learner).full_name == "Nguyễn Thị Lan"


def test_erasing_signs_out_and_ends_on_a_page_without_a_name(two: Two) -> None:
    elsewhere = Client()
    elsewhere.force_login(two.user)
    response = two.client.post(ERASE, ASSENT)
    html = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Đã xóa dữ liệu cá nhân</h1>" in html
    assert "Đang học" not in html and "Đăng nhập" in html
    assert "no-store" in response.headers["Cache-Control"]
    assert not Person.objects.filter(learner=two.learner).exists()
    assert Person.objects.filter(learner=two.neighbour).exists()
    for client in (two.client, elsewhere):
        assert client.get(PAGE).status_code == 302
    # Sent once more, as by reloading: the sign-in page, and nothing else.
    assert two.client.post(ERASE, ASSENT).status_code == 302


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, ("Hãy đánh dấu vào ô nếu thật sự muốn làm.", "Hãy nhập mật khẩu.")),
        ({"password": "x"}, ("Hãy đánh dấu vào ô nếu thật sự muốn làm.",)),
        (TICK, ("Hãy nhập mật khẩu.",)),
        ({**TICK, "password": "y"}, ("Mật khẩu chưa đúng. Xem lại cả chữ hoa.",)),
        ({**TICK, "password": ""}, ("Hãy nhập mật khẩu.",)),
    ],
    ids=["nothing", "no tick", "no password", "another password", "empty password"],
)
def test_erasing_needs_the_tick_and_the_password(two: Two, sent: dict[str, str], said: tuple[str, ...]) -> None:
    response = two.client.post(ERASE, sent)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Chưa xóa gì" in html
    summary = html[html.index('role="alert"') : html.index("<h1>")]
    assert re.findall(r'<li><a href="#id_\w+">([^<]+)</a></li>', summary) == list(said)
    assert forms(html) == {ERASE: "post"}
    assert Person.objects.filter(learner=two.learner).exists()
    assert two.client.get(PAGE).status_code == 200


def test_the_password_cannot_be_guessed_here_either(two: Two, settings: Any) -> None:
    settings.BDHVS_SIGN_IN_TRIES = 3
    for _ in range(3):
        two.client.post(ERASE, {**TICK, "password": "y"})
    response = two.client.post(ERASE, ASSENT)
    assert response.status_code == 429
    assert "Đã nhập sai quá nhiều lần." in response.content.decode()
    assert Person.objects.filter(learner=two.learner).exists()


def test_an_account_without_a_password_needs_the_tick_only(two: Two) -> None:
    two.user.set_unusable_password()
    two.user.save()
    two.client.force_login(two.user)
    assert 'type="password"' not in html_of(two.client, ERASE)
    assert two.client.post(ERASE).status_code == 422
    assert Person.objects.filter(learner=two.learner).exists()
    assert two.client.post(ERASE, TICK).status_code == 200
    assert not Person.objects.filter(learner=two.learner).exists()


def test_the_last_operator_is_told_why_not(two: Two) -> None:
    User.objects.filter(pk=two.user.pk).update(is_superuser=True)
    response = two.client.post(ERASE, ASSENT)
    assert response.status_code == 409
    assert "Đây là tài khoản duy nhất trông coi trang." in response.content.decode()
    assert Person.objects.filter(learner=two.learner).exists()
    assert html_of(two.client)
