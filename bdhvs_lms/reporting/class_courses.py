"""Which of its courses a page of a class is about: its own, unless the address names another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bdhvs_lms.classes.api import ClassGroup, TakenCourse, courses_taken

COURSE_PARAMETER = "khoa"


@dataclass(frozen=True)
class CourseChoice:
    """`courses`: all that the class takes, its own first; `chosen`: one of them."""

    courses: tuple[TakenCourse, ...]
    chosen: TakenCourse

    @property
    def several(self) -> bool:
        """Whether there is something to choose."""
        return len(self.courses) > 1

    @property
    def number(self) -> int:
        """The place of the chosen one, from 1: of the class's own."""
        return self.courses.index(self.chosen) + 1

    @property
    def parameters(self) -> dict[str, str]:
        """What an address has to keep; nothing for the class's own course."""
        return {} if self.number == 1 else {COURSE_PARAMETER: str(self.chosen.course.key)}

    @property
    def query(self) -> str:
        """These as the end of an address that has no others."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""

    @property
    def options(self) -> list[tuple[str, Mapping[str, str], bool]]:
        """(value, titles, chosen) of each."""
        return [
            (str(one.course.key) if place else "", one.course.titles, one is self.chosen)
            for place, one in enumerate(self.courses)
        ]


def course_choice(class_group: ClassGroup, asked: str) -> CourseChoice | None:
    """`asked`: the parameter as it came, empty for the class's own course; None: not one of the class's. One query."""
    courses = tuple(courses_taken(class_group))
    found = (one for one in courses[1:] if str(one.course.key) == asked) if asked else iter(courses)
    chosen = next(found, None)
    return None if chosen is None else CourseChoice(courses, chosen)
