"""What a closed retest says, as page, CSV and XLSX show it: the share still "đạt", how sure it is, and how far those
who were not tested could move it. Nothing from which a number of 1 to 4 people could be computed (ADR 30, ADR 104)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from bdhvs_lms.base.api import format_day, format_number
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.queries.coverage import class_of
from bdhvs_lms.reporting.retest.intervals import Interval, wilson
from bdhvs_lms.reporting.retest.models import RetestAbsence, RetestClosing, RetestSample
from bdhvs_lms.reporting.suppression import SMALL, is_small
from bdhvs_lms.reporting.tables import Cell, Column, Table

_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Figures:
    """Counts of a closing, and what may be said of them. `least`, `most`: between which numbers `still` lies, equal
    where it may be told; None: nothing may be said."""

    people: tuple[int, int | None]
    """Between which numbers it lies from how many was drawn: the number itself stands beside the board's and readings'
    (`class_of`). None: no most is told."""
    drawn: int
    tested: int
    still: int | None
    lost: int | None
    least: int | None
    most: int | None

    @property
    def missing(self) -> int:
        return self.drawn - self.tested

    @property
    def exact(self) -> bool:
        return self.least is not None and self.least == self.most

    @property
    def interval(self) -> Interval | None:
        """95 %; where `still` is hidden, from the lower end of the least to the upper end of the most.

        As if drawn from the most that may be: it is wider than it need be, and tells no more of how many there are."""
        if self.least is None or self.most is None:
            return None
        low, high = (wilson(count, self.tested, self.people[1]) for count in (self.least, self.most))
        return Interval(low.low, high.high)

    @property
    def bounds(self) -> Interval | None:
        """Of everybody drawn: had nobody who was not tested still shown it; had all of them."""
        if self.least is None or self.most is None:
            return None
        return Interval(self.least / self.drawn, (self.most + self.missing) / self.drawn)


def people_of(sample: RetestSample) -> tuple[int, int | None]:
    """From how many was drawn, as it is told: at least who was drawn, else in classes."""
    least, most = class_of(sample.frame_size)
    return max(least, sample.size), most


def figures_of(sample: RetestSample, closing: RetestClosing) -> Figures:
    """`still` and the rest of the tested are hidden where either is 1 to 4; then it is told between what it lies."""
    tested, still = closing.tested, closing.still
    lost = tested - still
    people = people_of(sample)
    hidden = Figures(people, sample.size, tested, None, None, None, None)
    if tested < SMALL or (is_small(still) and is_small(lost)):
        return hidden
    if not is_small(still) and not is_small(lost):
        return Figures(people, sample.size, tested, still, lost, still, still)
    least, most = (1, SMALL - 1) if is_small(still) else (tested - SMALL + 1, tested - 1)
    return Figures(people, sample.size, tested, None, None, least, most)


def reasons_of(closing: RetestClosing) -> list[tuple[str, int]] | None:
    """Why people were not tested, in the order of the form; None: one of the numbers is 1 to 4, so none is told."""
    if any(is_small(count) for count in closing.absent.values()):
        return None
    return [(str(kind.label), closing.absent.get(str(kind), 0)) for kind in RetestAbsence.Kind]


def percent(share: float, rounding: str = ROUND_HALF_UP) -> Decimal:
    return (Decimal(repr(share)) * 100).quantize(_TENTH, rounding)


def percent_words(share: float, rounding: str = ROUND_HALF_UP) -> str:
    return f"{format_number(percent(share, rounding))} %"


def between(found: Interval) -> str:
    return _("%(low)s to %(high)s") % {"low": percent_words(found.low), "high": percent_words(found.high)}


@dataclass(frozen=True)
class Line:
    what: str
    cell: Cell


def share_cell(found: Figures) -> Cell:
    if found.least is None or found.most is None:
        return Cell(wording.not_shown())
    if found.exact:
        return Cell(percent_words(found.least / found.tested), percent(found.least / found.tested))
    if found.least > 1:
        return Cell(_("at least %(share)s") % {"share": percent_words(found.least / found.tested, ROUND_FLOOR)})
    return Cell(_("at most %(share)s") % {"share": percent_words(found.most / found.tested, ROUND_CEILING)})


def _count(number: int | None) -> Cell:
    return Cell(wording.not_shown()) if number is None else Cell(format_number(number), number)


def _interval(found: Interval | None) -> Cell:
    return Cell(wording.not_shown()) if found is None else Cell(between(found))


def retest_table(sample: RetestSample, closing: RetestClosing, what: str) -> Table[Line]:
    """A line for each number; `what`: the title of what had been achieved."""
    found = figures_of(sample, closing)
    lines = [
        Line(_("People who had achieved it, from whom was drawn"), Cell(wording.class_words(*found.people))),
        Line(_("People drawn"), _count(found.drawn)),
        Line(_("Tested again with somebody present"), _count(found.tested)),
        Line(_("Of these, show it still"), _count(found.still)),
        Line(_("Of these, do not show it any more"), _count(found.lost)),
        Line(_("Share that shows it still"), share_cell(found)),
        Line(_("95 % interval of the share"), _interval(found.interval)),
        Line(_("Not tested"), _count(found.missing)),
    ]
    reasons = reasons_of(closing)
    if reasons is not None and found.missing:
        lines += [Line(_("Not tested: %(why)s") % {"why": why}, _count(count)) for why, count in reasons]
    lines.append(Line(_("Share among everybody drawn, worst to best case"), _interval(found.bounds)))
    above = [
        _("Area: %(area)s") % {"area": sample.area.name},
        _("Achieved by the end of %(day)s; retest closed on %(closed)s.")
        % {"day": format_day(sample.as_of), "closed": format_day(closing.closed_at)},
        _("Drawn by chance: %(method)s.") % {"method": sample.get_method_display()},
    ]
    if sample.illustrative:
        above.insert(0, wording.illustrative())
    return Table(
        title=_("Retest: %(what)s") % {"what": what},
        lines=tuple(above),
        all_columns=(
            Column("what", _("Figure"), lambda line: Cell(line.what), width=52),
            Column("value", _("Value"), lambda line: line.cell, width=24, kind="number"),
        ),
        subjects=tuple(lines),
    )
