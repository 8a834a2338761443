"""Public interface of reporting: computed answers, read-only, derived from core tables at the time of asking."""

from bdhvs_lms.reporting.board_page import Segment
from bdhvs_lms.reporting.board_table import areas_table, board_table
from bdhvs_lms.reporting.queries.months import Month
from bdhvs_lms.reporting.queries.own import CourseProgress, address_of, courses_of
from bdhvs_lms.reporting.queries.targets import TargetRow
from bdhvs_lms.reporting.tables import Cell, Column

__all__ = [
    "Cell",
    "Column",
    "CourseProgress",
    "Month",
    "Segment",
    "TargetRow",
    "address_of",
    "areas_table",
    "board_table",
    "courses_of",
]
