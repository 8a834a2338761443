"""Villages and residential groups below the communes and wards that exist."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import Column, Importer, Planned, Record, cells
from bdhvs_lms.campaign.importing.finding import COMMUNE, FindsAreas
from bdhvs_lms.campaign.importing.places import Names, same_word
from bdhvs_lms.campaign.models import Area

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")


class AreaImporter(FindsAreas, Importer):
    """A village is known by its name within its commune; without a code of its own it gets the commune's and a number.

    It is urban where its commune is, begins with it unless the file says later, and ends with it.
    """

    key = "areas"
    label = gettext_lazy("Villages and residential groups")
    permission = "add_area"
    rests_on = (Area,)
    columns = (
        COMMUNE,
        Column(
            "name",
            gettext_lazy("Village or residential group"),
            (
                "Thôn/tổ dân phố",
                "Thôn, tổ dân phố",
                "Thôn/TDP",
                "Thôn",
                "Tổ dân phố",
                "Tên thôn",
                "Tên thôn/tổ dân phố",
            ),
            english=("Village", "Village or residential group"),
            example="Tổ dân phố Bình Sơn",
        ),
        Column(
            "code",
            gettext_lazy("Code"),
            ("Mã", "Mã số"),
            english=("Code",),
            required=False,
            example="",
            help=gettext_lazy("Optional. If empty, a code is generated from the commune's code and a number."),
        ),
        Column(
            "valid_from",
            gettext_lazy("Valid from"),
            ("Từ ngày", "Ngày bắt đầu"),
            english=("From", "Valid from", "From day"),
            required=False,
            example="01/07/2025",
            help=gettext_lazy("Optional. If empty, from the day the commune was established."),
        ),
    )

    def prepare(self, records: Sequence[Record]) -> None:
        self.look_up_areas()
        self.villages: dict[int, Names[Area]] = defaultdict(Names)
        self.taken: dict[str, list[Area]] = defaultdict(list)
        self.numbers: dict[int, int] = defaultdict(int)
        for area in self.areas:
            self.taken[area.code].append(area)
            if area.kind == Area.Kind.VILLAGE and area.parent is not None:
                self.villages[area.parent.pk].add(area.name, area)
        # Of this file: line by commune and name, and by code.
        self.lines: dict[tuple[int, str], int] = {}
        self.codes: dict[str, int] = {}
        # Codes that the file names, so that none of them is given to another village.
        self.named = {cells.text(record["code"]) for record in records}

    def plan(self, record: Record) -> Planned:
        name = self.short(record, "name", 120)
        begins = self.read(record, "valid_from", cells.day)
        commune = self.commune(record, "commune", begins or self.today)
        first = begins or commune.valid_from
        twice = self.lines.setdefault((commune.pk, same_word(name)), record.line)
        if twice != record.line:
            raise self.wrong(record, "name", _("This is a duplicate of line %(line)d.") % {"line": twice})
        code = self._code(record)
        known = self.villages[commune.pk].same_word(name)
        if known is not None:
            return self._known(record, known, code, begins)
        near = self.villages[commune.pk].close(name)
        if near is not None:
            self.note(
                record,
                "name",
                _("The same commune has “%(name)s”, which differs only in diacritics. Is this a different unit?")
                % {"name": near},
            )
        if code:
            self._free(record, code, first)
        else:
            code = self._give(commune)
        values = {
            "code": code,
            "name": name,
            "kind": Area.Kind.VILLAGE,
            "urban": commune.urban,
            "parent": commune,
            "valid_from": first,
            "valid_to": commune.valid_to,
        }
        self.villages[commune.pk].add(name, Area(**values))
        return Planned(record.line, "new", f"{name} · {commune.name} · {code}", values)

    def _code(self, record: Record) -> str:
        code = cells.text(record["code"])
        if code and not _CODE.fullmatch(code):
            raise self.wrong(record, "code", _("A code can have at most 20 letters, digits, dots and hyphens."))
        if code:
            twice = self.codes.setdefault(code, record.line)
            if twice != record.line:
                raise self.wrong(record, "code", _("Line %(line)d has the same code.") % {"line": twice})
        return code

    def _known(self, record: Record, known: Area, code: str, begins: date | None) -> Planned:
        if code and code != known.code:
            raise self.wrong(
                record, "code", _("%(name)s already has the code %(code)s.") % {"name": known.name, "code": known.code}
            )
        if begins and known.valid_from != begins:
            raise self.wrong(
                record,
                "valid_from",
                _("%(name)s already exists, with a different first day.") % {"name": known.name},
            )
        return Planned(record.line, "same", f"{known.name} · {known.code}")

    def _free(self, record: Record, code: str, first: date | None) -> None:
        for other in self.taken[code]:
            # Codes are used again for other territories, but not at the same time.
            if other.valid_to is None or first is None or first <= other.valid_to:
                raise self.wrong(record, "code", _("This code is already used by %(name)s.") % {"name": other.name})

    def _give(self, commune: Area) -> str:
        while True:
            self.numbers[commune.pk] += 1
            code = f"{commune.code}-{self.numbers[commune.pk]:02d}"
            if code not in self.taken and code not in self.named:
                return code

    def write(self, planned: list[Planned], *, by: Any) -> None:
        Area.objects.bulk_create(Area(**row.values) for row in planned)
