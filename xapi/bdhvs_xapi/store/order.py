"""When a statement was stored, as one number that also orders all statements.

``seq`` is the time of storing in microseconds since 1970, times 1,024, plus a slot. So the primary key, every index
that ends in it, and "newest first by stored" (xAPI 1.0.3 Part Three, 2.1.3) are the same order, and ``since`` and
``until`` are ranges of each of those indexes. Statements of one batch are one microsecond apart, in the batch's order.

Two transactions never get one number: on SQLite there is one writer, which goes on above the highest number there is;
on PostgreSQL the slot comes from the number of the transaction, so that two with one slot are 1,024 transactions
apart and cannot share a microsecond. Good until the year 2255.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

SLOTS: Final = 1024
_LAST: Final = (1 << 63) - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Since 1970; ``moment`` is aware."""
    return (moment - _EPOCH) // _MICROSECOND


def stored_at(seq: int) -> datetime:
    """The time in ``seq``, UTC."""
    return _EPOCH + timedelta(microseconds=seq // SLOTS)


def after(moment: datetime) -> int:
    """Every statement stored later than ``moment`` (``since``), and no other, has at least this number."""
    return _storable((microseconds(moment) + 1) * SLOTS)


def not_after(moment: datetime) -> int:
    """Every statement stored at ``moment`` or earlier (``until``), and no other, has at most this number."""
    return _storable((microseconds(moment) + 1) * SLOTS - 1)


def _storable(number: int) -> int:
    """Times from year 1 to 9999 may be asked for; a column holds 64 bits, and no statement is beyond them."""
    return max(-1, min(number, _LAST))


def clock_sql(connection: BaseDatabaseWrapper, table: str) -> str:
    """What a query has to select, with the locks of an insert held, for ``first()``: two more columns.

    On PostgreSQL the clock is the database's, so that several servers of the application have one.
    """
    if connection.vendor == "postgresql":
        return f"clock_timestamp(), txid_current() %% {SLOTS}"
    return f"(SELECT max(seq) FROM {table}), 0"  # noqa: S608 - a name of our own


def first(clock: Any, slot: int) -> int:
    """The number of the first statement of a batch, from the columns of ``clock_sql()``."""
    if isinstance(clock, datetime):
        return microseconds(clock) * SLOTS + slot
    # SQLite: a clock that was put back, or two batches within a microsecond, do not reverse the order.
    return max(microseconds(datetime.now(UTC)), (clock or 0) // SLOTS + 1) * SLOTS
