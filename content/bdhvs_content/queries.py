"""Reads for the learner's pages: a constant number of queries each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Page

from bdhvs_content.course_end import next_course, outcomes_of
from bdhvs_content.covers import covers_of
from bdhvs_content.identity import key_of, place_of, versions_of
from bdhvs_content.models import ActivityPageMixin, CatalogPage, LessonPage
from bdhvs_content.sites import address_of, is_here
from bdhvs_content.tree import offered_in, sections_of, shown_to
from bdhvs_lms.attempts.api import consent_context
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign.api import SteeringAssignment
from bdhvs_lms.classes.api import may_make_classes
from bdhvs_lms.courses.api import (
    Activity,
    Enrolment,
    activities,
    activity,
    activity_taken,
    enrolments_of,
    seed_of,
)
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import ActivityType, activity_types
from bdhvs_lms.progress.api import Result, Status, reported, results_for, results_of, status_of

P = TypeVar("P", bound=Page)

# How VISUAL's marks are called in the stylesheet.
STATUS_CLASS: dict[Status, str] = {"done": "done", "in_progress": "doing", "not_begun": "todo"}


def learner_of(request: HttpRequest) -> Learner | None:
    """Return the learner of the request; None in an editor's preview, whoever the editor is."""
    if getattr(request, "is_preview", False):
        return None
    learner: Learner | None = getattr(request, "learner", None)
    return learner


def may_look(request: HttpRequest) -> bool:
    """Tell whether the reader is no learner and may see every lesson and quiz without recording: a teacher, a member of
    the committee, an account of the admin. No query for visitors, four at most."""
    user = getattr(request, "user", None)
    if user is None or not (user.is_authenticated and user.is_active) or getattr(request, "is_preview", False):
        return False
    return bool(
        user.has_perm("wagtailadmin.access_admin")
        or may_make_classes(user, day_of(now()))
        or SteeringAssignment.objects.filter(user=user).exists()
    )


def page_for(key: UUID, language: str | None = None) -> Page | None:
    """Return the page of a course or activity that is offered, in this language if there is one, else its source. Two
    queries at most for each language that it is in."""
    pages = fitting([page for page in versions_of(key) if page.live], language)
    return next((page for page in pages if _reachable(page)), None)


def fitting(pages: list[P], language: str | None = None) -> list[P]:
    """Sort the pages: those in the language (the reader's, or the same without its country) first, then the oldest."""
    wanted = language or get_language() or ""
    order = [wanted, wanted.split("-")[0]]
    return sorted(pages, key=lambda page: (*(page.locale.language_code != code for code in order), page.pk))


def catalog_address(request: HttpRequest | None = None) -> str | None:
    """Return the address of the catalogue of the visitor's Site in the reader's language, or of the first there is;
    None without one."""
    pages = fitting(list(CatalogPage.objects.live().select_related("locale")))
    pages.sort(key=lambda page: not is_here(page))
    addresses = (page.get_url(request) if request is not None else address_of(page) for page in pages)
    return next((address for address in addresses if address), None)


def _reachable(page: Page) -> bool:
    return not issubclass(page.specific_class or Page, ActivityPageMixin) or place_of(page).offered


def page_address(key: UUID, language: str | None = None) -> str | None:
    """Return the address of that page (`sites.address_of`), or None."""
    page = page_for(key, language)
    return None if page is None else address_of(page)


class HasStatus:
    status: Any

    @property
    def status_class(self) -> str:
        return STATUS_CLASS[self.status]


class _HasKind(HasStatus):
    type_key: str

    @property
    def type(self) -> ActivityType | None:
        """Return the activity type; None if it is not installed."""
        return activity_types.get(self.type_key)

    @property
    def kind(self) -> str:
        return str(self.type.label) if self.type else ""


@dataclass(frozen=True)
class Entry(_HasKind):
    """One line of a course: an activity, and the learner's progress in it."""

    title: str
    url: str
    type_key: str
    status: Status
    path: str
    """Of its page in the tree: below which section it is."""
    reported: bool = False
    """Done by what a device says, and by nothing that is trusted more."""
    open_to_all: bool = False
    """Whoever is not enrolled may read it too. Asked for them only."""
    key: UUID | None = None
    required: bool = True
    """Counts for finishing the course."""


Counted = TypeVar("Counted", Activity, Entry)


def counted(rows: Iterable[Counted]) -> list[Counted]:
    """Return the rows that count for progress in a course: the required ones; if none is required, all."""
    rows = list(rows)
    return [row for row in rows if row.required] or rows


@dataclass(frozen=True)
class Group:
    """Entries that stand together: those of one section, or those between two sections (`title` is empty)."""

    title: str
    intro: str
    anchor: str
    entries: tuple[Entry, ...]


def not_for(learner: Learner, rows: Iterable[Activity]) -> set[UUID]:
    """Return the keys of what this learner is not to do in one course, as the activity types say."""
    by_kind: dict[str, list[Activity]] = {}
    for row in sorted(rows, key=lambda one: (one.position, one.pk)):
        if row.active:
            by_kind.setdefault(row.type_key, []).append(row)
    found: set[UUID] = set()
    for type_key, own in by_kind.items():
        kind = activity_types.get(type_key)
        if kind is not None:
            found |= kind.not_for(learner, own)
    return found


def entries_of(
    pages: Iterable[Page], rows: Mapping[UUID, Activity], learner: Learner | None, request: HttpRequest
) -> list[Entry]:
    """Return a line for each of these pages of a course, whose activities are among `rows`. One query.

    learner: None for one who is not enrolled too.
    """
    keys = {page.pk: key_of(page) for page in pages}
    results = results_of(learner, keys.values()) if learner is not None else {}
    opened = LessonPage.opened(keys.values()) if learner is None else set()
    entries = []
    for page in pages:
        row = rows.get(keys[page.pk])
        entries.append(
            Entry(
                title=page.title,
                url=page.get_url(request) or "",
                type_key=page.specific_class.activity_type_key,
                status="not_begun" if row is None else status_of(row, results.get(row.key)),
                path=page.path,
                reported=row is not None and reported(row, results.get(row.key)),
                open_to_all=keys[page.pk] in opened,
                key=keys[page.pk],
                required=row is None or row.required,
            )
        )
    return entries


def groups_of(course: Page, entries: list[Entry]) -> list[Group]:
    """Group the entries under their sections' headings, in the order of the tree. An empty section is left out: its
    heading would promise something. One query, none if nothing stands in a section."""
    length = len(course.path) + Page.steplen
    within = any(len(entry.path) > length for entry in entries)
    sections = {section.path: section for section in sections_of(course)} if within else {}

    def section_path(entry: Entry) -> str:
        path = entry.path[:length]
        return path if path in sections else ""

    found = []
    for path, inside in groupby(entries, key=section_path):
        section = sections.get(path)
        found.append(
            Group(
                title=section.title if section else "",
                intro=section.intro if section else "",
                anchor=section.anchor if section else "",
                entries=tuple(inside),
            )
        )
    return found


def course_context(page: Any, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return what the course offers, and the learner's progress. `placement`: the entry of the quiz for learners who
    know it all already. `outcomes` and `next_course` are there once all that counts is done, for three queries more."""
    learner = learner_of(request)
    key = key_of(page)
    preview = bool(getattr(request, "is_preview", False))
    enrolments = {row.course.key: row for row in enrolments_of(learner)} if learner is not None else {}
    enrolment = enrolments.get(key)
    pages = shown_to(request, offered_in(page, aliases=True))
    rows = activities(map(key_of, pages), offered_by=key)
    others = not_for(learner, (row for row in rows.values() if row.course.key == key)) if learner is not None else set()
    pages = [one for one in pages if key_of(one) not in others]
    entries = entries_of(pages, rows, learner if enrolment else None, request)
    cover = covers_of([page], preview=preview)[page.translation_key]
    needed = counted(entries)
    next_entry = next((entry for entry in needed if entry.status != "done"), None)
    context: dict[str, Any] = {
        "learner": learner,
        "cover": cover,
        "course_key": key,
        "enrolment": enrolment,
        "entries": entries,
        "groups": groups_of(page, entries),
        "total": len(needed),
        "done": sum(entry.status == "done" for entry in needed),
        "begun": any(entry.status != "not_begun" for entry in entries),
        "next_entry": next_entry,
        "first_open": next((entry for entry in entries if entry.open_to_all), None),
        "placement": next((entry for entry in entries if entry.key == cover.placement), None),
    }
    if enrolment is None:
        context.update(consent_context(learner))
    elif learner is not None and entries and next_entry is None:
        context["next_course"] = next_course(page, enrolments.keys(), request)
        outcomes = outcomes_of(learner, (row for row in rows.values() if row.active and row.course.key == key))
        context["outcomes"] = outcomes
        context["shown"] = [one for one in outcomes if one.shown]
        context["not_shown"] = [one for one in outcomes if not one.shown]
    return context


@dataclass(frozen=True)
class Standing(_HasKind):
    """One learner's standing in one activity."""

    type_key: str
    row: Activity | None
    enrolment: Enrolment | None
    status: Status
    reported: bool = False
    """Done by what a device says, and by nothing that is trusted more."""
    result: Result | None = None

    @property
    def enrolled(self) -> bool:
        return self.enrolment is not None


def standing_of(key: UUID, learner: Learner | None, type_key: str) -> Standing:
    row, enrolment = activity_taken(learner, key) if learner is not None else (activity(key), None)
    if learner is None or row is None:
        return Standing(type_key, row, None, "not_begun")
    result = results_for(row.course.key, [learner.pk]).get((learner.pk, key)) if enrolment else None
    return Standing(type_key, row, enrolment, status_of(row, result), reported(row, result), result)


def _act_id(key: UUID, standing: Standing, learner: Learner | None) -> UUID | None:
    """Return the form's idempotency key. The same page loaded twice carries the same one: two tabs are one act."""
    if standing.row is None or standing.enrolment is None or learner is None:
        return None
    return uuid.uuid5(seed_of(standing.enrolment, learner), f"{key}:{standing.row.revision}")


def neighbours_of(page: Any, request: HttpRequest | None = None) -> tuple[Any, Any]:
    """Return (page before, page after) in the order of the course that it is shown in, of those that this visitor is
    shown; None at its ends. Two queries."""
    course = page.place.course
    pages = offered_in(course, aliases=True) if course is not None else []
    if request is not None:
        pages = shown_to(request, pages)
    place = next((place for place, one in enumerate(pages) if one.pk == page.pk), None)
    if place is None:
        return None, None
    return pages[place - 1] if place else None, pages[place + 1] if place + 1 < len(pages) else None


# Lessons that a page of results names at most.
LESSONS = 5


def lessons_before(page: Any, request: HttpRequest) -> list[Page]:
    """Return the lessons to read again before another attempt: those between the previous graded activity and this one,
    or if there are none the nearest before; in the course's order. Four queries."""
    course = page.specific.place.course
    pages = shown_to(request, offered_in(course, aliases=True)) if course is not None else []
    found: list[Page] = []
    for one in reversed([one for one in pages if one.path < page.path]):
        if one.specific_class.activity_type_key == LessonPage.activity_type_key:
            found.append(one)
        elif found:
            break
        if len(found) == LESSONS:
            break
    # Their languages are asked together: what is shown says in which one it is.
    prefetch_related_objects(found, "locale")
    return found[::-1]


def activity_context(page: Any, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return whether the activity may be begun, the learner's progress, and where to go next, for a page of any
    activity type.

    `open`: show the content. An editor's preview shows it too, without controls that act (`preview`), and so do pages
    of staff who only look (`looking`, then also `preview`). Readers who are not enrolled see what is open to everyone
    (`visiting`): nothing that they do there is recorded.
    """
    learner = learner_of(request)
    key = page.facts_key
    standing = standing_of(key, learner, page.activity_type_key)
    preview = bool(getattr(request, "is_preview", False))
    visiting = not preview and not standing.enrolled and bool(LessonPage.opened([key]))
    looking = not preview and learner is None and may_look(request)
    course = page.course

    @cache
    def neighbours() -> tuple[Any, Any]:
        """Find the neighbours only if a template leads on: a template calls what can be called when it names it."""
        return neighbours_of(page, request) if page.pk and not preview else (None, None)

    def part(side: int, of: Callable[[Any], str]) -> Callable[[], str]:
        return lambda: of(neighbours()[side]) if neighbours()[side] is not None else ""

    def url(neighbour: Any) -> str:
        return neighbour.get_url(request) or ""

    def title(neighbour: Any) -> str:
        return str(neighbour.title)

    context: dict[str, Any] = {
        "learner": learner,
        "activity_key": key,
        "course_page": course,
        "course_url": course.get_url(request) if course is not None else None,
        "course_key": course.translation_key if course is not None else None,
        "standing": standing,
        "preview": preview or looking,
        "looking": looking,
        "open": preview or looking or standing.enrolled or visiting,
        "visiting": visiting and not looking,
        "act_id": _act_id(key, standing, learner),
        "previous_url": part(0, url),
        "previous_title": part(0, title),
        "next_url": part(1, url),
        "next_title": part(1, title),
    }
    # Not on the enrolment form alone: who has withdrawn is asked again before the next act.
    return context | consent_context(learner)
