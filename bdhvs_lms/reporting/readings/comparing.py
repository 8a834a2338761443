"""Two readings beside each other: of each target and area what it was, what it is, and the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import format_number
from bdhvs_lms.reporting.readings.content import Frozen, FrozenRow
from bdhvs_lms.reporting.tables import NONE, Cell, Column, Table


@dataclass(frozen=True)
class Pair:
    """One target in one area; None: the reading has no such row."""

    was: FrozenRow | None
    now: FrozenRow | None

    @property
    def row(self) -> FrozenRow:
        found = self.now or self.was
        assert found is not None  # noqa: S101  narrowing for the type checker
        return found


def pairs(was: Frozen, now: Frozen, area: str) -> list[Pair]:
    """Of one area, in the order of the newer reading; then what only the earlier one has."""
    before, after = ({row.target: row for row in one.rows if row.area == area} for one in (was, now))
    return [Pair(before.get(target), after.get(target)) for target in dict.fromkeys((*after, *before))]


def compare_table(found: Iterable[Pair], title: str, lines: tuple[str, ...]) -> Table[Pair]:
    columns = [
        Column[Pair]("key", _("Code"), lambda pair: Cell(pair.row.code), 12),
        Column[Pair]("was", _("Achieved before (people)"), lambda pair: _of(pair.was, "numerator"), kind="number"),
        Column[Pair]("now", _("Achieved now (people)"), lambda pair: _of(pair.now, "numerator"), kind="number"),
        Column[Pair]("change", pgettext("readings", "Change (people)"), _change, kind="number"),
        Column[Pair]("was_share", _("Share before (%)"), lambda pair: _of(pair.was, "share"), kind="number"),
        Column[Pair]("now_share", _("Share now (%)"), lambda pair: _of(pair.now, "share"), kind="number"),
        Column[Pair]("was_verdict", _("Assessment before"), lambda pair: _of(pair.was, "verdict")),
        Column[Pair]("now_verdict", _("Assessment now"), lambda pair: _of(pair.now, "verdict")),
    ]
    return Table(title, lines, tuple(columns), tuple(found))


def _of(row: FrozenRow | None, key: str) -> Cell:
    if row is None or key not in row.cells:
        return Cell(NONE)
    cell = row.cells[key]
    return Cell(cell.text, cell.value, vietnamese=(cell.text,))


def _change(pair: Pair) -> Cell:
    was, now = (_of(one, "numerator").value for one in (pair.was, pair.now))
    if was is None or now is None:
        return Cell(NONE)
    change = Decimal(now) - Decimal(was)
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    return Cell(f"{sign}{format_number(int(abs(change)))}", int(change))
