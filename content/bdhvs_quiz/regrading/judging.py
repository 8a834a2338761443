"""Results of an attempt with other keys. Pure: from its rows alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bdhvs_lms.plugins.api import Outcome, question_types
from bdhvs_lms.tracking.api import CompetencyMark
from bdhvs_quiz.grading import marks_by_competency, outcome_json, outcome_of, total
from bdhvs_quiz.models import Attempt
from bdhvs_quiz.typed import ERASED


@dataclass(frozen=True)
class Change:
    """An attempt that was handed in, and its result now."""

    attempt: Attempt
    """As it is."""
    outcomes: Mapping[str, Outcome]
    questions: frozenset[str]
    """Keys of those that are graded otherwise now."""
    raw: Decimal
    success: bool
    marks_before: tuple[CompetencyMark, ...] = ()
    marks: tuple[CompetencyMark, ...] = ()
    """Of competencies with a pass mark of their own, in the same order."""
    verdicts: tuple[bool | None, bool | None] | None = None
    """What is said of the quiz before and after, where the person's attempts are weighed against each other."""
    verdicts_kept: tuple[bool | None, bool | None] | None = None
    """The same, where lower marks are not taken over."""
    skipped: bool = False
    """Somebody has taken its result out of force, and it stays so: it is not graded again."""

    def keeping(self) -> Change:
        """Return the change if lower marks are not taken over."""
        if not self.lower:
            return replace(self, verdicts=self.verdicts_kept)
        return replace(
            self,
            raw=_mark(self.attempt),
            success=bool(self.attempt.success),
            marks=self.marks_before,
            verdicts=self.verdicts_kept,
        )

    @property
    def lower(self) -> bool:
        return self.raw < _mark(self.attempt)

    @property
    def higher(self) -> bool:
        return self.raw > _mark(self.attempt)

    @property
    def passes_now(self) -> bool:
        before, after = self.verdicts or (self.attempt.success, self.success)
        return bool(after) and not before

    @property
    def fails_now(self) -> bool:
        before, after = self.verdicts or (self.attempt.success, self.success)
        return bool(before) and not after

    @property
    def concluded_otherwise(self) -> bool:
        return (
            self.raw != _mark(self.attempt) or self.success != self.attempt.success or self.marks != self.marks_before
        )

    @property
    def gained(self) -> frozenset[str]:
        """Return the IRIs of competencies with a pass mark of their own that this attempt is evidence of now, and was
        not."""
        before, after = self._competencies()
        return after - before

    @property
    def lost(self) -> frozenset[str]:
        before, after = self._competencies()
        return before - after

    def _competencies(self) -> tuple[frozenset[str], frozenset[str]]:
        before, after = self.verdicts or (self.attempt.success, self.success)
        return _shown(self.marks_before, before), _shown(self.marks, after)


def judge(attempt: Attempt, stored: Mapping[str, Any], responses: Mapping[str, Any], keys: Mapping[str, Any]) -> Change:
    """Grade an attempt again. `stored`: the outcomes of the last grading, by question key. `responses`: with typed
    words.
    `keys`: of questions that are graded now; any other keeps its outcome, and so does one whose words were erased or
    whose
    plugin is missing."""
    outcomes: dict[str, Outcome] = {}
    changed = set()
    for question in attempt.questions:
        key = question["key"]
        before = stored.get(key, {})
        kind = question_types.get(question["type"])
        response = responses.get(key)
        if kind is None or key not in keys or _erased(response):
            outcomes[key] = outcome_of(before)
            continue
        outcomes[key] = kind.grade(question["shown"], keys[key], response)
        if outcome_json(outcomes[key]) != outcome_json(outcome_of(before)):
            changed.add(key)
    raw = total(attempt.questions, outcomes)
    given = {key: outcome_of(before) for key, before in stored.items()}
    return Change(
        attempt,
        outcomes,
        frozenset(changed),
        raw,
        raw >= attempt.version.pass_score,
        marks_by_competency(attempt.version.shown, attempt.questions, given),
        marks_by_competency(attempt.version.shown, attempt.questions, outcomes),
    )


def _shown(marks: tuple[CompetencyMark, ...], success: bool | None) -> frozenset[str]:
    """Return the competencies that an attempt is evidence of: it needs both marks, the quiz's and the competency's."""
    return frozenset(mark.competency for mark in marks if success and mark.reached)


def _erased(response: Any) -> bool:
    parts = response.values() if isinstance(response, dict) else ()
    return response == ERASED or any(part == ERASED for part in parts)


def _mark(attempt: Attempt) -> Decimal:
    return attempt.raw if attempt.raw is not None else Decimal(0)
