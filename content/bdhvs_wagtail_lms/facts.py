"""Facts about courses and lessons of wagtail-lms, pushed when they are published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bdhvs_lms.base.api import nfc
from bdhvs_lms.courses.api import (
    ActivityFacts,
    push_activity,
    push_course,
    push_order,
    withdraw_activity,
    withdraw_course,
)
from bdhvs_wagtail_lms.activity import OtherLesson
from bdhvs_wagtail_lms.pages import CoursePage, lessons_of, versions_of

HOST = "bdhvs_wagtail_lms"

__all__ = ["push", "push_everything", "withdraw"]


def push(course: Any, *, at: datetime) -> int:
    """Store the facts of a live course and of all its lessons as they are now; how many lessons. In one transaction.

    Whichever language's page is published, facts are those of the original, with titles in each language.
    """
    pages = versions_of(course.translation_key)
    if not pages:
        return 0
    original = pages[0]
    with transaction.atomic():
        push_course(original.translation_key, host=HOST, titles=_titles(pages), revision=_revision(original), at=at)
        lessons = lessons_of(original)
        for position, lesson in enumerate(lessons):
            push_activity(
                original.translation_key,
                ActivityFacts(
                    key=lesson.translation_key,
                    type_key=OtherLesson.key,
                    plugin=HOST,
                    titles=_titles(versions_of(lesson.translation_key)),
                    done_on=OtherLesson.done_on,
                    revision=_revision(lesson),
                    position=position,
                ),
                at=at,
            )
        push_order(original.translation_key, [lesson.translation_key for lesson in lessons])
    return len(lessons)


def withdraw(page: Any, *, at: datetime) -> None:
    """Withdraw an unpublished or deleted course or lesson: offered no more in any language that is not live."""
    if versions_of(page.translation_key):
        return
    if isinstance(page, CoursePage):
        withdraw_course(page.translation_key, at=at)
    else:
        withdraw_activity(page.translation_key, at=at)


def push_everything(*, at: datetime) -> int:
    """Store the facts of all live courses; how many."""
    keys = CoursePage.objects.live().filter(alias_of=None).values_list("translation_key", flat=True).distinct()
    for key in keys:
        push(versions_of(key)[0], at=at)
    return len(keys)


def _titles(pages: list[Any]) -> dict[str, str]:
    return {page.locale.language_code: nfc(page.title).strip() for page in pages}


def _revision(page: Any) -> str:
    return str(page.latest_revision_id or page.pk)
