"""Settings that the system check refuses, and those that it lets pass."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import Error
from django.db import router

from bdhvs_xapi.checks import check_databases

GOOD: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": "/srv/bdhvs/db.sqlite3",
    "CONN_MAX_AGE": 60,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
}


def refused(monkeypatch: pytest.MonkeyPatch, database: dict[str, Any]) -> list[str]:
    # Not the settings fixture: it warns that connections do not follow, which the check does not need.
    monkeypatch.setattr(settings, "DATABASES", {"default": database})
    found = check_databases(None)
    assert all(isinstance(each, Error) and each.hint and "'default'" in each.msg for each in found)
    return [str(each.id) for each in found]


def options(**changes: Any) -> dict[str, Any]:
    kept = {name: value for name, value in {**GOOD["OPTIONS"], **changes}.items() if value is not None}
    return {**GOOD, "OPTIONS": kept}


@pytest.mark.parametrize(
    ("database", "ids"),
    [
        (GOOD, []),
        (options(transaction_mode="immediate"), []),
        (options(init_command="pragma journal_mode = 'wal'"), []),
        ({**GOOD, "CONN_MAX_AGE": None}, []),
        (options(transaction_mode=None), ["bdhvs_xapi.E001"]),
        (options(transaction_mode="DEFERRED"), ["bdhvs_xapi.E001"]),
        (options(timeout=None), ["bdhvs_xapi.E002"]),
        (options(timeout=19.9), ["bdhvs_xapi.E002"]),
        (options(init_command=None), ["bdhvs_xapi.E003"]),
        (options(init_command="PRAGMA journal_mode=DELETE"), ["bdhvs_xapi.E003"]),
        ({**GOOD, "CONN_MAX_AGE": 0}, ["bdhvs_xapi.E004"]),
        ({**GOOD, "ATOMIC_REQUESTS": True}, ["bdhvs_xapi.E005"]),
        (
            {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"},
            ["bdhvs_xapi.E001", "bdhvs_xapi.E002", "bdhvs_xapi.E003", "bdhvs_xapi.E004"],
        ),
        ({"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}, []),
        ({"ENGINE": "django.db.backends.sqlite3", "NAME": "file:x?mode=memory&cache=shared"}, []),
        ({"ENGINE": "django.db.backends.postgresql", "NAME": "bdhvs"}, []),
        (
            {"ENGINE": "django.db.backends.postgresql", "NAME": "bdhvs", "ATOMIC_REQUESTS": True},
            ["bdhvs_xapi.E005"],
        ),
    ],
)
def test_settings(monkeypatch: pytest.MonkeyPatch, database: dict[str, Any], ids: list[str]) -> None:
    assert refused(monkeypatch, database) == ids


def test_an_old_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert refused(monkeypatch, GOOD) == ["bdhvs_xapi.E006"]


class Elsewhere:
    """A router that keeps the ledger off the database "other"."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != "other" or app_label != "bdhvs_xapi"


def test_a_database_without_ledger_is_nobodys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router, "routers", [Elsewhere()])
    monkeypatch.setattr(settings, "DATABASES", {"default": GOOD, "other": {**GOOD, "OPTIONS": {}}})
    assert check_databases(None) == []
