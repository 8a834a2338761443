"""Before the site's pages: what of its middleware does not touch the endpoint, and what is done instead. CORS."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from bdhvs_xapi.conf import app_settings
from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, ROOT, Lrs, new_lrs, statement

CONTENT_HOST = "bdhvs_h5p.player.middleware.ContentHostMiddleware"
MIDDLEWARE = "bdhvs_xapi.lrs.middleware.RecordStoreMiddleware"
PLAYER = "https://player.example.org"


def test_it_comes_first_on_the_ready_site() -> None:
    """Before it only what notes requests, lets probes in, and keeps the host of H5P packages apart, where there is one:
    no record store there."""
    before = [*(f"bdhvs_lms.site.requests.{name}Middleware" for name in ("Requests", "Probes")), CONTENT_HOST]
    assert django_settings.MIDDLEWARE[:4] == [*before, MIDDLEWARE]


def test_no_query_is_asked_for_sessions_or_people(lrs: Lrs, django_assert_max_num_queries: Any) -> None:
    lrs.get("statements")
    with django_assert_max_num_queries(1) as asked:
        lrs.get("activities/state", {"Cookie": "bdhvs-session=abc"}, activityId="nonsense")
    assert "credential" in asked[0]["sql"]


def test_over_http_it_refuses_and_does_not_redirect(lrs: Lrs, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = lrs.get("statements")
    assert (response.status_code, response.headers["Content-Type"]) == (403, "application/json")
    assert "https" in response.json()["error"]
    assert lrs.post("statements", statement()).status_code == 403
    assert Client().get("/").status_code == 301


def test_over_https_it_answers_with_hsts(lrs: Lrs, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 77
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    secure = Lrs(lrs.key, lrs.secret, lrs.version, Client(HTTP_X_FORWARDED_PROTO="https"))
    response = secure.get("statements")
    assert (response.status_code, response.headers["Strict-Transport-Security"]) == (200, "max-age=77")
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    assert secure.get("about").headers["Strict-Transport-Security"] == "max-age=77; includeSubDomains"


def test_a_foreign_host_name_is_400_as_json(lrs: Lrs) -> None:
    response = lrs.get("about", {"Host": "evil.example.org"})
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")


@pytest.mark.parametrize("without", [True, False])
def test_a_project_may_leave_the_middleware_out(lrs: Lrs, settings: Any, without: bool) -> None:
    """Through the URL conf and all of the site's middleware the answers are the same."""
    if without:
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != MIDDLEWARE]
    client = Lrs(lrs.key, lrs.secret, lrs.version, Client(enforce_csrf_checks=True))
    [sent] = client.send(statement())
    assert client.listed(limit=1) == [sent]
    assert client.put("activities/state", {"a": 1}, activityId=ACTIVITY, agent=AGENT, stateId="ä/b").status_code == 204
    assert client.get("nothing").json()["error"] == "no such resource"
    assert client.request("PATCH", "statements").json()["error"] == "PATCH is not a method of statements"
    assert client.get("statements", {"Authorization": None}).status_code == 401
    more = client.get("statements", limit=1).json()["more"]
    assert more == ""
    client.send(statement())
    assert len(client.listed(limit=1)) == 2


def test_addresses_of_others_below_the_same_root_stay_theirs() -> None:
    response = Client().get(f"{ROOT}profiles/bdhvs/v1")
    assert response.headers["Content-Type"] == "application/ld+json"


def test_other_pages_are_the_sites(db: None) -> None:
    for path in ("/", "/xapi", "/xapifoo", "/healthz"):
        assert "X-Experience-API-Version" not in Client().get(path).headers


def test_a_document_opened_in_a_browser_is_no_page_of_this_site(lrs: Lrs) -> None:
    place = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}
    assert lrs.request("PUT", "activities/state", place, b"<script>", "text/html").status_code == 204
    headers = lrs.get("activities/state", **place).headers
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


# --- CORS ------------------------------------------------------------------------------------------------------------


def preflight(lrs: Lrs, origin: str) -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization",
    }
    return lrs.client.options(f"{ROOT}statements", headers=headers)


def test_no_origin_is_allowed_unless_listed(lrs: Lrs) -> None:
    for response in (preflight(lrs, PLAYER), lrs.get("statements", {"Origin": PLAYER})):
        assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_a_listed_origin_may_call(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_CORS_ORIGINS = [PLAYER]
    response = preflight(lrs, PLAYER)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == PLAYER
    assert {"GET", "PUT", "POST"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    asked = {"Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Experience-API-Version"}
    assert asked <= set(response.headers["Access-Control-Allow-Headers"].split(", "))
    got = lrs.get("statements", {"Origin": PLAYER})
    assert got.headers["Access-Control-Allow-Origin"] == PLAYER
    exposed = set(got.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "Last-Modified", "X-Experience-API-Consistent-Through", "X-Experience-API-Version"} <= exposed
    assert "Access-Control-Allow-Credentials" not in got.headers
    assert got.headers["Vary"] == "Origin"
    assert (
        lrs.get("statements", {"Origin": PLAYER, "Authorization": None}).headers["Access-Control-Allow-Origin"]
        == PLAYER
    )


@pytest.mark.parametrize(
    "origin", ["capacitor://localhost", "app://-", "chrome-extension://abcdefghijklmnop", "http://[::1]:8080", "null"]
)
def test_an_app_on_a_telephone_may_be_listed(lrs: Lrs, settings: Any, origin: str) -> None:
    """Its scripts come from a scheme of its own, or from a file."""
    settings.BDHVS_XAPI_CORS_ORIGINS = {PLAYER, origin}
    assert app_settings.check() == []
    for response in (preflight(lrs, origin), lrs.get("about", {"Origin": origin})):
        assert response.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("origin", [f"{PLAYER}/", "*", "player.example.org", ""])
def test_what_no_browser_sends_is_said_by_the_check(settings: Any, origin: str) -> None:
    settings.BDHVS_XAPI_CORS_ORIGINS = [PLAYER, origin]
    assert [message.id for message in app_settings.check()] == ["bdhvs_xapi.E007"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example.org", "null", f"{PLAYER}.evil.org", PLAYER.upper(), "http://player.example.org"]
)
def test_another_origin_may_not(lrs: Lrs, settings: Any, origin: str) -> None:
    settings.BDHVS_XAPI_CORS_ORIGINS = [PLAYER]
    for response in (preflight(lrs, origin), lrs.get("statements", {"Origin": origin})):
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers["Vary"] == "Origin"


def test_options_without_an_origin_tells_the_methods(db: None) -> None:
    response = new_lrs().client.options(f"{ROOT}activities/state")
    assert (response.status_code, response.headers["Allow"]) == (204, "GET, PUT, POST, DELETE, HEAD, OPTIONS")
