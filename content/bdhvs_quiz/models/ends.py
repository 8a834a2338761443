"""Entry and exit quizzes of a course: the competencies that a quiz has in common with those at the other end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bdhvs_lms.competency.api import Competency, aligned_competencies, competency_name
from bdhvs_lms.courses.api import Activity, activities_of


@dataclass(frozen=True)
class Ends:
    """The form's facts about a quiz with a role, as last saved; the others as they are published."""

    entry: bool
    """Whether the quiz is the one at entry."""
    others: list[Activity]
    """At the other end, in the order of the course."""
    both: list[str]
    """Competencies of this quiz that one of the others has, too, by name."""
    only_here: list[str]
    forms: list[Activity]
    """Other forms at this end: of the quiz and these each person takes one."""


def ends_of(page: Any) -> Ends:
    """Collect the facts about the ends of the page's course. Three queries, and those of finding the course."""
    other = Activity.Role.EXIT if page.role == Activity.Role.ENTRY else Activity.Role.ENTRY
    course = page.course
    offered = activities_of(course.translation_key) if course is not None else Activity.objects.none()
    known = [row for row in offered if row.role and row.key != page.translation_key]
    others = [row for row in known if row.role == other]
    aligned = aligned_competencies((row.key, row.revision) for row in others)
    there = {pk for pairs in aligned.values() for pk, _level in pairs}
    own = Competency.objects.filter(pk__in=[row.competency_id for row in page.alignments.all()])
    names = {row.pk: competency_name(row) for row in own.order_by("framework", "position")}
    return Ends(
        page.role == Activity.Role.ENTRY,
        others,
        [name for pk, name in names.items() if pk in there],
        [name for pk, name in names.items() if pk not in there],
        [row for row in known if row.role == page.role],
    )


def form_problems(page: Any) -> list[str]:
    """Report forms that a course requires all of: nobody takes more than one. One query if the quiz has a role."""
    if page.role not in (Activity.Role.ENTRY, Activity.Role.EXIT) or page.course is None:
        return []
    forms = type(page).objects.live().descendant_of(page.course).filter(role=page.role, alias_of=None)
    others = list(forms.exclude(translation_key=page.translation_key))
    needed = [one.title for one in (page, *others) if one.required]
    if not others or not needed:
        return []
    words = _(
        "Two quizzes at one end of a course are forms of each other, of which each person takes one. Untick “required "
        "for course completion” in: %(titles)s."
    )
    return [words % {"titles": ", ".join(f"“{title}”" for title in needed)}]
