"""Personal data of this app: observations without free text, and the observer's notes apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from bdhvs_lms.attempts.api import WHY_KEPT
from bdhvs_lms.plugins.api import PersonalData
from bdhvs_tasks.models import Grading, Observation, ObservationNote


class TaskPersonalData(PersonalData):
    key = "bdhvs_tasks"
    models: ClassVar[tuple[str, ...]] = (
        "bdhvs_tasks.Observation",
        "bdhvs_tasks.Grading",
        "bdhvs_tasks.ObservationNote",
    )
    kept: ClassVar[Mapping[str, str]] = {"bdhvs_tasks.Observation": WHY_KEPT, "bdhvs_tasks.Grading": WHY_KEPT}
    pages: ClassVar[Mapping[str, Any]] = {
        "class-task": _("practical task of a class"),
        "class-task-sheet": _("checklist of a practical task, to print"),
        "class-task-person": _("a learner's practical task"),
        "class-task-correct": _("correction of a practical task"),
    }

    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        seen = Observation.objects.filter(learner=learner).select_related("version").order_by("pk")
        gradings = Grading.objects.filter(attempt__learner=learner).select_related("attempt__version")
        return {
            "bdhvs_tasks.Observation": [
                {
                    "observation": str(row.uuid),
                    "task": row.version.titles,
                    "number": row.number,
                    "at": row.opened_at.isoformat(),
                }
                for row in seen
            ],
            "bdhvs_tasks.Grading": [
                {
                    "observation": str(row.attempt.uuid),
                    "grading": row.seq,
                    "done": [item["text"] for item in row.attempt.version.items if item["id"] in row.done],
                    "not_done": [item["text"] for item in row.attempt.version.items if item["id"] not in row.done],
                    "passed": row.success,
                    "recorded_at": row.received_at.isoformat(),
                }
                for row in gradings.order_by("attempt", "seq")
            ],
            "bdhvs_tasks.ObservationNote": [
                {"observation": str(row.observation.uuid), "text": row.text}
                for row in _notes_about(learner).select_related("observation").order_by("pk")
            ],
        }

    def erase(self, learner: Any) -> int:
        deleted, _each = _notes_about(learner).delete()
        return deleted


def _notes_about(learner: Any) -> Any:
    return ObservationNote.objects.filter(observation__learner=learner)
