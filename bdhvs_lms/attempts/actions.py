"""Begins an attempt, or goes on with one: never two open at once, and the same form twice is one act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Required, TypedDict, TypeVar, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Subquery

from bdhvs_lms.attempts.models import AttemptBase, ExtraAttempt, ExtraTime, VersionBase
from bdhvs_lms.attempts.queries import NotOffered, enrolled_in
from bdhvs_lms.attempts.references import references
from bdhvs_lms.attempts.statements import initialized
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import clamp, learner_lock, record

A = TypeVar("A", bound=AttemptBase)


class Posted(TypedDict, total=False):
    """The content that the button of an activity's page sent, as actions take it. `act_id`: the form's idempotency key.
    `at`:
    time of receipt, aware. `occurred_at`: the learner's time as claimed, not clamped yet. `language`: of the page."""

    act_id: Required[UUID]
    at: Required[datetime]
    occurred_at: datetime | None
    language: str


class Opening(Posted, total=False):
    """The same with `uuid`: of the attempt to be made (loaders); None: a new one."""

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
    """Start an attempt, or go on with the one that is open; the same `act_id` again is the attempt that it began.

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
    new.uuid, new.offered = form.get("uuid") or new.uuid, row
    language = form.get("language", "vi")
    new.references = references(learner, row, moment, revision=str(version.number), language=language)
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner, form["at"])
        same, going, number = _earlier(model, learner, activity_key, new.act_id)
        for earlier in filter(None, (same, going)):
            if earlier.version_id == version.pk:  # type: ignore[attr-defined]
                earlier.version = version
        if same is not None:
            if same.learner_id not in learner.ids:
                raise PermissionError("This act belongs to another learner.")
            return same
        if going is not None and going.goes_on_in(version):
            return going
        if not (row.active and row.course.active):
            raise NotOffered(activity_key)
        new.number = number + 1
        # One of another record is left as it is: were the records parted again, it would go on there.
        begin(new, going if going is not None and going.learner_id == learner.pk else None)
        record([initialized(new)], at=form["at"])
    return new


def _earlier(model: type[A], learner: Learner, activity_key: UUID, act_id: UUID) -> tuple[A | None, A | None, int]:
    """Return the attempt that this act began, whosever it is; the one that is open; the number of the
    last. One query."""
    own = Q(learner__in=learner.ids, activity_key=activity_key)
    newest = model._default_manager.filter(own).order_by("-number").values("pk")[:1]
    asked = Q(act_id=act_id) | own & Q(**{model.ended_by: None}) | Q(pk=Subquery(newest))
    # There may be one open in each record: the one of this record, or it would be in the way of a new one.
    rows = list(model._default_manager.filter(asked).order_by(F("learner__merged_into").asc(nulls_first=True), "pk"))
    mine = [row for row in rows if row.activity_key == activity_key and row.learner_id in learner.ids]
    return (
        next((row for row in rows if row.act_id == act_id), None),
        next((row for row in mine if getattr(row, model.ended_by) is None), None),
        max((row.number for row in mine), default=0),
    )


def give_extra_attempt(learner: Learner, activity_key: UUID, *, act_id: UUID, by: Any, at: datetime) -> ExtraAttempt:
    """Give one more attempt; the same `act_id` again is the same. Whether `by` may is the caller's to check."""
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
    """Give more time, also in an attempt that is open; the same `act_id` again is the same. Whether `by` may is the
    caller's to check."""
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
