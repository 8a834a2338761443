"""A list of people: names in one column or two, years or days of birth, where they live, groups and organisation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import Finding, Planned, Record, Refused, cells, fold
from bdhvs_lms.campaign.api import (
    Area,
    FindsAreas,
    Names,
    Organisation,
    in_force,
    named_groups,
    same_word,
)
from bdhvs_lms.learners.actions import (
    NAME_LENGTH,
    clean_birth_year,
    clean_grade,
    clean_phone,
    register,
    require_letters,
)
from bdhvs_lms.learners.guardians import clean_guardian, name_guardian, surely_adult
from bdhvs_lms.learners.importing.columns import COLUMNS
from bdhvs_lms.learners.importing.duplicates import Seen, about, alike, name_key, on_record
from bdhvs_lms.learners.importing.headings import Row, find_table, plain
from bdhvs_lms.learners.models import Guardian, Learner
from bdhvs_lms.learners.queries import groups_by_list
from bdhvs_lms.learners.spans import told_at_once
from question_files.office.workbooks import TableError

T = TypeVar("T")

MOST_PEOPLE = 1_000
"""People of one list: what one request can write, with room for others."""

_YEAR = re.compile(r"(?:\d{1,2}[/.-]){0,2}(\d{4})|(\d{4})-\d{2}-\d{2}")
_CITIZEN_NUMBER = re.compile(r"\d{12}")


def birth_year(cell: Any) -> int | None:
    """Read the year from a year, a month with its year, or a day; None: empty. Raises CellError."""
    if isinstance(cell, datetime | date):
        return cell.year
    written = cells.text(cell)
    if not written:
        return None
    found = _YEAR.fullmatch(written)
    if found is not None:
        return int(found[1] or found[2])
    raise cells.CellError(
        _("“%(text)s” is not a year of birth. Write four digits, such as 1962.") % {"text": written[:40]}
    )


def phone_number(cell: Any) -> str:
    """Return it as written, with the nought that a workbook lost by taking it for a number. Raises CellError."""
    written = cells.text(cell)
    digits = re.sub(r"\D", "", written)
    if _CITIZEN_NUMBER.fullmatch(digits) and not digits.startswith("84"):
        raise cells.CellError(_("This looks like a citizen number. The site keeps none: delete it."))
    return f"0{written}" if re.fullmatch(r"[35789]\d{8}", written) else written


class PeopleImporter(FindsAreas):
    """Importer of people. Whoever is new is registered, counts where they live from today, and in the groups named.

    Who is on record with the same name, year and place is left as they are. Who only resembles somebody is an error
    until the operator says that it is somebody else: nobody is to be there twice. Cut off and sent again it goes on:
    who was registered by the same act from the same line is left as they are, also where the line says “someone else”.

    options: `area`, `group` and `organisation` of the lines that name none.
    """

    key = "people"
    label = gettext_lazy("People")
    permission = "add_person"
    columns = COLUMNS
    # Some 150 ms of the write lock.
    piece = 25

    # --- Finding the lines ------------------------------------------------------------------------------------------

    def _records(self, rows: list[Row]) -> list[Record]:
        known = {
            plain(name): column.key
            for column in self.columns
            for name in (column.key, *column.headings, *column.english)
        }
        sheet = find_table(rows, known)
        if sheet is None:
            raise TableError(_("No column of names was found. Its heading is “Họ và tên”, or “Họ đệm” and “Tên”."))
        if len(sheet.rows) > MOST_PEOPLE:
            raise TableError(_("The list has more than %(most)d people. Split it.") % {"most": MOST_PEOPLE})
        for heading in sheet.citizen:
            self._told(
                _("The column “%(heading)s” is not read: the site keeps no citizen numbers.") % {"heading": heading}
            )
        if sheet.unread:
            self._told(_("Not read: %(headings)s.") % {"headings": ", ".join(f"“{name}”" for name in sheet.unread)})
        if sheet.below:
            first, last = sheet.below[0], sheet.below[-1]
            text = _("Not read, since it stands below the list: lines %(first)d to %(last)d.")
            if first == last:
                text = _("Not read, since it stands below the list: line %(first)d.")
            self._told(text % {"first": first, "last": last})
        return [
            Record(line, {"above": sheet.above.get(line, ""), **_values(row, sheet.places)}) for line, row in sheet.rows
        ]

    def _told(self, text: str) -> None:
        self.preview.findings.append(Finding(0, "", text, error=False))

    # --- What each line comes to ------------------------------------------------------------------------------------

    def prepare(self, records: Sequence[Record]) -> None:
        self.look_up_areas()
        there = [area for area in self.areas if in_force(area, self.today)]
        self.villages = Names((area.name, area) for area in there if area.kind == Area.Kind.VILLAGE)
        self.above_villages = {plain(area.name) for area in there if area.kind != Area.Kind.VILLAGE}
        self.groups = named_groups(groups_by_list())
        self.organisations = Names((one.name, one) for one in Organisation.objects.order_by("pk"))
        self.people = on_record((_name(record) for record in records), self.today)
        self.seen = {person.learner_id for people in self.people.values() for person in people}
        self.lines: dict[tuple[str, ...], list[Seen]] = defaultdict(list)
        self.others: set[int] = set()

    def plan(self, record: Record) -> Planned:
        """Plan a line; every mistake in it is told, not the first alone."""
        self.mistaken = False
        name = self._try(lambda: self._full_name(record), "")
        year = self._try(lambda: self._year(record), None)
        phone = self._try(lambda: self._phone(record), "")
        area = self._try(lambda: self._lives_in(record), None)
        groups: list[Any] = self._try(lambda: self._groups(record), [])
        organisation = self._try(lambda: self._organisation(record, groups), None)
        grade = self._try(lambda: self._grade(record, organisation), "")
        guardian = self._try(lambda: self._guardian(record, year), None)
        known = self._known(record, name, year, area) if name else None
        if self.mistaken:
            raise Refused
        words = [name, year and str(year), area and area.name, *(one.label_vi for one in groups)]
        words += [organisation and organisation.name, grade, guardian and guardian["full_name"]]
        text = " · ".join(word for word in words if word)
        if known is not None:
            return Planned(record.line, "same", text, {"learner": known.learner})
        values = {
            "full_name": name,
            "birth_year": year,
            "phone": phone,
            "area": area,
            "groups": groups,
            "organisation": organisation,
            "grade": grade,
            "guardian": guardian,
            "actor": self._actor(record, name, year, area),
        }
        return Planned(record.line, "new", text, values)

    def wrong(self, record: Record, key: str, text: str) -> Refused:
        self.mistaken = True
        return super().wrong(record, key, text)

    def _try(self, ask: Callable[[], T], otherwise: T) -> T:
        try:
            return ask()
        except Refused:
            return otherwise

    def _full_name(self, record: Record) -> str:
        name, column = _name(record), "full_name" if cells.text(record["full_name"]) else "given"
        if not name:
            raise self.wrong(record, "full_name", _("This cell must not be empty."))
        if record["family"] is not None and not cells.text(record["given"]):
            raise self.wrong(record, "given", _("This cell must not be empty."))
        if len(name) > NAME_LENGTH:
            raise self.wrong(record, column, _("Use at most %(most)d characters.") % {"most": NAME_LENGTH})
        try:
            require_letters(name)
        except ValidationError as wrong:
            raise self.wrong(record, column, wrong.messages[0]) from wrong
        if " " not in name:
            self.note(record, column, _("“%(text)s” is a single word. Is the family name missing?") % {"text": name})
        return name

    def _year(self, record: Record) -> int | None:
        try:
            years = [birth_year(record[key]) for key in ("birth", "birth_nam", "birth_nu")]
        except cells.CellError as error:
            raise self.wrong(record, "birth", str(error)) from error
        given = [year for year in years if year is not None]
        if len(given) > 1:
            raise self.wrong(record, "birth", _("There is a year under “Nam” and under “Nữ”."))
        try:
            return clean_birth_year(given[0] if given else None, self.today)
        except ValidationError as error:
            raise self.wrong(record, "birth", error.messages[0]) from error

    def _phone(self, record: Record) -> str:
        try:
            return clean_phone(self.read(record, "phone", phone_number))
        except ValidationError as error:
            raise self.wrong(record, "phone", error.messages[0]) from error

    def _lives_in(self, record: Record) -> Area | None:
        written = cells.text(record["area"]) or record["above"]
        commune = cells.text(record["commune"])
        if not written and not commune:
            return self.options.get("area")
        if "," in written and not commune:
            written, commune = (part.strip() for part in written.split(",")[:2])
        record = Record(record.line, {**record.values, "area": written or commune, "commune": commune})
        if commune or plain(written) in self.above_villages:
            return self.area(record, self.today)
        return self._one_of(record, "area", written, self.villages, lambda area: area.name)

    def _groups(self, record: Record) -> list[Any]:
        written = [part.strip() for part in re.split(r"[;\n]", cells.text(record["group"])) if part.strip()]
        if not written and self.options.get("group") is not None:
            return [self.options["group"]]
        return [self._one_of(record, "group", part, self.groups, lambda one: one.label_vi) for part in written]

    def _organisation(self, record: Record, groups: list[Any]) -> Organisation | None:
        written = cells.text(record["organisation"])
        chosen = self.options.get("organisation")
        if not written and chosen is None:
            return None
        if not groups and not cells.text(record["group"]):
            raise self.wrong(record, "group", _("Name the target group that somebody belongs to at the organisation."))
        if not written:
            return chosen
        return self._one_of(record, "organisation", written, self.organisations, lambda one: one.name)

    def _grade(self, record: Record, organisation: Organisation | None) -> str:
        key = "grade" if cells.text(record["grade"]) else "school_year"
        written = cells.text(record[key])
        if not written:
            return ""
        if organisation is None:
            self.note(record, key, _("The grade is not kept, since the line names no school."))
            return ""
        try:
            return clean_grade(written)
        except ValidationError as error:
            raise self.wrong(record, key, error.messages[0]) from error

    def _guardian(self, record: Record, year: int | None) -> dict[str, str] | None:
        """Return what `name_guardian` is told: of several columns the first that is filled, with its own telephone."""
        key = next((key for key in ("guardian", "mother", "father") if cells.text(record[key])), None)
        phone_key = f"{key}_phone" if cells.text(record[f"{key}_phone"]) else "guardian_phone"
        if key is None:
            if cells.text(record["guardian_phone"]):
                raise self.wrong(record, "guardian", _("This cell must not be empty where there is a phone."))
            return None
        if surely_adult(year, self.at):
            self.note(record, key, _("Not kept: the person is of age."))
            return None
        phone = self.read(record, phone_key, phone_number)
        relation = key if key != "guardian" else _relation(cells.text(record["relation"]))
        try:
            name, phone = clean_guardian(cells.text(record[key]), phone, relation)
        except ValidationError as error:
            at_phone = "guardian_phone" in error.message_dict
            raise self.wrong(record, phone_key if at_phone else key, error.messages[0]) from error
        return {"full_name": name, "phone": phone, "relation": relation}

    def _known(self, record: Record, name: str, year: int | None, area: Area | None) -> Any:
        """Return the person on record whom the line means without a doubt; None: nobody. A doubt is an error."""
        key = name_key(name)
        seen = Seen(record.line, year, area.pk if area is not None else None)
        earlier = next((one for one in self.lines[key] if alike(one, seen)), None)
        self.lines[key].append(seen)
        actor = self._actor(record, name, year, area)
        for person in self.people.get(key, ()):
            if person.learner.actor == actor:
                self.preview.resumed += 1
                return person
        if cells.text(record["other"]):
            self.others.add(record.line)
            return None
        if earlier is not None:
            text = _("This is likely the person of line %(line)d. If it is someone else, write “x” in “Người khác”.")
            self.wrong(record, "full_name", text % {"line": earlier.line})
            return None
        for person in self.people.get(key, ()):
            if not alike(Seen(0, person.birth_year, person.lives_in), seen):
                continue
            self.preview.named.add(person.learner.actor)
            same_year = year is not None and person.birth_year == year
            same_place = seen.area is None or person.lives_in in (seen.area, None)
            if same_word(person.full_name) == same_word(name) and same_year and same_place:
                return person
            self.wrong(record, "full_name", _likely(person))
            return None
        return None

    def _actor(self, record: Record, name: str, year: int | None, area: Area | None) -> UUID | None:
        """Return the actor of the person made from this line: by it the line is known again. The act is random and soon
        forgotten, so that nobody finds the statements of somebody erased by what a list says."""
        if self.act_id is None:
            return None
        return uuid5(self.act_id, f"{record.line} {name} {year} {area.pk if area is not None else None}")

    # --- Writing ----------------------------------------------------------------------------------------------------

    def left(self, planned: list[Planned]) -> list[Planned]:
        """Return the lines without whom the same page, sent twice, has made. Who came since and resembles somebody
        stops the import."""
        new = [row for row in planned if row.state == "new"]
        actors = [row.values["actor"] for row in new if row.values["actor"] is not None]
        made = set(Learner.objects.filter(actor__in=actors).values_list("actor", flat=True))
        asked = [row for row in new if row.values["actor"] not in made and row.line not in self.others]
        there = on_record((row.values["full_name"] for row in asked), self.today)
        for row in asked:
            area = row.values["area"]
            typed = Seen(row.line, row.values["birth_year"], area.pk if area is not None else None)
            for person in there.get(name_key(row.values["full_name"]), ()):
                known = Seen(0, person.birth_year, person.lives_in)
                if person.learner_id not in self.seen and alike(known, typed):
                    self.preview.named.add(person.learner.actor)
                    raise self.wrong(Record(row.line, {}), "full_name", _likely(person))
        return [row for row in planned if row.state != "new" or row.values["actor"] not in made]

    def write(self, planned: list[Planned], *, by: Any) -> None:
        with told_at_once():
            for row in planned:
                self.add(row, by=by)

    def add(self, row: Planned, *, by: Any) -> Learner:
        """Register the person of a line that is new."""
        values = dict(row.values)
        guardian = values.pop("guardian")
        learner = register(**values, at=self.at, by=by)
        if guardian is not None:
            name_guardian(learner, **guardian, at=self.at, by=by)
        self.seen.add(learner.pk)
        return learner


def _values(row: list[Any], places: dict[str, int]) -> dict[str, Any]:
    return {key: row[at] if at < len(row) else None for key, at in places.items()}


def _name(record: Record) -> str:
    whole = cells.text(record["full_name"])
    return whole or " ".join(part for key in ("family", "given") if (part := cells.text(record[key])))


def _relation(written: str) -> str:
    word = fold(written)
    for relation, ways in (("mother", ("me", "ma", "mother")), ("father", ("cha", "bo", "ba", "father"))):
        if any(way in word.split() for way in ways):
            return relation
    return str(Guardian.Relation.OTHER)


def _likely(person: Any) -> str:
    text = _("Likely on record already: %(about)s. If this is someone else, write “x” in “Người khác”.")
    return text % {"about": about(person)}
