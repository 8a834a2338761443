"""Public interface of reporting: computed answers, read-only, derived from core tables at the time of asking."""

from bdhvs_lms.reporting.queries.board import Board, board_targets, target_row
from bdhvs_lms.reporting.queries.own import CourseProgress, address_of, courses_of
from bdhvs_lms.reporting.queries.review import Cell, ClassReview, ReviewRow, class_numbers, class_review
from bdhvs_lms.reporting.queries.targets import TargetRow

__all__ = [
    "Board",
    "Cell",
    "ClassReview",
    "CourseProgress",
    "ReviewRow",
    "TargetRow",
    "address_of",
    "board_targets",
    "class_numbers",
    "class_review",
    "courses_of",
    "target_row",
]
