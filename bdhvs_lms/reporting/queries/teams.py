"""How far the people of a village, or of an organisation, are: how many are on record, learn, and have finished a
course. Sums only; nobody is ranked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from bdhvs_lms.courses.api import Enrolment
from bdhvs_lms.learners.api import person_of, placements_on, speaking_belongings
from bdhvs_lms.progress.api import CourseResult


@dataclass(frozen=True)
class Progress:
    """People on record; of them those enrolled in a course, and those who have finished one."""

    people: int = 0
    learning: int = 0
    finished: int = 0

    @property
    def share(self) -> int | None:
        """Of the people those who have finished, in whole percent, rounded down; None: nobody is on record."""
        return 100 * self.finished // self.people if self.people else None


def _counted(rows: QuerySet[Any], by: str) -> dict[int, Progress]:
    """Rows that have a `person`, grouped by a column. One query."""
    # Asked for in either of two ways in one condition, the database reads all enrolments for each person.
    taken = Exists(Enrolment.objects.filter(learner=OuterRef("person"))) | Exists(
        Enrolment.objects.filter(learner__merged_into=OuterRef("person"))
    )
    done = CourseResult.objects.filter(learner=OuterRef("person"))
    rows = rows.annotate(takes=taken, has_done=Exists(done), where=F(by)).order_by()
    grouped = rows.values("where").annotate(
        people=Count("person", distinct=True),
        learning=Count("person", distinct=True, filter=Q(takes=True)),
        finished=Count("person", distinct=True, filter=Q(has_done=True)),
    )
    return {row["where"]: Progress(row["people"], row["learning"], row["finished"]) for row in grouped}


def progress_by_area(on: date, areas: Collection[int] | None = None) -> dict[int, Progress]:
    """By primary key of the area where people live on this day (of these areas; None: of all). One query."""
    rows = placements_on(on).filter(area__isnull=False)
    return _counted(rows if areas is None else rows.filter(area__in=list(areas)), "area_id")


def progress_by_organisation(on: date) -> dict[int, Progress]:
    """By primary key of the organisation where people are in a group on this day. One query."""
    rows = speaking_belongings(on).filter(organisation__isnull=False)
    return _counted(rows.annotate(person=person_of()), "organisation_id")
