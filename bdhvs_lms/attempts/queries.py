"""Whether a learner may do an activity."""

from __future__ import annotations

from uuid import UUID

from bdhvs_lms.courses.api import Activity, Enrolment, activity, enrolment_of
from bdhvs_lms.learners.api import Learner


class NotOffered(LookupError):
    """There is no such activity, or nobody can begin it now."""


class NotEnrolled(PermissionError):
    """The learner has not enrolled in the course."""


def enrolled_in(learner: Learner, activity_key: UUID, type_key: str) -> tuple[Activity, Enrolment]:
    """The activity and the learner's enrolment in its course.

    Raises NotOffered (no such activity of this type) and NotEnrolled.
    """
    row = activity(activity_key)
    if row is None or row.type_key != type_key:
        raise NotOffered(activity_key)
    enrolment = enrolment_of(learner, row.course.key)
    if enrolment is None:
        raise NotEnrolled
    return row, enrolment
