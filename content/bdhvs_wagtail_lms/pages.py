"""Pages of wagtail-lms: a course, and in it lessons with H5P activities or with a SCORM package."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wagtail.models import Page
from wagtail_lms.models import CoursePage, H5PLessonPage, SCORMLessonPage

LESSONS = (H5PLessonPage, SCORMLessonPage)

__all__ = ["LESSONS", "CoursePage", "course_of", "lessons_of", "page_in", "versions_of"]


def versions_of(key: UUID) -> list[Any]:
    """Return the live pages of this key, one a language, the original first. Two queries."""
    rows = Page.objects.filter(translation_key=key, live=True, alias_of=None).select_related("locale").order_by("pk")
    return [page for page in rows if issubclass(page.specific_class or Page, (CoursePage, *LESSONS))]


def page_in(key: UUID, language: str) -> Any:
    """Return the live page in this language, else the original; None when there is none."""
    pages = versions_of(key)
    return next((page for page in pages if page.locale.language_code == language), pages[0] if pages else None)


def course_of(lesson: Any) -> Any:
    """Return the course that a lesson's page lies in; None for one that lies elsewhere."""
    parent = lesson.get_parent()
    return parent.specific if parent is not None and issubclass(parent.specific_class or Page, CoursePage) else None


def lessons_of(course: Any) -> list[Any]:
    """Return a course's live lessons in the order of the tree, as wagtail-lms lists them."""
    children = course.get_children().filter(live=True, alias_of=None).order_by("path")
    return [page for page in children if issubclass(page.specific_class or Page, LESSONS)]
