"""Fixtures of the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bdhvs_xapi import api
from tests.bdhvs_xapi.support import HOME


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No receivers of the rest of the site: what they do and ask is for their own tests."""
    monkeypatch.setattr(api.recorded, "receivers", [])


@pytest.fixture
def ledger(db: None) -> None:
    """A database with the authorities "site" (server-graded) and "browser" (client-reported)."""
    add_authorities()


def add_authorities() -> None:
    api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=api.Trust.SERVER_GRADED)
    api.ensure_authority("browser", agent=api.account_actor(HOME, "browser"), trust=api.Trust.CLIENT_REPORTED)


@pytest.fixture
def heard() -> Iterator[list[list[api.Recorded]]]:
    """What the ``recorded`` hook was sent: one list a signal."""
    calls: list[list[api.Recorded]] = []

    def receiver(statements: list[api.Recorded], **kwargs: Any) -> None:
        calls.append(statements)

    api.recorded.connect(receiver)
    yield calls
    api.recorded.disconnect(receiver)
