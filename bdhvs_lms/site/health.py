"""`/healthz`: may a load balancer send visitors here?"""

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import AHEAD, now
from bdhvs_lms.site.backups.unfinished import unfinished
from bdhvs_lms.site.schema import lacking_columns, pending_migrations
from bdhvs_xapi.api import newest_stored

__all__ = ["healthz"]

logger = logging.getLogger(__name__)

# Until when the database counts as having every migration: a query that need not be asked at each probe. A database
# that was put in the place of another is noticed within this time.
SURE_SECONDS = 30
_sure_until = 0.0
# What a site that works has to say besides, by what it is about.
_besides: dict[str, str] = {}

# Whoever asks gives up sooner than a learner's act would, and meanwhile this process answers nobody else.
PATIENCE_SECONDS = 2
# Enough that a disk without room says so.
ROOM = 256 * 1024


def _lacks() -> dict[str, str] | None:
    """What to tell of a database that pages could not be made from; None when it has everything."""
    global _sure_until
    if time.monotonic() < _sure_until:
        return None
    if pending := pending_migrations():
        logger.error("Migrations are pending: %s. Run `bdhvs migrate`.", ", ".join(pending[:5]))
        return {
            "status": "error",
            "database": "migrations pending",
            "what to do": "Back up, then run `bdhvs migrate` with the version that is installed here.",
        }
    if lacking := lacking_columns():
        logger.error("The database lacks %s, although every migration is recorded.", ", ".join(lacking[:5]))
        return {
            "status": "error",
            "database": "of another version",
            "what to do": "Every migration is recorded, but tables or columns are missing: run `bdhvs check --database"
            " default`, which names them.",
        }
    _sure_until = time.monotonic() + SURE_SECONDS
    newest = newest_stored()
    _besides.clear()
    if newest is not None and newest > now() + AHEAD:
        logger.error("The newest statement is of %s, which has not come yet: the clock is wrong, or was.", newest)
        _besides["clock"] = "behind the newest statement"
    return None


@contextmanager
def _short_of_patience(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within it a lock is waited for PATIENCE_SECONDS at most."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {min(before, PATIENCE_SECONDS * 1000)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {before}")


def _write_and_take_back() -> None:
    """A row, rolled back, and a file in the data's folder: what is rolled back never reaches SQLite's disk."""
    connection = connections[DEFAULT_DB_ALIAS]
    with _short_of_patience(connection), transaction.atomic(using=DEFAULT_DB_ALIAS):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'")
        # Not `record_applied`, which asks first whether the table is there.
        MigrationRecorder(connection).migration_qs.create(app="healthz", name="written and rolled back")
        transaction.set_rollback(True, using=DEFAULT_DB_ALIAS)
    with tempfile.TemporaryFile(dir=_data_folder(connection)) as file:
        file.write(bytes(ROOM))
        file.flush()


def _data_folder(connection: BaseDatabaseWrapper) -> Path:
    name = str(connection.settings_dict["NAME"])
    return Path(name).parent if connection.vendor == "sqlite" and Path(name).is_file() else Path(settings.DATA_DIR)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the site can write and the database is whole and has every migration, else 503; never says which
    database, or why, in detail. With 200 too it says when the clock stands before the newest statement."""
    try:
        sure = time.monotonic() < _sure_until
        if unfinished(connections[DEFAULT_DB_ALIAS], migrated=sure) is not None:
            return JsonResponse({"status": "error", "database": "restore unfinished"}, status=503)
        lacks = _lacks()
        if lacks is None:
            _write_and_take_back()
    except DatabaseError:
        logger.exception("The database does not answer, or takes nothing.")
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    except OSError:
        logger.exception("The data folder takes nothing.")
        return JsonResponse({"status": "error", "files": "not writable"}, status=503)
    if lacks is not None:
        return JsonResponse(lacks, status=503)
    return JsonResponse({"status": "ok", **_besides})
