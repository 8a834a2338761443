"""What a practical task is to the core."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from bdhvs_lms.plugins.api import ActivityType
from bdhvs_lms.tracking.api import VERB_COMPLETED, VERB_FAILED, VERB_PASSED
from plugin_example.models import PracticeTask


class PracticeActivity(ActivityType):
    """Done once an observer saw it succeed. That the learner says so is on record, and finishes nothing."""

    key = "plugin_example.practice"
    label = _("practice")
    icon = "clipboard-list"
    activity_iri = "http://id.tincanapi.com/activitytype/checklist-item"
    records: ClassVar[frozenset[str]] = frozenset({VERB_COMPLETED, VERB_PASSED, VERB_FAILED})
    done_on = "passed"
    features: ClassVar[frozenset[str]] = frozenset({"graded", "attempts"})
    not_begun_label = _("Not practised yet")

    def address(self, activity_key: UUID, language: str) -> str | None:
        if not PracticeTask.objects.filter(key=activity_key).exists():
            return None
        try:
            with override(language):
                return reverse("plugin_example:task", args=[activity_key])
        except NoReverseMatch:  # a site of its own that has not included our addresses
            return None
