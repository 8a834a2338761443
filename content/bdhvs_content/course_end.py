"""Reads for a course that is done: what its learner can do now, and which course comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from wagtail.models import Page

from bdhvs_content.identity import key_of
from bdhvs_content.models import CoursePage
from bdhvs_content.tree import shown_to
from bdhvs_lms.competency.api import Attainment, Competency, aligned_competencies
from bdhvs_lms.courses.api import activities_of, activities_of_courses, enrolments_of
from bdhvs_lms.learners.api import Learner


@dataclass(frozen=True)
class Outcome:
    """Something that the course teaches. `shown`: at the level that it teaches, by whatever showed it."""

    competency: Competency
    level: int
    shown: bool


def outcomes_of(learner: Learner, course_key: UUID) -> list[Outcome]:
    """What the course's activities teach as they are now, each once with its highest level, in the framework's order.
    Five queries."""
    rows = list(activities_of(course_key))
    aligned = aligned_competencies([(row.key, row.revision) for row in rows])
    taught: dict[int, int] = {}
    for pairs in aligned.values():
        for competency, level in pairs:
            taught[competency] = max(level, taught.get(competency, 0))
    reached = _reached(learner, taught)
    found = Competency.objects.filter(pk__in=taught).select_related("framework", "domain")
    return [
        Outcome(row, taught[row.pk], reached.get(row.pk, 0) >= taught[row.pk])
        for row in found.order_by("framework", "position")
    ]


def _reached(learner: Learner, competencies: Iterable[int]) -> dict[int, int]:
    """Competency → the highest level that the learner has shown."""
    rows = Attainment.objects.filter(learner=learner, competency__in=list(competencies), attained_at__isnull=False)
    return dict(rows.order_by("level").values_list("competency", "level"))


def next_course(course: Page, learner: Learner, request: HttpRequest) -> Any:
    """The catalogue's next page with something to learn in which this learner is not enrolled; after the last, the
    first. None: there is none. Four queries."""
    siblings = CoursePage.objects.child_of(course.get_parent()).live().select_related("alias_of").order_by("path")
    pages = shown_to(request, siblings)
    keys = {page.pk: key_of(page) for page in pages}
    offered = activities_of_courses(keys.values())
    enrolled = {row.course.key for row in enrolments_of(learner)}
    left = [page for page in pages if keys[page.pk] in offered and keys[page.pk] not in enrolled]
    return min(left, key=lambda page: (page.path <= course.path, page.path), default=None)
