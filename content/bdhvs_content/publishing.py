"""Push of facts from living pages into the core. Every function runs in the caller's transaction: all of it, or
nothing.

Facts are read from the database, never from the object a signal carried: aliases, translations and copies all end in
the same question, "what is this key now?".
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from wagtail.models import Page

from bdhvs_content.errors import NotPublishable
from bdhvs_content.identity import original_of, place_of, source_of, titles_of, versions_of
from bdhvs_content.models import ActivityPageMixin, CoursePage, PublishedVersion, SectionPage
from bdhvs_content.tree import offered_in
from bdhvs_lms.competency.api import push_alignment
from bdhvs_lms.courses.api import (
    ActivityFacts,
    push_activity,
    push_course,
    push_order,
    withdraw_activity,
    withdraw_course,
)
from bdhvs_lms.plugins.api import activity_types

HOST = "bdhvs_content"


def fingerprint(content: Any) -> str:
    """Compute the SHA-256 of plain JSON in one canonical form."""
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def next_version(key: UUID, content: Any, *, at: datetime) -> tuple[int, bool]:
    """Return the number under which this content is published, and whether it is new: the same content keeps its
    number."""
    mark = fingerprint(content)
    latest = PublishedVersion.objects.filter(activity_key=key).order_by("-number").first()
    if latest is not None and latest.fingerprint == mark:
        return latest.number, False
    number = 1 if latest is None else latest.number + 1
    PublishedVersion.objects.create(activity_key=key, number=number, fingerprint=mark, created_at=at)
    return number, True


def sync_course(key: UUID, *, at: datetime) -> None:
    """Update the core's course to what its pages show now, with everything live in it."""
    pages = versions_of(key)
    source = source_of(pages)
    if source is None or not source.live:
        withdraw_course(key, at=at)
        return
    course = source.specific
    refuse_problems(course)
    number, _new = next_version(key, {"title": course.title, "intro": course.intro}, at=at)
    push_course(key=key, host=HOST, titles=titles_of(pages), revision=str(number), at=at)
    for child in offered_in(source):
        _push_activity(child.specific, course_key=key, at=at)
    sync_order(source)


def sync_activity(key: UUID, *, at: datetime) -> None:
    """Update one activity in the core to what its pages show now. In a course that is not published nothing can be
    learned: it is pushed with the course."""
    source = source_of(versions_of(key))
    place = place_of(source) if source is not None else None
    if source is None or not source.live or place is None or place.course is None:
        withdraw_activity(key, at=at)
        return
    # Also when it cannot be pushed yet: the editor is told now, not when somebody publishes the course.
    page = source.specific
    refuse_problems(page)
    if place.offered:
        _push_activity(page, course_key=place.course.translation_key, at=at)
        sync_order(place.course)
    else:
        # Moved here out of a course that is offered: there it is no longer needed, here it is not offered yet.
        withdraw_activity(key, at=at)


def sync_section(section: Page, *, at: datetime) -> None:
    """Update what is in a section: it is offered, withdrawn or moved to another course together with the section."""
    # Translations of what is in it only bring titles: sync_activity asks their source where it stands.
    for child in section.get_children().filter(alias_of=None).live().order_by("path"):
        if issubclass(child.specific_class or Page, ActivityPageMixin):
            sync_activity(child.translation_key, at=at)


def refuse_problems(page: Any) -> None:
    """Raise NotPublishable with what is wrong."""
    problems = page.publish_problems()
    if problems:
        raise NotPublishable(problems)


def sync_order(course: Page) -> None:
    """Push the order in the course, which is the order of the pages, section by section."""
    push_order(course.translation_key, [child.translation_key for child in offered_in(course)])


def _push_activity(page: Any, *, course_key: UUID, at: datetime) -> None:
    key = page.translation_key
    pages = versions_of(key)
    source = source_of(pages)
    if source is not None and source.pk != page.pk:
        # A course's translation lists translations; the source owns the facts.
        page = source.specific
    kind = activity_types.get(page.activity_type_key)
    if kind is None:
        raise NotPublishable(_("The plugin “%(key)s” is not installed.") % {"key": page.activity_type_key})
    content = page.published_content()
    pairs = sorted((row.competency_id, row.level) for row in page.alignments.all())
    number, new = next_version(key, {"title": page.title, "content": content, "alignments": pairs}, at=at)
    if new:
        page.store_version(number, content, at=at)
        push_alignment(key, str(number), pairs, at=at)
    max_score, pass_score = page.scores(content)
    push_activity(
        course_key,
        ActivityFacts(
            key=key,
            type_key=page.activity_type_key,
            plugin=page._meta.app_label,
            titles=titles_of(pages),
            done_on=page.finishes_on(content) or kind.done_on,
            revision=str(number),
            required=page.required,
            max_score=max_score,
            pass_score=pass_score,
            attempts_allowed=page.attempts_limit(content),
            time_limit=page.time_limit_of(content),
            role=page.measures(),
        ),
        at=at,
    )


def sync(page: Any, *, at: datetime) -> None:
    """Update the core for a page of any kind. An alias adds nothing: its original was pushed already."""
    if original_of(page).pk != page.pk:
        return
    if isinstance(page, CoursePage):
        sync_course(page.translation_key, at=at)
    elif isinstance(page, SectionPage):
        sync_section(page, at=at)
    elif isinstance(page, ActivityPageMixin):
        sync_activity(page.facts_key, at=at)
