"""The xAPI statements of an attempt, from its rows alone: no clock, no living page, no typed word.

Claims of a browser are recorded as client-reported, and so is what follows from them: `completed` after an `answered`
about the whole, `passed` or `failed` by the pass mark. By itself this confirms no competency.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from bdhvs_h5p.attempts.steps import StepFacts, from_json
from bdhvs_h5p.models import H5PAttempt, H5PStep
from bdhvs_lms.attempts.api import act_of
from bdhvs_lms.plugins.api import Interaction
from bdhvs_lms.tracking.api import (
    CLIENT,
    EXTENSION_EVIDENCE,
    TYPE_INTERACTION,
    TYPE_QUESTION,
    VERB_ANSWERED,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_PASSED,
    LearningAct,
    ObjectRef,
    ResultFacts,
    part_iri,
    statement_id,
)
from h5p_python_adapter import Score

__all__ = ["completed", "emitted", "seen", "verdict"]

# RFC 5646 as far as packages go; h5p.json may say anything.
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_NO_LANGUAGE = "und"


def _language(attempt: H5PAttempt) -> str:
    """Return the language of the package's words."""
    language = attempt.version.h5p_version.language
    return language if _TAG.fullmatch(language) else _NO_LANGUAGE


def _part(attempt: H5PAttempt, facts: StepFacts) -> ObjectRef:
    assert facts.part is not None  # noqa: S101  narrowing for the type checker
    language = _language(attempt)
    names = {language: facts.name} if facts.name else {}
    interaction = facts.interaction
    if interaction is None:
        return ObjectRef(part_iri(attempt.activity_key, facts.part), TYPE_INTERACTION, names)
    components = {
        name: [(key, {language: text} if text else {}) for key, text in rows] for name, rows in interaction.components
    }
    kind = Interaction(interaction.type, components)
    return ObjectRef(part_iri(attempt.activity_key, facts.part), TYPE_QUESTION, names, kind)


def _score(score: Score | None) -> dict[str, Any]:
    if score is None:
        return {}
    least = None if score.max is None else Decimal(0)
    return {"scaled": score.scaled, "raw": score.raw, "min": least, "max": score.max}


def emitted(attempt: H5PAttempt, step: H5PStep) -> LearningAct:
    """Build the act of a step as the package said it."""
    facts = from_json(step.data)
    more: dict[str, Any] = {"authority": CLIENT, "try_no": step.seq}
    if facts.part is not None:
        more["part"] = _part(attempt, facts)
    # What the verb says already: a part's, for the whole has its verdict from the server.
    success = {VERB_PASSED: True, VERB_FAILED: False}.get(step.verb, facts.success)
    result = ResultFacts(
        success=success,
        completion=True if step.verb == VERB_COMPLETED else facts.completion,
        duration=facts.duration,
        response=facts.response,
        **_score(facts.score),
    )
    if facts.part is not None and step.verb == VERB_ANSWERED and facts.interaction is not None:
        result = _answer(result)
    if result != ResultFacts():
        more["result"] = result
    return act_of(attempt, step.verb, step.occurred_at, **more)


def _answer(result: ResultFacts) -> ResultFacts:
    """Complete the result of a question: right or wrong is said as well, and an empty response is one."""
    success = result.success if result.success is not None else result.scaled == 1
    return ResultFacts(
        success=success,
        completion=result.completion,
        duration=result.duration,
        response=result.response or "",
        scaled=result.scaled,
        raw=result.raw,
        min=result.min,
        max=result.max,
    )


def completed(attempt: H5PAttempt, step: H5PStep) -> LearningAct:
    """Build the act that the whole was gone through: said in another verb, or only to be concluded from a verdict."""
    facts = from_json(step.data)
    return act_of(
        attempt,
        VERB_COMPLETED,
        step.occurred_at,
        authority=CLIENT,
        try_no=step.seq,
        result=ResultFacts(completion=True, success=facts.success, duration=facts.duration, **_score(facts.score)),
    )


def verdict(attempt: H5PAttempt, step: H5PStep, *, passed: bool) -> LearningAct:
    """Build `passed` or `failed`, by the pass mark of the version or as the package itself said."""
    facts = from_json(step.data)
    verb = VERB_PASSED if passed else VERB_FAILED
    return act_of(
        attempt,
        verb,
        step.occurred_at,
        authority=CLIENT,
        try_no=step.seq,
        result=ResultFacts(success=passed, **_score(facts.score)),
    )


def seen(attempt: H5PAttempt, step: H5PStep) -> list[LearningAct]:
    """Build the acts of an activity opened, or declared finished by the learner, as a lesson is read. `completed`
    follows from it, is said here and names it, so that nobody else concludes it again."""
    read = act_of(attempt, VERB_EXPERIENCED, step.occurred_at, try_no=step.seq)
    done = act_of(
        attempt,
        VERB_COMPLETED,
        step.occurred_at,
        try_no=step.seq,
        result=ResultFacts(completion=True),
        extensions={EXTENSION_EVIDENCE: [str(statement_id(read))]},
    )
    return [read, done]
