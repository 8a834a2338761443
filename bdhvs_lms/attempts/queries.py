"""Queries that tell whether a learner may do an activity, and whose an attempt is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet

from bdhvs_lms.attempts.models import AttemptBase, ExtraAttempt, ExtraTime
from bdhvs_lms.courses.api import Activity, Enrolment, activity_taken
from bdhvs_lms.learners.api import Learner

A = TypeVar("A", bound=AttemptBase)


class AttemptNotFound(LookupError):
    """No such attempt, or somebody else's: the two are not told apart."""


class NotOffered(LookupError):
    """There is no such activity, or nobody can begin it now."""


class NotEnrolled(PermissionError):
    """The learner has not enrolled in the course."""


def enrolled_in(learner: Learner, activity_key: UUID, type_key: str) -> tuple[Activity, Enrolment]:
    """Return the activity and the learner's enrolment in its course. One query.

    Raises NotOffered (no such activity of this type) and NotEnrolled.
    """
    row, enrolment = activity_taken(learner, activity_key)
    if row is None or row.type_key != type_key:
        raise NotOffered(activity_key)
    if enrolment is None:
        raise NotEnrolled
    return row, enrolment


def extra_attempts(learner: Learner, *activity_keys: UUID) -> dict[UUID, int]:
    """Count the attempts that the learner was given beyond what each of these activities allows; none: not in it. One
    query."""
    given = ExtraAttempt.objects.filter(learner__in=learner.ids, activity_key__in=activity_keys)
    return Counter(given.values_list("activity_key", flat=True))


def extra_times(learner: Learner, *activity_keys: UUID) -> dict[UUID, int]:
    """Return the percent of time that the learner has beyond what each of these activities gives; none: not in it. One
    query."""
    given = ExtraTime.objects.filter(learner__in=learner.ids, activity_key__in=activity_keys).order_by("pk")
    return dict(given.values_list("activity_key", "percent"))


def attempts_at(activity_keys: Collection[UUID]) -> int:
    """Count the attempts at these activities, of every kind that is installed. One query for each kind."""
    kinds: list[Any] = [model for model in apps.get_models() if issubclass(model, AttemptBase)]
    return sum(model._default_manager.filter(activity_key__in=activity_keys).count() for model in kinds)


def own_attempt(attempts: QuerySet[A], which: UUID | A, learner: Learner) -> A:
    """Return the learner's own of these, by its UUID or as it was read just now. Raises AttemptNotFound."""
    found = attempts.filter(uuid=which).first() if isinstance(which, UUID) else which
    # Statements name the record that the attempt was opened in, so it stays that one's.
    record = None if found is None else next((one for one in learner.records if one.pk == found.learner_id), None)
    if found is None or record is None:
        raise AttemptNotFound(which)
    found.learner = record
    return found
