"""How the board is laid out on its page: a sentence, how many targets stand how, a line a target, whom to help first.

Composed of the rows that the table and the files have. Nothing is counted here that they do not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bdhvs_lms.base.api import format_day, format_number
from bdhvs_lms.campaign.api import Area, Indicator, Target
from bdhvs_lms.competency.api import PassRule
from bdhvs_lms.reporting.board_table import board_table, earlier_words, last_told_words, verdict_words, words_of
from bdhvs_lms.reporting.queries.board import Board, answered_by_records
from bdhvs_lms.reporting.queries.targets import TargetRow, Verdict
from bdhvs_lms.reporting.tables import Table

# As many areas as a committee can turn to next; the target's page has all of them.
FIRST_AREAS = 5
STRIP: tuple[Verdict, ...] = ("met", "not_met", "no_data", "suppressed", "part", "not_measurable")
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Segment:
    """The targets of one verdict."""

    verdict: Verdict
    count: int
    words: str
    """With the number: '3 chưa đạt'."""


@dataclass(frozen=True)
class Line:
    """One target, as the page has it: beside the row what it says in words."""

    row: TargetRow
    code: str
    """'T3', or 'T3-2026' where several years stand beside each other."""
    verdict: str
    change: str
    """Against the month before: '+6,0 so với tháng trước'. Empty unless both numbers are shown."""
    change_of_year: str
    """Against the same day of the year before, in the same way."""
    instead: str
    """What stands where there is no number to show, or none that answers the target."""
    last_told: str
    """What a reading last said of what is hidden."""


@dataclass(frozen=True)
class HelpFirst:
    """The areas of one target in which most people are missing, the largest number first."""

    target: Target
    code: str
    rows: tuple[TargetRow, ...]


@dataclass(frozen=True)
class BoardPage:
    board: Board
    area: Area
    rows: Sequence[TargetRow]
    year: int | None
    """None: those of several years."""
    marked: bool

    @cached_property
    def table(self) -> Table[TargetRow]:
        return board_table(self.rows, self.area, self.board.today, marked=self.marked)

    @property
    def as_of(self) -> str:
        return self.table.lines[1 if self.marked else 0]

    @property
    def about(self) -> tuple[str, ...]:
        """What else is to be known about the area."""
        return self.table.lines[2 if self.marked else 1 :]

    @property
    def covers(self) -> str:
        """Whose people are counted here: 'đơn vị kế thừa: 6 xã, phường'. Empty for what has no areas below it."""
        below = self.board.areas_below(self.area)
        parts = [
            words
            for kind in Area.Kind.values
            if (words := _areas_in_words(kind, sum(one.kind == kind for one in below)))
        ]
        if not parts:
            return ""
        values = {"areas": ", ".join(parts)}
        if self.area.valid_to is not None and self.board.stands(self.area):
            return _("successor units: %(areas)s") % values
        return _("data of %(areas)s") % values

    @property
    def when(self) -> str:
        """Of which year or years the targets are."""
        years = sorted({row.target.year for row in self.rows})
        if self.year is not None or len(years) == 1:
            return pgettext("year", "%(year)d") % {"year": self.year or years[0]}
        return _("%(first)d to %(last)d") % {"first": years[0], "last": years[-1]}

    @property
    def sentence(self) -> str:
        """How many targets are met, of all that are asked of this area; with how many may be and are not shown."""
        counts = self._counts
        if not (counts["met"] or counts["not_met"]):
            return _("no target can be assessed yet")
        every = len(self.rows) - counts["part"]
        found = ngettext("%(met)d of %(every)d target met", "%(met)d of %(every)d targets met", every) % {
            "met": counts["met"],
            "every": every,
        }
        if counts["suppressed"]:
            found += _(", %(hidden)d hidden") % {"hidden": counts["suppressed"]}
        return found

    @cached_property
    def _counts(self) -> dict[Verdict, int]:
        return {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in STRIP}

    @property
    def strip(self) -> list[Segment]:
        """The verdicts that occur."""
        found = []
        for verdict in STRIP:
            if count := self._counts[verdict]:
                words = words_of(verdict)
                found.append(Segment(verdict, count, f"{count} {words[:1].lower()}{words[1:]}"))
        return found

    @property
    def rules(self) -> list[tuple[str, PassRule]]:
        """By which rules “đạt” is counted here, each with the codes of its targets; rules of one name are said once."""
        found: dict[tuple[str, str], tuple[list[str], PassRule]] = {}
        for row in self.rows:
            if row.rule is not None and answered_by_records(row.target):
                codes, _rule = found.setdefault((row.rule.label_vi, row.rule.label_en), ([], row.rule))
                codes.append(self._code(row.target))
        return [(", ".join(codes), rule) for codes, rule in found.values()]

    @cached_property
    def lines(self) -> list[Line]:
        return [line_of(row, self._code(row.target), self.board.today) for row in self.rows]

    @cached_property
    def help_first(self) -> HelpFirst | None:
        """Of the first target that is not met and known of two areas at least; None: there is none."""
        for row in self.rows:
            if row.verdict == "not_met" and row.gap:
                known = [
                    one
                    for one in self.board.below(row.target, self.area)
                    if one.area is not None and one.gap is not None
                ]
                first = sorted((one for one in known if one.gap), key=lambda one: -(one.gap or 0))[:FIRST_AREAS]
                if len(known) > 1 and first:
                    return HelpFirst(row.target, self._code(row.target), tuple(first))
        return None

    def _code(self, target: Target) -> str:
        return target.key if self.year is None else target.key.removesuffix(f"-{target.year}")


def line_of(row: TargetRow, code: str, today: date) -> Line:
    return Line(
        row,
        code,
        verdict_words(row),
        _since_last_month(row, today),
        _since_last_year(row),
        _instead(row),
        # Of other counts than the target's own the table below says it.
        last_told_words(row) if row.suppressed else "",
    )


def _since_last_month(row: TargetRow, today: date) -> str:
    if not row.months:
        return ""
    before = row.months[-1].day
    last_month = (today.year * 12 + today.month) - (before.year * 12 + before.month) == 1
    return _change(row.change, pgettext("since", "last month") if last_month else format_day(before))


def _since_last_year(row: TargetRow) -> str:
    """Nothing where there was nobody yet: all of it would be the change."""
    if row.year_before is None or not row.year_before.numerator:
        return ""
    return _change(row.change_of_year, pgettext("since", "the same day last year"))


def _change(change: int | Decimal | None, since: str) -> str:
    if change is None:
        return ""
    if not change:
        return _("unchanged since %(since)s") % {"since": since}
    signed = f"+{format_number(change)}" if change > 0 else f"{MINUS}{format_number(-change)}"
    return _("%(change)s since %(since)s") % {"change": signed, "since": since}


def _areas_in_words(kind: str, count: int) -> str:
    match kind:
        case _ if not count:
            return ""
        case Area.Kind.DISTRICT:
            found = ngettext("%(count)d district", "%(count)d districts", count)
        case Area.Kind.COMMUNE:
            found = ngettext("%(count)d commune or ward", "%(count)d communes and wards", count)
        case Area.Kind.VILLAGE:
            found = ngettext("%(count)d village", "%(count)d villages", count)
        case _:
            found = ngettext("%(count)d area", "%(count)d areas", count)
    return found % {"count": count}


def _instead(row: TargetRow) -> str:
    """Why there is no number, or none that is held against the target; the plan's own reason is the target's."""
    match row.verdict:
        case "suppressed":
            return _("Fewer than 5 people, or a number from which so few could be derived.")
        case "part":
            return _("The plan's whole area reaches it together.")
        case "no_data" if row.reports is not None:
            return ""  # the assessment says it
        case "no_data" if row.year_of_figure is not None:
            return earlier_words(row)
        case "no_data" if answered_by_records(row.target):
            return _missing(row)
        case "no_data" if row.target.indicator.source_kind == Indicator.SourceKind.SURVEY:
            return _("A survey's figures are needed.")
        case "no_data":
            return _("Figures of another organisation are needed.")
    return ""


def _missing(row: TargetRow) -> str:
    if row.rule is None:
        return _("No rule says yet what counts as achieved.")
    if row.numerator is None:
        return _("Nobody in this group is on record here yet.")
    return ngettext(
        "%(people)s person achieved it; the population has not been entered.",
        "%(people)s people achieved it; the population has not been entered.",
        row.numerator,
    ) % {"people": format_number(row.numerator)}
