"""A commune's people who count towards a target, by class: words and numbers for the committee's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import format_number
from bdhvs_lms.campaign.api import Area, Target
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.board_table import lines_above
from bdhvs_lms.reporting.queries.classes import ClassRow
from bdhvs_lms.reporting.tables import NONE, Cell, Column, Table


def classes_table(rows: Sequence[ClassRow], target: Target, area: Area, on: date, *, marked: bool) -> Table[ClassRow]:
    """One row a class, and one for everybody else."""
    return Table(
        title=_("%(target)s by class in %(area)s") % {"target": target.key, "area": area.name},
        lines=lines_above(area, on, marked=marked),
        all_columns=(
            Column("class", pgettext("learners together", "Class"), _name, 30),
            Column("people", _("People of the group in the class"), _people, kind="number"),
            Column("learning", _("Have begun, not there yet"), _number(lambda row: row.told.learning), kind="number"),
            Column("numerator", _("People who achieved it"), _number(lambda row: row.told.passed), kind="number"),
            Column("confirmed", _("Of whom confirmed"), _number(lambda row: row.told.confirmed), kind="number"),
        ),
        subjects=tuple(rows),
    )


def _name(row: ClassRow) -> Cell:
    if row.group is None:
        return Cell(_("In another class or in none"))
    return Cell(row.group.name, vietnamese=(row.group.name,))


def _people(row: ClassRow) -> Cell:
    """Of those in no class as of everybody in an area it is not said how many they are: the total was entered."""
    return Cell(NONE) if row.group is None else _said(row.told.people)


def _number(of: Callable[[ClassRow], int | None]) -> Callable[[ClassRow], Cell]:
    return lambda row: _said(of(row))


def _said(value: int | None) -> Cell:
    return Cell(wording.not_shown()) if value is None else Cell(format_number(value), value)
