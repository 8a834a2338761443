"""The activity type of practical tasks."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_content.api import page_address
from bdhvs_lms.plugins.api import ActivityType
from bdhvs_lms.tracking.api import TYPE_TASK, VERB_FAILED, VERB_PASSED


class TaskActivity(ActivityType):
    """A task is done once a teacher of the learner's class saw it done; the learner alone records nothing."""

    key = "bdhvs_tasks.task"
    label = _("practical task")
    icon = "clipboard-list"
    activity_iri = TYPE_TASK
    records: ClassVar[frozenset[str]] = frozenset({VERB_PASSED, VERB_FAILED})
    done_on = "passed"
    features: ClassVar[frozenset[str]] = frozenset({"graded", "attempts"})
    not_begun_label = pgettext_lazy("task", "Not practised yet")
    in_progress_label = pgettext_lazy("task", "Practising")
    short_label = pgettext_lazy("task, at most three letters", "T")
    class_view = "bdhvs_tasks:class-tasks"
    class_label = _("Record practical tasks")

    def address(self, activity_key: UUID, language: str) -> str | None:
        return page_address(activity_key, language)
