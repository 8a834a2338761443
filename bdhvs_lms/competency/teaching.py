"""Activities that teach a competency: those offered now, by the alignment of what is published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bdhvs_lms.competency.evidence import aligned_competencies
from bdhvs_lms.competency.models import Alignment
from bdhvs_lms.courses.api import Activity


@dataclass(frozen=True)
class Taught:
    """An activity that shows a competency up to a level, as it is published."""

    activity: Activity
    competency_id: int
    level: int


def taught(competencies: Collection[int] | None = None) -> list[Taught]:
    """Return activities of offered courses with what they show, in the courses' order; `competencies`: of these only.
    Two queries."""
    aligned = Alignment.objects.all()
    if competencies is not None:
        aligned = aligned.filter(competency__in=competencies)
    offered = Activity.objects.filter(
        active=True, course__active=True, key__in=aligned.values("alignment_revision__activity_key")
    )
    rows = list(offered.select_related("course").order_by("course", "position", "pk"))
    pairs = aligned_competencies((row.key, row.revision) for row in rows)
    return [
        Taught(row, pk, level)
        for row in rows
        for pk, level in pairs.get((row.key, row.revision), ())
        if competencies is None or pk in competencies
    ]
