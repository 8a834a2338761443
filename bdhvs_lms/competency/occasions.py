"""Check whether new evidence is an occasion to look at all of it: mostly not, and then nothing grows with what there
is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from bdhvs_lms.base.api import Compiled
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.ladders import READ, item_of, ladder_of, load_rules
from bdhvs_lms.competency.models import Evidence


def _concerned(learner_ids: Collection[int], statement_ids: Collection[UUID]) -> QuerySet[Any, Any]:
    """Return the evidence of these statements beside each attainment that it may change: of its
    level or a lower one."""
    other = (
        Evidence.objects.filter(learner=OuterRef("learner"), competency=OuterRef("competency"))
        .exclude(statement_id__in=statement_ids)
        .order_by("-occurred_at", "-statement_id")
        .values("occurred_at")
    )
    return (
        Evidence.objects.filter(
            learner__in=learner_ids,
            statement_id__in=statement_ids,
            competency__attainments__learner=F("learner"),
            competency__attainments__level__lte=F("level"),
        )
        .annotate(
            newest=Subquery(other[:1]),
            newest_of_level=Subquery(other.filter(level__gte=OuterRef("level"))[:1]),
            level_seen=Exists(other.filter(level=OuterRef("level"))),
            framework_id=F("competency__framework"),
            attained=F("competency__attainments__level"),
            attained_at=F("competency__attainments__attained_at"),
            attained_trust=F("competency__attainments__trust"),
        )
        .values(
            *READ,
            "framework_id",
            "newest",
            "newest_of_level",
            "level_seen",
            "attained",
            "attained_at",
            "attained_trust",
        )
    )


# What almost every act brings: one piece of evidence of one learner.
_concerned_by_one = Compiled(lambda learner, statement: _concerned([learner], [statement]), learner=int, statement=UUID)


def undecided(fresh: Mapping[int, set[UUID]]) -> dict[int, set[int]]:
    """Return competencies, by learner id, for which these new statements may change what is decided. Two queries.

    Left out is where it cannot: all that was there before is earlier and has been decided on, the rule that speaks is
    the one that spoke then, and what is new cannot make it hold, or makes it hold with no more trust than stands.
    """
    ids = set().union(*fresh.values())
    if not ids:
        return {}
    if len(fresh) == len(ids) == 1:
        found = _concerned_by_one(learner=next(iter(fresh)), statement=next(iter(ids)))
    else:
        found = list(_concerned(list(fresh), ids))
    by_attainment: dict[tuple[int, int, int], list[Any]] = defaultdict(list)
    for values in found:
        row = SimpleNamespace(**values)
        by_attainment[(row.learner_id, row.competency_id, row.attained)].append(row)
    loaded = load_rules({row.framework_id for rows in by_attainment.values() for row in rows})
    wanted: dict[int, set[int]] = defaultdict(set)
    for (pk, competency_id, level), new in by_attainment.items():
        if _may_change(level, new, ladder_of(loaded, (new[0].framework_id, competency_id), level)):
            wanted[pk].add(competency_id)
    return wanted


def _may_change(level: int, new: Sequence[Any], ladder: Sequence[Sequence[rules.Version]]) -> bool:
    """Tell whether these rows of `_concerned`, all beside the attainment of this level, may change it."""
    # A level is decided on from the first evidence of just that level on, by all that is of it or of a higher one.
    if any(row.level == level and not row.level_seen for row in new):
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
    attained_at, trust = new[0].attained_at, new[0].attained_trust or 0
    return attained_at is None or attained_at > first or trust < max(serving)
