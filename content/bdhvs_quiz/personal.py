"""What this app knows of a person: attempts, without a name and without a word they typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from bdhvs_lms.plugins.api import PersonalData
from bdhvs_quiz.models import Attempt, AttemptStep

_WHY_KEPT = (
    "Opaque: an actor's number, ids of chosen options, points and times. Statements were built from it, and counts "
    "of a closed year must come out the same after somebody's erasure."
)


class QuizPersonalData(PersonalData):
    key = "bdhvs_quiz"
    models: ClassVar[tuple[str, ...]] = ("bdhvs_quiz.Attempt", "bdhvs_quiz.AttemptStep")
    kept: ClassVar[Mapping[str, str]] = {"bdhvs_quiz.Attempt": _WHY_KEPT, "bdhvs_quiz.AttemptStep": _WHY_KEPT}

    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        attempts = Attempt.objects.filter(learner=learner).select_related("version").order_by("pk")
        steps = (
            AttemptStep.objects.filter(attempt__learner=learner).select_related("attempt").order_by("attempt", "seq")
        )
        return {
            "bdhvs_quiz.Attempt": [
                {
                    "attempt": str(attempt.uuid),
                    "quiz": attempt.version.titles,
                    "number": attempt.number,
                    "opened_at": attempt.opened_at.isoformat(),
                    "submitted_at": attempt.submitted_at.isoformat() if attempt.submitted_at else None,
                    "points": str(attempt.raw) if attempt.raw is not None else None,
                    "of": str(attempt.version.max_score),
                    "passed": attempt.success,
                }
                for attempt in attempts
            ],
            "bdhvs_quiz.AttemptStep": [
                {
                    "attempt": str(step.attempt.uuid),
                    "step": step.seq,
                    "what": step.kind,
                    "answers": step.data.get("responses", {}),
                    "at": step.occurred_at.isoformat(),
                }
                for step in steps
            ],
        }

    def erase(self, learner: Any) -> int:
        """Nothing names or quotes the person here: see `kept`."""
        return 0
