"""People of a sample who are in no class that could test them again: how many there are where, and into a class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import allowed, day_of, require
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, add_members, classes_taking, enrol_members, in_any
from bdhvs_lms.courses.api import activity
from bdhvs_lms.reporting.retest.models import RetestMember, RetestSample
from bdhvs_lms.reporting.retest.queries import named, outcomes

PERMISSION = "add_membership"


@dataclass(frozen=True)
class Waiting:
    """Those of one area who are in no such class, of whom it is not known yet what became of them."""

    area: Area
    members: list[RetestMember]

    @property
    def field(self) -> str:
        """Of the form."""
        return f"lop-{self.area.pk}"


def may_place(user: Any) -> bool:
    return allowed(user, PERMISSION)


def classes_for(sample: RetestSample, on: date) -> QuerySet[ClassGroup]:
    """Classes that take the course of the sample's retest."""
    row = activity(sample.activity_key)
    return classes_taking(row.course, on) if row is not None else ClassGroup.objects.none()


def waiting(sample: RetestSample, on: date) -> list[Waiting]:
    """By area, as they were counted on the day of the draw. At most nine queries."""
    inside = in_any(classes_for(sample, on), on)
    found = list(named(sample.members.all()).exclude(person__in=inside.values("pk")).order_by("area__name", "number"))
    known = outcomes([sample], found)
    areas: dict[int, Waiting] = {}
    for one in found:
        if not known[one.pk].settled:
            areas.setdefault(one.area_id, Waiting(one.area, [])).members.append(one)
    return list(areas.values())


def place(sample: RetestSample, chosen: Mapping[str, str], *, by: Any, at: datetime) -> int:
    """Put those who wait into the class that is chosen for their area, from today. `chosen`: field to the class's code;
    empty: they go on waiting. Returns how many came into one.

    Raises PermissionDenied, and ValidationError for a class that does not take the course.
    """
    require(by, PERMISSION)
    if sample.closings.exists():
        raise ValidationError(_("This retest is closed."))
    today = day_of(at)
    classes = {one.code: one for one in classes_for(sample, today)}
    wanted = [(one, chosen[one.field]) for one in waiting(sample, today) if chosen.get(one.field)]
    if any(code not in classes for _one, code in wanted):
        raise ValidationError(_("This option does not exist. Choose from the lists."))
    came = 0
    for one, code in wanted:
        people = [member.learner.whole for member in one.members]
        came += len(add_members(classes[code], people, at=at, by=by))
    for code in {code for _one, code in wanted}:
        enrol_members(classes[code], at=at)
    return came
