"""Two readings beside each other: of each target and area what it was, what it is, and the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import format_day, format_number
from bdhvs_lms.reporting.readings.content import Frozen, FrozenRow
from bdhvs_lms.reporting.readings.models import Reading
from bdhvs_lms.reporting.tables import NONE, Cell, Column, Table


@dataclass(frozen=True)
class Pair:
    """One target in one area; None: the reading has no such row. `alike`: their people can be taken from each
    other. Of a hundred who were asked and of a thousand they cannot."""

    was: FrozenRow | None
    now: FrozenRow | None
    alike: bool

    @property
    def row(self) -> FrozenRow:
        found = self.now or self.was
        assert found is not None  # noqa: S101  narrowing for the type checker
        return found


def pairs(was: Frozen, now: Frozen, area: str) -> list[Pair]:
    """Of one area, in the order of the newer reading; then what only the earlier one has."""
    before, after = ({row.target: row for row in one.rows if row.area == area} for one in (was, now))

    def pair(target: str) -> Pair:
        found = (was, before.get(target)), (now, after.get(target))
        counted = [row is not None and row.figure is None and bool(one.facts(row)["rule"]) for one, row in found]
        bases = {row.data.get("base") for _one, row in found if row is not None}
        return Pair(found[0][1], found[1][1], all(counted) or (not any(counted) and len(bases) == 1))

    return [pair(target) for target in dict.fromkeys((*after, *before))]


def compare_table(found: Iterable[Pair], was: Reading, now: Reading, title: str, lines: tuple[str, ...]) -> Table[Pair]:
    days = [{"day": format_day(one.as_of)} for one in (was, now)]
    if was.as_of == now.as_of:
        days = [{"day": f"{format_day(one.as_of)} ({one.number})"} for one in (was, now)]
    people, shares, verdicts = (
        [text % day for day in days]
        for text in (_("Achieved by %(day)s (people)"), _("Share on %(day)s (%%)"), _("Assessment on %(day)s"))
    )
    columns = [
        Column[Pair]("key", _("Code"), lambda pair: Cell(pair.row.code), 12),
        Column[Pair]("was", people[0], lambda pair: _of(pair.was, "numerator"), kind="number"),
        Column[Pair]("now", people[1], lambda pair: _of(pair.now, "numerator"), kind="number"),
        Column[Pair]("change", pgettext("readings", "Change (people)"), _change, kind="number"),
        Column[Pair]("was_share", shares[0], lambda pair: _of(pair.was, "share"), kind="number"),
        Column[Pair]("now_share", shares[1], lambda pair: _of(pair.now, "share"), kind="number"),
        Column[Pair]("was_verdict", verdicts[0], lambda pair: _of(pair.was, "verdict")),
        Column[Pair]("now_verdict", verdicts[1], lambda pair: _of(pair.now, "verdict")),
    ]
    return Table(title, lines, tuple(columns), tuple(found))


def _of(row: FrozenRow | None, key: str) -> Cell:
    """A figure's number with the figure's own day: it may be another than the reading's."""
    if row is None or key not in row.cells:
        return Cell(NONE)
    cell = row.cells[key]
    day = f" ({format_day(date.fromisoformat(row.figure['as_of']))})" if row.figure and cell.value is not None else ""
    return Cell(cell.text + day, cell.value, vietnamese=(cell.text + day,))


def _change(pair: Pair) -> Cell:
    was, now = (_of(one, "numerator").value for one in (pair.was, pair.now))
    if was is None or now is None or not pair.alike:
        return Cell(NONE)
    change = Decimal(now) - Decimal(was)
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    return Cell(f"{sign}{format_number(int(abs(change)))}", int(change))
