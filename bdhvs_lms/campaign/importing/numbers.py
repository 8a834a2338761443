"""Dated numbers: how many people a group has in an area, and what other bodies counted of them.

Both are append-only: a row that says the same as one that is there is no news, any other is a further row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import Column, Planned, Record, cells
from bdhvs_lms.campaign.actions import (
    check_figure,
    far_from,
    last_number,
    remark,
)
from bdhvs_lms.campaign.importing.finding import AREA, AS_OF, GROUP, SOURCE, WITHIN, FindsAreas, named_groups, the_day
from bdhvs_lms.campaign.importing.places import Names
from bdhvs_lms.campaign.models import Area, Denominator, Figure, Indicator, TargetGroup

BATCH = 500
"""Rows of one INSERT."""
NOTE = Column("note", gettext_lazy("Note"), ("Ghi chú",), english=("Note",), required=False)


class _NumberImporter(FindsAreas):
    """Group, area, day and source, which both kinds have."""

    def prepare(self, records: Sequence[Record]) -> None:
        self.look_up_areas()
        groups = list(TargetGroup.objects.order_by("pk"))
        self.groups = named_groups(groups)
        self.lines: dict[tuple[Any, ...], int] = {}

    def about(self, record: Record) -> tuple[TargetGroup, Area, date, str]:
        as_of = self.needed(record, "as_of", cells.day)
        group = self._one_of(
            record, "group", self.needed(record, "group", cells.text), self.groups, lambda found: found.label_vi
        )
        return group, self.area(record, as_of), as_of, self.short(record, "source", 300)

    def once(self, record: Record, *what: Any) -> None:
        """Refuse two lines of one file that speak of the same thing: nobody could say which of them speaks."""
        twice = self.lines.setdefault(what, record.line)
        if twice != record.line:
            raise self.wrong(record, "source", _("Line %(line)d already covers this.") % {"line": twice})


class DenominatorImporter(_NumberImporter):
    key = "denominators"
    label = gettext_lazy("Target populations")
    permission = "add_denominator"
    rests_on = (Denominator,)
    columns = (
        GROUP,
        AREA,
        WITHIN,
        AS_OF,
        Column(
            "value",
            gettext_lazy("Number of people"),
            ("Tổng số người", "Tổng số người thuộc đối tượng", "Số người", "Tổng số"),
            english=("Number of people", "Value"),
            example="12.340",
        ),
        SOURCE,
    )

    def prepare(self, records: Sequence[Record]) -> None:
        super().prepare(records)
        # The entry that speaks for a day: a number that was corrected since, and is imported again, is news.
        self.known: dict[tuple[int, int, date], tuple[int, str]] = {}
        self.numbers: dict[tuple[int, int], list[tuple[date, int]]] = defaultdict(list)
        columns = ("group", "area", "as_of", "value", "source", "illustrative")
        for row in Denominator.objects.order_by("entered_at", "pk").values_list(*columns):
            group, area, as_of, value, source, illustrative = row
            self.known[group, area, as_of] = (value, source)
            if not illustrative:
                self.numbers[group, area].append((as_of, value))

    def plan(self, record: Record) -> Planned:
        group, area, as_of, source = self.about(record)
        value = self.read(record, "value", cells.whole)
        if not value:
            raise self.wrong(record, "value", _("The population must be at least 1."))
        self.once(record, group.pk, area.pk, as_of)
        if as_of > self.today:
            raise self.wrong(record, "as_of", _("The date of a figure must not be in the future."))
        text = f"{group} · {area.name} · {the_day(as_of)} · {value}"
        if self.known.get((group.pk, area.pk, as_of)) == (value, source):
            return Planned(record.line, "same", text)
        numbers = self.numbers[group.pk, area.pk]
        last = last_number(numbers, as_of)
        if last is not None and far_from(last[1], value):
            self.ask(record, "value", remark(last, value))
        # The next line may speak of another day.
        numbers.append((as_of, value))
        values = {"group": group, "area": area, "as_of": as_of, "value": value, "source": source}
        return Planned(record.line, "new", text, values)

    def write(self, planned: list[Planned], *, by: Any) -> None:
        Denominator.objects.bulk_create(
            (Denominator(**row.values, entered_at=self.at, entered_by=by) for row in planned), batch_size=BATCH
        )


class FigureImporter(_NumberImporter):
    key = "figures"
    label = gettext_lazy("Outside figures")
    permission = "add_figure"
    rests_on = (Figure,)
    columns = (
        Column(
            "indicator",
            gettext_lazy("Indicator"),
            ("Tiêu chí theo dõi", "Tiêu chí"),
            english=("Indicator",),
            example="Có điện thoại thông minh",
        ),
        GROUP,
        AREA,
        WITHIN,
        AS_OF,
        Column(
            "numerator",
            gettext_lazy("Number of people"),
            ("Số người", "Số người đạt"),
            english=("Number of people", "Numerator"),
            required=False,
            example="9.800",
        ),
        Column(
            "base",
            gettext_lazy("Out of"),
            ("Trên tổng số", "Trong tổng số", "Tổng số được đếm"),
            english=("Out of", "Among how many", "Base"),
            required=False,
            example="12.000",
        ),
        Column(
            "percent",
            gettext_lazy("Share (%)"),
            ("Tỷ lệ (%)", "Tỷ lệ", "Tỉ lệ (%)", "Tỉ lệ"),
            english=("Share (%)", "Percent"),
            required=False,
            help=gettext_lazy("Only if the source gives no number of people."),
        ),
        Column(
            "rank",
            gettext_lazy("Rank"),
            ("Thứ hạng", "Xếp hạng", "Hạng"),
            english=("Rank",),
            required=False,
        ),
        SOURCE,
        NOTE,
    )

    def prepare(self, records: Sequence[Record]) -> None:
        super().prepare(records)
        indicators = list(Indicator.objects.order_by("pk"))
        self.indicators = Names(
            (name, one) for one in indicators for name in {one.label_vi, one.label_en, one.key} - {""}
        )
        self.known = {
            row[:5]: row[5:]
            for row in Figure.objects.order_by("entered_at", "pk").values_list(
                "indicator", "group", "area", "as_of", "source", "numerator", "base", "percent", "rank", "note"
            )
        }

    def plan(self, record: Record) -> Planned:
        indicator = self._one_of(
            record, "indicator", self.needed(record, "indicator", cells.text), self.indicators, lambda found: str(found)
        )
        group, area, as_of, source = self.about(record)
        if as_of > self.today:
            raise self.wrong(record, "as_of", _("The date of a figure must not be in the future."))
        numbers: dict[str, Any] = {
            "numerator": self.read(record, "numerator", cells.whole),
            "base": self.read(record, "base", cells.whole),
            "percent": self.read(record, "percent", cells.share),
            "rank": self.read(record, "rank", cells.whole),
        }
        note = cells.text(record["note"])
        about = {"indicator": indicator, "group": group, "area": area, "as_of": as_of, "source": source}
        try:
            check_figure(**numbers)
        except ValidationError as error:
            key, texts = next(iter(getattr(error, "message_dict", {"numerator": error.messages}).items()))
            raise self.wrong(record, key, texts[0]) from error
        self.once(record, indicator.pk, group.pk, area.pk, as_of, source)
        text = f"{indicator} · {group} · {area.name} · {the_day(as_of)} · {Figure(**numbers).in_words}"
        if self.known.get((indicator.pk, group.pk, area.pk, as_of, source)) == (*numbers.values(), note):
            return Planned(record.line, "same", text)
        return Planned(record.line, "new", text, {**about, **numbers, "note": note})

    def write(self, planned: list[Planned], *, by: Any) -> None:
        Figure.objects.bulk_create(
            (Figure(**row.values, entered_at=self.at, entered_by=by) for row in planned), batch_size=BATCH
        )
