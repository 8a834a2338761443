"""The activity type of lessons."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_content.queries import page_address
from bdhvs_lms.plugins.api import ActivityType
from bdhvs_lms.tracking.api import TYPE_LESSON, VERB_COMPLETED, VERB_EXPERIENCED


class LessonActivity(ActivityType):
    """The activity type of lessons. Reading is presence: it finishes the lesson and proves nothing about what the
    reader can do."""

    key = "bdhvs_content.lesson"
    label = _("lesson")
    icon = "doc-full"
    activity_iri = TYPE_LESSON
    records: ClassVar[frozenset[str]] = frozenset({VERB_EXPERIENCED, VERB_COMPLETED})
    done_on = "completed"
    features: ClassVar[frozenset[str]] = frozenset({"presence"})
    not_begun_label = pgettext_lazy("lesson", "Not started")

    def address(self, activity_key: UUID, language: str) -> str | None:
        return page_address(activity_key, language)
