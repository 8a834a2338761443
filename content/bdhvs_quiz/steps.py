"""The newest step of an attempt."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery

from bdhvs_lms.base.api import Compiled
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion, Regrade


def last_step(attempt: Attempt) -> AttemptStep | None:
    return AttemptStep.objects.filter(attempt=attempt).order_by("-seq").first()


def with_newest(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Add `newest` to each attempt: the `last_step()` when it was read."""
    last = AttemptStep.objects.filter(attempt=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    rows: Any = attempts
    found: QuerySet[Attempt] = rows.annotate(
        newest=FilteredRelation("steps", condition=Q(steps__seq=Subquery(last)))
    ).select_related("newest")
    return found


class Standing(NamedTuple):
    """The state of an attempt. `seq`: of the newest step. `over`: this opening has ended, even if there is another."""

    seq: int
    over: bool
    corrected_by: QuizVersion | None
    """Whose keys grade what is handed in now: those that attempts of older versions have been graded again with. None:
    the attempt's own."""


def _standing(attempt: int) -> QuerySet[Any, Any]:
    regraded = Regrade.objects.filter(
        activity_key=OuterRef("activity_key"), version__number__gt=OuterRef("version__number")
    ).order_by("-version__number")
    rows = Attempt.objects.filter(pk=attempt).annotate(corrected=Subquery(regraded.values("version__number")[:1]))
    return rows.order_by("-steps__seq").values("steps__seq", "steps__kind", "steps__opening", "corrected")[:1]


# Asked under the learner's lock.
_standing_of = Compiled(_standing, attempt=int)


def standing_of(attempt: Attempt, opening: int) -> Standing:
    """Return the attempt's standing. One query, two if a correction of the quiz grades it."""
    version = attempt.version
    [row] = _standing_of(attempt=attempt.pk)
    seq, kind, newest = (row[f"steps__{name}"] for name in ("seq", "kind", "opening"))
    corrected_by = None
    if row["corrected"] is not None:
        rows = QuizVersion.published(attempt.activity_key, version.language)
        corrected_by = rows.filter(number=row["corrected"]).first()
    return Standing(seq or 0, seq is not None and (kind in AttemptStep.HANDED_IN or newest != opening), corrected_by)
