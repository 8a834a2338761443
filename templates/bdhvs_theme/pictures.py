"""Where bars end and lines go: the geometry of the small pictures of reports, each in a box of 100 by 100 or less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bdhvs_lms.reporting.api import Segment, TargetRow

GAP = Decimal("0.4")


@dataclass(frozen=True)
class Bullet:
    """A bar beside the target's mark."""

    reached: str
    """In words, with its unit."""
    bar: Decimal
    """How long it is."""
    tick: Decimal
    """Where the target's mark stands."""


@dataclass(frozen=True)
class Point:
    day: date
    words: str


@dataclass(frozen=True)
class Line:
    """The months of a number: the paths of its line, broken where a month is not shown, and a dot for each month."""

    first: Point
    last: Point
    target: Decimal
    """Where the target's line stands, counted from the top."""
    runs: tuple[str, ...]
    dots: str


@dataclass(frozen=True)
class Stretch:
    """One segment of a strip, in a box that is 100 wide."""

    verdict: str
    x: Decimal
    width: Decimal


def strip_of(segments: Sequence[Segment]) -> list[Stretch]:
    """How many targets stand how, side by side with a gap between them."""
    every = sum(one.count for one in segments)
    room = 100 - GAP * (len(segments) - 1)
    found: list[Stretch] = []
    x = Decimal(0)
    for one in segments:
        width = (room * one.count / every).quantize(Decimal("0.01"))
        found.append(Stretch(one.verdict, x, width))
        x += width + GAP
    return found


def _scaled(row: TargetRow, number: int | Decimal) -> Decimal:
    """A number in the row's measure, of 100."""
    top = row.target.kind.top(row.target.value)
    whole = Decimal(100)
    return min(Decimal(number) if top == whole else (number * whole / top).quantize(Decimal("0.1")), whole)


def bullet_of(row: TargetRow) -> Bullet | None:
    """None where the number is not known, or of another year than the target."""
    if row.points is None or row.reached is None:
        return None
    reached = _scaled(row, row.reached) or Decimal(0)
    return Bullet(row.target.kind.amount(row.reached), reached, _scaled(row, row.target.value))


def line_of(row: TargetRow) -> Line | None:
    """Of months from the earliest on, as far apart as they are in time; None with fewer than two numbers, and where the
    target is set for a larger area."""
    if row.verdict == "part":
        return None
    known = [(one.day, number) for one in row.course if (number := row.measured(one)) is not None]
    if len(known) < 2:
        return None
    start, days = row.course[0].day, (row.course[-1].day - row.course[0].day).days
    runs: list[list[str]] = [[]]
    for one in row.course:
        number = row.measured(one)
        if number is None:
            runs.append([])
        else:
            across = Decimal(100 * (one.day - start).days) / days
            runs[-1].append(f"{across:.1f} {100 - _scaled(row, number)}")
    first, last = (Point(day, row.target.kind.amount(number)) for day, number in (known[0], known[-1]))
    return Line(
        first=first,
        last=last,
        target=100 - _scaled(row, row.target.value),
        runs=tuple(f"M{' L'.join(run)}" for run in runs if len(run) > 1),
        dots=" ".join(f"M{point} h0" for run in runs for point in run),
    )
