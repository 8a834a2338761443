"""Personal data here: attempts and steps without a typed word, and the typed words apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from bdhvs_h5p.models import H5PAttempt, H5PState, H5PStep, RejectedStatement, TypedText
from bdhvs_lms.attempts.api import WHY_KEPT
from bdhvs_lms.plugins.api import PersonalData

__all__ = ["H5PPersonalData"]


class H5PPersonalData(PersonalData):
    key = "bdhvs_h5p"
    models: ClassVar[tuple[str, ...]] = (
        "bdhvs_h5p.H5PAttempt",
        "bdhvs_h5p.H5PStep",
        "bdhvs_h5p.TypedText",
        "bdhvs_h5p.H5PState",
        "bdhvs_h5p.RejectedStatement",
    )
    kept: ClassVar[Mapping[str, str]] = {"bdhvs_h5p.H5PAttempt": WHY_KEPT, "bdhvs_h5p.H5PStep": WHY_KEPT}

    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        attempts = H5PAttempt.objects.filter(learner=learner).select_related("version").order_by("pk")
        steps = H5PStep.objects.filter(attempt__learner=learner).select_related("attempt").order_by("attempt", "seq")
        typed = TypedText.objects.filter(step__attempt__learner=learner).select_related("step__attempt")
        states = H5PState.objects.filter(attempt__learner=learner).select_related("attempt").order_by("pk")
        rejected = RejectedStatement.objects.filter(attempt__learner=learner).select_related("attempt").order_by("pk")
        return {
            "bdhvs_h5p.H5PAttempt": [
                {
                    "attempt": str(row.uuid),
                    "activity": row.version.titles,
                    "number": row.number,
                    "opened_at": row.opened_at.isoformat(),
                    "completed_at": row.completed_at.isoformat() if row.completed_at else None,
                    "points": str(row.best_raw) if row.best_raw is not None else None,
                    "of": str(row.best_max) if row.best_max is not None else None,
                    "share": str(row.best_scaled) if row.best_scaled is not None else None,
                    "passed": row.success,
                }
                for row in attempts
            ],
            "bdhvs_h5p.H5PStep": [
                {
                    "attempt": str(row.attempt.uuid),
                    "step": row.seq,
                    "what": row.verb,
                    "facts": row.data,
                    "at": row.occurred_at.isoformat(),
                }
                for row in steps
            ],
            "bdhvs_h5p.TypedText": [
                {"attempt": str(row.step.attempt.uuid), "step": row.step.seq, "text": row.text}
                for row in typed.order_by("step__attempt", "step__seq")
            ],
            "bdhvs_h5p.H5PState": [
                {
                    "attempt": str(row.attempt.uuid),
                    "part": row.sub_content_id,
                    "kind": row.data_type,
                    "state": row.data,
                    "at": row.received_at.isoformat(),
                }
                for row in states
            ],
            "bdhvs_h5p.RejectedStatement": [
                {
                    "attempt": str(row.attempt.uuid),
                    "why": row.code,
                    "bytes": row.size,
                    "digest": row.digest,
                    "at": row.received_at.isoformat(),
                }
                for row in rejected
            ],
        }

    def erase(self, learner: Any) -> int:
        """Delete words, states (which hold words), and digests, from which short words could be guessed."""
        count = 0
        for rows in (
            TypedText.objects.filter(step__attempt__learner=learner),
            H5PState.objects.filter(attempt__learner=learner),
            RejectedStatement.objects.filter(attempt__learner=learner),
        ):
            deleted, _each = rows.delete()
            count += deleted
        return count
