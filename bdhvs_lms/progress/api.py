"""The door of progress."""

from bdhvs_lms.progress.deciders import CourseDecider, LessonDecider
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_lms.progress.projection import CourseProjection, ResultProjection
from bdhvs_lms.progress.queries import (
    Status,
    cell,
    course_done,
    courses_done,
    done_at,
    reported,
    results_for,
    results_of,
)

__all__ = [
    "CourseDecider",
    "CourseProjection",
    "CourseResult",
    "LessonDecider",
    "Result",
    "ResultProjection",
    "Status",
    "cell",
    "course_done",
    "courses_done",
    "done_at",
    "reported",
    "results_for",
    "results_of",
]
