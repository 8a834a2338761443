"""One lock a learner: what makes concurrent acts of one person come out right on PostgreSQL (architecture, 12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from bdhvs_lms.base.api import Compiled
from bdhvs_lms.learners.api import Learner, learners_for_actors


def learner_lock(*learners: Learner | int) -> None:
    """Hold these learners until the transaction ends. Call it first in every action that records.

    Of a record that was merged into another the one that stands for it is held: a person has one lock. Records may be
    merged or parted while we wait, so that it is asked again whose lock it is; a query more, for these only.

    Taken in the order of the primary key, so that two batches never wait for each other. On SQLite the IMMEDIATE
    transaction is the lock already. NO KEY UPDATE, because a plain FOR UPDATE would also wait for every insert of a
    row that points at the learner.

    What this transaction holds already costs no query.
    """
    ids = {learner if isinstance(learner, int) else learner.pk for learner in learners}
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("learner_lock() outside a transaction locks nothing.")
    ids -= {pk for mark in _marks() for pk in mark.standing}
    if not ids:
        return
    held = _hold(ids)
    if set(held) != ids or any(learner.merged_into_id is not None for learner in held.values()):
        while missing := _standing(ids) - set(held):
            held |= _hold(missing)
    transaction.on_commit(Held(held.values()))


def learners_held(actors: Iterable[UUID]) -> list[Learner]:
    """Return `learners_for_actors` of some whose locks this transaction may hold: then it costs no query, one where
    records were merged."""
    wanted = set(actors)
    known = {actor: learner for mark in _marks() for learner in mark.as_locked for actor in learner.actors}
    if wanted <= known.keys():
        found = {known[actor].pk: known[actor] for actor in wanted}
        return [found[pk] for pk in sorted(found)]
    return learners_for_actors(wanted)


def read_anew() -> None:
    """Records were merged or parted: what was read of them with their locks is no longer so."""
    for mark in _marks():
        mark.as_locked = ()


class Held:
    """A mark that a transaction holds these learners: it is there as long as the locks are. Among what is to be done on
    commit, because the database lets them go just when Django empties that: at the end, and what came after a savepoint
    when that is rolled back."""

    def __init__(self, learners: Iterable[Learner]) -> None:
        self.as_locked: tuple[Learner, ...] = tuple(one for one in learners if one.merged_into_id is None)
        self.standing = {learner.pk for learner in self.as_locked}

    def __call__(self) -> None:
        """Do nothing: nothing is left to be done."""


def _marks() -> list[Held]:
    return [entry[1] for entry in transaction.get_connection().run_on_commit if isinstance(entry[1], Held)]


_FIELDS = [field.attname for field in Learner._meta.concrete_fields]


def _locked(asked: QuerySet[Learner]) -> QuerySet[Any, Any]:
    standing = asked.values(record=Coalesce("merged_into", "pk"))
    rows = Learner.objects.select_for_update(no_key=True).filter(pk__in=standing).order_by("pk")
    return rows.values(*_FIELDS)


_locked_one = Compiled(lambda pk: _locked(Learner.objects.filter(pk=pk)), pk=int)


def _hold(ids: set[int]) -> dict[int, Learner]:
    """Lock those that stand for these. Returns them as they are now: some may have been merged while we waited."""
    rows = _locked_one(pk=next(iter(ids))) if len(ids) == 1 else _locked(Learner.objects.filter(pk__in=ids))
    return {row["id"]: Learner.from_db(DEFAULT_DB_ALIAS, _FIELDS, [row[name] for name in _FIELDS]) for row in rows}


def _standing(ids: set[int]) -> set[int]:
    return set(Learner.objects.filter(pk__in=ids).values_list(Coalesce("merged_into", "pk"), flat=True))
