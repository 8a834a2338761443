"""Confirmations on VNeID, from lists of whoever keeps them: previewed, then entered all at once, each with its source.

They are somebody else's facts. Nothing is computed from them and they are never added to ours. Whoever is not on record
here is left out: of a list of a whole commune only the site's own learners are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import Column, Planned, Record, Refused, cells, day_of, fold, format_day, one_line, require
from bdhvs_lms.campaign.api import AREA_COLUMN, AS_OF_COLUMN, COMMUNE_OF_VILLAGE, SOURCE_COLUMN, FindsAreas, same_word
from bdhvs_lms.competency.confirming.models import VneidConfirmation
from bdhvs_lms.learners.api import Learner, about_person, birth_year_cell, name_key, on_record

PERMISSION = "add_vneidconfirmation"
BATCH = 500
"""Rows of one INSERT."""
_YES = frozenset({"", "x", "co", "roi", "da xac nhan", "da", "yes", "1", "true"})
_NO = frozenset({"khong", "chua", "chua xac nhan", "thu hoi", "da thu hoi", "no", "0", "false"})


def enter_vneid(
    learner: Learner,
    *,
    confirmed: bool,
    confirmed_on: date | None,
    as_of: date,
    source: str,
    at: datetime,
    by: Any,
) -> VneidConfirmation:
    """Add a further row about this person. Raises PermissionDenied; ValidationError by field: a day in the future or
    after `as_of`, no source."""
    require(by, PERMISSION)
    wrong = wrong_days(confirmed_on, as_of, day_of(at))
    text = one_line(source)
    if not text or len(text) > 300:
        wrong["source"] = _("Say who published it, in at most 300 characters.")
    if wrong:
        raise ValidationError(wrong)
    return VneidConfirmation.objects.create(
        learner=learner.whole,
        confirmed=confirmed,
        confirmed_on=confirmed_on if confirmed else None,
        as_of=as_of,
        source=text,
        entered_at=at,
        entered_by=by,
    )


def wrong_days(confirmed_on: date | None, as_of: date, today: date) -> dict[str, str]:
    wrong = {}
    if as_of > today:
        wrong["as_of"] = _("The day must not be in the future.")
    if confirmed_on is not None and confirmed_on > as_of:
        wrong["confirmed_on"] = _("The day of confirmation is after the day of the source.")
    return wrong


class VneidImporter(FindsAreas):
    """Import of lists from VNeID. A line means a person by the name letter for letter, the year of birth, and where
    that fits several the residence."""

    key = "vneid"
    label = gettext_lazy("Confirmations on VNeID")
    permission = PERMISSION
    rests_on = (VneidConfirmation,)
    columns = (
        Column(
            "full_name",
            gettext_lazy("Full name"),
            ("Họ và tên", "Họ tên"),
            english=("Full name", "Name"),
            example="Nguyễn Thị Lan",
        ),
        Column(
            "birth",
            gettext_lazy("Year of birth"),
            ("Năm sinh", "Ngày sinh", "Ngày tháng năm sinh"),
            english=("Year of birth", "Date of birth"),
            example="1962",
            help=gettext_lazy("A year or a day; only the year is compared."),
        ),
        Column(
            "area",
            gettext_lazy("Residence"),
            ("Nơi ở", "Thôn/tổ dân phố", "Nơi cư trú", *AREA_COLUMN.headings),
            english=("Residence", "Area"),
            required=False,
            example="Tổ dân phố Bình Sơn",
            help=gettext_lazy("Needed where several people have this name and year."),
        ),
        COMMUNE_OF_VILLAGE,
        Column(
            "confirmed",
            gettext_lazy("Confirmed on VNeID"),
            ("Đã xác nhận trên VNeID", "Xác nhận trên VNeID", "Đã xác nhận"),
            english=("Confirmed on VNeID", "Confirmed"),
            required=False,
            example="có",
            help=gettext_lazy("“có” or “không”; empty: yes."),
        ),
        Column(
            "confirmed_on",
            gettext_lazy("Day of confirmation"),
            ("Ngày xác nhận",),
            english=("Day of confirmation",),
            required=False,
            example="15/09/2026",
        ),
        AS_OF_COLUMN,
        SOURCE_COLUMN,
    )

    def prepare(self, records: Sequence[Record]) -> None:
        self.look_up_areas()
        self.above = {area.pk: area.parent_id for area in self.areas}
        self.people = on_record((cells.text(record["full_name"]) for record in records), self.today)
        found = [person.learner_id for listed in self.people.values() for person in listed]
        rows = VneidConfirmation.objects.filter(learner__in=found).order_by("entered_at", "pk")
        self.known = {
            (row.learner_id, row.as_of, row.source): (row.confirmed, row.confirmed_on) for row in rows.iterator()
        }
        self.lines: dict[tuple[int, date], int] = {}

    def plan(self, record: Record) -> Planned:
        name = self.short(record, "full_name", 120)
        year = self.needed(record, "birth", birth_year_cell)
        as_of = self.needed(record, "as_of", cells.day)
        source = self.short(record, "source", 300)
        confirmed = self._confirmed(record)
        confirmed_on = self.read(record, "confirmed_on", cells.day) if confirmed else None
        for key, text in wrong_days(confirmed_on, as_of, self.today).items():
            raise self.wrong(record, key, text)
        person = self._person(record, name, year, as_of)
        self.preview.named.add(person.learner.actor)
        twice = self.lines.setdefault((person.learner_id, as_of), record.line)
        if twice != record.line:
            raise self.wrong(record, "full_name", _("Line %(line)d already covers this.") % {"line": twice})
        state = _("confirmed on VNeID") if confirmed else _("not confirmed on VNeID")
        text = f"{about_person(person)} · {state} · {format_day(as_of)}"
        if self.known.get((person.learner_id, as_of, source)) == (confirmed, confirmed_on):
            return Planned(record.line, "same", text)
        values = {
            "learner": person.learner.whole,
            "confirmed": confirmed,
            "confirmed_on": confirmed_on,
            "as_of": as_of,
            "source": source,
        }
        return Planned(record.line, "new", text, values)

    def _confirmed(self, record: Record) -> bool:
        word = fold(self.read(record, "confirmed", cells.text))
        if word not in _YES | _NO:
            raise self.wrong(record, "confirmed", _("Write “có” or “không”, or leave it empty."))
        return word in _YES

    def _person(self, record: Record, name: str, year: int, as_of: date) -> Any:
        """Find somebody on record, without a doubt. Nobody of that name and year: the line is left out, and says so."""
        alike = [one for one in self.people.get(name_key(name), ()) if one.birth_year in (year, None)]
        if cells.text(record["area"]) and alike:
            area = self.area(record, as_of)
            alike = [one for one in alike if one.lives_in is None or self._lies_in(one.lives_in, area.pk)]
        if not alike:
            self.note(record, "full_name", _("Nobody of this name and year is on record: left out."))
            raise Refused(name)
        self.preview.named.update(one.learner.actor for one in alike)
        if len(alike) > 1:
            text = _("%(count)d people on record have this name and year. Give the residence.")
            raise self.wrong(record, "full_name", text % {"count": len(alike)})
        [person] = alike
        if person.birth_year is None or same_word(person.full_name) != same_word(name):
            text = _("Perhaps %(about)s. Write the line, or the record, so that both are the same.")
            raise self.wrong(record, "full_name", text % {"about": about_person(person)})
        return person

    def _lies_in(self, place: int | None, area: int) -> bool:
        seen: set[int] = set()
        while place is not None and place not in seen:
            if place == area:
                return True
            seen.add(place)
            place = self.above.get(place)
        return False

    def write(self, planned: list[Planned], *, by: Any) -> None:
        VneidConfirmation.objects.bulk_create(
            (VneidConfirmation(**row.values, entered_at=self.at, entered_by=by) for row in planned), batch_size=BATCH
        )
