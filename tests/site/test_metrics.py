"""Numbers for operators: who may read them, what they count, and that several processes are added up."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client

from bdhvs_lms.roles import operators
from bdhvs_lms.site import metrics
from bdhvs_xapi.api import Item, State, Statement, Target, create_target
from tests.bdhvs_xapi.lrs.support import new_lrs, statement
from tests.support.live import Server

TOKEN = "a-token-of-a-test-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def token(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BDHVS_METRICS_TOKEN = TOKEN
    monkeypatch.delenv(metrics.FOLDER, raising=False)


def number(text: str, name: str, **labels: str) -> float:
    """A sample's value; 0 where there is none, which is what a counter means by it."""
    named = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    found = re.search(rf"^{re.escape(name + (f'{{{named}}}' if named else ''))} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def read(client: Client) -> str:
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return answer.content.decode()


@pytest.mark.django_db
def test_without_a_token_there_is_no_such_address(client: Client) -> None:
    User.objects.create_superuser("goc", password="x")
    client.login(username="goc", password="x")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_the_token_and_operators_only(token: None) -> None:
    def status(client: Client, **headers: str) -> int:
        return client.get("/metrics", headers=headers).status_code

    anonymous = Client()
    refused = anonymous.get("/metrics")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert status(anonymous, Authorization="Bearer wrong") == 401
    assert status(anonymous, Authorization=f"Basic {TOKEN}") == 401
    assert status(anonymous, Authorization=f"bearer {TOKEN}") == 200
    call_command("roles", verbosity=0)
    for name, groups, expected in (("hoc", [], 403), ("vanhanh", [operators()], 200)):
        user = User.objects.create_user(name)
        user.groups.set(groups)
        client = Client()
        client.force_login(user)
        assert status(client) == expected


@pytest.mark.django_db
def test_requests_are_counted_by_the_name_of_their_view(token: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["hoc.example.vn"], True
    client = Client(headers={"Host": "10.0.0.7:8000", "X-Forwarded-Proto": "https"})
    before = read(client)
    settings.SECURE_SSL_REDIRECT = False
    there = Client(headers={"Host": "hoc.example.vn"})
    for path in ("/dang-nhap/", "/dang-nhap/?a=1", "/khong-co/mot/", "/khong-co/hai/", "/xapi/about"):
        there.get(path)
    there.generic("BREW", "/dang-nhap/")
    after = read(client)

    def more(name: str, **labels: str) -> float:
        return number(after, name, **labels) - number(before, name, **labels)

    page = {"view": "bdhvs_lms:sign-in"}
    assert more("bdhvs_requests_total", method="GET", status="200", **page) == 2
    assert more("bdhvs_requests_total", method="other", status="405", **page) == 1
    assert more("bdhvs_requests_total", method="GET", status="404", view="wagtail_serve") == 2
    assert more("bdhvs_requests_total", method="GET", status="200", view="bdhvs_xapi:about") == 1
    assert more("bdhvs_request_seconds_count", **page) == 3
    # These and the asking itself.
    assert more("bdhvs_database_seconds_count") == 7
    assert "khong-co" not in after


@pytest.mark.django_db
def test_what_waits_is_asked_of_the_database(token: None, client: Client) -> None:
    lrs = new_lrs()
    create_target("moodle", url="https://lrs.example.vn/xapi")
    create_target("power-bi", url="https://bi.example.vn/xapi")
    for _ in range(3):
        assert lrs.post("statements", statement()).status_code == 200
    Item.objects.filter(target__key="moodle", statement=Statement.objects.latest("pk")).update(state=State.DEAD)
    Item.objects.update(queued_at=datetime.now(UTC) - timedelta(minutes=5))
    Target.objects.filter(key="power-bi").update(delivered=17, paused="by hand")
    text = read(client)
    found = {
        key: [number(text, f"bdhvs_outbox_{name}", target=key) for name in ("waiting", "dead_letters", "paused")]
        for key in ("moodle", "power-bi")
    }
    assert found == {"moodle": [2, 1, 0], "power-bi": [3, 0, 1]}
    assert number(text, "bdhvs_outbox_delivered_total", target="power-bi") == 17
    assert 300 <= number(text, "bdhvs_outbox_oldest_seconds", target="moodle") < 400
    assert [number(text, f"bdhvs_{name}") for name in ("database_up", "decider_failed")] == [1, 0]
    assert "\nbdhvs_decider_queue " in text and "\nbdhvs_database_lock_waits 0.0" in text


@pytest.mark.django_db
def test_while_the_database_is_away_the_rest_is_there(token: None, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(connection, "cursor", lambda *given, **more: (_ for _ in ()).throw(DatabaseError("away")))
    text = read(client)
    assert "\nbdhvs_database_up 0.0" in text and "bdhvs_outbox" not in text


@pytest.mark.thorough
def test_processes_are_added_up_and_a_reload_answers_everybody(live_process: Callable[..., Server]) -> None:
    """SIGHUP takes new processes in the place of the old ones, which finish what they have begun. A connection that
    nobody had taken yet may be cut, unanswered: whoever asks again, as a proxy does, is answered."""
    import os
    import signal
    import threading
    import time

    server = live_process(workers=2, BDHVS_METRICS_TOKEN=TOKEN)
    children = f"/proc/{server.pid}/task/{server.pid}/children"
    with open(children) as file:
        before = set(file.read().split())
    answered: list[int] = []
    cut: list[Exception] = []
    ended = threading.Event()

    def ask() -> None:
        with httpx.Client(headers={"Connection": "close"}, timeout=30) as client:
            while not ended.is_set():
                # A new connection each time, so that both processes have some.
                try:
                    answered.append(client.get(f"{server.url}/dang-nhap/").status_code)
                except (httpx.RemoteProtocolError, httpx.ReadError) as error:
                    cut.append(error)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for each in asking:
        each.start()
    os.kill(server.pid, signal.SIGHUP)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with open(children) as file:
            now = set(file.read().split())
        if len(now) >= 2 and not now & before:
            break
        time.sleep(0.1)
    time.sleep(1)
    ended.set()
    for each in asking:
        each.join()
    assert not now & before, "every process is a new one"
    assert set(answered) == {200}
    assert len(cut) <= len(before), "one a process that ends, at the most"
    text = httpx.get(f"{server.url}/metrics", headers=BEARER, timeout=30).text
    page = {"view": "bdhvs_lms:sign-in"}
    assert number(text, "bdhvs_requests_total", method="GET", status="200", **page) in range(
        len(answered), len(answered) + len(cut) + 1
    )
    assert number(text, "bdhvs_queue_seconds_count") >= len(answered)
    assert server.stop() == 0
