"""The months that led to a target's number, as a table: the same for page, CSV and XLSX, and for voices."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import format_day, format_number
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.board_table import lines_above
from bdhvs_lms.reporting.queries.months import Month
from bdhvs_lms.reporting.queries.targets import TargetRow
from bdhvs_lms.reporting.tables import Cell, Column, Row, Table


def months_table(row: TargetRow, area: Area, on: date, *, marked: bool) -> Table:
    """One row a month end, the earliest first, and the row's own day last. Without rows where there are no months."""
    return Table(
        title=_("%(target)s in %(area)s, by month") % {"target": row.target.key, "area": area.name},
        lines=(*lines_above(area, on, marked=marked), row.target.quote_vi, whom_it_counts(row)),
        columns=(
            Column("day", pgettext("month", "To the end of"), 14),
            Column("numerator", _("People who achieved it"), 14, is_number=True),
            *([Column("share", _("Share (%)"), 14, is_number=True)] if row.target.kind.of_everyone else []),
        ),
        rows=tuple(Row(_cells(one)[: 3 if row.target.kind.of_everyone else 2]) for one in row.course),
    )


def whom_it_counts(row: TargetRow) -> str:
    return _(
        "Everyone is counted in the place where they count on %(day)s, against the population of that day. A month "
        "that differs from another by 1 to 4 people is hidden."
    ) % {"day": format_day(row.as_of)}


def _cells(month: Month) -> tuple[Cell, ...]:
    day = Cell(format_day(month.day))
    if month.numerator is None:
        return day, Cell(wording.not_shown()), Cell(wording.not_shown())
    share = Cell(wording.no_data()) if month.share is None else Cell(format_number(month.share), month.share)
    return day, Cell(format_number(month.numerator), month.numerator), share
