"""The list of names of a class."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from bdhvs_lms.base.api import name_order
from bdhvs_lms.classes.models import ClassGroup, Membership
from bdhvs_lms.learners.api import Learner, placements_on


@dataclass(frozen=True)
class Listed:
    """A member in the list. `birth_year` and `place` (thôn, tổ dân phố) only where two have one name: else empty."""

    number: int
    """Of the membership: in the address of the member's page."""
    learner: Learner
    name: str
    birth_year: int | None = None
    place: str = ""


def listed(group: ClassGroup, on: date) -> list[Listed]:
    """Members of this day who have a name on record, by given name, then family and middle name. Two queries."""
    rows = (
        Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on, class_group=group)
        .filter(learner__person__isnull=False)
        .select_related("learner__person")
    )
    # One who left and came back on the same day is there once.
    members = {row.learner_id: row for row in rows.order_by("pk")}
    named = {pk: row.learner.person.full_name for pk, row in members.items()}
    often = Counter(name.casefold() for name in named.values())
    alike = {pk for pk, name in named.items() if often[name.casefold()] > 1}
    places = {
        row.learner_id: row.area.name
        for row in placements_on(on).filter(learner__in=alike).select_related("area")
        if row.area is not None
    }
    found = [
        Listed(
            row.pk,
            row.learner,
            named[pk],
            row.learner.person.birth_year if pk in alike else None,
            places.get(pk, ""),
        )
        for pk, row in members.items()
    ]
    return sorted(found, key=lambda each: (name_order(each.name), each.birth_year or 0, each.number))
