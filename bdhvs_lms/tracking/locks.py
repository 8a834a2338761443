"""One lock a learner: what makes concurrent acts of one person come out right on PostgreSQL (architecture, 12)."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Coalesce

from bdhvs_lms.learners.api import Learner


def learner_lock(*learners: Learner | int) -> None:
    """Hold these learners until the transaction ends. Call it first in every action that records.

    Of a record that was merged into another the one that stands for it is held: a person has one lock. Records may be
    merged or parted while we wait, so that it is asked again whose lock it is; a query more, for these only.

    Taken in the order of the primary key, so that two batches never wait for each other. On SQLite the IMMEDIATE
    transaction is the lock already. NO KEY UPDATE, because a plain FOR UPDATE would also wait for every insert of a
    row that points at the learner.
    """
    ids = {learner if isinstance(learner, int) else learner.pk for learner in learners}
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("learner_lock() outside a transaction locks nothing.")
    held = _hold(ids)
    if held == dict.fromkeys(ids):
        return
    while missing := _standing(ids) - set(held):
        held |= _hold(missing)


def _hold(ids: set[int]) -> dict[int, int | None]:
    """Lock those that stand for these. Returns which, with what each was merged into while we waited."""
    standing = Learner.objects.filter(pk__in=ids).values(record=Coalesce("merged_into", "pk"))
    rows = Learner.objects.select_for_update(no_key=True).filter(pk__in=standing).order_by("pk")
    return dict(rows.values_list("pk", "merged_into"))


def _standing(ids: set[int]) -> set[int]:
    return set(Learner.objects.filter(pk__in=ids).values_list(Coalesce("merged_into", "pk"), flat=True))
