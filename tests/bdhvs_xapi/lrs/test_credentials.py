"""Keys and secrets: what is kept of them, who is recognised, and who no longer is."""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_xapi import api
from bdhvs_xapi.conf import app_settings
from bdhvs_xapi.lrs import credentials
from bdhvs_xapi.lrs.credentials import authenticate
from bdhvs_xapi.models import Credential
from tests.bdhvs_xapi.lrs.support import HOME, NOW, Lrs, new_lrs, statement
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db


def basic(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode()
    return f"Basic {base64.b64encode(raw).decode()}"


# --- making ----------------------------------------------------------------------------------------------------------


def test_the_secret_is_long_random_and_kept_nowhere() -> None:
    made = [api.create_credential("a", scopes=["all"], home_page=HOME, at=NOW) for _ in range(5)]
    assert len({secret for _, secret in made}) == len({credential.key for credential, _ in made}) == 5
    for credential, secret in made:
        assert len(secret) >= 43
        row = json.dumps(Credential.objects.filter(pk=credential.pk).values().get(), default=str)
        assert secret not in row
        assert re.fullmatch("[0-9a-f]{64}", credential.secret_hash)


def test_no_secret_looks_like_an_option_of_a_command_line() -> None:
    """One random secret in 64 begins with "-": of 400 all but surely one."""
    made = {api.create_credential("a", scopes=["all"], home_page=HOME, at=NOW)[1] for _ in range(400)}
    assert len(made) == 400
    assert not [secret for secret in made if secret.startswith("-")]


def test_a_credential_has_an_authority_of_its_own_with_the_trust_it_was_given() -> None:
    credential, _ = api.create_credential("a", scopes=["all"], trust=api.Trust.OBSERVED, home_page=HOME, at=NOW)
    assert (credential.authority.key, credential.authority.trust) == (f"lrs-{credential.key}", 2)
    assert json.loads(credential.authority.agent)["account"] == {"homePage": HOME, "name": credential.key}


def test_the_default_trust_proves_nothing() -> None:
    credential, _ = api.create_credential("a", scopes=["all"], home_page=HOME, at=NOW)
    assert credential.authority.trust == api.Trust.CLIENT_REPORTED


def test_scopes_are_kept_once_and_in_order() -> None:
    credential, _ = api.create_credential(
        "a", scopes=["state", "statements/write", api.Scope.STATE], home_page=HOME, at=NOW
    )
    assert credential.scopes == "statements/write state"


@for_each(
    ("name", "scopes", "trust"),
    [
        ("", ["all"], 0),
        ("  ", ["all"], 0),
        ("x" * 201, ["all"], 0),
        ("a\0", ["all"], 0),
        ("a", [], 0),
        ("a", ["x"], 0),
        ("a", ["all"], 4),
    ],
)
def test_what_makes_no_sense_is_a_value_error_and_leaves_nothing(name: str, scopes: list[str], trust: int) -> None:
    with pytest.raises(ValueError):
        api.create_credential(name, scopes=scopes, trust=trust, home_page=HOME, at=NOW)
    assert not Credential.objects.exists()
    assert not api.facts(verbs=["http://example.org/none"])


def test_the_home_page_is_the_settings(settings: Any) -> None:
    settings.BDHVS_XAPI_HOME_PAGE = "https://of.setting.vn/"
    credential, _ = api.create_credential("a", scopes=["all"], at=NOW)
    assert "https://of.setting.vn/" in credential.authority.agent
    settings.BDHVS_XAPI_HOME_PAGE = "tests.bdhvs_xapi.lrs.test_credentials.a_home_page"
    credential, _ = api.create_credential("b", scopes=["all"], at=NOW)
    assert "https://of.function.vn/" in credential.authority.agent
    settings.BDHVS_XAPI_HOME_PAGE = "tests.bdhvs_xapi.lrs.test_credentials.HOME"
    credential, _ = api.create_credential("c", scopes=["all"], at=NOW)
    assert HOME in credential.authority.agent
    settings.BDHVS_XAPI_HOME_PAGE = "tests.bdhvs_xapi.lrs.test_credentials.no_home_page"
    with pytest.raises(ImproperlyConfigured, match="no_home_page"):
        api.create_credential("d", scopes=["all"], at=NOW)
    settings.BDHVS_XAPI_HOME_PAGE = lambda: 5
    with pytest.raises(ImproperlyConfigured, match="BDHVS_XAPI_HOME_PAGE"):
        api.create_credential("d", scopes=["all"], at=NOW)
    del settings.BDHVS_XAPI_HOME_PAGE
    with pytest.raises(ImproperlyConfigured, match="BDHVS_XAPI_HOME_PAGE"):
        api.create_credential("d", scopes=["all"], at=NOW)


@pytest.mark.parametrize("source", ["HOME_PAGE = 5", "HOME_PAGE = '/'", "x = = 1", "raise RuntimeError('no secret')"])
def test_a_home_page_that_cannot_be_is_said_by_the_check(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """A module that cannot be loaded included: the check names the setting and goes on."""
    (tmp_path / "home_page_of_a_site.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    settings.BDHVS_XAPI_HOME_PAGE = "home_page_of_a_site.HOME_PAGE"
    try:
        [message] = app_settings.check()
    finally:
        sys.modules.pop("home_page_of_a_site", None)
    assert message.id == "bdhvs_xapi.E007"
    assert message.msg.startswith("BDHVS_XAPI_HOME_PAGE is 'home_page_of_a_site.HOME_PAGE', but must be")


def a_home_page() -> str:
    return "https://of.function.vn/"


def test_a_home_page_that_is_no_iri_is_refused() -> None:
    with pytest.raises(api.InvalidStatement):
        api.create_credential("a", scopes=["all"], home_page="nonsense", at=NOW)
    assert not Credential.objects.exists()


def test_the_ready_sites_home_page_is_that_of_its_actors() -> None:
    from bdhvs_lms.tracking.api import home_page

    credential, _ = api.create_credential("a", scopes=["all"], at=NOW)
    assert json.loads(credential.authority.agent)["account"]["homePage"] == home_page()


# --- recognising -----------------------------------------------------------------------------------------------------


def test_who_it_is() -> None:
    lrs = new_lrs("statements/write", "state")
    with CaptureQueriesContext(connection) as queries:
        found = authenticate(lrs.headers["Authorization"])
    assert len(queries) == 1
    assert found is not None
    assert (found.key, found.authority, found.scopes) == (lrs.key, lrs.authority, {"statements/write", "state"})
    assert (found.may(api.Scope.STATE), found.may(api.Scope.PROFILE)) == (True, False)


def test_the_scheme_may_be_in_any_case() -> None:
    lrs = new_lrs()
    for scheme in ("basic", "BASIC"):
        assert (
            lrs.get(
                "statements", {"Authorization": basic(f"{lrs.key}:{lrs.secret}").replace("Basic", scheme)}
            ).status_code
            == 200
        )


@for_each(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic nonsense",
        "Basic Og==",
        "Bearer abc",
        basic("key"),
        basic("key:"),
        basic(":secret"),
        basic("nobody:secret"),
        basic(b"\xff\xfe:\xff"),
        basic("a\0:b"),
        basic("x" * 5_000 + ":y"),
        "Basic " + "é" * 20,
    ],
)
def test_everything_else_is_401_with_a_challenge(header: str) -> None:
    lrs = new_lrs()
    for resource in ("statements", "activities", "activities/state", "activities/profile", "agents", "agents/profile"):
        response = lrs.get(resource, {"Authorization": header or None})
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert response.headers["Content-Type"] == "application/json"


def test_a_wrong_secret_and_anothers_secret_are_401() -> None:
    one, two = new_lrs(), new_lrs()
    for secret in ("", two.secret, one.secret[:-1], one.secret + "x", one.secret.lower()):
        assert one.get("statements", {"Authorization": basic(f"{one.key}:{secret}")}).status_code == 401


def test_a_refusal_does_not_say_whether_a_key_exists() -> None:
    lrs = new_lrs()
    answers = [lrs.get("statements", {"Authorization": basic(text)}) for text in (f"{lrs.key}:x", "nobody:x")]
    assert answers[0].content == answers[1].content


def test_a_key_compares_exactly() -> None:
    lrs = new_lrs()
    assert (
        lrs.get("statements", {"Authorization": basic(f"{lrs.key.upper()}:{lrs.secret}")}).status_code == 401
        or lrs.key.isdigit()
    )


def test_a_session_is_nobody(admin_client: Any) -> None:
    lrs = new_lrs()
    for resource in ("statements", "activities/state"):
        response = admin_client.get(f"/xapi/{resource}", headers={"X-Experience-API-Version": "1.0.3"})
        assert response.status_code == 401
    assert lrs.get("statements").status_code == 200


def test_a_post_needs_no_csrf_token() -> None:
    from dataclasses import replace

    from django.test import Client

    lrs = replace(new_lrs(), client=Client(enforce_csrf_checks=True))
    assert lrs.post("statements", statement()).status_code == 200


def test_an_old_secret_key_is_good_as_a_fallback_only(settings: Any) -> None:
    lrs = new_lrs()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    assert lrs.get("statements").status_code == 401
    settings.SECRET_KEY_FALLBACKS = [old]
    assert lrs.get("statements").status_code == 200


# --- revoking, last use ----------------------------------------------------------------------------------------------


def test_a_revoked_credential_is_401_at_once_and_what_it_wrote_stays() -> None:
    lrs, reader = new_lrs(), new_lrs()
    [sent] = lrs.send(statement())
    credential = Credential.objects.get(key=lrs.key)
    api.revoke(credential, NOW)
    assert credential.revoked_at == NOW
    assert lrs.get("statements").status_code == 401
    assert reader.listed() == [sent]
    api.revoke(credential, NOW + timedelta(days=1))
    assert credential.revoked_at == NOW


def test_last_use_is_written_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    lrs = new_lrs()
    credential = Credential.objects.get(key=lrs.key)
    assert credential.last_used_at is None
    lrs.get("statements")
    credential.refresh_from_db()
    assert credential.last_used_at is not None
    assert datetime.now(UTC) - credential.last_used_at < timedelta(seconds=30)
    for method in ("get", "send"):
        with CaptureQueriesContext(connection) as queries:
            lrs.get("statements") if method == "get" else lrs.send(statement())
        assert not [query for query in queries if "UPDATE" in query["sql"] and "credential" in query["sql"]]
    earlier = credential.last_used_at - timedelta(minutes=2)
    Credential.objects.filter(pk=credential.pk).update(last_used_at=earlier)
    credentials._touched.clear()
    lrs.get("statements")
    credential.refresh_from_db()
    assert credential.last_used_at > earlier


def test_a_refused_sign_in_is_no_use() -> None:
    lrs = new_lrs()
    lrs.get("statements", {"Authorization": basic(f"{lrs.key}:wrong")})
    assert Credential.objects.get(key=lrs.key).last_used_at is None


# --- the command -----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("lrs", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_prints_key_and_secret_once_as_two_lines() -> None:
    printed = run("credential", "H5P of the district", "--scope", "all")
    match = re.fullmatch(r"key: (\S+)\nsecret: (\S+)\n", printed)
    assert match is not None
    assert Lrs(match[1], match[2]).post("statements", statement()).status_code == 200
    assert match[2] not in run("credentials")


def test_the_command_speaks_json() -> None:
    made = json.loads(
        run("credential", "Máy chấm", "--scope", "state", "--scope", "profile", "--trust", "observed", "--json")
    )
    assert made.keys() == {"key", "secret"}
    run("revoke", made["key"])
    [listed] = [json.loads(line) for line in run("credentials", "--json").splitlines()]
    assert (listed["key"], listed["name"], listed["scopes"], listed["trust"]) == (
        made["key"],
        "Máy chấm",
        ["state", "profile"],
        "observed",
    )
    assert listed["last_used"] is None
    assert datetime.fromisoformat(listed["revoked"]) <= datetime.now(UTC)


def test_the_command_revokes() -> None:
    lrs = new_lrs(name="an old tool")
    assert "an old tool" in run("credentials")
    assert run("revoke", lrs.key) == f"revoked: {lrs.key}\n"
    assert lrs.get("statements").status_code == 401
    assert "REVOKED" in run("credentials")
    with pytest.raises(CommandError, match="nobody"):
        run("revoke", "nobody")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["credential", "a"],
        ["credential", "a", "--scope", "x"],
        ["credential", " ", "--scope", "all"],
        ["credential", "a", "--scope", "all", "--trust", "9"],
    ],
)
def test_the_command_says_what_is_wrong(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
    assert not Credential.objects.exists()
