"""The months that led to a target's number, as a table: the same for page, CSV and XLSX, and for voices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import format_day, format_number
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.board_table import lines_above
from bdhvs_lms.reporting.queries.months import Month
from bdhvs_lms.reporting.queries.targets import TargetRow
from bdhvs_lms.reporting.tables import Cell, Column, Table


def months_table(row: TargetRow, area: Area, on: date, *, marked: bool) -> Table[Month]:
    """One row a month end, the earliest first, and the row's own day last. Without rows where there are no months."""
    return Table(
        title=_("%(target)s in %(area)s, by month") % {"target": row.target.key, "area": area.name},
        lines=(*lines_above(area, on, marked=marked), row.target.quote_vi, whom_it_counts(row)),
        all_columns=(
            Column("day", pgettext("month", "To the end of"), lambda month: Cell(format_day(month.day))),
            Column("numerator", _("People who achieved it"), _people, kind="number"),
            *([Column("share", _("Share (%)"), _share, kind="number")] if row.target.kind.of_everyone else []),
        ),
        subjects=row.course,
    )


def whom_it_counts(row: TargetRow) -> str:
    return _(
        "Everyone is counted in the place where they count on %(day)s, against the population of that day. A month "
        "that differs from another by 1 to 4 people is hidden."
    ) % {"day": format_day(row.as_of)}


def _people(month: Month) -> Cell:
    return _number(month, month.numerator)


def _share(month: Month) -> Cell:
    return _number(month, month.share)


def _number(month: Month, value: int | Decimal | None) -> Cell:
    if month.numerator is None:
        return Cell(wording.not_shown())
    return Cell(wording.no_data()) if value is None else Cell(format_number(value), value)
