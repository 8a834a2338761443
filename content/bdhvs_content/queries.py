"""Reads for the learner's pages: a constant number of queries each."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Page

from bdhvs_content.identity import key_of, versions_of
from bdhvs_content.models import ActivityPageMixin, CoursePage
from bdhvs_lms.audit.api import CONSENT_VERSION, has_consent
from bdhvs_lms.courses.api import Activity, Enrolment, activities, activity, enrolment_of
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.progress.api import Status, cell, results_for, results_of

# How VISUAL's marks are called in the stylesheet.
STATUS_CLASS: dict[Status, str] = {"done": "done", "in_progress": "doing", "not_begun": "todo"}


def learner_of(request: HttpRequest) -> Learner | None:
    """Who learns here; nobody in an editor's preview, whoever the editor is."""
    if getattr(request, "is_preview", False):
        return None
    learner: Learner | None = getattr(request, "learner", None)
    return learner


def page_for(key: UUID, language: str | None = None) -> Page | None:
    """The live page of a course or activity, in this language if there is one, else its source. One query."""
    pages = [page for page in versions_of(key) if page.live]
    wanted = language or get_language()
    return next((page for page in pages if page.locale.language_code == wanted), pages[0] if pages else None)


def page_address(key: UUID, language: str | None = None) -> str | None:
    """Path of that page on this site, or None."""
    page = page_for(key, language)
    if page is None:
        return None
    parts = page.get_url_parts()
    return parts[2] if parts else None


@dataclass(frozen=True)
class Entry:
    """One line of a course: something to do, and how far the learner is with it."""

    title: str
    url: str
    kind: str
    status: Status
    not_begun_label: str

    @property
    def status_class(self) -> str:
        return STATUS_CLASS[self.status]


def entries_of(course: Page, learner: Learner | None, request: HttpRequest) -> list[Entry]:
    """What the course offers now, in its order. Four queries, however many there are."""
    pages = [
        page
        for page in course.get_children().live().select_related("alias_of").order_by("path")
        if issubclass(page.specific_class or Page, ActivityPageMixin)
    ]
    keys = {page.pk: key_of(page) for page in pages}
    rows = activities(keys.values())
    results = results_of(learner, keys.values()) if learner is not None else {}
    entries = []
    for page in pages:
        row = rows.get(keys[page.pk])
        kind = activity_types.get(page.specific_class.activity_type_key)
        entries.append(
            Entry(
                title=page.title,
                url=page.get_url(request) or "",
                kind=str(kind.label) if kind else "",
                status="not_begun" if row is None else cell(row, results.get(row.key)),
                not_begun_label=str(kind.not_begun_label) if kind else "",
            )
        )
    return entries


def consent_context(learner: Learner | None) -> dict[str, Any]:
    """What `includes/consent.html` needs: whether this person has to be asked, and for which text. One query."""
    return {
        "consent_needed": learner is not None and not has_consent(learner.actor, text_version=CONSENT_VERSION),
        "consent_version": CONSENT_VERSION,
    }


def catalog_context(page: Page, request: HttpRequest) -> dict[str, Any]:
    courses = CoursePage.objects.child_of(page).live().order_by("path")
    return {"courses": [{"title": c.title, "intro": c.intro, "url": c.get_url(request)} for c in courses]}


def course_context(page: Any, request: HttpRequest) -> dict[str, Any]:
    learner = learner_of(request)
    key = key_of(page)
    enrolment = enrolment_of(learner, key) if learner is not None else None
    entries = entries_of(page, learner if enrolment else None, request)
    context: dict[str, Any] = {
        "learner": learner,
        "course_key": key,
        "enrolment": enrolment,
        "entries": entries,
        "done": sum(entry.status == "done" for entry in entries),
        "begun": any(entry.status != "not_begun" for entry in entries),
        "next_entry": next((entry for entry in entries if entry.status != "done"), None),
    }
    if enrolment is None:
        context.update(consent_context(learner))
    return context


@dataclass(frozen=True)
class Standing:
    """How one learner stands to one activity."""

    row: Activity | None
    enrolment: Enrolment | None
    status: Status

    @property
    def enrolled(self) -> bool:
        return self.enrolment is not None

    @property
    def status_class(self) -> str:
        return STATUS_CLASS[self.status]


def standing_of(key: UUID, learner: Learner | None) -> Standing:
    row = activity(key)
    if learner is None or row is None:
        return Standing(row, None, "not_begun")
    enrolment = enrolment_of(learner, row.course.key)
    result = results_for(row.course.key, [learner.pk]).get((learner.pk, key)) if enrolment else None
    return Standing(row, enrolment, cell(row, result))


def _act_id(key: UUID, standing: Standing) -> UUID | None:
    """The form's idempotency key. The same page loaded twice carries the same one: two tabs are one act."""
    if standing.row is None or standing.enrolment is None:
        return None
    return uuid.uuid5(standing.enrolment.uuid, f"{key}:{standing.row.revision}")


def activity_context(page: Any, request: HttpRequest) -> dict[str, Any]:
    """For the page of any activity type: whether it may be begun, how far the learner is, and where to go next.

    `open`: show the content. An editor's preview shows it too, with nothing on it that acts (`preview`).
    """
    learner = learner_of(request)
    key = page.facts_key
    standing = standing_of(key, learner)
    preview = bool(getattr(request, "is_preview", False))
    course = page.course

    @cache
    def following() -> Any:
        """Asked only where a template leads on: what can be called is called when a template names it."""
        return page.get_next_siblings().live().first() if page.pk and not preview else None

    kind = activity_types.get(page.activity_type_key)
    context: dict[str, Any] = {
        "learner": learner,
        "activity_key": key,
        "course_page": course,
        "course_url": course.get_url(request) if course is not None else None,
        "course_key": course.translation_key if course is not None else None,
        "standing": standing,
        "not_begun_label": kind.not_begun_label if kind else "",
        "preview": preview,
        "open": preview or standing.enrolled,
        "act_id": _act_id(key, standing),
        "next_url": lambda: following().get_url(request) if following() else None,
        "next_title": lambda: following().title if following() else "",
    }
    # Not on the enrolment form alone: who has withdrawn is asked again before the next act.
    context.update(consent_context(learner))
    return context
