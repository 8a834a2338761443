"""Asking about one's own data, and answering within two working days.

The two days are those of Decree 356/2025/NĐ-CP as law firms report it; carrying something out may take longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, nfc, require
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.privacy.models import DataRequest

WORKING_DAYS = 2
LONGEST = 1000
_SATURDAY = 5


def working_days_after(day: date, count: int) -> date:
    """Return the count-th working day after this day: neither Saturday, Sunday nor one of `BDHVS_HOLIDAYS`."""
    holidays = set(app_settings.HOLIDAYS)
    while count:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day.isoformat() not in holidays:
            count -= 1
    return day


def open_requests() -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(answered_at=None)


def requests_of(learner: Learner) -> QuerySet[DataRequest]:
    """Return a person's requests, the latest first."""
    return DataRequest.objects.filter(learner__in=learner.ids).order_by("-received_at", "-pk")


def ask(
    learner: Learner, kind: str, *, words: str, at: datetime, by: Any = None, weak_sign_in: bool = False
) -> DataRequest:
    """Write down what somebody wants. While the same is open, this is it, with what is said now; one that comes in a
    better way makes up for a weak sign-in before.

    Args:
        by: a member of staff who types it in for somebody at the office; needs add_datarequest.
        weak_sign_in: it was asked in a session that others may have opened (`is_limited`).

    Raises ValidationError by field (`kind`, `words`): no such request, a correction without words, too many words.
    """
    if by is not None:
        require(by, "add_datarequest")
    text = nfc(words).strip()
    if kind not in DataRequest.Kind.values:
        raise ValidationError({"kind": _("Choose what you want.")})
    if kind == DataRequest.Kind.CORRECT and not text:
        raise ValidationError({"words": _("Say what is wrong and what is right.")})
    if len(text) > LONGEST:
        raise ValidationError({"words": _("At most %(count)d characters.") % {"count": LONGEST}})
    due = working_days_after(day_of(at), WORKING_DAYS)
    with transaction.atomic():
        # The row of the person is the lock: two at once would both find none.
        Learner.objects.select_for_update().get(pk=learner.whole.pk)
        found = open_requests().filter(learner__in=learner.ids, kind=kind).first()
        if found is None:
            return DataRequest.objects.create(
                learner=learner.whole,
                kind=kind,
                words=text,
                received_at=at,
                due=due,
                entered_by=by,
                by_weak_sign_in=weak_sign_in,
            )
        # Words of somebody at a shared telephone take nobody else's place.
        if text and (found.by_weak_sign_in or not weak_sign_in):
            found.words = text
        found.by_weak_sign_in = found.by_weak_sign_in and weak_sign_in
        found.save(update_fields=["words", "by_weak_sign_in"])
    return found


def unconfirmed(learner: Learner, kind: str) -> DataRequest | None:
    """Return the open request that may be somebody else's doing, and about which the person was not asked yet."""
    rows = open_requests().filter(learner__in=learner.ids, kind=kind)
    return next((row for row in rows if row.unconfirmed), None)


def confirm(request: DataRequest, *, at: datetime, by: Any) -> DataRequest:
    """Record that the person said so, face to face or on the telephone. Needs change_datarequest. Again is the same."""
    require(by, "change_datarequest")
    with transaction.atomic():
        row = DataRequest.objects.select_for_update().get(pk=request.pk)
        if row.unconfirmed:
            row.confirmed_at, row.confirmed_by = at, by
            row.save(update_fields=["confirmed_at", "confirmed_by"])
    return row


def answer(request: DataRequest, *, outcome: str, words: str, at: datetime, by: Any) -> DataRequest:
    """Say what came of it, once. Needs change_datarequest.

    Raises ValidationError by field: it is answered already, no such outcome, a refusal without a reason, done without
    having asked the person (`DataRequest.unconfirmed`).
    """
    require(by, "change_datarequest")
    text = nfc(words).strip()
    if outcome not in DataRequest.Outcome.values:
        raise ValidationError({"outcome": _("Choose what came of it.")})
    if outcome == DataRequest.Outcome.REFUSED and not text:
        raise ValidationError({"answer": _("Say why it was not done.")})
    if len(text) > LONGEST:
        raise ValidationError({"answer": _("At most %(count)d characters.") % {"count": LONGEST}})
    with transaction.atomic():
        row = DataRequest.objects.select_for_update().get(pk=request.pk)
        if row.answered_at is not None:
            raise ValidationError(_("This request is answered already."))
        if row.unconfirmed and outcome == DataRequest.Outcome.DONE:
            raise ValidationError({"outcome": _("Ask the person first, and write down that you did.")})
        row.answered_at, row.answered_by, row.outcome, row.answer = at, by, outcome, text
        row.save()
    return row


def carried_out(learner: Learner, kinds: Iterable[str], *, at: datetime, by: Any) -> int:
    """Answer the open requests of these kinds: what was asked has just been done. Returns how many."""
    open_now = open_requests().filter(learner__in=learner.ids, kind__in=list(kinds))
    return open_now.update(answered_at=at, answered_by=by, outcome=DataRequest.Outcome.DONE)


def forget_words(learner: Learner) -> int:
    """Remove what was typed by or about the person, from open requests too. Returns how many rows changed."""
    rows = DataRequest.objects.filter(learner=learner)
    return rows.exclude(words="", answer="").update(words="", answer="")
