"""Public interface of classes: who learns together, under whom, on which day."""

from bdhvs_lms.classes.actions import add_member, add_teacher, create_class, end_teacher, enrol_members, require_teacher
from bdhvs_lms.classes.desk.actions import (
    allow_attempt,
    delete_note,
    mark_complete,
    take_back_mark,
    write_note,
)
from bdhvs_lms.classes.desk.queries import marks_about, notes_about
from bdhvs_lms.classes.joining import begin_own_courses, newcomers_waiting
from bdhvs_lms.classes.models import (
    MOST_WORDS,
    RIGHTS,
    ClassGroup,
    ClassSession,
    ClassTeacher,
    Membership,
    Team,
    TeamMember,
)
from bdhvs_lms.classes.queries import (
    class_open_to,
    class_refs,
    class_refs_of,
    classes_of_teacher,
    classes_open_to,
    courses_of_class,
    has_taught,
    may_make_classes,
    members,
    next_sessions,
    own_classes,
    taken_by_classes,
)
from bdhvs_lms.classes.sessions.actions import plan_sessions, take_attendance
from bdhvs_lms.classes.sessions.queries import sessions_held, sheet
from bdhvs_lms.classes.teams.actions import add_team_member, make_team
from bdhvs_lms.classes.teams.queries import (
    TeamWork,
    in_a_team,
    kind_of_team,
    members_on,
    teams_led_by,
    work_of,
    working_teams,
)

__all__ = [
    "MOST_WORDS",
    "RIGHTS",
    "ClassGroup",
    "ClassSession",
    "ClassTeacher",
    "Membership",
    "Team",
    "TeamMember",
    "TeamWork",
    "add_member",
    "add_teacher",
    "add_team_member",
    "allow_attempt",
    "begin_own_courses",
    "class_open_to",
    "class_refs",
    "class_refs_of",
    "classes_of_teacher",
    "classes_open_to",
    "courses_of_class",
    "create_class",
    "delete_note",
    "end_teacher",
    "enrol_members",
    "has_taught",
    "mark_complete",
    "marks_about",
    "may_make_classes",
    "in_a_team",
    "kind_of_team",
    "make_team",
    "members",
    "members_on",
    "newcomers_waiting",
    "next_sessions",
    "notes_about",
    "own_classes",
    "plan_sessions",
    "require_teacher",
    "sessions_held",
    "sheet",
    "take_attendance",
    "taken_by_classes",
    "teams_led_by",
    "work_of",
    "working_teams",
    "take_back_mark",
    "write_note",
]
