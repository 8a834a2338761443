"""A learner's competencies all at once: for a page that lists them, where one `explain` each would cost too much."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from bdhvs_lms.competency.advice import advice
from bdhvs_lms.competency.ladders import load_rules
from bdhvs_lms.competency.models import Attainment, Evidence, FrameworkLevel
from bdhvs_lms.competency.queries import attainments_of, rule_in_force
from bdhvs_lms.learners.api import Learner


@dataclass(frozen=True)
class Outlook:
    """One attainment with its level's label and, while it is not attained, what has to be done, in plain words."""

    attainment: Attainment
    level: FrameworkLevel | None
    advice: str

    @property
    def attained(self) -> bool:
        return self.attainment.status != Attainment.Status.IN_PROGRESS


def outlooks_of(learner: Learner) -> list[Outlook]:
    """Return outlooks in the frameworks' order, lower levels first. Five queries at most, and as many rows after a
    thousand pieces of evidence as after one."""
    rows = list(attainments_of(learner))
    frameworks = {row.competency.framework_id for row in rows}
    levels = {
        (level.framework_id, level.number): level for level in FrameworkLevel.objects.filter(framework__in=frameworks)
    }
    pending = [row for row in rows if row.status == Attainment.Status.IN_PROGRESS]
    newest: dict[int, dict[int, datetime]] = defaultdict(dict)
    if pending:
        for competency_id, level, last in (
            Evidence.objects.filter(learner=learner, competency__in=[row.competency_id for row in pending])
            .values_list("competency_id", "level")
            .annotate(Max("occurred_at"))
        ):
            newest[competency_id][level] = last
    found = load_rules(row.competency.framework_id for row in pending) if pending else {}
    outlooks = []
    for row in rows:
        missing = ""
        if row.status == Attainment.Status.IN_PROGRESS:
            counted = [last for level, last in newest[row.competency_id].items() if level >= row.level]
            tree = rule_in_force(row, row.competency, row.level, max(counted, default=None), found)
            missing = advice(tree) if tree is not None else ""
        outlooks.append(Outlook(row, levels.get((row.competency.framework_id, row.level)), missing))
    return outlooks
