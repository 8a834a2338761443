"""A foreign record store for a module's tests, and targets that point to it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from bdhvs_xapi import api

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Foreign:
    """The process of ``foreign_store.py``."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/xapi"

    def told(self, **what: Any) -> None:
        """Forgets everything, and does from now on what it is told."""
        self._ask("PUT", json.dumps(what))

    @property
    def seen(self) -> dict[str, Any]:
        return json.loads(self._ask("GET"))  # type: ignore[no-any-return]

    @property
    def kept(self) -> set[str]:
        return set(self.seen["kept"])

    def _ask(self, method: str, body: str | None = None) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, "/control", body)
            return connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def foreign_store() -> Iterator[Foreign]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bdhvs_xapi.outbox.foreign_store"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Foreign(int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def _foreign() -> Iterator[Foreign]:
    with foreign_store() as started:
        yield started


@pytest.fixture
def foreign(_foreign: Foreign) -> Foreign:
    _foreign.told()
    return _foreign


@pytest.fixture
def target(ledger: None, foreign: Foreign) -> api.Target:
    return api.create_target("province", url=foreign.url, username="us", password="secret")


class Clock:
    """A clock that a test sets: ``clock.later(seconds=5)``."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()
