"""What a preview comes to: counts over all attempts, and the lines of one page of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bdhvs_quiz.models import Attempt
from bdhvs_quiz.regrading.judging import Change


@dataclass(frozen=True)
class Line:
    """An attempt whose mark or verdict changes."""

    attempt: Attempt
    before: Decimal
    after: Decimal
    lower: bool
    passes_now: bool
    fails_now: bool


@dataclass
class Summary:
    """Of all attempts: without a line are those that come to the same."""

    attempts: int = 0
    higher: int = 0
    lower: int = 0
    passes_now: int = 0
    fails_now: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def same(self) -> int:
        return self.attempts - self.higher - self.lower


def summary_of(changes: Iterable[Change]) -> Summary:
    found = Summary()
    for change in changes:
        found.attempts += 1
        found.higher += change.higher
        found.lower += change.lower
        found.passes_now += change.passes_now
        found.fails_now += change.fails_now
        if change.concluded_otherwise or change.passes_now or change.fails_now:
            before = change.attempt.raw if change.attempt.raw is not None else Decimal(0)
            found.lines.append(
                Line(change.attempt, before, change.raw, change.lower, change.passes_now, change.fails_now)
            )
    return found
