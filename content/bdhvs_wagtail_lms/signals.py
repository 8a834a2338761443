"""Handles publishing of wagtail-lms's pages and writing of its rows.

Each push and each feeding comes after the host's own transaction: whatever goes wrong here is logged, and neither an
editor nor a learner of wagtail-lms meets it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_unpublished, post_page_move
from wagtail_lms.models import CourseEnrollment, H5PLessonCompletion, SCORMAttempt

from bdhvs_lms.base.api import now
from bdhvs_wagtail_lms import facts, feeding
from bdhvs_wagtail_lms.pages import LESSONS, CoursePage, course_of

KINDS = (CoursePage, *LESSONS)

__all__ = ["connect"]


def _later(act: Callable[[], Any]) -> None:
    transaction.on_commit(act, robust=True)


def _published(sender: Any, instance: Any, **_kwargs: Any) -> None:
    if not issubclass(sender, KINDS):
        return
    course = instance if isinstance(instance, CoursePage) else course_of(instance)
    if course is not None:
        _later(lambda: facts.push(course, at=now()))


def _gone(sender: Any, instance: Any, **_kwargs: Any) -> None:
    if issubclass(sender, KINDS):
        _later(lambda: facts.withdraw(instance, at=now()))


def _moved(sender: Any, instance: Any, **_kwargs: Any) -> None:
    if issubclass(sender, LESSONS):
        _published(sender, instance)


def _enrolled(sender: Any, instance: Any, **_kwargs: Any) -> None:
    _later(lambda: feeding.enrolled(instance, at=now()))


def _completed(sender: Any, instance: Any, **_kwargs: Any) -> None:
    _later(lambda: feeding.feed(feeding.of_lesson(instance), at=now()))


def _attempted(sender: Any, instance: Any, **_kwargs: Any) -> None:
    # What it completes is looked up later too: most writes of a SCORM attempt complete nothing.
    if instance.completion_status == "completed" or instance.success_status == "passed":
        _later(partial(_feed_all, instance))


def _feed_all(attempt: Any) -> None:
    for done in feeding.of_attempt(attempt):
        feeding.feed(done, at=now())


def connect() -> None:
    """Register the handlers; called once, in AppConfig.ready()."""
    for signal, receiver, sender in (
        (page_published, _published, None),
        (page_unpublished, _gone, None),
        (post_page_move, _moved, None),
        *((post_delete, _gone, kind) for kind in KINDS),
        (post_save, _enrolled, CourseEnrollment),
        (post_save, _completed, H5PLessonCompletion),
        (post_save, _attempted, SCORMAttempt),
    ):
        signal.connect(receiver, sender=sender, dispatch_uid=f"bdhvs_wagtail_lms.{receiver.__name__}.{sender}")
