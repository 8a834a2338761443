"""A learner's own record: the courses taken and how far they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from bdhvs_lms.courses.api import Activity, Course, enrolments_of
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.api import CourseResult, cell, results_of


@dataclass(frozen=True)
class CourseProgress:
    """One enrolment. `done` and `total` count what is required now; `finished_at` stays when something is added."""

    course: Course
    enrolled_at: datetime
    done: int
    total: int
    finished_at: datetime | None
    next_activity: Activity | None
    """The first required activity that is not done; None when all are, or the course is no longer offered."""


def courses_of(learner: Learner) -> list[CourseProgress]:
    """The learner's courses, newest enrolment first. Four queries."""
    enrolments = list(enrolments_of(learner))
    offered: dict[int, list[Activity]] = defaultdict(list)
    for activity in Activity.objects.filter(
        course__in=[enrolment.course_id for enrolment in enrolments], active=True, required=True
    ).order_by("position", "pk"):
        offered[activity.course_id].append(activity)
    results = results_of(learner, [activity.key for required in offered.values() for activity in required])
    finished = {
        row.course_key: row.completed_at
        for row in CourseResult.objects.filter(
            learner=learner, course_key__in=[enrolment.course.key for enrolment in enrolments]
        )
    }
    progress = []
    for enrolment in enrolments:
        required = offered[enrolment.course_id]
        open_ones = [one for one in required if cell(one, results.get(one.key)) != "done"]
        progress.append(
            CourseProgress(
                course=enrolment.course,
                enrolled_at=enrolment.enrolled_at,
                done=len(required) - len(open_ones),
                total=len(required),
                finished_at=finished.get(enrolment.course.key),
                next_activity=open_ones[0] if open_ones and enrolment.course.active else None,
            )
        )
    return progress
