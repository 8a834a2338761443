"""The numbers of IRIs and agents: texts are kept once, everything else holds their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from bdhvs_xapi.store import rows
from bdhvs_xapi.store.models import Term


def numbers(
    model: type[models.Model],
    column: str,
    texts: set[str],
    connection: BaseDatabaseWrapper,
    *,
    known: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """The primary keys of ``texts`` in a table of unique texts; adds what is missing. ``known``: those of ``texts``
    that are there, if somebody has asked already."""
    found: dict[str, int] = {}
    for part in rows.chunks(sorted(texts)):
        here = dict(select_numbers(model, column, part, connection) if known is None else known)
        missing = [text for text in part if text not in here]
        if missing:
            # Whoever inserts the same text first wins; the others wait for its commit and read its number.
            rows.insert_rows(model, (column,), [(text,) for text in missing], connection, ignore_conflicts=True)
            here.update(select_numbers(model, column, missing, connection))
        found.update(here)
    return found


def select_numbers(
    model: type[models.Model], column: str, texts: Sequence[str], connection: BaseDatabaseWrapper
) -> dict[str, int]:
    """Those of ``texts`` that are known."""
    sql = f'SELECT "{column}", id FROM {rows.table(model)} WHERE "{column}" IN {rows.marks(len(texts))}'  # noqa: S608
    return dict(rows.select(sql, texts, connection))


def register_iris(iris: Iterable[str], *, using: str = "default") -> None:
    """Makes the activities and verbs of ``iris`` known before statements name them.

    For whoever publishes: transactions of people who act then never insert an IRI, so that two of them that meet the
    same new one in opposite order in several calls of ``record()`` do not wait for each other.
    """
    numbers(Term, "iri", set(iris), connections[using])
