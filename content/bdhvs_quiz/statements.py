"""The xAPI statements of an attempt, built from its rows alone: no clock, no living page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bdhvs_lms.attempts.api import act_of
from bdhvs_lms.plugins.api import Outcome
from bdhvs_lms.tracking.api import (
    EXTENSION_GRADE,
    TYPE_QUESTION,
    VERB_ANSWERED,
    VERB_COMPLETED,
    VERB_FAILED,
    VERB_PASSED,
    LearningAct,
    ObjectRef,
    ResultFacts,
    json_number,
    question_iri,
    statement_id,
)
from bdhvs_quiz.counting import AVERAGE
from bdhvs_quiz.grading import decimal, grade_all, kind_of, marks_by_competency
from bdhvs_quiz.models import Attempt

# How xAPI joins the parts of one response.
SEPARATOR = "[,]"


def submitted(attempt: Attempt, outcomes: Mapping[str, Outcome], **more: Any) -> list[LearningAct]:
    """Build `answered` for each question, then `completed`, then `passed` or `failed`, each of the grading in
    `attempt.gradings`. `more`: of each act, `instructor` of a correction."""
    return [*answered(attempt, outcomes, **more), *concluded(attempt, outcomes, **more)]


def said_of(attempt: Attempt) -> list[UUID]:
    """Return the ids of the statements of handing in, in force or not. They do not depend on the answers."""
    outcomes = grade_all(attempt.questions, attempt.version.key, {})
    return [statement_id(act) for act in submitted(attempt, outcomes)]


def answered(
    attempt: Attempt, outcomes: Mapping[str, Outcome], *, only: Collection[str] | None = None, **more: Any
) -> list[LearningAct]:
    """Build `answered` for each question, or for `only` these."""
    moment = attempt.submitted_at
    assert moment is not None  # noqa: S101  narrowing for the type checker
    return [
        _answered(attempt, question, outcomes[question["key"]], moment, **more)
        for question in attempt.questions
        if only is None or question["key"] in only
    ]


def concluded(attempt: Attempt, outcomes: Mapping[str, Outcome], **more: Any) -> list[LearningAct]:
    """Build `completed`, then `passed` or `failed`: as in `submitted()`. Their ids do not depend on the outcomes.
    Where attempts are weighed against each other both state what counts now, and the verdict is the quiz's; an attempt
    that
    does not count has no verdict."""
    moment = attempt.submitted_at
    assert moment is not None  # noqa: S101  narrowing for the type checker
    assert attempt.raw is not None  # noqa: S101
    more.setdefault("grading", attempt.grading_of())
    score = _score(attempt.raw, attempt.version.max_score)
    if attempt.grade is not None:
        more["extensions"] = {**more.get("extensions", {}), EXTENSION_GRADE: _grade(attempt)}
    # The server's own clock may have been put back between the two. Of one that was opened again, since then.
    duration = max(moment - (attempt.reopened_at or attempt.opened_at), timedelta(0))
    completed = act_of(
        attempt,
        VERB_COMPLETED,
        moment,
        result=ResultFacts(completion=True, success=attempt.success, duration=duration, **score),
        **more,
    )
    passed = attempt.passed
    if passed is None:
        return [completed]
    if attempt.grade is not None and attempt.grade["method"] == AVERAGE:
        assert attempt.counted is not None  # noqa: S101  of an average there are always points
        score = _score(attempt.counted, attempt.version.max_score)
    verdict = VERB_PASSED if passed else VERB_FAILED
    marks = marks_by_competency(attempt.version.shown, attempt.questions, outcomes)
    result = ResultFacts(success=passed, competencies=marks, **score)
    return [completed, act_of(attempt, verdict, moment, result=result, **more)]


def concluded_ids(attempt: Attempt) -> list[UUID]:
    """Return the ids of the statements that conclude it, in force or not, from fewer of its columns."""
    moment = attempt.submitted_at
    assert moment is not None  # noqa: S101  narrowing for the type checker
    verdict = {None: (), True: (VERB_PASSED,), False: (VERB_FAILED,)}[attempt.passed]
    acts = (act_of(attempt, verb, moment, grading=attempt.grading_of()) for verb in (VERB_COMPLETED, *verdict))
    return [statement_id(act) for act in acts]


def _score(raw: Decimal, most: Decimal) -> dict[str, Any]:
    return {"raw": raw, "min": Decimal(0), "max": most, "scaled": (raw / most).quantize(Decimal("0.000001"))}


def _grade(attempt: Attempt) -> dict[str, Any]:
    assert attempt.grade is not None  # noqa: S101  narrowing for the type checker
    points = {"raw": attempt.counted, "max": attempt.version.max_score}
    counted = {name: json_number(value) for name, value in points.items() if value is not None}
    return {"from": attempt.grade["method"], "of": attempt.grade["of"], **counted}


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
