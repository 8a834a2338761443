"""Signing in by an OpenID Connect provider: who comes in, what is kept of them, and what a failure says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth import get_user_model
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from bdhvs_allauth.accounts import account_for
from bdhvs_allauth.methods import OpenIdSignIn
from bdhvs_allauth.personal import SignInData
from bdhvs_lms.base.api import now
from bdhvs_lms.learners.account_learners import register_account
from bdhvs_lms.learners.api import Consenting, Learner, link_user, register
from bdhvs_lms.plugins.testing import PersonalDataConformance, SignInMethodConformance
from bdhvs_lms.privacy.api import erase
from tests.bdhvs_allauth.portal import GO, RETURN, Portal, open_portal

User: Any = get_user_model()
LAN = {"sub": "tỉnh-0017", "name": "Trần Thị Lan", "personal_number": "001064012345", "email": "lan@example.org"}


@pytest.fixture
def portal() -> Iterator[Portal]:
    with open_portal() as found:
        yield found


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.django_db
def test_a_new_person_is_signed_in_and_offered_to_learn(client: Client, portal: Portal) -> None:
    assert 'href="/dang-nhap/dinh-danh/"' in words(client.get("/dang-nhap/"))
    offered, asked = words(client.get("/dang-nhap/?next=/hoc/khoa/")), "/dang-nhap/dinh-danh/?next=%2Fhoc%2Fkhoa%2F"
    assert f'href="{asked}"' in offered and "Với Cổng thử" in offered
    page = words(client.get(asked))
    assert "Đăng nhập bằng Cổng thử" in page and f'href="{GO}?next=%2Fhoc%2Fkhoa%2F"' in page
    assert "With Test portal" in words(client.get("/en/sign-in/"))

    response = portal.come(client, "?next=/hoc/khoa/", **LAN)
    assert response["Location"] == f"{reverse('bdhvs_lms:learn-with-account')}?next=%2Fhoc%2Fkhoa%2F"
    assert 'value="Trần Thị Lan"' in words(client.get(response["Location"]))
    user = User.objects.get()
    assert (user.first_name, user.email, user.has_usable_password()) == ("Trần Thị Lan", "", False)
    assert re.fullmatch("oidc-[0-9a-f]{16}", user.username), "by chance: nothing of the name or the number"


@pytest.mark.django_db
def test_whoever_learns_already_comes_straight_in_by_the_subject_alone(client: Client, portal: Portal) -> None:
    portal.come(client, **LAN)
    user = User.objects.get()
    learner = register(full_name="Trần Thị Lan", at=now())
    link_user(learner, user)
    again = Client()
    response = portal.come(again, "?next=/viec-hoc/", **{**LAN, "name": "Lan", "email": "other@example.org"})
    assert response["Location"] == "/viec-hoc/"
    assert again.get("/viec-hoc/").wsgi_request.learner == learner
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_no_account_that_is_there_is_taken_over(client: Client, portal: Portal) -> None:
    """Neither by an address, verified or not, nor by a name."""
    there = User.objects.create_user("lan", email="lan@example.org", password="mật khẩu", first_name="Trần Thị Lan")
    portal.come(client, **LAN, email_verified=True, preferred_username="lan")
    assert client.session["_auth_user_id"] != str(there.pk)
    assert not SocialAccount.objects.filter(user=there).exists()


@pytest.mark.django_db
def test_only_what_is_named_is_kept(client: Client, portal: Portal) -> None:
    portal.come(client, **LAN)
    row = SocialAccount.objects.get()
    assert (row.provider, row.uid) == (portal.url, "tỉnh-0017")
    assert row.extra_data == {"bdhvs_made": True, "name": "Trần Thị Lan"}
    assert not SocialToken.objects.exists()
    stored = "".join(str(value) for value in client.session.items())
    assert "001064012345" not in stored and "of-nobody-else" not in stored
    with override_settings(BDHVS_ALLAUTH_OIDC_KEPT_CLAIMS=["personal_number"], BDHVS_ALLAUTH_OIDC_NAME_CLAIM=""):
        portal.come(Client(), **LAN)
    row.refresh_from_db()
    assert row.extra_data == {"bdhvs_made": True, "personal_number": "001064012345"}


@pytest.mark.django_db
def test_the_provider_is_asked_with_proof_that_the_browser_is_the_same(client: Client, portal: Portal) -> None:
    sent = portal.begin(client)
    assert (sent["client_id"], sent["response_type"], sent["code_challenge_method"]) == ("us", "code", "S256")
    assert sorted(sent["scope"].split()) == ["openid", "profile"] and sent["ui_locales"] == "vi"
    assert sent["redirect_uri"] == f"http://testserver{RETURN}"
    portal.claims = LAN
    client.get(RETURN, {"state": sent["state"], "code": "a-code"})
    form = dict(portal.asked)["/token"]
    assert form["code"] == ["a-code"] and len(form["code_verifier"][0]) > 40


@pytest.mark.django_db
def test_another_site_begins_nothing(client: Client, portal: Portal) -> None:
    response = client.get(GO, headers={"Sec-Fetch-Site": "cross-site"})
    assert response["Location"].startswith("/dang-nhap/dinh-danh/?")
    assert portal.asked == []
    assert client.get("/dang-nhap/dinh-danh/?next=https://elsewhere.example/").context["own_query"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"error": "access_denied"}, 403, "Việc đăng nhập bằng Cổng thử đã bị hủy."),
        ({"error": "temporarily_unavailable"}, 503, "Cổng thử hiện không trả lời."),
        ({"error": "invalid_scope"}, 403, "Cổng thử chưa xác minh được người đăng nhập."),
        ({}, 403, "Cổng thử chưa xác minh được người đăng nhập."),
    ],
)
def test_what_the_provider_refuses_is_said(
    client: Client, portal: Portal, query: dict[str, str], status: int, said: str
) -> None:
    sent = portal.begin(client)
    response = client.get(RETURN, {"state": sent["state"], **query})
    assert (response.status_code, said in words(response)) == (status, True), words(response)
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["", "of-somebody-else", "used"])
def test_a_wrong_state_is_refused(client: Client, portal: Portal, state: str) -> None:
    portal.claims = LAN
    sent = portal.begin(client)
    if state == "used":
        client.get(RETURN, {"state": sent["state"], "error": "access_denied"})
        state = sent["state"]
    response = client.get(RETURN, {"state": state, "code": "a-code"})
    assert response.status_code == 400
    assert "Hãy bắt đầu lại" in words(response)
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "answer", "status"),
    [
        ("/token", 400, 403),
        ("/token", "no JSON", 503),
        ("/token", {"access_token": "x"}, 503),
        ("/token", {"access_token": "x", "id_token": "of nobody"}, 403),
        ("/userinfo", 500, 503),
        ("/userinfo", {"sub": "somebody else"}, 403),
        ("/userinfo", [], 503),
    ],
)
def test_what_it_answers_amiss_is_no_fault_of_ours(
    client: Client, portal: Portal, path: str, answer: Any, status: int, caplog: Any
) -> None:
    portal.said[path] = answer
    response = portal.come(client, **LAN)
    assert response.status_code == status, words(response)
    assert "Chưa đăng nhập được" in words(response)
    assert "Nobody was signed in" in caplog.text and "Lan" not in caplog.text
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed", [{"nonce": "another"}, {"aud": "others"}, {"exp": 1}, {"iss": "https://other"}, {"sub": ""}]
)
def test_a_token_for_others_is_refused(client: Client, portal: Portal, changed: dict[str, Any]) -> None:
    assert portal.come(client, **{**LAN, **changed}).status_code == 403
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [500, "no JSON", {}, {"issuer": "https://somebody.else"}])
def test_a_provider_that_is_down_is_said_before_anybody_leaves(client: Client, portal: Portal, answer: Any) -> None:
    portal.said["/.well-known/openid-configuration"] = answer
    response = client.get(GO)
    assert (response.status_code, "hiện không trả lời" in words(response)) == (503, True)


@pytest.mark.django_db
def test_a_failure_is_said_in_the_language_in_which_somebody_began(client: Client, portal: Portal) -> None:
    response = client.get("/en/sign-in/identity/go/")
    state = response["Location"].partition("state=")[2].partition("&")[0]
    response = client.get(RETURN, {"state": state, "error": "access_denied"})
    assert "Signing in with Test portal was cancelled." in words(response)


@pytest.mark.django_db
def test_a_closed_account_stays_closed(client: Client, portal: Portal) -> None:
    portal.come(client, **LAN)
    User.objects.update(is_active=False)
    response = portal.come(Client(), **LAN)
    assert (response.status_code, "đã bị đóng" in words(response)) == (403, True)


@pytest.mark.django_db
def test_a_shared_device_and_whoever_comes_next(client: Client, portal: Portal) -> None:
    portal.come(client, "?shared=on", **LAN)
    link_user(register(full_name="Trần Thị Lan", at=now()), User.objects.get())
    assert "Máy dùng chung" in words(client.get("/noi-dang-nhap/"))
    response = client.post("/thoat/")
    assert response["Location"] == "/dang-nhap/dinh-danh/da-thoat/"
    page = words(client.get(response["Location"]))
    assert "Cổng thử có thể vẫn nhớ" in page and f'href="{portal.url}/end_session"' in page


def learning(portal: Portal) -> tuple[Any, Learner]:
    """Somebody who came by the provider and learns with that account, and the learner."""
    user = account_for(LAN)
    learner = register_account(
        user, full_name="Trần Thị Lan", birth_year=1960, area=None, form=None, at=now(), consenting=Consenting()
    )
    return user, learner


@pytest.mark.django_db
def test_erasing_takes_the_account_that_was_made_and_its_link(portal: Portal) -> None:
    user, learner = learning(portal)
    assert "tỉnh-0017" in str(SignInData().export(learner))
    erase(learner, by=None, at=now())
    user.refresh_from_db()
    assert not user.is_active and "Lan" not in f"{user.username}{user.first_name}{user.last_name}"
    assert not SocialAccount.objects.exists()
    # The same person may come anew, and is a new one.
    assert account_for(LAN) != user


@pytest.mark.django_db
def test_an_account_that_was_there_keeps_being_the_sites(portal: Portal) -> None:
    user = User.objects.create_user("lan", first_name="Lan")
    SocialAccount.objects.create(user=user, provider=portal.url, uid=LAN["sub"], extra_data={"all": "the site's"})
    assert account_for(LAN) == user
    _user, learner = learning(portal)
    erase(learner, by=None, at=now())
    user.refresh_from_db()
    assert (user.is_active, user.first_name) == (True, "Lan")
    assert SocialAccount.objects.get().extra_data == {"all": "the site's"}


class TestOpenIdSignIn(SignInMethodConformance, TestCase):
    sign_in_method = OpenIdSignIn

    def setUp(self) -> None:
        self.portal = self.enterContext(open_portal())
        self.people = 0

    def sign_in(self, client: Client) -> Learner:
        self.people += 1
        claims = {"sub": f"person {self.people}", "name": "Lan"}
        learner = register(full_name="Lan", at=now())
        link_user(learner, account_for(claims))
        self.portal.come(client, **claims)
        return learner


class TestSignInData(PersonalDataConformance, TestCase):
    personal_data = SignInData

    def setUp(self) -> None:
        named = {"BDHVS_ALLAUTH_OIDC_SERVER_URL": "https://portal.example", "BDHVS_ALLAUTH_OIDC_CLIENT_ID": "us"}
        self.enterContext(override_settings(**named))
        self.people = 0

    def person(self) -> Learner:
        self.people += 1
        user = account_for({"sub": f"person {self.people}", "name": "Lan"})
        learner = register(full_name="Lan", at=now())
        link_user(learner, user)
        Authenticator.objects.create(user=user, type="totp", data={})
        return learner
