"""Agencies, schools, enterprises, co-operatives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import Column, Planned, Record, cells, fold
from bdhvs_lms.campaign.importing.finding import COMMUNE, FindsAreas
from bdhvs_lms.campaign.importing.places import Names, same_word
from bdhvs_lms.campaign.models import Area, Organisation

# What officials write in the column; compared folded.
KINDS = {
    Organisation.Kind.AGENCY: ("Cơ quan", "Cơ quan nhà nước", "Đơn vị sự nghiệp", "Public agency", "agency"),
    Organisation.Kind.SCHOOL: ("Trường", "Trường học", "Nhà trường", "School"),
    Organisation.Kind.ENTERPRISE: ("Doanh nghiệp", "Công ty", "DN", "Enterprise"),
    Organisation.Kind.COOPERATIVE: (
        "Hợp tác xã",
        "HTX",
        "Liên hiệp hợp tác xã",
        "Liên hợp tác xã",
        "Co-operative",
        "cooperative",
    ),
}


class OrganisationImporter(FindsAreas):
    """An organisation is known by its name within its commune."""

    key = "organisations"
    label = gettext_lazy("Organisations")
    permission = "add_organisation"
    rests_on = (Area, Organisation)
    columns = (
        Column(
            "name",
            gettext_lazy("Name"),
            ("Tên", "Tên cơ quan, đơn vị", "Tên đơn vị", "Cơ quan, đơn vị", "Đơn vị"),
            english=("Name",),
            example="Trường THCS Ngọc Hòa",
        ),
        Column(
            "kind",
            gettext_lazy("Kind"),
            ("Loại", "Loại hình", "Loại đơn vị"),
            english=("Kind",),
            example="Trường học",
            help=gettext_lazy("Public agency, school, enterprise or co-operative."),
        ),
        COMMUNE,
    )

    def prepare(self, records: Sequence[Record]) -> None:
        self.look_up_areas()
        self.kinds = {fold(word): kind for kind, words in KINDS.items() for word in words}
        self.known: dict[int, Names[Organisation]] = defaultdict(Names)
        for organisation in Organisation.objects.order_by("pk"):
            self.known[organisation.area_id].add(organisation.name, organisation)
        self.lines: dict[tuple[int, str], int] = {}

    def plan(self, record: Record) -> Planned:
        name = self.short(record, "name", 200)
        written = self.needed(record, "kind", cells.text)
        kind = self.kinds.get(fold(written))
        if kind is None:
            raise self.wrong(
                record,
                "kind",
                _("“%(text)s” is not valid. Use one of: %(kinds)s.")
                % {"text": written, "kinds": ", ".join(str(known.label) for known in Organisation.Kind)},
            )
        commune = self.commune(record, "commune", self.today)
        twice = self.lines.setdefault((commune.pk, same_word(name)), record.line)
        if twice != record.line:
            raise self.wrong(record, "name", _("This is a duplicate of line %(line)d.") % {"line": twice})
        known = self.known[commune.pk].same_word(name)
        if known is not None:
            if known.kind != kind:
                raise self.wrong(
                    record,
                    "kind",
                    _("%(name)s already exists as: %(kind)s.") % {"name": known.name, "kind": known.get_kind_display()},
                )
            return Planned(record.line, "same", f"{known.name} · {commune.name}")
        values = {"name": name, "kind": kind, "area": commune}
        return Planned(record.line, "new", f"{name} · {kind.label} · {commune.name}", values)

    def write(self, planned: list[Planned], *, by: Any) -> None:
        Organisation.objects.bulk_create(Organisation(**row.values) for row in planned)
