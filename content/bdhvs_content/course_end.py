"""Reads for a course that is done: what its learner can do now, and which course comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from wagtail.models import Page

from bdhvs_content.identity import key_of
from bdhvs_content.models import CoursePage
from bdhvs_content.tree import shown_to
from bdhvs_lms.competency.api import Attainment, Competency, aligned_competencies
from bdhvs_lms.courses.api import Activity, activities_of_courses
from bdhvs_lms.learners.api import Learner


@dataclass(frozen=True)
class Outcome:
    """Something that the course teaches. `shown`: at the level that it teaches, by whatever showed it."""

    competency: Competency
    level: int
    shown: bool


def course_end(
    course: Page, learner: Learner, enrolled: Collection[UUID], request: HttpRequest
) -> tuple[list[Outcome], Any]:
    """(what the course teaches, the course that comes next). `enrolled`: keys of the courses that the learner takes.
    Five queries."""
    siblings = CoursePage.objects.child_of(course.get_parent()).live().select_related("alias_of").order_by("path")
    pages = shown_to(request, siblings)
    offered = activities_of_courses({key_of(course), *map(key_of, pages)})
    outcomes = outcomes_of(learner, offered.get(key_of(course), []))
    return outcomes, next_course(course, pages, offered.keys() - set(enrolled))


def outcomes_of(learner: Learner, activities: Iterable[Activity]) -> list[Outcome]:
    """What these activities of a course teach as they are now, each once with its highest level, in the framework's
    order. Two queries."""
    aligned = aligned_competencies([(row.key, row.revision) for row in activities])
    taught: dict[int, int] = {}
    for pairs in aligned.values():
        for competency, level in pairs:
            taught[competency] = max(level, taught.get(competency, 0))
    shown = Attainment.objects.filter(learner=learner, competency=OuterRef("pk"), attained_at__isnull=False)
    found = Competency.objects.filter(pk__in=taught).select_related("framework", "domain")
    found = found.annotate(reached=Subquery(shown.order_by("-level").values("level")[:1]))
    return [
        Outcome(row, taught[row.pk], (row.reached or 0) >= taught[row.pk])
        for row in found.order_by("framework", "position")
    ]


def next_course(course: Page, pages: Iterable[Page], open_to: Collection[UUID]) -> Any:
    """Of these pages of the catalogue the next one of a course of these; after the last, the first. None: there is
    none."""
    left = [page for page in pages if key_of(page) in open_to]
    return min(left, key=lambda page: (page.path <= course.path, page.path), default=None)
