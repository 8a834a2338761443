"""One lock a learner: what makes concurrent acts of one person come out right on PostgreSQL (architecture, 12)."""

from __future__ import annotations

from django.db import transaction

from bdhvs_lms.learners.api import Learner


def learner_lock(*learners: Learner | int) -> None:
    """Hold these learners until the transaction ends. Call it first in every action that records.

    Taken in the order of the primary key, so that two batches never wait for each other. On SQLite the IMMEDIATE
    transaction is the lock already. NO KEY UPDATE, because a plain FOR UPDATE would also wait for every insert of a
    row that points at the learner.
    """
    ids = sorted({learner if isinstance(learner, int) else learner.pk for learner in learners})
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("learner_lock() outside a transaction locks nothing.")
    list(Learner.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
