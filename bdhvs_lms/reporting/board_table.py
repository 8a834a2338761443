"""The steering board as a table: the columns that a report to the committee has, in words and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bdhvs_lms.base.api import format_day, format_number, in_language
from bdhvs_lms.campaign.api import Area, Operator, Target
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.queries.board import answered_by_records
from bdhvs_lms.reporting.queries.targets import Part, Reports, TargetRow, Verdict
from bdhvs_lms.reporting.tables import NONE, Cell, Column, Table


def verdict_words(row: TargetRow) -> str:
    """Đạt · Chưa đạt · Chưa có số liệu · Mới có 2/6 đơn vị báo cáo · …: what is said of the target in this row."""
    if row.verdict == "no_data" and row.reports is not None and row.year_of_figure is None:
        return _("Only %(reported)d of %(units)d units have reported") % _reported(row.reports)
    return words_of(row.verdict)


def words_of(verdict: Verdict) -> str:
    """Đạt · Chưa đạt · Chưa có số liệu · Không đo được theo đúng văn bản, or that it is not shown."""
    match verdict:
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


def board_table(rows: Sequence[TargetRow], area: Area, on: date, *, marked: bool) -> Table[TargetRow]:
    """One row a target. `marked`: something in it is made up, so that no figure of it may be reported."""
    return Table(
        title=_("Target board: %(area)s") % {"area": area.name},
        lines=lines_above(area, on, marked=marked),
        all_columns=(
            Column("key", _("Code"), lambda row: Cell(row.target.key), 9),
            Column("quote", _("Target (as worded in the plan)"), lambda row: _vietnamese(row.target.quote_vi), 48),
            Column("goal", _("Target value"), lambda row: Cell(row.target.goal), 13),
            *_columns(),
        ),
        subjects=tuple(rows),
    )


def areas_table(rows: Sequence[TargetRow], target: Target, area: Area, on: date, *, marked: bool) -> Table[TargetRow]:
    """One target in the areas below one; one row an area."""
    return Table(
        title=_("%(target)s by area in %(area)s") % {"target": target.key, "area": area.name},
        lines=(*lines_above(area, on, marked=marked), target.quote_vi),
        all_columns=(
            Column("area", pgettext("target", "Area"), lambda row: area_cell(row, area), 26),
            *_columns(),
        ),
        subjects=tuple(rows),
    )


def _columns() -> tuple[Column[TargetRow], ...]:
    """What both tables say of a row."""
    return (
        Column("base", _("Target population (source, date)"), _base, 26),
        Column("active", _("Learning in the last 30 days"), _of_records("active"), 11, kind="number"),
        Column("learning", _("Have begun, not there yet"), _of_records("learning"), 11, kind="number"),
        Column("numerator", _("People who achieved it"), _people, 11, kind="number"),
        Column("confirmed", _("Of whom confirmed"), _of_records("confirmed"), 11, kind="number"),
        Column("share", _("Share (%)"), _share, 9, kind="number"),
        Column("points", _("Compared with target"), _points, 18),
        Column("gap", _("Gap (people)"), _gap, 11, kind="number"),
        Column("verdict", _("Assessment"), lambda row: Cell(verdict_words(row)), 16, kind="verdict"),
        Column("notes", _("Notes"), _notes, 48),
    )


def _vietnamese(text: str) -> Cell:
    return Cell(text, vietnamese=(text,))


def area_cell(row: TargetRow, above: Area) -> Cell:
    if row.area is not None:
        return _vietnamese(row.area.name)
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


def _base(row: TargetRow) -> Cell:
    words = base_words(row)
    number, bracket, _source = words.partition(" (")
    return Cell(words, vietnamese=tuple(one.source for one in row.used), lead=number if bracket else "")


def _count(row: TargetRow, part: Part) -> Cell:
    if part in row.hidden or row.suppressed:
        return Cell(wording.not_shown())
    return _number(getattr(row, part), wording.no_data())


def _number(value: int | Decimal | None, otherwise: str) -> Cell:
    return Cell(otherwise) if value is None else Cell(format_number(value), value)


def _of_records(part: Part) -> Callable[[TargetRow], Cell]:
    """Nobody learns for a survey, and nobody is confirmed by one."""
    return lambda row: _count(row, part) if answered_by_records(row.target) else Cell(NONE)


def _people(row: TargetRow) -> Cell:
    return _count(row, "numerator") if row.target.measurable and row.target.kind.counts_people else Cell(NONE)


def _share(row: TargetRow) -> Cell:
    if not (row.target.measurable and row.target.kind.of_everyone):
        return Cell(NONE)
    return Cell(wording.not_shown()) if row.suppressed else _number(row.share, wording.no_data())


def _points(row: TargetRow) -> Cell:
    if not row.target.measurable:
        return Cell(NONE)
    return Cell(wording.not_shown() if row.suppressed else points_words(row))


def _gap(row: TargetRow) -> Cell:
    return Cell(wording.not_shown()) if row.suppressed else _number(row.gap, NONE)


def _notes(row: TargetRow) -> Cell:
    own = [row.target.reason_vi, *([row.figure.note] if row.figure is not None else [])]
    return Cell(" ".join(notes(row)), vietnamese=(*own, *(one.source for one in row.used)))


def base_words(row: TargetRow) -> str:
    """'1.000 (Công an xã, 01/10/2025)'"""
    if not row.target.kind.of_everyone:
        return NONE
    if row.reports is not None:
        return f"{format_number(row.reports.base)} ({reported_words(row)})"
    source = row.denominator or (row.figure if row.base is not None else None)
    if source is None or row.base is None:
        return wording.no_data()
    return f"{format_number(row.base)} ({source.source}, {format_day(source.as_of)})"


def reported_words(row: TargetRow) -> str:
    """'đã báo 4/6 đơn vị'; empty where a number is not the sum of what units have reported."""
    if row.reports is None:
        return ""
    return _("%(reported)d of %(units)d units have reported") % _reported(row.reports)


def _reported(reports: Reports) -> dict[str, int]:
    return {"reported": len(reports.figures), "units": reports.units}


def points_words(row: TargetRow) -> str:
    """The distance to the target, or what there is in its place."""
    if row.figure is not None and not row.target.kind.column:
        return row.target.kind.in_words(row.figure)
    if row.points is None:
        return NONE
    target = row.target
    return target.kind.distance(Operator(target.operator), row.points, met=row.verdict == "met")


def said_below(rows: Sequence[TargetRow], above: Area) -> list[tuple[Cell, list[Cell]]]:
    """What a sheet of paper says below its table, where there is no room in it: sources and notes, each with its areas.

    Without areas: what is said of all."""
    found: dict[str, list[Cell]] = {}
    theirs: dict[str, tuple[str, ...]] = {}
    for row in rows:
        _number, bracket, source = base_words(row).partition(" (")
        sources = [_("Target population: %(source)s") % {"source": source.removesuffix(")")}] if bracket else []
        vietnamese = _notes(row).vietnamese
        for words in dict.fromkeys((*sources, *notes(row))):
            found.setdefault(words, []).append(area_cell(row, above))
            theirs[words] = vietnamese
    return [
        (Cell(words, vietnamese=theirs[words]), [] if len(areas) == len(rows) else areas)
        for words, areas in found.items()
    ]


def earlier_words(row: TargetRow) -> str:
    """That a figure is of another year than the target; empty when it is not."""
    if row.year_of_figure is None:
        return ""
    return _("Figures for %(year)d: they do not count for the %(target)d target.") % {
        "year": row.year_of_figure,
        "target": row.target.year,
    }


def last_told_words(row: TargetRow) -> str:
    """What a reading last said of what is hidden: 'Kỳ số liệu đến 31/10/2026: 120 người đạt.'.

    Empty where none did, or of nobody."""
    # That there was nobody then helps nobody now.
    if row.last_told is None or not any(row.last_told.numbers.values()):
        return ""
    numbers = row.last_told.numbers
    achieved = numbers.get("numerator", 0)
    phrases: dict[Part, str] = {
        "numerator": ngettext("%(people)s person achieved it", "%(people)s people achieved it", achieved),
        "confirmed": pgettext("people", "%(people)s confirmed"),
        "learning": pgettext("people", "%(people)s had begun and were not there yet"),
        "active": pgettext("people", "%(people)s were learning in the last 30 days"),
    }
    words = [words % {"people": format_number(numbers[part])} for part, words in phrases.items() if part in numbers]
    return _("Reading with data to %(day)s: %(numbers)s.") % {
        "day": format_day(row.last_told.day),
        "numbers": ", ".join(words),
    }


def notes(row: TargetRow) -> list[str]:
    """Sentences for the last column: what qualifies the numbers before it."""
    found = []
    sources = " ".join(one.source for one in row.used)
    if row.illustrative and wording.illustrative() not in sources:
        found.append(f"{wording.illustrative()}.")
    if row.verdict == "not_measurable":
        found.append(in_language(row.target.reason_vi, row.target.reason_en))
    if told := last_told_words(row):
        found.append(told)
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
    if row.reports is not None:
        sources = ", ".join(dict.fromkeys(one.source for one in row.reports.figures))
        found.append(
            _("Sum of what the units have reported (%(reported)s): %(sources)s.")
            % {"reported": reported_words(row), "sources": sources}
        )
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
            % {"what": row.target.words_of(one), "source": one.source, "day": format_day(one.as_of)}
        )
    if words := unassigned_words(row.unassigned):
        found.append(words)
    return found


def unassigned_words(people: int | None) -> str:
    """Say how many people of a row wait for a new commune; empty for 0. None: the number is hidden."""
    if people is None:
        return _("This includes people whose new commune is not assigned yet; how many is hidden.")
    if not people:
        return ""
    return ngettext(
        "This includes %(people)s person whose new commune is not assigned yet.",
        "This includes %(people)s people whose new commune is not assigned yet.",
        people,
    ) % {"people": format_number(people)}
