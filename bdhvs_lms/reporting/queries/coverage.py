"""Which competency at which level is taught by what, and how many people have shown it: for editors and operators."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from django.db.models import Count, Q

from bdhvs_lms.competency.api import Attainment, Taught, taught
from bdhvs_lms.plugins.api import activity_types, teaching_sources
from bdhvs_lms.reporting.suppression import SMALL, Counts, difference, shown_nodes, single

Place = tuple[int, int]
"""Competency id, level."""
MISSING_PLUGIN = ""
EVERYBODY = "everybody"


@dataclass(frozen=True)
class People:
    """How many have evidence at a level, and how many of them attained it. None: not shown."""

    begun: int | None = 0
    attained: int | None = 0


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

    @cached_property
    def for_others(self) -> Mapping[Place, People]:
        """For who may not see names: what may stand beside each other, decided for all places at once (decision 30).

        A quiz often speaks for several competencies, and who has a level has mostly the one below it: of two such
        numbers the later gives way where they differ by 1 to 4 people."""
        counted = {place: one for place, one in sorted(self.people.items()) if one.begun}
        begun, attained = (
            {(name, place): getattr(one, name) or 0 for place, one in counted.items()} for name in ("begun", "attained")
        )
        forms = [single(measure) for measure in (*begun, *attained)]
        forms += [difference(("begun", place), ("attained", place)) for place in counted]
        for first, second in combinations(counted, 2):
            if first[0] == second[0] or first[1] == second[1]:
                forms += [difference((name, first), (name, second)) for name in ("begun", "attained")]
        values: dict[Hashable, dict[str, int]] = {measure: {EVERYBODY: n} for measure, n in (begun | attained).items()}
        within: dict[Hashable, Hashable] = {("attained", place): ("begun", place) for place in counted}
        everybody = dict.fromkeys(values, {EVERYBODY: SMALL})
        shown = shown_nodes(Counts({EVERYBODY: None}, everybody, values, forms, within))

        def told(name: str, place: Place, number: int | None) -> int | None:
            return number if shown[name, place] else None

        return {
            place: People(told("begun", place, one.begun), told("attained", place, one.attained))
            for place, one in counted.items()
        }

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
