"""System checks: settings under which the ledger would lose statements or make people wait.

The numbers behind the SQLite rules: with Django's defaults one transaction in four failed under load, with IMMEDIATE,
WAL and a busy timeout of 20 s none; a connection for each request costs a factor of three to five.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import router

from bdhvs_xapi.store.models import Statement

MIN_TIMEOUT: Final = 20
# INSERT … RETURNING, by which the store learns which statements are new.
_MIN_SQLITE: Final = (3, 35)
_WAL: Final = re.compile(r"journal_mode\s*=\s*['\"]?wal\b", re.IGNORECASE)


def check_databases(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Errors for the databases that hold the ledger; a database in memory needs only what keeps it correct."""
    found: list[CheckMessage] = []
    for alias, configured in settings.DATABASES.items():
        database: dict[str, Any] = dict(configured)
        if not router.allow_migrate_model(alias, Statement):
            continue
        if database.get("ATOMIC_REQUESTS"):
            found.append(
                _error(
                    5,
                    alias,
                    "ATOMIC_REQUESTS holds a transaction, and with it locks, for the whole of a request.",
                    "Remove ATOMIC_REQUESTS; actions open the transactions they need.",
                )
            )
        if database.get("ENGINE") == "django.db.backends.sqlite3":
            found.extend(_check_sqlite(alias, database))
    return found


def _check_sqlite(alias: str, database: dict[str, Any]) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if sqlite3.sqlite_version_info < _MIN_SQLITE:
        found.append(
            _error(6, alias, f"SQLite {sqlite3.sqlite_version} cannot INSERT … RETURNING.", "Use SQLite 3.35 or later.")
        )
    name = str(database.get("NAME", ""))
    if name == ":memory:" or "mode=memory" in name:
        return found
    options = database.get("OPTIONS", {})
    if str(options.get("transaction_mode") or "").upper() not in {"IMMEDIATE", "EXCLUSIVE"}:
        found.append(
            _error(
                1,
                alias,
                "Transactions begin as readers, and one that then writes fails while another writes.",
                'Set OPTIONS["transaction_mode"] = "IMMEDIATE".',
            )
        )
    timeout = options.get("timeout", 5)
    if not isinstance(timeout, int | float) or timeout < MIN_TIMEOUT:
        found.append(
            _error(
                2,
                alias,
                f"A writer gives up after {timeout} s of waiting for another.",
                f'Set OPTIONS["timeout"] = {MIN_TIMEOUT} or more.',
            )
        )
    if not _WAL.search(options.get("init_command") or ""):
        found.append(
            _error(
                3,
                alias,
                "Without a write-ahead log readers and the writer block each other.",
                'Set OPTIONS["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;".',
            )
        )
    # None means: keep the connection for good.
    if database.get("CONN_MAX_AGE", 0) == 0:
        found.append(
            _error(4, alias, "Every request opens the database anew.", "Set CONN_MAX_AGE = 60 (any number above 0).")
        )
    return found


def _error(number: int, alias: str, message: str, hint: str) -> Error:
    return Error(f"DATABASES[{alias!r}]: {message}", hint=hint, id=f"bdhvs_xapi.E{number:03d}")
