"""Reads for a course that is done: what its learner can do now, and which course comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
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
    """A competency that the course teaches. `shown`: the learner reached the level that it teaches, in whatever
    activity."""

    competency: Competency
    level: int
    shown: bool


def outcomes_of(learner: Learner, activities: Iterable[Activity]) -> list[Outcome]:
    """Return what these activities of a course teach now, each competency once with its highest level, in the
    framework's order. Two queries."""
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


def next_course(course: Page, enrolled: Collection[UUID], request: HttpRequest) -> Any:
    """Return the next course beside this one that has content and is none of `enrolled` (keys of what the learner
    takes); after the last, the first. None: there is none. One query, one more for aliases of aliases."""
    offers = Activity.objects.filter(active=True, course__key=_key_of_page())
    siblings = CoursePage.objects.child_of(course.get_parent()).live().select_related("alias_of")
    pages = shown_to(request, siblings.annotate(offers=Exists(offers)).order_by("path"))
    deeper = [page for page in pages if page.alias_of is not None and page.alias_of.alias_of_id is not None]
    offering = activities_of_courses(map(key_of, deeper)) if deeper else {}
    left = [page for page in pages if (page.offers or key_of(page) in offering) and key_of(page) not in enrolled]
    return min(left, key=lambda page: (page.path <= course.path, page.path), default=None)


def _key_of_page() -> Coalesce:
    """Return the expression for `key_of`, of a page that is no alias or the alias of one."""
    return Coalesce(OuterRef("alias_of__translation_key"), OuterRef("translation_key"))
