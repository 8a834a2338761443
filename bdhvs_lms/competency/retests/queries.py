"""Queries of what retests ask about."""

from __future__ import annotations

from bdhvs_lms.competency.evidence import aligned_competencies
from bdhvs_lms.competency.models import Competency
from bdhvs_lms.courses.api import Activity


def asked_in_retests() -> list[tuple[int, int]]:
    """Return (competency id, level) of the retests as they are published, in the frameworks' order. Three queries."""
    offered = Activity.objects.filter(role=Activity.Role.RETEST, active=True)
    aligned = aligned_competencies(offered.values_list("key", "revision"))
    pairs = {pair for listed in aligned.values() for pair in listed}
    places = dict(
        Competency.objects.filter(pk__in={pk for pk, _level in pairs})
        .order_by("framework", "position")
        .values_list("pk", "position")
    )
    order = {pk: place for place, pk in enumerate(places)}
    return sorted(pairs, key=lambda pair: (order[pair[0]], pair[1]))
