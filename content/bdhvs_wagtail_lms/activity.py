"""The core's activity type for a lesson of wagtail-lms."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bdhvs_lms.plugins.api import ActivityType
from bdhvs_lms.tracking.api import TYPE_LESSON, VERB_COMPLETED
from bdhvs_wagtail_lms.pages import page_in


class OtherLesson(ActivityType):
    """A lesson that is done when wagtail-lms says that it is completed."""

    key = "bdhvs_wagtail_lms.lesson"
    label = _("lesson of wagtail-lms")
    icon = "doc-full"
    activity_iri = TYPE_LESSON
    records: ClassVar[frozenset[str]] = frozenset({VERB_COMPLETED})
    done_on = "completed"
    features: ClassVar[frozenset[str]] = frozenset()
    not_begun_label = _("Not completed yet")

    def address(self, activity_key: UUID, language: str) -> str | None:
        page = page_in(activity_key, language)
        return None if page is None else page.url
