"""Weighing of one person's attempts against each other, for quizzes that do not simply take the best: each attempt's
grade
is stored with it, and stated anew when another attempt changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy as copied
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.plugins.api import Outcome
from bdhvs_lms.tracking.api import (
    VERB_COMPLETED,
    VERB_FAILED,
    VERB_PASSED,
    activity_iri,
    facts_about,
    record,
    statement_id,
    void_all,
)
from bdhvs_quiz.counting import METHOD, Mark, grades
from bdhvs_quiz.grading import outcome_of
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion
from bdhvs_quiz.queries import attempts_of
from bdhvs_quiz.statements import concluded

REASON = "counted-anew"
"""Code of the voidings."""


MARKED = Q(submitted_at__isnull=False) | Q(reopenings__gt=0)
"""Of attempts: handed in, if opened again since."""


@dataclass(frozen=True)
class Changed:
    """An attempt as it is stored, and with its present grade."""

    before: Attempt
    after: Attempt


def method_again(attempt: Attempt) -> str:
    """Return the method of counting once this attempt is opened again and handed in: its version's; for one from before
    there
    was a method, the quiz's present one. A query for these."""
    own: str = attempt.version.shown.get(METHOD, "")
    if own:
        return own
    newest = QuizVersion.published(attempt.activity_key).annotate(method=KeyTextTransform(METHOD, "shown"))
    return newest.values_list("method", flat=True).first() or ""


def weigh(attempt: Attempt, *, late: bool = False, regraded: bool = False) -> list[Changed]:
    """Set `grade` of an attempt that is handed in now, before its statements are built. Under the learner's lock.

    Args:
        late: it may be older than others, as what was written on paper is.
        regraded: it was handed in before, and is graded anew.

    Returns the person's other attempts whose grade changes: for `say_again`. No query if the quiz takes the best of the
    attempts and it is not `late`; else two or three, one more for one of before there was a method that was opened
    again.
    """
    method = method_again(attempt) if attempt.reopenings and not regraded else _method(attempt, attempt.version.shown)
    if not method and not late:
        return []
    others: list[Any] = list(_rows(attempt.learner.whole, attempt.activity_key).exclude(pk=attempt.pk))
    if not method and not any(other.method or other.grade for other in others):
        return []
    attempt.method = method  # type: ignore[attr-defined]
    changed = weighed([attempt, *_in_force(attempt.learner.whole, others)])
    attempt.grade = next((one.after.grade for one in changed if one.before.pk == attempt.pk), attempt.grade)
    return [one for one in changed if one.before.pk != attempt.pk]


def _method(attempt: Attempt, shown: Mapping[str, Any]) -> str:
    """Return the method by which it is weighed: its version's, or that of the time when it was handed in again."""
    found: str = shown.get(METHOD) or (attempt.grade or {}).get("method", "")
    return found


def settle(learner: Learner, activity_key: UUID, *, by: UUID, at: datetime) -> None:
    """Record anew what follows for the person's other attempts after some were graded anew, taken back or opened again.
    Under the learner's lock."""
    rows: list[Any] = list(_rows(learner.whole, activity_key))
    if any(row.method or row.grade for row in rows):
        say_again(weighed(_in_force(learner.whole, rows)), by=by, at=at)


def say_again(changed: Sequence[Changed], *, by: UUID, at: datetime) -> None:
    """Record what concludes each attempt by its new grade, then take the earlier statements out of force.
    Nothing is recorded for a person without consent."""
    if not changed:
        return
    try:
        require_consent(changed[0].before.learner.whole, at)
    except ConsentMissing:
        return
    gone = [statement_id(act) for one in changed for act in concluded(one.before, {})]
    outcomes = _outcomes(changed)
    for one in changed:
        one.after.gradings = {**one.before.gradings, "": one.before.next_grading}
        one.after.save(update_fields=["grade", "gradings"])
    record([act for one in changed for act in concluded(one.after, outcomes[one.after.pk])], at=at)
    void_all(gone, by=by, reason_code=REASON, at=at)


def _outcomes(changed: Sequence[Changed]) -> dict[int, dict[str, Outcome]]:
    """Return the outcomes of the last grading of each attempt, by its primary key."""
    steps = AttemptStep.objects.filter(attempt__in=[one.after for one in changed], kind__in=AttemptStep.HANDED_IN)
    return {
        step.attempt_id: {key: outcome_of(kept) for key, kept in step.data.get("outcomes", {}).items()}
        for step in steps.order_by("attempt", "seq")
    }


def _rows(learner: Learner, activity_key: UUID) -> QuerySet[Attempt]:
    """Return the attempts handed in, or opened again after that."""
    rows = attempts_of(learner, activity_key).filter(MARKED)
    return with_method(rows.select_related("version", "learner__merged_into").defer("version__key"))


def with_method(rows: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Add the method of the version (`method`) to each attempt, without loading all that the version shows."""
    return rows.defer("version__shown").annotate(method=KeyTextTransform(METHOD, "version__shown"))


def _in_force(learner: Learner, rows: Sequence[Attempt]) -> list[Attempt]:
    """Return the attempts without those whose result, or verdict alone, somebody has taken out of force. One query."""
    if not rows:
        return []
    verdicts = {None: VERB_COMPLETED, True: VERB_PASSED, False: VERB_FAILED}
    iri = activity_iri(rows[0].activity_key)
    facts = facts_about(learner, activities=[iri], verbs=list(verdicts.values()))
    known = {(fact.registration, fact.verb) for fact in facts}
    return [
        row
        for row in rows
        if row.submitted_at is None or {(row.uuid, VERB_COMPLETED), (row.uuid, verdicts[row.passed])} <= known
    ]


def weighed(rows: Sequence[Attempt]) -> list[Changed]:
    """Return those of one person's attempts whose grade differs from the stored one. `rows`: with `method`. Pure."""
    ordered = sorted(rows, key=lambda row: (row.opened_at, row.number, row.pk))
    changed = []
    for row, found in zip(ordered, grades([_mark(row) for row in ordered]), strict=True):
        grade = found.json() if found is not None else None
        if grade != row.grade:
            after = copied(row)
            after.grade = grade
            changed.append(Changed(row, after))
    return changed


def _mark(row: Any) -> Mark:
    most, needed = row.version.max_score, row.version.pass_score
    share = Fraction(row.raw) / Fraction(most) if row.raw is not None else None
    method = _method(row, {METHOD: row.method})
    return Mark(share, row.submitted_at, method, most, needed, reopened=row.reopenings > 0)
