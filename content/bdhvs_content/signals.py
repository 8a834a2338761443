"""Wagtail's page signals, each answered with "what is this key now?" (see publishing)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from bdhvs_content.identity import place_of
from bdhvs_content.models import CoursePage, FactsPageMixin, LessonPage, SectionPage
from bdhvs_content.publishing import sync, sync_activity, sync_course, sync_order
from bdhvs_content.speech.making import after_publishing
from bdhvs_lms.base.api import now


def _published(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, FactsPageMixin):
        with transaction.atomic():
            sync(instance, at=now())


def _moved(sender: type, instance: Any, parent_page_before: Any, parent_page_after: Any, **kwargs: Any) -> None:
    page = instance.specific
    if not isinstance(page, FactsPageMixin):
        return
    with transaction.atomic():
        if parent_page_before.pk == parent_page_after.pk:
            # Only the place among its siblings changed, whatever the state of the page.
            course = None if isinstance(page, CoursePage) else place_of(page).course
            if course is not None and course.live:
                sync_order(course)
        else:
            sync(page, at=now())


def _deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """Update the core after a page's row is deleted; of a translation the remaining pages still speak for the key."""
    model = instance.specific_class
    if model is None or not issubclass(model, FactsPageMixin) or instance.alias_of_id is not None:
        return
    if issubclass(model, SectionPage):
        return  # what was in it has been deleted before it, each with its own signal
    sync_key = sync_course if issubclass(model, CoursePage) else sync_activity
    sync_key(instance.translation_key, at=now())


def _spoken(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, LessonPage):
        after_publishing(instance, at=now())


def connect() -> None:
    page_published.connect(_spoken, dispatch_uid="bdhvs_content.spoken")
    page_published.connect(_published, dispatch_uid="bdhvs_content.published")
    page_unpublished.connect(_published, dispatch_uid="bdhvs_content.unpublished")
    post_page_move.connect(_moved, dispatch_uid="bdhvs_content.moved")
    # Of Page and not of the page types: their rows go first, and the page would still seem to be there.
    post_delete.connect(_deleted, sender=Page, dispatch_uid="bdhvs_content.deleted")
