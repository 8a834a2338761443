"""Beginning an attempt, or going on with one: never two open at once, and the same form twice is one act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Required, TypedDict, TypeVar, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from bdhvs_lms.attempts.models import AttemptBase, ExtraAttempt, ExtraTime, VersionBase
from bdhvs_lms.attempts.queries import NotOffered, enrolled_in
from bdhvs_lms.attempts.references import references
from bdhvs_lms.attempts.statements import initialized
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import clamp, learner_lock, record

A = TypeVar("A", bound=AttemptBase)


class Posted(TypedDict, total=False):
    """What the button of an activity's page sent, as actions take it. `act_id`: the form's idempotency key. `at`: time
    of receipt, aware. `occurred_at`: the learner's time as claimed, not clamped yet. `language`: of the page."""

    act_id: Required[UUID]
    at: Required[datetime]
    occurred_at: datetime | None
    language: str


class Opening(Posted, total=False):
    """And `uuid`: of the attempt to be made (loaders); None: a new one."""

    uuid: UUID | None


def open_or_resume(
    model: type[A],
    learner: Learner,
    activity_key: UUID,
    *,
    type_key: str,
    version: VersionBase | None,
    begin: Callable[[A, A | None], None],
    **form: Unpack[Opening],
) -> A:
    """Begin, or go on with the attempt that is open; the same `act_id` again is the attempt that it began.

    Args:
        version: what a learner who begins now meets; None: there is nothing.
        begin: saves the new attempt, in the transaction and under the learner's lock, with what belongs to it; it may
            raise instead. Its second argument is the attempt that was open and cannot be gone on with, which it ends.

    Raises NotOffered, NotEnrolled, ConsentMissing, and PermissionError when `act_id` is somebody else's.
    """
    row, enrolment = enrolled_in(learner, activity_key, type_key)
    if version is None:
        raise NotOffered(activity_key)
    moment = clamp(form.get("occurred_at"), form["at"], not_before=enrolment.enrolled_at)
    new = model(
        learner=learner,
        enrolment=enrolment,
        version=version,
        activity_key=activity_key,
        act_id=form["act_id"],
        opened_at=moment,
        opened_received_at=form["at"],
    )
    new.uuid = form.get("uuid") or new.uuid
    language = form.get("language", "vi")
    new.references = references(learner, row, moment, revision=str(version.number), language=language)
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner, form["at"])
        attempts = model._default_manager.select_related("version")
        same = attempts.filter(act_id=new.act_id).first()
        if same is not None:
            if same.learner_id not in learner.ids:
                raise PermissionError("This act belongs to another learner.")
            return same
        own = attempts.filter(learner__in=learner.ids, activity_key=activity_key)
        # There may be one in each record: the one of this record, or it would be in the way of a new one.
        this_first = (F("learner__merged_into").asc(nulls_first=True), "pk")
        going = own.filter(**{model.ended_by: None}).order_by(*this_first).first()
        if going is not None and going.goes_on_in(version):
            return going
        if not (row.active and row.course.active):
            raise NotOffered(activity_key)
        new.number = (own.aggregate(last=Max("number"))["last"] or 0) + 1
        # One of another record is left as it is: were the records parted again, it would go on there.
        begin(new, going if going is not None and going.learner_id == learner.pk else None)
        record([initialized(new)], at=form["at"])
    return new


def give_extra_attempt(learner: Learner, activity_key: UUID, *, act_id: UUID, by: Any, at: datetime) -> ExtraAttempt:
    """One more; the same `act_id` again is the same. Whether `by` may is the caller's to check."""
    given, _created = ExtraAttempt.objects.get_or_create(
        act_id=act_id,
        defaults={"learner": learner, "activity_key": activity_key, "given_by": by, "given_at": at},
    )
    return given


# Filled by kinds of activities that end by the clock.
time_given: list[Callable[[Learner, UUID, int], None]] = []
"""Told in the same transaction: this learner has so many percent more time in this activity from now on."""


def give_extra_time(
    learner: Learner, activity_key: UUID, percent: int, *, act_id: UUID, by: Any, at: datetime
) -> ExtraTime:
    """More time, also in an attempt that is open; the same `act_id` again is the same. Whether `by` may is the caller's
    to check."""
    with transaction.atomic():
        learner_lock(learner)
        given, created = ExtraTime.objects.get_or_create(
            act_id=act_id,
            defaults={
                "learner": learner,
                "activity_key": activity_key,
                "percent": percent,
                "given_by": by,
                "given_at": at,
            },
        )
        if created:
            for tell in time_given:
                tell(learner, activity_key, percent)
    return given
