"""Credentials on the operators' pages: shown once, kept nowhere, revoked for good."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_xapi import api as xapi
from bdhvs_xapi.lrs.credentials import authenticate
from tests.bdhvs_lms.admin.record_store import Store, agreed, signed_in
from tests.bdhvs_xapi.lrs.support import Lrs
from tests.support.markup import html_of
from tests.support.world import T0, statuses

pytestmark = pytest.mark.django_db
ADD = "/quan-tri/kho-du-lieu/tai-khoan-ket-noi/new/"
FORM = {"name": "Power BI của Sở", "scopes": ["statements/read", "define"], "trust": "0"}


@pytest.fixture
def operator() -> Client:
    return signed_in("van-hanh")


def made(operator: Client, **more: Any) -> tuple[xapi.Credential, str, Any]:
    answer = operator.post(ADD, {**FORM, **more})
    assert answer.status_code == 200
    html = html_of(answer)
    (secret,) = re.findall(r'id="credential-secret" value="([^"]{30,})"', html)
    return xapi.Credential.objects.latest("pk"), secret, answer


def test_a_credential_is_made_and_its_secret_lets_in(operator: Client) -> None:
    credential, secret, answer = made(operator)
    assert (credential.name, credential.scopes, credential.authority.trust) == (
        "Power BI của Sở", "statements/read define", 0,
    )  # fmt: skip
    html = html_of(answer)
    assert credential.key in html
    assert "http://testserver/xapi/" in html
    assert "Mật khẩu này chỉ hiện một lần" in html
    principal = authenticate("Basic " + b64encode(f"{credential.key}:{secret}".encode()).decode())
    assert principal is not None
    assert principal.scopes == {"statements/read", "define"}


def test_a_secret_is_in_no_table_address_log_or_cache(operator: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    _credential, secret, answer = made(operator)
    assert "no-store" in answer["Cache-Control"]
    assert "Location" not in answer
    assert secret not in str(dict(operator.session.items()))
    assert secret not in caplog.text
    for model in apps.get_models():
        for row in model._base_manager.values():
            assert secret not in str(row), model._meta.label
    for address in (ADD, reverse("credentials:index"), "/quan-tri/", "/quan-tri/reports/site-history/"):
        assert secret not in html_of(operator.get(address)), address


def test_the_log_says_who_made_and_who_revoked(operator: Client) -> None:
    credential, _secret, _answer = made(operator)
    operator.post(reverse("credentials:revoke", args=[credential.pk]))
    entries = ModelLogEntry.objects.filter(object_id=str(credential.pk)).order_by("pk")
    assert list(entries.values_list("action", "label", "user__username")) == [
        ("wagtail.create", "Power BI của Sở", "van-hanh"),
        ("wagtail.edit", "Power BI của Sở", "van-hanh"),
    ]


def test_revoking_asks_first_and_then_nobody_gets_in(operator: Client) -> None:
    credential, secret, _answer = made(operator)
    header = "Basic " + b64encode(f"{credential.key}:{secret}".encode()).decode()
    address = reverse("credentials:revoke", args=[credential.pk])
    assert address in html_of(operator.get(reverse("credentials:index")))
    asked = html_of(operator.get(address))
    assert "Power BI của Sở" in asked
    assert authenticate(header) is not None
    assert operator.post(address)["Location"] == reverse("credentials:index")
    assert authenticate(header) is None
    listed = html_of(operator.get(reverse("credentials:index")))
    assert "đã thu hồi ngày" in listed
    assert address not in listed
    credential.refresh_from_db()
    first = credential.revoked_at
    assert operator.post(address).status_code == 302
    credential.refresh_from_db()
    assert credential.revoked_at == first


@pytest.mark.parametrize(
    ("spoilt", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"trust": "9"}, "trust"),
    ],
)
def test_a_mistake_is_told_at_its_field(operator: Client, spoilt: dict[str, Any], field: str) -> None:
    answer = operator.post(ADD, {**FORM, **spoilt})
    assert answer.status_code in (200, 422)
    assert list(answer.context["form"].errors) == [field]
    assert not xapi.Credential.objects.exists()


def test_only_a_superuser_grants_that_statements_confirm(operator: Client) -> None:
    refused = operator.post(ADD, {**FORM, "trust": "3"})
    assert list(refused.context["form"].errors) == ["trust"]
    credential, _secret, _answer = made(signed_in("chu", superuser=True), trust="3")
    assert credential.authority.trust == xapi.Trust.CONFIRMED


def test_an_empty_list_says_what_a_credential_is_for(operator: Client) -> None:
    listed = html_of(operator.get(reverse("credentials:index")))
    assert "Chưa có chương trình nào được cấp quyền" in listed
    assert ADD in listed


def test_taking_back_shows_what_it_changes_then_does_it_in_steps(
    operator: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-25T10:00:00+07:00"
    store = Store()
    credential, secret = xapi.create_credential("Máy lạ", scopes=["statements/write"], trust=2, at=T0)
    said = [
        {
            "actor": xapi.account_actor(tracking.home_page(), str(store.lan.actor)),
            "verb": {"id": tracking.VERB_PASSED},
            "object": {"id": tracking.activity_iri(store.world.quiz)},
            "context": {"revision": "1"},
            "timestamp": f"2025-09-01T11:{minute:02}:00Z",
        }
        for minute in range(45)
    ]
    assert Lrs(credential.key, secret).post("statements", said).status_code == 200
    assert statuses(store.lan)["A1/1"][1] != T0 + timedelta(minutes=2)
    address = reverse("credentials:withdraw", args=[credential.pk])
    assert address in html_of(operator.get(reverse("credentials:index")))
    assert address in html_of(operator.get(reverse("credentials:revoke", args=[credential.pk])))
    asked = html_of(operator.get(address))
    assert "45 bản ghi đang có hiệu lực" in asked and "về 1 người" in asked
    assert "kết luận của hệ thống" in asked and "Không thể làm ngược lại" in asked
    refused = operator.post(address, {"reason": " "})
    assert list(refused.context["form"].errors) == ["reason"]
    assert not tracking.Revocation.objects.exists()
    # A slow machine: one step a request.
    monkeypatch.setattr("bdhvs_lms.tracking.admin.credentials.SECONDS", 0)
    told = html_of(operator.post(address, {"reason": "ghi bừa"}))
    assert "Kết quả của 0 người sẽ thay đổi" in told and "Đồng ý, vô hiệu hóa" in told
    assert not tracking.Revocation.objects.exists()
    assert agreed(operator, address, {"reason": "ghi bừa"})["Location"] == address
    half = html_of(operator.get(address))
    assert "Đã vô hiệu hóa 20/45 bản ghi" in half and "ghi bừa" in half and "Làm tiếp" in half
    while tracking.Revocation.objects.get().finished_at is None:
        operator.post(address)
    done = html_of(operator.get(address))
    assert "Đã vô hiệu hóa 45/45 bản ghi" in done and "không còn bản ghi nào" in done
    assert "Làm tiếp" not in done
    assert statuses(store.lan)["A1/1"] == ("demonstrated", T0 + timedelta(minutes=2))
    assert list(tracking.check()) == []
    entries = ModelLogEntry.objects.filter(object_id=str(credential.pk)).order_by("pk")
    assert [entry.data["taken_back"].get("finished", False) for entry in entries] == [False, True]
    listed = html_of(operator.get("/quan-tri/kho-du-lieu/ban-ghi/", {"shown": "voided"}))
    assert "Hệ thống vô hiệu hóa" in listed


def test_what_it_voided_of_others_is_counted_before_and_counts_again_after(operator: Client) -> None:
    store = Store()
    before = statuses(store.lan)
    credential, secret = xapi.create_credential("Máy lạ", scopes=["all"], trust=1, at=T0)
    passed = xapi.facts(actor_key=tracking.actor_key(store.lan), verbs=[tracking.VERB_PASSED])
    voidings = [
        {
            "actor": {"mbox": "mailto:may@example.org"},
            "verb": {"id": VERB_VOIDED},
            "object": {"objectType": "StatementRef", "id": str(fact.statement_id)},
        }
        for fact in passed
    ]
    assert Lrs(credential.key, secret).post("statements", voidings).status_code == 200
    assert before and statuses(store.lan) != before
    address = reverse("credentials:withdraw", args=[credential.pk])
    asked = html_of(operator.get(address))
    assert f"{len(passed)} lần vô hiệu hóa bản ghi của nơi khác bị bỏ qua" in asked
    agreed(operator, address, {"reason": "bị lấy trộm"})
    assert statuses(store.lan) == before
    done = html_of(operator.get(address))
    assert "Đã vô hiệu hóa 0/0 bản ghi" in done and "Làm tiếp" not in done


def test_only_a_superuser_takes_back_official_confirmations(operator: Client) -> None:
    credential, _secret = xapi.create_credential("Sở", scopes=["statements/write"], trust=3, at=T0)
    address = reverse("credentials:withdraw", args=[credential.pk])
    assert "chỉ quản trị viên cao nhất" in html_of(operator.get(address))
    operator.post(address, {"reason": "vì thế"})
    credential.refresh_from_db()
    assert credential.revoked_at is None and not tracking.Revocation.objects.exists()
    agreed(signed_in("chu", superuser=True), address, {"reason": "vì thế"})
    assert tracking.Revocation.objects.get().finished_at is not None
