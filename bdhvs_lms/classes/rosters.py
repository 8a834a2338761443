"""A list of people that is a class's roster too: whoever is on it, new or on record, is in the class afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import Planned, Record, day_of, require
from bdhvs_lms.classes.actions import enrol_members
from bdhvs_lms.classes.models import ClassGroup, Membership
from bdhvs_lms.learners.api import Learner, PeopleImporter


class RosterImporter(PeopleImporter):
    """Importer of a roster. options: `class_group` too; None: the list is nobody's roster."""

    def prepare(self, records: Any) -> None:
        super().prepare(records)
        self.class_group: ClassGroup | None = self.options.get("class_group")
        self.inside: set[int] = set() if self.class_group is None else going_on(self.class_group, self.at)

    def plan(self, record: Record) -> Planned:
        row = super().plan(record)
        if self.class_group is None or row.state != "same" or row.values["learner"].pk in self.inside:
            return row
        text = _("%(person)s · on record, comes into the class") % {"person": row.text}
        return Planned(row.line, "changed", text, row.values)

    def write(self, planned: list[Planned], *, by: Any) -> None:
        joining = [self.add(row, by=by) if row.state == "new" else row.values["learner"] for row in planned]
        if self.class_group is not None:
            add_members(self.class_group, joining, at=self.at, by=by)

    def follow(self, *, by: Any) -> None:
        if self.class_group is not None:
            enrol_members(self.class_group, at=self.at)


def going_on(class_group: ClassGroup, at: datetime) -> set[int]:
    """Return primary keys of those who are in the class today or come in later, of the records that stand.
    One query."""
    lasting = Q(valid_to=None) | Q(valid_to__gte=day_of(at))
    rows = Membership.objects.filter(lasting, class_group=class_group).select_related("learner")
    return {row.learner.merged_into_id or row.learner_id for row in rows}


def add_members(class_group: ClassGroup, learners: Iterable[Learner], *, at: datetime, by: Any) -> list[Learner]:
    """Add people to the class from the day of `at`; who is in it, or comes in later, is left. Returns who came in.

    However many, in a constant number of queries. Needs the permission add_membership.
    """
    require(by, "add_membership")
    with transaction.atomic():
        ClassGroup.objects.select_for_update().get(pk=class_group.pk)
        inside = going_on(class_group, at)
        coming = {whole.pk: whole for whole in (learner.whole for learner in learners) if whole.pk not in inside}
        first = day_of(at)
        Membership.objects.bulk_create(
            [Membership(learner=one, class_group=class_group, valid_from=first) for one in coming.values()]
        )
    return list(coming.values())
