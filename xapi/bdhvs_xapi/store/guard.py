"""The lock of the ledger on PostgreSQL.

A StatementRef (a voiding is one) and the statement that it leads to may arrive at once in two transactions. With READ
COMMITTED neither would see the other, and both would commit: a voided statement would count for good, a filter would
never find the reference. So every insert shares one lock, and a reference that leads to something that is not here
takes it alone: it sees what was being written, and what comes later sees it. SQLite has one writer and needs nothing.

Whoever holds the lock is a writer whose statements may not be visible yet; ``store/consistency.py`` asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from bdhvs_xapi.store import rows
from bdhvs_xapi.store.models import Statement
from bdhvs_xapi.store.prepared import Prepared

# Any constant that nothing else in the database uses.
LOCK: Final = 0x62646876_78617069
# How many statements are followed from a StatementRef. A reference to a reference to … is a conversation; beyond this
# it is somebody trying out how much work one statement can make.
MAX_CHAIN: Final = 20


def guard(batch: Sequence[Prepared], connection: BaseDatabaseWrapper) -> None:
    """Takes the lock, alone or shared, until the end of the transaction. Before anything is written."""
    if connection.vendor != "postgresql":
        return
    lock = "pg_advisory_xact_lock" if _leads_nowhere(batch, connection) else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [LOCK])


def _leads_nowhere(batch: Sequence[Prepared], connection: BaseDatabaseWrapper) -> bool:
    """Whether some reference of the batch ends at a statement that is not here."""
    here = {item.id: item.object_ref for item in batch}
    wanted = {ref for ref in here.values() if ref is not None}
    for _ in range(MAX_CHAIN):
        wanted -= here.keys()
        if not wanted:
            return False
        found = targets(sorted(wanted), connection)
        if len(found) < len(wanted):
            return True
        here.update(found)
        wanted = {ref for ref in found.values() if ref is not None}
    return False


def targets(ids: Sequence[UUID], connection: BaseDatabaseWrapper) -> dict[UUID, UUID | None]:
    """Those of ``ids`` that are here, and the statement that each refers to."""
    found: dict[UUID, UUID | None] = {}
    as_uuid = rows.uuid_in(connection)
    for part in rows.chunks(ids):
        sql = f"SELECT statement_id, object_ref FROM {rows.table(Statement)} WHERE statement_id IN {rows.marks(len(part))}"  # noqa: S608, E501
        for statement_id, ref in rows.select(sql, [as_uuid(each) for each in part], connection):
            found[rows.uuid_out(statement_id)] = rows.uuid_out(ref)
    return found
