"""What this plugin keeps about a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from bdhvs_lms.plugins.api import PersonalData
from plugin_example.models import PracticeNote, PracticeRecord


class PracticeData(PersonalData):
    key = "plugin_example"
    models = ("plugin_example.PracticeRecord", "plugin_example.PracticeNote")
    kept: ClassVar[Mapping[str, str]] = {
        "plugin_example.PracticeRecord": "Names nobody: it points at an opaque learner, and results were reported."
    }

    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        records = PracticeRecord.objects.filter(learner=learner).select_related("task").order_by("pk")
        notes = PracticeNote.objects.filter(record__learner=learner).select_related("record__task").order_by("pk")
        return {
            "plugin_example.PracticeRecord": [
                {
                    "task": row.task.title,
                    "passed": row.passed,
                    "occurred_at": row.occurred_at.isoformat(),
                    "received_at": row.received_at.isoformat(),
                }
                for row in records
            ],
            "plugin_example.PracticeNote": [{"task": row.record.task.title, "text": row.text} for row in notes],
        }

    def erase(self, learner: Any) -> int:
        count, _tables = PracticeNote.objects.filter(record__learner=learner).delete()
        return count
