"""People of a list who are on record already, however the name is written: without marks, with the given name first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, Subquery
from django.db.models.functions import Coalesce

from bdhvs_lms.base.api import fold
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.claims import with_area
from bdhvs_lms.learners.models import Person
from bdhvs_lms.learners.queries import newest_placement

BATCH = 500
"""Names that one query asks for."""


@dataclass(frozen=True)
class Seen:
    """Somebody of a name: line of the file (0: on record), year of birth and primary key of the area, if known."""

    line: int
    year: int | None
    area: Any


def alike(one: Seen, other: Seen) -> bool:
    """Tell whether two with the same name are likely the same person."""
    if one.year is not None and other.year is not None:
        return one.year == other.year
    return one.area == other.area or one.area is None or other.area is None


def name_key(name: str) -> tuple[str, ...]:
    """Return a key equal for names of the same words in any order, marks and case off."""
    return tuple(sorted(fold(name).split()))


def orders(name: str) -> set[str]:
    """Return the folded name as it may be stored: any of its words first, or all the other way round."""
    words = fold(name).split()
    return {" ".join(words[at:] + words[:at]) for at in range(len(words))} | {" ".join(reversed(words))}


def on_record(names: Iterable[str], on: date) -> dict[tuple[str, ...], list[Any]]:
    """Return people by `name_key`, as `with_area`, and with `place`, the area's name. One query for each `BATCH` ways
    of writing."""
    wanted = sorted({way for name in names for way in orders(name)})
    stated = F("learner__self_registration__area__name")
    place = Coalesce(Subquery(newest_placement(on).values("area__name")[:1]), stated, output_field=CharField())
    found: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for start in range(0, len(wanted), BATCH):
        named_so = Person.objects.filter(search_name__in=wanted[start : start + BATCH])
        for person in with_area(named_so, on).annotate(place=place):
            found[name_key(person.full_name)].append(person)
    return found


def twins_of(name: str, year: int | None, area: Area | None, on: date) -> list[Any]:
    """Return the people on record who are likely the one that somebody types; as `on_record`."""
    typed = Seen(0, year, area.pk if area is not None else None)
    people = on_record([name], on).get(name_key(name), [])
    return [one for one in people if alike(Seen(0, one.birth_year, one.lives_in), typed)]


def about(person: Any) -> str:
    """Return name, year of birth and place of somebody that `on_record` found."""
    return ", ".join(str(part) for part in (person.full_name, person.birth_year, person.place) if part)
