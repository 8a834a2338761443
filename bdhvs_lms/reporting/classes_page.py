"""A commune's people who count towards a target, by class: words and numbers for the committee's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import format_number
from bdhvs_lms.campaign.api import Area, Target
from bdhvs_lms.conf import app_settings
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.board_table import lines_above
from bdhvs_lms.reporting.queries.classes import ClassRow
from bdhvs_lms.reporting.tables import Cell, Column, Table


def classes_table(rows: Sequence[ClassRow], target: Target, area: Area, on: date, *, marked: bool) -> Table[ClassRow]:
    """Show a row a class, one for whoever is in none, and one for small ones together."""
    return Table(
        title=_("%(target)s by class in %(area)s") % {"target": target.key, "area": area.name},
        lines=lines_above(area, on, marked=marked),
        all_columns=(
            Column("class", pgettext("learners together", "Class"), _name, 30),
            Column("people", _("People of the group in the class"), _number("people"), kind="number"),
            Column("learning", _("Have begun, not there yet"), _number("learning"), kind="number"),
            Column("numerator", _("People who achieved it"), _number("passed"), kind="number"),
            Column("confirmed", _("Of whom confirmed"), _number("confirmed"), kind="number"),
        ),
        subjects=tuple(rows),
    )


def _name(row: ClassRow) -> Cell:
    if row.small:
        return Cell(_("Classes and others with fewer than %(number)d people") % {"number": app_settings.SMALLEST_GROUP})
    if row.group is None:
        return Cell(_("In no class"))
    return Cell(row.group.name, vietnamese=(row.group.name,))


def _number(name: str) -> Callable[[ClassRow], Cell]:
    def cell(row: ClassRow) -> Cell:
        if row.counts is None:
            return Cell(wording.not_shown())
        value = getattr(row.counts, name)
        return Cell(format_number(value), value)

    return cell
