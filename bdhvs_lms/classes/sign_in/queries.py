"""The list of names of a class."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from bdhvs_lms.base.api import name_order
from bdhvs_lms.classes.models import ClassGroup, Membership
from bdhvs_lms.classes.queries import covering
from bdhvs_lms.learners.api import Learner, person_of, placements_on


@dataclass(frozen=True)
class Listed:
    """A member in the list. `birth_year` and `place` (thôn, tổ dân phố) only where two have one name; `born` of
    everybody, for lists that nobody but the class's teacher sees.

    `place`: where they are placed; of those who are not, where they said they live when they registered.
    """

    number: int
    """Of the membership: in the address of the member's page."""
    learner: Learner
    name: str
    birth_year: int | None = None
    place: str = ""
    born: int | None = None


def listed(group: ClassGroup, on: date) -> list[Listed]:
    """Return members of this day who have a name on record, by given name, then family and middle name. Two queries."""
    rows = Membership.objects.filter(covering(on), class_group=group, learner__person__isnull=False).select_related(
        "learner__person",
        "learner__self_registration__area",
        "learner__merged_into__person",
        "learner__merged_into__self_registration__area",
    )
    # One who left and came back on the same day is there once, and so is one whose records were merged.
    members = {row.learner.whole.pk: row for row in rows.order_by("pk") if hasattr(row.learner.whole, "person")}
    named = {pk: row.learner.whole.person.full_name for pk, row in members.items()}
    often = Counter(name.casefold() for name in named.values())
    alike = {pk for pk, name in named.items() if often[name.casefold()] > 1}
    placed: QuerySet[Any, Any] = placements_on(on)
    places = {
        pk: name for pk, name in placed.filter(person__in=alike).values_list("person", "area__name") if name is not None
    }
    found = [
        Listed(
            row.pk,
            row.learner.whole,
            named[pk],
            row.learner.whole.person.birth_year if pk in alike else None,
            (places.get(pk) or _stated_place(row.learner)) if pk in alike else "",
            row.learner.whole.person.birth_year,
        )
        for pk, row in members.items()
    ]
    return sorted(found, key=lambda each: (name_order(each.name), each.birth_year or 0, each.number))


def _stated_place(learner: Learner) -> str:
    """Return where somebody without a placement said they live; empty: nowhere. Of a membership's learner, as read
    above."""
    for record in (learner.whole, learner):
        stated = getattr(record, "self_registration", None)
        if stated is not None and stated.area is not None:
            return str(stated.area.name)
    return ""


def found_in(class_group: ClassGroup, on: date) -> set[int]:
    """Return primary keys of members of this day whom a teacher only found on record (`Membership.found`).
    One query."""
    rows = Membership.objects.filter(covering(on), class_group=class_group, found=True)
    return set(rows.values_list(person_of(), flat=True))
