"""The quiz as an activity type of the core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_content.api import page_address
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import ActivityType
from bdhvs_lms.tracking.api import (
    TYPE_ASSESSMENT,
    VERB_ANSWERED,
    VERB_COMPLETED,
    VERB_FAILED,
    VERB_INITIALIZED,
    VERB_PASSED,
)
from bdhvs_quiz.crossing import others_forms


class QuizActivity(ActivityType):
    key = "bdhvs_quiz.quiz"
    label = _("quiz")
    icon = "help"
    activity_iri = TYPE_ASSESSMENT
    records: ClassVar[frozenset[str]] = frozenset(
        {VERB_INITIALIZED, VERB_ANSWERED, VERB_COMPLETED, VERB_PASSED, VERB_FAILED}
    )
    done_on = "passed"
    features: ClassVar[frozenset[str]] = frozenset({"graded", "attempts"})
    not_begun_label = pgettext_lazy("quiz", "Not started")
    in_progress_label = pgettext_lazy("quiz", "In progress")
    short_label = pgettext_lazy("quiz, at most three letters", "Q")
    class_view = "bdhvs_quiz:class-papers"
    class_label = _("Paper tests")
    attempt_view = "bdhvs_quiz:reopen"
    attempt_label = _("Reopen the attempt")
    result_view = "bdhvs_quiz:result"

    def address(self, activity_key: UUID, language: str) -> str | None:
        return page_address(activity_key, language)

    def not_for(self, learner: Learner, activities: Sequence[Activity]) -> set[UUID]:
        return others_forms(learner, activities)
