"""`/healthz`: may a load balancer send visitors here?"""

import logging

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

__all__ = ["healthz", "pending_migrations"]

logger = logging.getLogger(__name__)

# Reading every migration file costs far more than a query, and an applied migration stays applied: once is enough
# in the life of a process.
_migrated = False


def pending_migrations() -> bool:
    """Whether the default database lacks a migration of the installed apps. Raises DatabaseError without a database."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration, else 503; never says which database, or why, in detail."""
    global _migrated
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated:
            _migrated = not pending_migrations()
    except DatabaseError:
        logger.exception("The database does not answer.")
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    if not _migrated:
        return JsonResponse({"status": "error", "database": "migrations pending"}, status=503)
    return JsonResponse({"status": "ok"})
