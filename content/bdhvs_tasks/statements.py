"""The xAPI statements of an observation, from its rows alone: no clock, no living page, no typed word."""

from __future__ import annotations

from decimal import Decimal

from bdhvs_lms.attempts.api import act_of
from bdhvs_lms.tracking.api import OBSERVER, VERB_FAILED, VERB_PASSED, LearningAct, ResultFacts
from bdhvs_tasks.models import Grading, Observation

# How xAPI joins the parts of one response.
SEPARATOR = "[,]"


def graded(observation: Observation, grading: Grading) -> LearningAct:
    """Build the `passed` or `failed` act, with the ids of the done items in the checklist's order. A grading that took
    the observation back makes no statement."""
    version = observation.version
    done = [item["id"] for item in version.items if item["id"] in grading.done]
    scaled = (grading.raw / version.max_score).quantize(Decimal("0.000001"))
    return act_of(
        observation,
        VERB_PASSED if grading.success else VERB_FAILED,
        grading.occurred_at,
        grading=grading.seq,
        instructor=grading.observer,
        authority=OBSERVER,
        result=ResultFacts(
            success=grading.success,
            raw=grading.raw,
            min=Decimal(0),
            max=version.max_score,
            scaled=scaled,
            response=SEPARATOR.join(done),
        ),
    )
