"""The ledger's names of members of staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from bdhvs_lms.learners.api import learner_for_user
from bdhvs_lms.tracking.statements import STATEMENT_NAMESPACE


def staff_actor(user: Any) -> UUID:
    """Return the opaque actor of a member of staff, for `context.instructor` and voidings: as a learner, or derived
    from the account. Keep it in the act's row: an account that becomes a learner's is called otherwise from then on."""
    learner = learner_for_user(user)
    return learner.actor if learner is not None else uuid5(STATEMENT_NAMESPACE, f"staff:{user.pk}")
