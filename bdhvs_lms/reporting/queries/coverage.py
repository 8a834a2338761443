"""Which competency at which level is taught by what, and how many people have shown it: for editors and operators."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from bdhvs_lms.competency.api import Attainment, Taught, taught
from bdhvs_lms.plugins.api import activity_types, teaching_sources

Place = tuple[int, int]
"""Competency id, level."""
MISSING_PLUGIN = ""
FROM = (1, 20, 100, 500, 2_000, 10_000)
"""Where the classes begin in which people are told to who may not see names; nobody is a class of its own. Each is so
wide that no difference of two of them, or of one and a number that is told elsewhere, is a number of few people."""


@dataclass(frozen=True)
class People:
    """How many have evidence at a level, and how many of them attained it."""

    begun: int = 0
    attained: int = 0


@dataclass(frozen=True)
class Coverage:
    """All places at once."""

    activities: Mapping[str, Counter[Place]]
    """By key of the activity type; those of plugins that are not installed under MISSING_PLUGIN."""
    others: Mapping[str, Mapping[Place, int]]
    """By key of the source."""
    people: Mapping[Place, People]
    highest: Mapping[int, int]
    """Competency id to the highest level that an activity teaches."""

    def missing(self, place: Place) -> str:
        """'' where an activity teaches it, 'higher' where one does at a higher level only, else 'none'."""
        if any(counts[place] for counts in self.activities.values()):
            return ""
        return "higher" if self.highest.get(place[0], 0) > place[1] else "none"


def activity_columns() -> dict[str, str]:
    """Key to label, of the kinds that are installed."""
    return {kind.key: str(kind.label) for kind in activity_types}


def kind_of(row: Taught) -> str:
    return row.activity.type_key if row.activity.type_key in activity_columns() else MISSING_PLUGIN


def class_of(count: int) -> tuple[int, int | None]:
    """The least and the most that are told instead of a count. None: there is no most."""
    if not count:
        return 0, 0
    place = bisect_right(FROM, count)
    return FROM[place - 1], FROM[place] - 1 if place < len(FROM) else None


def coverage(until: datetime | None = None) -> Coverage:
    """Three queries, and one for each further source: however many competencies, activities and people.

    `until`: people as they were then; activities as they are."""
    attained = Q(attained_at__isnull=False) if until is None else Q(attained_at__lte=until)
    begun = Q() if until is None else Q(begun_at__lte=until) | attained
    activities: dict[str, Counter[Place]] = {key: Counter() for key in (*activity_columns(), MISSING_PLUGIN)}
    highest: dict[int, int] = defaultdict(int)
    for row in taught():
        activities[kind_of(row)][(row.competency_id, row.level)] += 1
        highest[row.competency_id] = max(highest[row.competency_id], row.level)
    # One row a learner: an index holds all that is asked for.
    counted = (
        Attainment.objects.order_by()
        .values_list("competency", "level")
        .annotate(begun=Count("pk", filter=begun or None), attained=Count("pk", filter=attained))
    )
    return Coverage(
        activities=activities,
        others={key: source.counts() for key, source in teaching_sources().items()},
        people={(pk, level): People(*numbers) for pk, level, *numbers in counted},
        highest=dict(highest),
    )
