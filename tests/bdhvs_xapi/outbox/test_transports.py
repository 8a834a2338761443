"""The registry of transports is loud, and the built-in transport passes the kit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unittest import TestCase
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from bdhvs_xapi import api
from bdhvs_xapi.outbox import registry
from bdhvs_xapi.outbox.http import HttpTransport
from bdhvs_xapi.testing import TransportConformance
from tests.bdhvs_xapi.outbox.conftest import Foreign


class TestHttp(TransportConformance, TestCase):
    transport = HttpTransport
    foreign: Foreign

    @pytest.fixture(autouse=True)
    def _store(self, foreign: Foreign) -> None:
        self.foreign = foreign

    def destination(self) -> api.Destination:
        return api.Destination("province", self.foreign.url, "1.0.3")

    def dead_end(self) -> api.Destination:
        return api.Destination("province", "http://127.0.0.1:1/xapi", "1.0.3")

    def arrived(self) -> list[UUID]:
        return [UUID(each) for each in self.foreign.kept]


class Good(api.Transport):
    key = "tests.good"
    label = "Good"

    def send(self, batch: Sequence[api.Outgoing]) -> api.Answer:
        return api.Answer([])

    def check(self) -> api.Check:
        return api.Check(True)


class Unfinished(api.Transport):
    key = "tests unfinished"


class Taken(Good):
    key = "bdhvs_xapi.http"


@pytest.fixture
def starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """As while apps are getting ready."""
    from django.apps import apps

    monkeypatch.setattr(registry, "_transports", dict(registry._transports))
    monkeypatch.setattr(registry, "_problems", [])
    monkeypatch.setattr(apps, "ready", False)


def test_registered_once_however_often(starting: None) -> None:
    for _ in range(2):
        assert api.register_transport(Good) is Good
    assert api.transports()["tests.good"] is Good


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Unfinished, ["key has to be dotted words", "label has to be a text", "leaves out check, send()"]),
        (Taken, ["its key 'bdhvs_xapi.http' is that of bdhvs_xapi.outbox.http.HttpTransport"]),
        (object, ["no subclass of Transport"]),
        (Good(api.Destination("", "", "")), ["no subclass of Transport"]),
    ],
)
def test_what_cannot_work_is_not_accepted_and_is_said(starting: None, wrong: Any, said: list[str]) -> None:
    api.register_transport(wrong)
    with pytest.raises(api.TransportError) as raised:
        api.transports()
    for part in said:
        assert part in str(raised.value)


def test_manage_py_check_says_it(db: None, starting: None, monkeypatch: pytest.MonkeyPatch) -> None:
    api.register_transport(Taken)
    monkeypatch.undo()
    monkeypatch.setattr(registry, "_problems", ["tests.Taken: its key is taken."])
    with pytest.raises(SystemCheckError, match=r"bdhvs_xapi\.E021.*its key is taken"):
        call_command("check")


def test_too_late_is_an_error_at_once() -> None:
    with pytest.raises(api.TransportError, match="registers too late"):
        api.register_transport(Good)


def test_a_target_needs_a_transport_that_is_there(ledger: None) -> None:
    with pytest.raises(api.TransportMissing, match="is the app installed"):
        api.create_target("x", url="https://lrs.example.org", transport="tests.good")
