"""The page of what people have gained: one group in one area by competency, and one competency by area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import format_number, in_language
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.board_table import lines_above
from bdhvs_lms.reporting.queries.gain import Gain
from bdhvs_lms.reporting.readings.gains import FrozenGains, Labelled
from bdhvs_lms.reporting.tables import Cell, Column, Table


@dataclass(frozen=True)
class GainRow:
    """A line of either table: what it is of, and what was gained."""

    name: str
    gain: Gain
    vietnamese: bool = False
    """Whether the name is, whatever the reader's language."""

    @property
    def words(self) -> str:
        """What a picture of it says."""
        return _("%(name)s: from %(before)s %% at entry to %(after)s %% at exit") % {
            "name": self.name,
            "before": format_number(self.gain.before or Decimal(0)),
            "after": format_number(self.gain.after or Decimal(0)),
        }


@dataclass(frozen=True)
class GainPage:
    gains: FrozenGains
    group: Labelled
    area: Area
    below: list[Area]
    on: date
    marked: bool
    competency: Labelled | None
    """Of the second table."""

    @property
    def table(self) -> Table[GainRow]:
        """By competency."""
        asked = self.gains.competencies(self.group) if self.gains.has(self.area) else ()
        rows = tuple(
            GainRow(
                f"{one.code} · {in_language(one.label_vi, one.label_en)}", self.gains.gain(self.group, one, self.area)
            )
            for one in asked
        )
        return self._table(_("Competency"), rows)

    @property
    def areas(self) -> Table[GainRow]:
        """The areas below, for one competency; no rows where there are none."""
        rows: tuple[GainRow, ...] = ()
        if self.competency is not None:
            rows = tuple(
                GainRow(area.name, self.gains.gain(self.group, self.competency, area), vietnamese=True)
                for area in self.below
                if self.gains.has(area)
            )
        return self._table(pgettext("target", "Area"), rows)

    def _table(self, of: str, rows: tuple[GainRow, ...]) -> Table[GainRow]:
        return Table(
            title=_("Change in people, %(area)s") % {"area": self.area.name},
            lines=lines_above(self.area, self.on, marked=self.marked),
            all_columns=(
                Column("name", of, lambda row: Cell(row.name, vietnamese=(row.name,) if row.vietnamese else ())),
                Column("people", _("People with both"), lambda row: _people(row.gain), kind="number"),
                Column("before", _("At entry (%)"), lambda row: _share(row.gain, row.gain.before), kind="number"),
                Column("after", _("At exit (%)"), lambda row: _share(row.gain, row.gain.after), kind="number"),
                Column("points", _("Change (percentage points)"), _points, kind="number"),
                Column("rose", pgettext("people", "Rose"), lambda row: _part(row.gain, row.gain.rose), kind="number"),
                Column("same", pgettext("people", "Same"), lambda row: _part(row.gain, row.gain.same), kind="number"),
                Column("fell", pgettext("people", "Fell"), lambda row: _part(row.gain, row.gain.fell), kind="number"),
            ),
            subjects=rows,
        )


def signed(value: Decimal) -> str:
    """'+12,5', '−3,0' or '0,0': that it fell is not to be overlooked."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + format_number(abs(value))


def _otherwise(gain: Gain) -> Cell:
    return Cell(wording.no_data() if gain.people == 0 else wording.not_shown())


def _people(gain: Gain) -> Cell:
    return Cell(format_number(gain.people), gain.people) if gain.people else _otherwise(gain)


def _share(gain: Gain, value: Decimal | None) -> Cell:
    return _otherwise(gain) if value is None else Cell(format_number(value), value)


def _points(row: GainRow) -> Cell:
    points = row.gain.points
    return _otherwise(row.gain) if points is None else Cell(signed(points), points)


def _part(gain: Gain, value: int | None) -> Cell:
    return _otherwise(gain) if value is None else Cell(format_number(value), value)
