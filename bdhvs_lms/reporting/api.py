"""Public interface of reporting: computed answers, derived from core tables at the time of asking, and readings."""

from bdhvs_lms.reporting.board_page import Segment
from bdhvs_lms.reporting.board_table import areas_table, board_table
from bdhvs_lms.reporting.queries.months import Month
from bdhvs_lms.reporting.queries.own import CourseProgress, address_of, courses_of
from bdhvs_lms.reporting.queries.targets import TargetRow
from bdhvs_lms.reporting.readings.actions import freeze, month_before, planned_areas, readings_of
from bdhvs_lms.reporting.readings.models import RIGHTS as READING_RIGHTS
from bdhvs_lms.reporting.retest.models import RIGHTS as RETEST_RIGHTS
from bdhvs_lms.reporting.retest.queries import to_test
from bdhvs_lms.reporting.tables import Cell, Column

RIGHTS = {**READING_RIGHTS, **RETEST_RIGHTS}

__all__ = [
    "RIGHTS",
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
    "freeze",
    "month_before",
    "planned_areas",
    "readings_of",
    "to_test",
]
