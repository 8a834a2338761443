"""Summary of a preview: counts over all attempts, and the lines of one page of it."""

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
    passes_kept: bool
    """Where lower marks are not taken over; so is `fails_kept`."""
    fails_kept: bool
    gained: tuple[dict[str, str], ...] = ()
    """Names of competencies with a pass mark of their own that the attempt counts for only now."""
    lost: tuple[dict[str, str], ...] = ()


@dataclass
class Summary:
    """Counts of all attempts; unchanged attempts have no line."""

    attempts: int = 0
    higher: int = 0
    lower: int = 0
    passes_now: int = 0
    fails_now: int = 0
    gains: int = 0
    """Attempts that count for a competency, by its own pass mark, for which they did not."""
    loses: int = 0
    skipped: int = 0
    """Beside `attempts`: those whose result somebody has taken out of force."""
    lines: list[Line] = field(default_factory=list)

    @property
    def same(self) -> int:
        return self.attempts - self.higher - self.lower


def summaries_of(changes: Iterable[Change]) -> tuple[Summary, Summary]:
    """Return two summaries: with every new mark, and with the old mark where the new one is lower. Only the first has
    lines."""
    found, kept = Summary(), Summary()
    for change in changes:
        keeping = change.keeping()
        _count(found, change)
        _count(kept, keeping)
        tells = (change.concluded_otherwise, change.passes_now, change.fails_now, keeping.passes_now, keeping.fails_now)
        if not change.skipped and any(tells):
            found.lines.append(_line(change, keeping))
    return found, kept


def _count(found: Summary, change: Change) -> None:
    if change.skipped:
        found.skipped += 1
        return
    found.attempts += 1
    found.higher += change.higher
    found.lower += change.lower
    found.passes_now += change.passes_now
    found.fails_now += change.fails_now
    found.gains += bool(change.gained)
    found.loses += bool(change.lost)


def _line(change: Change, keeping: Change) -> Line:
    before = change.attempt.raw if change.attempt.raw is not None else Decimal(0)
    names = {one["competency"]: one["names"] for one in change.attempt.version.shown.get("marks", ())}
    return Line(
        change.attempt,
        before,
        change.raw,
        change.lower,
        change.passes_now,
        change.fails_now,
        keeping.passes_now,
        keeping.fails_now,
        gained=tuple(names[iri] for iri in names if iri in change.gained),
        lost=tuple(names[iri] for iri in names if iri in change.lost),
    )
