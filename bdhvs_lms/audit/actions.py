"""Writing down consent and access. Both are facts: no row is ever changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bdhvs_lms.audit.models import AccessedPeople, AccessedPerson, AccessLog, Consent, PaperConsent
from bdhvs_lms.audit.texts import version_in_force
from bdhvs_lms.base.api import day_of

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
    paper: PaperConsent | None = None,
) -> Consent:
    """Write down a yes (`given`) or a withdrawal to a version of the text; None: the version in force on that day.

    `by_representative`: a parent or guardian answered (minors; Law 91/2025/QH15). `paper`: the signed form.
    """
    return Consent.objects.create(
        actor=actor,
        purpose=purpose,
        text_version=version_in_force(day_of(_aware(at))) if text_version is None else text_version,
        given=given,
        at=_aware(at),
        by_representative=by_representative,
        paper=paper,
    )


def relabel_accesses(user_pk: Any, label: str) -> int:
    """Replace the name of an erased account in the log of its own looks. Returns how many rows changed.

    One of two changes that the log knows: who looked at whom, and when, stays; the row says that it is erased.
    """
    # The plain manager, because the table's own refuses every change.
    rows = AccessLog._base_manager.filter(user_id=user_pk).exclude(user_label=label[:150])
    return rows.update(user_label=label[:150])


def log_access(*, user: Any, actors: Iterable[UUID], page: str, at: datetime, detail: str = "") -> int:
    """Write down that this account saw these learners by name: one row a look. Returns how many learners.

    Nothing is written for nobody.

    Args:
        user: the account, or None for the machine itself (an export from the command line).
        actors: learners' actor UUIDs; repeats count once.
        page: name of the view, e.g. 'class-review', at most 60 characters.
        detail: at most 200 characters; never a learner's name.
    """
    seen = sorted({UUID(str(actor)) for actor in actors})
    at = _aware(at)
    if not seen:
        return 0
    label = user.get_username() if user is not None else "-"
    with transaction.atomic():
        AccessLog.objects.create(
            at=at, user=user, user_label=label[:150], people=_people(seen), page=page[:60], detail=detail[:200]
        )
    return len(seen)


def _people(seen: Sequence[UUID]) -> AccessedPeople:
    """Return the row of these people, made when they are seen together for the first time. In the caller's transaction.

    Locked, or `forget_accesses` might take it away before the look that names it stands.
    """
    digest = hashlib.sha256(b"".join(actor.bytes for actor in seen)).hexdigest()
    rows = AccessedPeople.objects.select_for_update().filter(digest=digest)
    while True:
        people = rows.first()
        if people is not None:
            return people
        # Of two who see them first, one makes the row; the other waits for it here and finds it then.
        AccessedPeople.objects.bulk_create([AccessedPeople(digest=digest)], ignore_conflicts=True)
        made = rows.first()
        if made is not None:
            AccessedPerson.objects.bulk_create(
                [AccessedPerson(actor=actor, people=made) for actor in seen], batch_size=BATCH, ignore_conflicts=True
            )
            return made


def forget_accesses(before: datetime, *, most: int = BATCH) -> int:
    """Take away looks of before this moment, at most so many, in one short transaction; how many. Call until 0.

    The second change that the log knows: what has been kept long enough goes, with groups of people that no look names.
    """
    with transaction.atomic():
        # The plain managers, because the tables' own refuse every change.
        old = list(
            AccessLog._base_manager.filter(at__lt=_aware(before)).order_by("at").values_list("pk", "people")[:most]
        )
        AccessLog._base_manager.filter(pk__in=[pk for pk, _people in old]).delete()
        locked = AccessedPeople._base_manager.select_for_update().filter(pk__in={people for _pk, people in old})
        unused = [row.pk for row in locked.order_by("pk") if not AccessLog._base_manager.filter(people=row).exists()]
        AccessedPerson._base_manager.filter(people__in=unused).delete()
        AccessedPeople._base_manager.filter(pk__in=unused).delete()
    return len(old)
