"""Whether new evidence is an occasion to look at all of it: mostly not, and then nothing grows with what there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.ladders import READ, item_of, ladder_of, load_rules
from bdhvs_lms.competency.models import Attainment, Evidence


def undecided(fresh: Mapping[int, set[UUID]]) -> dict[int, set[int]]:
    """Competencies, by learner id, for which these new statements may change what is decided. Four queries.

    Left out is where it cannot: all that was there before is earlier and has been decided on, the rule that speaks is
    the one that spoke then, and what is new cannot make it hold, or makes it hold with no more trust than stands.
    """
    ids = set().union(*fresh.values())
    if not ids:
        return {}
    other = (
        Evidence.objects.filter(learner=OuterRef("learner"), competency=OuterRef("competency"))
        .exclude(statement_id__in=ids)
        .order_by("-occurred_at", "-statement_id")
        .values("occurred_at")
    )
    found: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in (
        Evidence.objects.filter(learner__in=list(fresh), statement_id__in=ids)
        .annotate(
            newest=Subquery(other[:1]),
            newest_of_level=Subquery(other.filter(level__gte=OuterRef("level"))[:1]),
            level_seen=Exists(other.filter(level=OuterRef("level"))),
            framework_id=F("competency__framework"),
        )
        .values_list(*READ, "framework_id", "newest", "newest_of_level", "level_seen", named=True)
    ):
        found[(row.learner_id, row.competency_id)].append(row)
    if not found:
        return {}
    standing: dict[tuple[int, int], list[Attainment]] = defaultdict(list)
    for attainment in Attainment.objects.filter(
        learner__in={pk for pk, _ in found}, competency__in={competency_id for _, competency_id in found}
    ):
        standing[(attainment.learner_id, attainment.competency_id)].append(attainment)
    loaded = load_rules({row.framework_id for listed in found.values() for row in listed})
    wanted: dict[int, set[int]] = defaultdict(set)
    for (pk, competency_id), new in found.items():
        for attainment in standing[(pk, competency_id)]:
            concerned = [row for row in new if row.level >= attainment.level]
            ladder = [
                versions for _, versions in ladder_of(loaded, (new[0].framework_id, competency_id), attainment.level)
            ]
            if concerned and _may_change(attainment, concerned, ladder):
                wanted[pk].add(competency_id)
    return wanted


def _may_change(attainment: Attainment, new: Sequence[Any], ladder: Sequence[Sequence[rules.Version]]) -> bool:
    # A level is decided on from the first evidence of just that level on, by all that is of it or of a higher one.
    if any(row.level == attainment.level and not row.level_seen for row in new):
        return True
    first = min(row.occurred_at for row in new)
    before = min(new, key=lambda row: row.level).newest_of_level
    if before is None or new[0].newest >= first:
        return True
    then = rules.speaking(ladder, before)
    if any(rules.speaking(ladder, row.occurred_at) != then for row in new):
        return True
    if then is None:
        return False
    if rules.may_hold_by_time(then.tree):
        return True
    serving = [row.trust for row in new if rules.serves(then.tree, item_of(row))]
    if not serving:
        return False
    return attainment.attained_at is None or attainment.attained_at > first or (attainment.trust or 0) < max(serving)
