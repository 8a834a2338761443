"""The two ends of a course that quizzes measure: which competencies a quiz has in common with those at the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bdhvs_lms.competency.api import Competency, aligned_competencies, competency_name
from bdhvs_lms.courses.api import Activity, activities_of


@dataclass(frozen=True)
class Ends:
    """What the form says of a quiz with a role, as last saved; the others as they are published."""

    entry: bool
    """Whether the quiz is the one at entry."""
    others: list[Activity]
    """At the other end, in the order of the course."""
    both: list[str]
    """Competencies of this quiz that one of the others has, too, by name."""
    only_here: list[str]


def ends_of(page: Any) -> Ends:
    """Three queries, and what finding the page's course costs."""
    other = Activity.Role.EXIT if page.role == Activity.Role.ENTRY else Activity.Role.ENTRY
    course = page.course
    offered = activities_of(course.translation_key) if course is not None else Activity.objects.none()
    others = [row for row in offered if row.role == other and row.key != page.translation_key]
    aligned = aligned_competencies((row.key, row.revision) for row in others)
    there = {pk for pairs in aligned.values() for pk, _level in pairs}
    own = Competency.objects.filter(pk__in=[row.competency_id for row in page.alignments.all()])
    names = {row.pk: competency_name(row) for row in own.order_by("framework", "position")}
    return Ends(
        page.role == Activity.Role.ENTRY,
        others,
        [name for pk, name in names.items() if pk in there],
        [name for pk, name in names.items() if pk not in there],
    )
