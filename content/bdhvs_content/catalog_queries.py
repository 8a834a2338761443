"""Reads for the catalogue: which courses there are, what each shows of itself, and how far the learner is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from wagtail.models import Page

from bdhvs_content.covers import Cover, covers_of
from bdhvs_content.identity import key_of
from bdhvs_content.models import CoursePage, LessonPage
from bdhvs_content.queries import HasStatus, counted, learner_of, page_for
from bdhvs_content.tree import shown_to
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.api import ClassGroup, taken_by_classes
from bdhvs_lms.courses.api import activities_of_courses, enrolments_of
from bdhvs_lms.progress.api import Status, reported, results_of, status_of


@dataclass(frozen=True)
class Card(HasStatus):
    """One course of the catalogue."""

    title: str
    intro: str
    url: str
    offered: int
    """Activities that it has."""
    total: int
    """Those that count for finishing it, as `counted` says; of them `done`."""
    done: int
    enrolled: bool
    cover: Cover
    for_whom: str = ""
    open_to_all: bool = False
    """Anybody may read something of it."""
    some_reported: bool = False
    """Something of what is done is so by what a device says."""
    classes: tuple[ClassGroup, ...] = ()
    """Of the learner's classes those that take it now."""

    @property
    def reported(self) -> bool:
        return self.status == "done" and self.some_reported

    @property
    def status(self) -> Status:
        if self.enrolled and self.done == self.total:
            return "done"
        return "in_progress" if self.enrolled else "not_begun"


def catalog_context(page: Page, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return the courses with content, those of the learner's classes first, and this learner's progress. Eleven
    queries at most, however many courses; three more for a visitor if a lesson is open to everyone, and two more if
    pages are private to groups.

    `first_open_url`: of the first lesson that anybody may read, for visitors; else empty.
    """
    learner = learner_of(request)
    courses = shown_to(request, CoursePage.objects.child_of(page).live().select_related("alias_of").order_by("path"))
    keys = {course.pk: key_of(course) for course in courses}
    inside = activities_of_courses(keys.values())
    classes: dict[UUID, list[ClassGroup]] = defaultdict(list)
    for group, _course, key in taken_by_classes(learner, day_of(now())) if learner is not None else ():
        classes[key].append(group)
    rank = {key: place for place, key in enumerate(classes)}
    # Stable: the others stay in the order of their pages.
    courses.sort(key=lambda course: rank.get(keys[course.pk], len(rank)))
    enrolled = {row.course.key for row in enrolments_of(learner)} if learner is not None else set()
    wanted = [row.key for key in enrolled for row in inside.get(key, ())]
    results = results_of(learner, wanted) if learner is not None and wanted else {}
    covers = covers_of(courses)
    opened = LessonPage.opened(row.key for rows in inside.values() for row in rows)
    first_open: UUID | None = None
    cards = []
    for course in courses:
        rows = inside.get(keys[course.pk], [])
        if not rows:
            continue  # nothing to learn in it: nobody is sent there
        needed = counted(rows)
        first_open = first_open or next((row.key for row in rows if row.key in opened), None)
        cards.append(
            Card(
                title=course.title,
                intro=course.intro,
                url=course.get_url(request) or "",
                offered=len(rows),
                total=len(needed),
                done=sum(status_of(row, results.get(row.key)) == "done" for row in needed),
                enrolled=keys[course.pk] in enrolled,
                cover=covers[course.translation_key],
                for_whom=course.for_whom,
                open_to_all=any(row.key in opened for row in rows),
                some_reported=any(reported(row, results.get(row.key)) for row in needed),
                classes=tuple(classes.get(keys[course.pk], ())),
            )
        )
    return {
        "courses": cards,
        "learner": learner,
        "first_open_url": _address_shown(request, first_open) if learner is None and first_open is not None else "",
    }


def _address_shown(request: HttpRequest, key: UUID) -> str:
    """Return the address of the lesson's page, unless it is private to others."""
    page = page_for(key)
    shown = shown_to(request, [page]) if page is not None else []
    return shown[0].get_url(request) or "" if shown else ""
