"""Statements that speak for a competency: by the alignment in force for the revision they name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from bdhvs_lms.base.api import Compiled
from bdhvs_lms.competency.models import AlignmentRevision, Realignment
from bdhvs_lms.competency.naming import by_name, competency_of
from bdhvs_lms.courses.api import RetestActivity
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    PRESENCE_VERBS,
    VERB_ATTENDED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_PASSED,
    CompetencyMark,
    FactsOf,
    Scopes,
    activity_iri,
    activity_key,
    competency_marks,
    facts_within,
)
from bdhvs_xapi import api as xapi

# `completed` and `answered` of the same attempt say nothing that `passed` or `failed` does not: counting them too
# would count one attempt several times.
EVIDENCE_VERBS = (VERB_PASSED, VERB_FAILED, VERB_EXPERIENCED, VERB_ATTENDED)
# Down, as the store does: nothing reaches a mark by rounding.
SIX_PLACES = Decimal("0.000001")

ActivityRevision = tuple[UUID, str]


def _aligned(keys: Collection[UUID], revisions: Collection[str]) -> QuerySet[Any, Any]:
    """Return a line for each competency of each alignment that spoke for these, or an empty one: published with the
    revision (`moved` 0), or by a realignment (its number)."""

    def lines(rows: QuerySet[Any, Any], revision: str, of: str, moved: Any) -> QuerySet[Any, Any]:
        named = rows.filter(activity_key__in=keys, **{f"{revision}__in": revisions})
        return named.annotate(
            asked=F(revision),
            moved=moved,
            line=F(f"{of}alignments__pk"),
            whose=F(f"{of}alignments__competency"),
            high=F(f"{of}alignments__level"),
            retest=Exists(RetestActivity.objects.filter(key=OuterRef("activity_key"))),
        ).values("activity_key", "asked", "moved", "line", "whose", "high", "retest")

    own = lines(AlignmentRevision.objects.order_by(), "revision", "", Value(0, output_field=BigIntegerField()))
    return own.union(lines(Realignment.objects.order_by(), "from_revision", "to__", F("pk")), all=True)


_aligned_one = Compiled(lambda key, revision: _aligned([key], [revision]), key=UUID, revision=str)


def aligned_competencies(
    wanted: Iterable[ActivityRevision], *, retests: bool | None = None
) -> Mapping[ActivityRevision, list[tuple[int, int]]]:
    """Return for each (activity, revision) its (competency id, level) pairs. One query, however many are asked for.

    The newest realignment of a revision speaks; without one, the alignment that was published with the revision.

    `retests`: only of activities that are (True) or are not (False) retests.
    """
    pairs = set(wanted)
    if not pairs:
        return {}
    if len(pairs) == 1:
        [(key, revision)] = pairs
        found = _aligned_one(key=key, revision=revision)
    else:
        found = list(_aligned({key for key, _ in pairs}, {revision for _, revision in pairs}))
    lines: dict[ActivityRevision, dict[int, list[tuple[int, int, int]]]] = {}
    for row in found:
        if retests is not None and bool(row["retest"]) is not retests:
            continue
        speaking = lines.setdefault((row["activity_key"], row["asked"]), {}).setdefault(row["moved"], [])
        if row["line"] is not None:
            speaking.append((row["line"], row["whose"], row["high"]))
    return {
        pair: [(competency, level) for _line, competency, level in sorted(by_move[max(by_move)])]
        for pair, by_move in lines.items()
        if pair in pairs
    }


def speaking(activity_key: UUID, revision: str) -> Coalesce:
    """Return, of one revision within another query, the alignment revision whose alignments count."""
    moved = Realignment.objects.filter(activity_key=activity_key, from_revision=revision).order_by("-pk")
    own = AlignmentRevision.objects.filter(activity_key=activity_key, revision=revision)
    return Coalesce(Subquery(moved.values("to")[:1]), Subquery(own.values("pk")[:1]))


def rows(scopes: Scopes) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
    """Return evidence of learners in the activities of their scopes (None: in all), keyed (competency id, statement
    id)."""
    return rows_of(facts_within(scopes, activity_iri, verbs=list(EVIDENCE_VERBS)))


def rows_of(
    by_learner: FactsOf,
    moved: Mapping[ActivityRevision, Sequence[tuple[int, int]]] | None = None,
    *,
    retests: bool = False,
) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
    """Return what these statements are evidence of; of retests: what they measure, which is evidence of nothing.

    One query, none without a statement; one more where some say marks by competency: then a pass speaks for a
    competency only if its own mark was reached, and with its own score.

    `moved`: alignments that speak in place of the stored ones, of the revisions that it names; one query more.
    """
    found = {
        learner: [
            (key, fact) for fact in facts if (key := activity_key(fact.object_id)) is not None and not fact.voided
        ]
        for learner, facts in by_learner.items()
    }
    revisions = ((key, fact.revision or "") for facts in found.values() for key, fact in facts)
    stored = aligned_competencies(revisions, retests=retests)
    alignments: Mapping[ActivityRevision, Sequence[tuple[int, int]]] = {**stored, **_evidence_alone(moved or {})}
    own = own_marks(fact for facts in found.values() for _key, fact in facts)
    result: dict[Learner, dict[tuple[Any, ...], dict[str, Any]]] = {learner: {} for learner in found}
    for learner, facts in found.items():
        for key, fact in facts:
            for competency_id, level in alignments.get((key, fact.revision or ""), ()):
                mark = own.get((fact.statement_id, competency_id))
                scaled = fact.scaled if mark is None else scaled_of(mark)
                result[learner][(competency_id, fact.statement_id)] = {
                    "level": level,
                    "activity_key": key,
                    "occurred_at": fact.occurred_at,
                    "success": _success(fact) if mark is None else bool(_success(fact)) and mark.reached,
                    "scaled": None if scaled is None else Decimal(str(scaled)).quantize(SIX_PLACES, ROUND_FLOOR),
                    "trust": fact.trust,
                    "presence": fact.verb in PRESENCE_VERBS,
                }
    return result


def _evidence_alone(
    moved: Mapping[ActivityRevision, Sequence[tuple[int, int]]],
) -> Mapping[ActivityRevision, Sequence[tuple[int, int]]]:
    """Drop retests, whatever they are aligned with. No query for none."""
    if not moved:
        return moved
    gone = set(RetestActivity.objects.filter(key__in={key for key, _ in moved}).values_list("key", flat=True))
    return {pair: listed for pair, listed in moved.items() if pair[0] not in gone}


def own_marks(facts: Iterable[xapi.Fact]) -> dict[tuple[UUID, int], CompetencyMark]:
    """Return by (statement id, competency id) the mark that the statement says of the competency, at whatever level: an
    activity is aligned with it at one only. One query, none where nothing is stated."""
    stated = {fact.statement_id: marks for fact in facts if (marks := competency_marks(fact))}
    names = {mark.competency: competency_of(mark.competency) for marks in stated.values() for mark in marks}
    known = by_name(name for name in names.values() if name is not None)
    found: dict[tuple[UUID, int], CompetencyMark] = {}
    for statement_id, marks in stated.items():
        for mark in marks:
            name = names[mark.competency]
            if name is not None and name in known:
                found.setdefault((statement_id, known[name]), mark)
    return found


def scaled_of(mark: CompetencyMark) -> Decimal | None:
    """Return the share of the points, 0 to 1; None: there were none."""
    return min(mark.raw / mark.max, Decimal(1)) if mark.max else None


def _success(fact: xapi.Fact) -> bool | None:
    if fact.verb == VERB_PASSED:
        return True
    return False if fact.verb == VERB_FAILED else fact.success
