"""The mark of several attempts that counts: the best, the last, the first or their average. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bdhvs_quiz.grading import decimal

BEST, LAST, FIRST, AVERAGE = "best", "last", "first", "average"
METHOD = "grade_from"
"""In a version: one of these. Not there: the best, and statements speak of each attempt alone, as before."""


@dataclass(frozen=True)
class Mark:
    """An attempt, for counting. `share` of `most` points, and `at`: when it was handed in; both None: it was opened
    again and
    is not handed in yet. `method`: as its version says; empty: nothing is counted for it.
    `reopened`: it was opened again once, so that it may have been handed in after attempts begun later."""

    share: Fraction | None
    at: datetime | None
    method: str
    most: Decimal
    needed: Decimal
    reopened: bool = False


@dataclass(frozen=True)
class Grade:
    """The grade that counts once an attempt is handed in: `raw` of the points of its version, by this method, of `of`
    attempts. None: no points, as the first attempt counts and is open again.

    `success`: whether it reaches the pass mark; never while an attempt that is opened again has a part in it.
    `verdict`: the
    result that is recorded for the quiz; None: nothing, for this attempt is not the one that counts.
    """

    method: str
    of: int
    raw: Decimal | None
    success: bool
    verdict: bool | None

    def json(self) -> dict[str, Any]:
        return {**asdict(self), "raw": None if self.raw is None else str(self.raw)}


def grades(marks: Sequence[Mark]) -> list[Grade | None]:
    """Compute the grade at each of a learner's attempts at a quiz. `marks`: in the order in which they were opened.

    A later hand-in does not change an earlier attempt's grade, except that of an earlier attempt opened again: so the
    attempt handed in last says what counts now.
    """
    return [_grade(marks, place) if one.share is not None and one.method else None for place, one in enumerate(marks)]


def _grade(marks: Sequence[Mark], place: int) -> Grade:
    own = marks[place]
    known = [other for other in range(len(marks)) if _known(marks, other, place)]
    again = [other for other in range(place) if marks[other].reopened and other not in known]
    # What was opened again counts in its place once it is handed in.
    missing = {other for other in again if marks[other].share is None}
    seen = sorted({*known, *again} - missing)
    shares = {other: marks[other].share or Fraction(0) for other in seen}
    if own.method == AVERAGE:
        share = sum(shares.values(), Fraction(0)) / len(shares)
    else:
        counts = {BEST: max(seen, key=lambda other: shares[other]), LAST: seen[-1], FIRST: seen[0]}[own.method]
        share = shares[counts]
    unknown = own.method == FIRST and 0 in missing
    waiting = unknown or (own.method == AVERAGE and bool(missing))
    reached = not waiting and share * Fraction(own.most) >= Fraction(own.needed)
    # An average without the one that was opened again would pass who has a bad one opened.
    verdict = None if own.method == AVERAGE and again else _verdict(marks, place, known, reached)
    return Grade(own.method, len(seen), None if unknown else points(share, own), reached, verdict)


def _known(marks: Sequence[Mark], other: int, place: int) -> bool:
    """Tell whether attempt `other` was handed in when attempt `place` was."""
    there, own = marks[other].at, marks[place].at
    return there is not None and own is not None and (there, other) <= (own, place)


def _verdict(marks: Sequence[Mark], place: int, known: Sequence[int], reached: bool) -> bool | None:
    own = marks[place]
    if own.method == AVERAGE:
        return reached
    # One that was opened again keeps its place.
    if (own.method == FIRST and place > 0) or (own.method == LAST and known[-1] != place):
        return None
    return (own.share or Fraction(0)) * Fraction(own.most) >= Fraction(own.needed)


def points(share: Fraction, of: Mark) -> Decimal:
    """Return the points of a share to two decimals, halves away from zero; but nothing reaches the pass mark by
    rounding."""
    exact = share * Fraction(of.most)
    rounded = decimal(exact, places=2).quantize(Decimal("0.01"))
    if rounded >= of.needed and exact < Fraction(of.needed):
        return (Decimal(exact.numerator * 100 // exact.denominator) / 100).quantize(Decimal("0.01"))
    return rounded
