"""`/healthz`: may a load balancer send visitors here?"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.site.backups.unfinished import unfinished

__all__ = ["healthz", "pending_migrations"]

logger = logging.getLogger(__name__)

# Reading every migration file costs far more than a query, and an applied migration stays applied: once is enough
# in the life of a process.
_migrated = False

# Whoever asks gives up sooner than a learner's act would, and meanwhile this process answers nobody else.
PATIENCE_SECONDS = 2
# Enough that a disk without room says so.
ROOM = 256 * 1024


def pending_migrations() -> bool:
    """Whether the default database lacks a migration of the installed apps. Raises DatabaseError without a database."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


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
    database, or why, in detail."""
    global _migrated
    try:
        if unfinished(connections[DEFAULT_DB_ALIAS], migrated=_migrated) is not None:
            return JsonResponse({"status": "error", "database": "restore unfinished"}, status=503)
        if not _migrated:
            _migrated = not pending_migrations()
        if _migrated:
            _write_and_take_back()
    except DatabaseError:
        logger.exception("The database does not answer, or takes nothing.")
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    except OSError:
        logger.exception("The data folder takes nothing.")
        return JsonResponse({"status": "error", "files": "not writable"}, status=503)
    if not _migrated:
        return JsonResponse({"status": "error", "database": "migrations pending"}, status=503)
    return JsonResponse({"status": "ok"})
