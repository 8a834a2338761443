"""The door of reporting: computed answers, read-only. Everything is derived from core tables at the time of asking."""

from bdhvs_lms.reporting.queries.own import CourseProgress, courses_of
from bdhvs_lms.reporting.queries.review import Cell, ClassReview, ReviewRow, class_review
from bdhvs_lms.reporting.queries.targets import TargetRow, board_targets, target_row

__all__ = [
    "Cell",
    "ClassReview",
    "CourseProgress",
    "ReviewRow",
    "TargetRow",
    "board_targets",
    "class_review",
    "courses_of",
    "target_row",
]
