"""What is said to the ledger about an attempt, from its rows alone: no clock, no living page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bdhvs_lms.attempts.api import act_of
from bdhvs_lms.plugins.api import Outcome
from bdhvs_lms.tracking.api import (
    TYPE_QUESTION,
    VERB_ANSWERED,
    VERB_COMPLETED,
    VERB_FAILED,
    VERB_PASSED,
    LearningAct,
    ObjectRef,
    ResultFacts,
    question_iri,
)
from bdhvs_quiz.grading import decimal, kind_of, marks_by_competency
from bdhvs_quiz.models import Attempt

# How xAPI joins the parts of one response.
SEPARATOR = "[,]"


def submitted(attempt: Attempt, outcomes: Mapping[str, Outcome], **more: Any) -> list[LearningAct]:
    """`answered` for each question, then `completed`, then `passed` or `failed`, each of the grading that
    `attempt.gradings` says. `more`: of each act, `instructor` of a correction."""
    return [*answered(attempt, outcomes, **more), *concluded(attempt, outcomes, **more)]


def answered(
    attempt: Attempt, outcomes: Mapping[str, Outcome], *, only: Collection[str] | None = None, **more: Any
) -> list[LearningAct]:
    """`answered` for each question, or for `only` these."""
    moment = attempt.submitted_at
    assert moment is not None  # noqa: S101  narrowing for the type checker
    return [
        _answered(attempt, question, outcomes[question["key"]], moment, **more)
        for question in attempt.questions
        if only is None or question["key"] in only
    ]


def concluded(attempt: Attempt, outcomes: Mapping[str, Outcome], **more: Any) -> list[LearningAct]:
    """`completed`, then `passed` or `failed`: as in `submitted()`. Their ids do not depend on the outcomes."""
    moment = attempt.submitted_at
    assert moment is not None  # noqa: S101  narrowing for the type checker
    assert attempt.raw is not None  # noqa: S101
    more.setdefault("grading", attempt.grading_of())
    maximum = attempt.version.max_score
    score: dict[str, Any] = {
        "raw": attempt.raw,
        "min": Decimal(0),
        "max": maximum,
        "scaled": (attempt.raw / maximum).quantize(Decimal("0.000001")),
    }
    # The server's own clock may have been put back between the two.
    duration = max(moment - attempt.opened_at, timedelta(0))
    verdict = VERB_PASSED if attempt.success else VERB_FAILED
    marks = marks_by_competency(attempt.version.shown, attempt.questions, outcomes)
    return [
        act_of(
            attempt,
            VERB_COMPLETED,
            moment,
            result=ResultFacts(completion=True, success=attempt.success, duration=duration, **score),
            **more,
        ),
        act_of(
            attempt, verdict, moment, result=ResultFacts(success=attempt.success, competencies=marks, **score), **more
        ),
    ]


def _answered(
    attempt: Attempt, question: Mapping[str, Any], outcome: Outcome, moment: datetime, **more: Any
) -> LearningAct:
    shown = question["shown"]
    more.setdefault("grading", attempt.grading_of(question["key"]))
    return act_of(
        attempt,
        VERB_ANSWERED,
        moment,
        part=ObjectRef(
            question_iri(UUID(question["key"])),
            TYPE_QUESTION,
            {question.get("language", attempt.version.language): question["prompt"]},
            kind_of(question).interaction(shown),
        ),
        result=ResultFacts(
            success=outcome.correct,
            scaled=decimal(outcome.share, places=6),
            response=SEPARATOR.join(outcome.matched),
        ),
        **more,
    )
