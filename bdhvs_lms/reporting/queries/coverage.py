"""Which competency at which level is taught by what, and how many people have shown it: for editors and operators."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from bdhvs_lms.competency.api import Attainment, Taught, taught
from bdhvs_lms.plugins.api import activity_types, teaching_sources
from bdhvs_lms.reporting.suppression import is_small

Place = tuple[int, int]
"""Competency id, level."""
MISSING_PLUGIN = ""


@dataclass(frozen=True)
class People:
    """How many have evidence at a level, and how many of them attained it. None: not shown."""

    begun: int | None = 0
    attained: int | None = 0

    def for_others(self) -> People:
        """For who may not see names: no number of 1 to 4 people, nor one that tells it (decision 30)."""
        if self.begun is None or self.attained is None or is_small(self.begun):
            return People(None, None)
        hidden = is_small(self.attained) or is_small(self.begun - self.attained)
        return People(self.begun, None if hidden else self.attained)


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


def coverage() -> Coverage:
    """Three queries, and one for each further source: however many competencies, activities and people."""
    activities: dict[str, Counter[Place]] = {key: Counter() for key in (*activity_columns(), MISSING_PLUGIN)}
    highest: dict[int, int] = defaultdict(int)
    for row in taught():
        activities[kind_of(row)][(row.competency_id, row.level)] += 1
        highest[row.competency_id] = max(highest[row.competency_id], row.level)
    # One row a learner: an index holds all that is asked for.
    counted = (
        Attainment.objects.order_by()
        .values_list("competency", "level")
        .annotate(begun=Count("pk"), attained=Count("pk", filter=Q(attained_at__isnull=False)))
    )
    return Coverage(
        activities=activities,
        others={key: source.counts() for key, source in teaching_sources().items()},
        people={(pk, level): People(begun, attained) for pk, level, begun, attained in counted},
        highest=dict(highest),
    )
