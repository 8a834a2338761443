"""Writing down consent and access. Both are facts: no row is ever changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bdhvs_lms.audit.models import AccessLog, Consent
from bdhvs_lms.audit.queries import CONSENT_VERSION

BATCH = 500


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("at= must be a date and time with a zone.")
    return at


def record_consent(
    actor: UUID,
    *,
    given: bool,
    at: datetime,
    text_version: str | None = None,
    purpose: str = "learning",
    by_representative: bool = False,
) -> Consent:
    """Write down a yes (`given`) or a withdrawal to a version of the text; None: the version shown now.

    `by_representative`: a parent or guardian answered (minors; Law 91/2025/QH15).
    """
    return Consent.objects.create(
        actor=actor,
        purpose=purpose,
        text_version=CONSENT_VERSION if text_version is None else text_version,
        given=given,
        at=_aware(at),
        by_representative=by_representative,
    )


def relabel_accesses(user_pk: Any, label: str) -> int:
    """What an erased account is called from now on in the log of its own looks. Returns how many rows changed.

    The one change that the log knows: who looked at whom, and when, stays; the account's row says that it is erased.
    """
    # The plain manager, because the table's own refuses every change.
    rows = AccessLog._base_manager.filter(user_id=user_pk).exclude(user_label=label[:150])
    return rows.update(user_label=label[:150])


def log_access(*, user: Any, actors: Iterable[UUID], page: str, at: datetime, detail: str = "") -> int:
    """Write down that this account saw these learners by name: one row each. Returns how many.

    Args:
        user: the account, or None for the machine itself (an export from the command line).
        actors: learners' actor UUIDs; repeats count once.
        page: name of the view, e.g. 'class-review', at most 60 characters.
        detail: at most 200 characters; never a learner's name.
    """
    label = user.get_username() if user is not None else "-"
    rows = [
        AccessLog(at=_aware(at), user=user, user_label=label[:150], actor=actor, page=page[:60], detail=detail[:200])
        for actor in dict.fromkeys(actors)
    ]
    with transaction.atomic():
        AccessLog.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)
