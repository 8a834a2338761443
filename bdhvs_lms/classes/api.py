"""Public interface of classes: who learns together, under whom, on which day."""

from bdhvs_lms.classes.actions import add_member, add_teacher, create_class, end_teacher
from bdhvs_lms.classes.joining import newcomers_waiting
from bdhvs_lms.classes.models import RIGHTS, ClassGroup, ClassTeacher, Membership
from bdhvs_lms.classes.queries import (
    class_open_to,
    class_refs,
    class_refs_of,
    classes_of_teacher,
    classes_open_to,
    current_classes,
    has_taught,
    members,
    own_classes,
)

__all__ = [
    "RIGHTS",
    "ClassGroup",
    "ClassTeacher",
    "Membership",
    "add_member",
    "add_teacher",
    "class_open_to",
    "class_refs",
    "class_refs_of",
    "classes_of_teacher",
    "classes_open_to",
    "create_class",
    "current_classes",
    "end_teacher",
    "has_taught",
    "members",
    "newcomers_waiting",
    "own_classes",
]
