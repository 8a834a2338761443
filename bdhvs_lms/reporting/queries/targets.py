"""A target's row, with everything that it may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from bdhvs_lms.campaign.api import Area, Denominator, Figure, Target
from bdhvs_lms.competency.api import PassRule
from bdhvs_lms.reporting.queries.months import Month

Verdict = Literal["met", "not_met", "no_data", "not_measurable", "suppressed", "part"]
"""`part`: the target is set for a larger area, which reaches it together."""
Part = Literal["numerator", "confirmed", "learning", "active"]


@dataclass(frozen=True)
class Reports:
    """What the units below an area have reported, of which its own number is the sum: nobody reported it as a whole."""

    units: int
    """How many there are."""
    figures: tuple[Figure, ...]
    """Of each unit that has reported a number of people for the target's year, the newest."""

    @property
    def complete(self) -> bool:
        return len(self.figures) == self.units

    @property
    def numerator(self) -> int:
        return sum(one.numerator or 0 for one in self.figures)

    @property
    def base(self) -> int:
        return sum(one.base or 0 for one in self.figures)


@dataclass(frozen=True)
class LastTold:
    """Of counts that are hidden today, what the newest reading that says anything of them says."""

    day: date
    numbers: Mapping[Part, int]


@dataclass(frozen=True)
class TargetRow:
    """A target in an area by the end of `as_of`. What is suppressed is None here too, so that no caller can show it."""

    target: Target
    area: Area | None
    """None: people who are in none of the areas below the one that is looked at."""
    as_of: date
    """The day the data speaks of: today, or the target's or the area's own last day once that has passed."""
    verdict: Verdict
    rule: PassRule | None = None
    hidden: frozenset[Part] = frozenset()
    """Counts that are known and not shown: too small themselves, or others could be computed from them."""
    learning: int | None = None
    """People with at least one piece of evidence for something the rule asks for, who do not pass yet."""
    active: int | None = None
    """Of those, the ones with evidence of the 30 days before the row's day ('đang học')."""
    numerator: int | None = None
    """People who pass ('đạt'): by our records, or for a survey's target as its figure says."""
    confirmed: int | None = None
    """Those among them who are officially confirmed in all that the rule asks for."""
    denominator: Denominator | None = None
    figure: Figure | None = None
    """What this row's numerator, share or rank was taken from, when our records cannot know it."""
    reports: Reports | None = None
    """Where no figure is about the area itself: those of the units below it, added up."""
    beside: tuple[Figure, ...] = ()
    """What others counted about the same group and indicator: shown beside ours, never added."""
    share: Decimal | None = None
    """Percent: one decimal, cut and never rounded up; of a figure that gives a share only, as it is given."""
    gap: int | None = None
    """How many more people are needed; 0 when met. None also where only a share is known."""
    unassigned: int | None = None
    """People, of whatever group, who are counted here and in nothing below: 'Chưa xác định xã mới'. None: hidden."""
    months: tuple[Month, ...] = ()
    """What led to the numerator, the earliest first: asked for with `Board.row`, where our records give it."""
    year_before: Month | None = None
    """The same of the same day a year earlier, where there are months."""
    last_told: LastTold | None = None
    """What readings say of what is hidden here: on pages of the day (`Board.with_last_told`), never in a reading."""
    made_up: bool = False
    """Counted from learning records of a site that holds people made up for a demonstration."""

    @property
    def suppressed(self) -> bool:
        return "numerator" in self.hidden

    @property
    def base(self) -> int | None:
        """How many people the share is of: the denominator in force, else the figure's own; None: it is of none."""
        if not self.target.kind.of_everyone:
            return None
        if self.reports is not None:
            return self.reports.base
        if self.denominator is not None:
            return self.denominator.value
        return self.figure.base if self.figure is not None else None

    @property
    def illustrative(self) -> bool:
        """Whether a number here was made up for a demonstration, so that no figure of the row may be reported."""
        return self.made_up or any(one.illustrative for one in self.used)

    @property
    def used(self) -> tuple[Denominator | Figure, ...]:
        """What was entered and is said here."""
        reported = () if self.reports is None else self.reports.figures
        return tuple(one for one in (self.denominator, self.figure, *reported, *self.beside) if one is not None)

    @property
    def year_of_figure(self) -> int | None:
        """The year that a figure counted in, when it is not the target's: then it is shown and answers nothing."""
        if self.figure is None or self.figure.as_of.year == self.target.year:
            return None
        return self.figure.as_of.year

    @property
    def more_than_everyone(self) -> bool:
        """More people pass than the base counts: the base is too old or too small."""
        return self.numerator is not None and self.base is not None and self.numerator > self.base

    @property
    def reached(self) -> int | Decimal | None:
        """The number that is held against the target's, in the unit of its measure."""
        return self.measured(self)

    def measured(self, one: TargetRow | Month) -> int | Decimal | None:
        """Of this row, or of a month of it, the number that the target's measure asks about."""
        found: int | Decimal | None = getattr(one, self.target.kind.column, None)
        return found

    @property
    def points(self) -> Decimal | None:
        """What was reached minus the target's value; negative: below. Of a share as shown, so the two add up."""
        if self.reached is None or self.year_of_figure is not None or self.verdict == "part":
            return None
        if self.reports is not None and not self.reports.complete:
            return None
        return self.reached - self.target.value

    @property
    def change(self) -> int | Decimal | None:
        """Since the end of the month before, in the unit of the measure; None unless both numbers are shown."""
        return self._since(self.months[-1] if self.months else None)

    @property
    def change_of_year(self) -> int | Decimal | None:
        """Since the same day of the year before, in the same way."""
        return self._since(self.year_before)

    def _since(self, before: Month | None) -> int | Decimal | None:
        earlier = None if before is None else self.measured(before)
        return None if earlier is None or self.reached is None else self.reached - earlier

    @property
    def course(self) -> tuple[Month, ...]:
        """The months and, last, the row's own day; empty without months."""
        return (*self.months, Month(self.as_of, self.numerator, self.share)) if self.months else ()
