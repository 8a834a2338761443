"""Columns that several lists have, and reading them: areas, groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import Column, Importer, Record, cells
from bdhvs_lms.campaign.importing.places import Names, NotFound, T
from bdhvs_lms.campaign.models import Area, TargetGroup
from bdhvs_lms.campaign.queries import in_force

COMMUNE = Column(
    "commune",
    gettext_lazy("Commune or ward"),
    ("Xã/phường", "Xã, phường", "Xã phường", "Phường/xã", "Xã", "Phường"),
    english=("Commune", "Commune or ward"),
    example="Phường Chương Mỹ",
    help=gettext_lazy("Name or code."),
)
AREA = Column(
    "area",
    gettext_lazy("Area"),
    ("Địa bàn", "Đơn vị hành chính", "Nơi"),
    english=("Area",),
    example="Phường Chương Mỹ",
    help=gettext_lazy("Name or code. For a village, also fill in the column “Commune or ward”."),
)
WITHIN = Column(
    "commune",
    gettext_lazy("Commune or ward"),
    COMMUNE.headings,
    english=COMMUNE.english,
    required=False,
    help=gettext_lazy("For villages and residential groups only."),
)
GROUP = Column(
    "group",
    gettext_lazy("Target group"),
    ("Nhóm đối tượng", "Đối tượng", "Nhóm"),
    english=("Group", "Target group"),
    example="Người dân trong độ tuổi trưởng thành",
)
AS_OF = Column(
    "as_of",
    gettext_lazy("As of"),
    ("Tính đến ngày", "Số liệu tính đến ngày", "Ngày", "Ngày số liệu"),
    english=("As of", "Day"),
    example="30/09/2026",
)
SOURCE = Column(
    "source",
    gettext_lazy("Source"),
    ("Nguồn", "Nguồn số liệu"),
    english=("Source",),
    example="Công an phường, báo cáo ngày 30/9/2026",
)


def the_day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def named_groups(groups: Iterable[TargetGroup]) -> Names[TargetGroup]:
    """Return groups by what lists call them: both names, and the key."""
    return Names((name, group) for group in groups for name in {group.label_vi, group.label_en, group.key} - {""})


class FindsAreas(Importer):
    """Reads the columns above. `look_up_areas` first: one query for all areas of all times."""

    def __init__(self, *, at: datetime, within: Area | None = None, **more: Any) -> None:
        """`within`: the commune or ward of every record, whatever its cell says."""
        super().__init__(at=at, **more)
        self.within = within

    def look_up_areas(self) -> None:
        self.areas = list(Area.objects.select_related("parent").order_by("pk"))
        self._by_name: dict[tuple[str, date, int | None], Names[Area]] = {}

    def _one_of(self, record: Record, key: str, written: str, names: Names[T], called: Callable[[T], str]) -> T:
        try:
            found = names.find(written)
        except NotFound as error:
            raise self.wrong(record, key, str(error)) from error
        if not found.exact:
            self.note(
                record, key, _("“%(text)s” is interpreted as %(name)s.") % {"text": written, "name": called(found.what)}
            )
        return found.what

    def _names(
        self, what: str, on: date, areas: Callable[[], Iterable[Area]], within: int | None = None
    ) -> Names[Area]:
        """Build the names once for a day, because most files name one day."""
        key = (what, on, within)
        if key not in self._by_name:
            self._by_name[key] = Names((area.name, area) for area in areas())
        return self._by_name[key]

    def commune(self, record: Record, key: str, on: date) -> Area:
        """Find the commune or ward that the cell names and that exists on that day."""
        written = self.needed(record, key, cells.text)
        if self.within is not None:
            if not in_force(self.within, on):
                raise self.wrong(
                    record,
                    key,
                    _("%(area)s did not exist on %(day)s.") % {"area": self.within.name, "day": the_day(on)},
                )
            return self.within
        there = [area for area in self.areas if area.kind == Area.Kind.COMMUNE and in_force(area, on)]
        by_code = [commune for commune in there if commune.code == written]
        if len(by_code) == 1:
            return by_code[0]
        return self._one_of(record, key, written, self._names("commune", on, lambda: there), lambda area: area.name)

    def area(self, record: Record, on: date) -> Area:
        """Find the area that the cells `area` and `commune` name, on that day: villages by commune and
        name, or by code."""
        written = self.needed(record, "area", cells.text)
        there = [area for area in self.areas if in_force(area, on)]
        by_code = [area for area in there if area.code == written]
        if len(by_code) == 1:
            return by_code[0]
        if cells.text(record["commune"]):
            commune = self.commune(record, "commune", on)
            if commune.code == written or commune.name == written:
                return commune
            below = [area for area in there if area.parent_id == commune.pk]
            names = self._names("below", on, lambda: below, commune.pk)
            return self._one_of(record, "area", written, names, lambda area: area.name)
        above = [area for area in there if area.kind != Area.Kind.VILLAGE]
        return self._one_of(record, "area", written, self._names("above", on, lambda: above), lambda area: area.name)
