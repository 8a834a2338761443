"""Public interface of progress."""

from bdhvs_lms.progress.deciders import CourseDecider, LessonDecider
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_lms.progress.projection import CourseProjection, PresenceProjection, ResultProjection
from bdhvs_lms.progress.queries import (
    Reached,
    Status,
    courses_done,
    moment_text,
    presences,
    reached_in,
    reported,
    results_for,
    results_of,
    status_of,
)
from bdhvs_lms.progress.wording import counted_words

__all__ = [
    "CourseDecider",
    "CourseProjection",
    "CourseResult",
    "LessonDecider",
    "PresenceProjection",
    "Reached",
    "Result",
    "ResultProjection",
    "Status",
    "status_of",
    "counted_words",
    "courses_done",
    "moment_text",
    "presences",
    "reached_in",
    "reported",
    "results_for",
    "results_of",
]
