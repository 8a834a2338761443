"""Public interface of courses: hosts push facts in; everyone reads them from here."""

from bdhvs_lms.courses.actions import (
    ActivityFacts,
    CourseClosed,
    enrol,
    push_activity,
    push_course,
    push_order,
    withdraw_activity,
    withdraw_course,
)
from bdhvs_lms.courses.models import Activity, Course, Enrolment
from bdhvs_lms.courses.queries import (
    activities,
    activities_ever_in,
    activities_ever_in_any,
    activities_of,
    activities_of_courses,
    activity,
    activity_ref,
    course_ref,
    enrolment_of,
    enrolments_in,
    enrolments_of,
    seed_of,
)

__all__ = [
    "Activity",
    "ActivityFacts",
    "Course",
    "CourseClosed",
    "Enrolment",
    "activities",
    "activities_ever_in",
    "activities_of",
    "activities_ever_in_any",
    "activities_of_courses",
    "activity",
    "activity_ref",
    "course_ref",
    "enrol",
    "enrolment_of",
    "enrolments_in",
    "enrolments_of",
    "push_activity",
    "push_course",
    "push_order",
    "seed_of",
    "withdraw_activity",
    "withdraw_course",
]
