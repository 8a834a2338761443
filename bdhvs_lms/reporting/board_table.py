"""The steering board as a table: the twelve columns that a report to the committee has, in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bdhvs_lms.base.api import format_day, format_number, in_language
from bdhvs_lms.campaign.api import Area, Operator, Target
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.queries.board import answered_by_records
from bdhvs_lms.reporting.queries.targets import Part, TargetRow
from bdhvs_lms.reporting.tables import Cell, Column, Row, Table

NOT_ASKED = "–"


def verdict_words(row: TargetRow) -> str:
    """Đạt · Chưa đạt · Chưa có số liệu · Không đo được theo đúng văn bản, or that it is not shown."""
    match row.verdict:
        case "met":
            return pgettext("target", "Met")
        case "not_met":
            return pgettext("target", "Not met")
        case "no_data":
            return wording.no_data()
        case "not_measurable":
            return _("Not measurable as written")
        case "suppressed":
            return wording.not_shown()
        case "part":
            return _("Set for a larger area")
        case never:
            assert_never(never)


def _total_columns() -> tuple[Column, ...]:
    return (
        Column("base", _("Target population (source, date)"), 26),
        Column("learning", _("Still learning"), 11, is_number=True),
        Column("numerator", _("People who achieved it"), 11, is_number=True),
        Column("confirmed", _("Of whom confirmed"), 11, is_number=True),
        Column("share", _("Share (%)"), 9, is_number=True),
        Column("points", _("Compared with target"), 18),
        Column("gap", _("Gap (people)"), 11, is_number=True),
        Column("verdict", _("Assessment"), 16),
        Column("notes", _("Notes"), 48),
    )


def board_columns() -> tuple[Column, ...]:
    return (
        Column("key", _("No."), 9),
        Column("quote", _("Target (as worded in the plan)"), 48),
        Column("goal", _("Target value"), 13),
        *_total_columns(),
    )


def area_columns() -> tuple[Column, ...]:
    return (Column("area", pgettext("target", "Area"), 26), *_total_columns())


def board_table(rows: Sequence[TargetRow], area: Area, on: date, *, marked: bool) -> Table:
    """One row a target. `marked`: something in it is made up, so that no figure of it may be reported."""
    return Table(
        title=_("Target board: %(area)s") % {"area": area.name},
        lines=lines_above(area, on, marked=marked),
        columns=board_columns(),
        rows=tuple(
            Row(
                (
                    Cell(row.target.key),
                    Cell(row.target.quote_vi, vietnamese=(row.target.quote_vi,)),
                    Cell(row.target.goal),
                    *_cells(row),
                ),
                row,
            )
            for row in rows
        ),
    )


def areas_table(rows: Sequence[TargetRow], target: Target, area: Area, on: date, *, marked: bool) -> Table:
    """One target in the areas below one; one row an area."""
    return Table(
        title=_("%(target)s by area in %(area)s") % {"target": target.key, "area": area.name},
        lines=(*lines_above(area, on, marked=marked), target.quote_vi),
        columns=area_columns(),
        rows=tuple(Row((area_cell(row, area), *_cells(row)), row) for row in rows),
    )


def area_cell(row: TargetRow, above: Area) -> Cell:
    if row.area is not None:
        return Cell(row.area.name, vietnamese=(row.area.name,))
    if above.kind == Area.Kind.COMMUNE:
        return Cell(_("Village not assigned yet"))
    return Cell(_("New commune not assigned yet"))


def lines_above(area: Area, on: date, *, marked: bool) -> tuple[str, ...]:
    lines = [_("Data as of %(day)s") % {"day": format_day(on)}]
    if marked:
        lines.insert(0, wording.illustrative())
    note = in_language(area.note_vi, area.note_en)
    if note:
        lines.append(_("About this area: %(note)s") % {"note": note})
    return tuple(lines)


def _count(row: TargetRow, part: Part, value: int | None) -> Cell:
    if part in row.hidden or "numerator" in row.hidden:
        return Cell(wording.not_shown())
    if value is None:
        return Cell(wording.no_data())
    return Cell(format_number(value), value)


def _cells(row: TargetRow) -> tuple[Cell, ...]:
    by_records = answered_by_records(row.target)
    if row.verdict == "not_measurable":
        numbers = [Cell(NOT_ASKED)] * 6
    elif by_records:
        numbers = [
            _count(row, "learning", row.learning),
            _count(row, "numerator", row.numerator),
            _count(row, "confirmed", row.confirmed),
            *_against(row),
        ]
    else:
        # Nobody learns for a survey, and nobody is confirmed by one.
        people = _count(row, "numerator", row.numerator) if row.target.kind.counts_people else Cell(NOT_ASKED)
        numbers = [Cell(NOT_ASKED), people, Cell(NOT_ASKED), *_against(row)]
    sources = [one.source for one in (row.denominator, row.figure, *row.beside) if one is not None]
    said = [row.target.reason_vi, *([row.figure.note] if row.figure is not None else []), *sources]
    return (
        Cell(base_words(row), vietnamese=tuple(sources)),
        *numbers,
        Cell(verdict_words(row)),
        Cell(" ".join(notes(row)), vietnamese=tuple(said)),
    )


def _against(row: TargetRow) -> list[Cell]:
    """Share, comparison with the target, people missing."""
    if not row.target.kind.of_everyone:
        share = Cell(NOT_ASKED)
    elif row.suppressed:
        share = Cell(wording.not_shown())
    else:
        share = Cell(wording.no_data()) if row.share is None else Cell(format_number(row.share), row.share)
    if row.suppressed:
        return [share, Cell(wording.not_shown()), Cell(wording.not_shown())]
    gap = Cell(NOT_ASKED) if row.gap is None else Cell(format_number(row.gap), row.gap)
    return [share, Cell(points_words(row)), gap]


def base_words(row: TargetRow) -> str:
    """'1.000 (Công an xã, 01/10/2025)'"""
    if not row.target.kind.of_everyone:
        return NOT_ASKED
    source = row.denominator or (row.figure if row.base is not None else None)
    if source is None or row.base is None:
        return wording.no_data()
    return f"{format_number(row.base)} ({source.source}, {format_day(source.as_of)})"


def points_words(row: TargetRow) -> str:
    """The distance to the target, or what there is in its place."""
    if row.figure is not None and not row.target.kind.column:
        return row.target.kind.in_words(row.figure)
    if row.points is None:
        return NOT_ASKED
    target = row.target
    return target.kind.distance(Operator(target.operator), row.points, met=row.verdict == "met")


def earlier_words(row: TargetRow) -> str:
    """That a figure is of another year than the target; empty when it is not."""
    if row.year_of_figure is None:
        return ""
    return _("Figures for %(year)d: they do not count for the %(target)d target.") % {
        "year": row.year_of_figure,
        "target": row.target.year,
    }


def notes(row: TargetRow) -> list[str]:
    """Sentences for the last column: what qualifies the numbers before it."""
    found = []
    sources = " ".join(one.source for one in (row.denominator, row.figure, *row.beside) if one is not None)
    if row.illustrative and wording.illustrative() not in sources:
        found.append(f"{wording.illustrative()}.")
    if row.verdict == "not_measurable":
        found.append(in_language(row.target.reason_vi, row.target.reason_en))
    if row.as_of == row.target.as_of and row.verdict != "not_measurable":
        found.append(_("Result for the year, up to %(day)s.") % {"day": format_day(row.as_of)})
    if row.area is not None and row.area.valid_to is not None and row.as_of == row.area.valid_to:
        found.append(_("The unit's last day was %(day)s.") % {"day": format_day(row.as_of)})
    if row.figure is not None:
        figure = row.figure
        found.append(
            _("%(kind)s: %(source)s, %(day)s.")
            % {
                "kind": _("Survey")
                if row.target.indicator.source_kind == "survey"
                else _("Provided by another organisation"),
                "source": figure.source,
                "day": format_day(figure.as_of),
            }
        )
        if row.year_of_figure is not None:
            found.append(earlier_words(row))
        if row.denominator is None and row.base is not None:
            found.append(_("The population is the one used by this source."))
        if figure.percent is not None:
            found.append(_("The source gives only a share, not a number of people."))
        if figure.note:
            found.append(figure.note)
    if row.more_than_everyone:
        found.append(
            _(
                "More people achieved the target than are in the population: the "
                "population figure is outdated or incomplete."
            )
        )
    for one in row.beside:
        found.append(
            _("Reported by others, not included: %(what)s (%(source)s, %(day)s).")
            % {"what": one.in_words, "source": one.source, "day": format_day(one.as_of)}
        )
    if row.unassigned is None:
        found.append(_("This includes fewer than 5 people whose new commune is not assigned yet."))
    elif row.unassigned:
        found.append(
            ngettext(
                "This includes %(people)s person whose new commune is not assigned yet.",
                "This includes %(people)s people whose new commune is not assigned yet.",
                row.unassigned,
            )
            % {"people": format_number(row.unassigned)}
        )
    return found
