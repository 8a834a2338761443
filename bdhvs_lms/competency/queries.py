"""Reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, QuerySet

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.evidence import own_marks, speaking
from bdhvs_lms.competency.ladders import Rules, ladder_of
from bdhvs_lms.competency.models import Attainment, Competency, Evidence, EvidenceRule, EvidenceRuleVersion, PassRule
from bdhvs_lms.competency.naming import competency_of
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import CompetencyMark
from bdhvs_xapi import api as xapi


def alignments_for(activity_key: UUID, revision: str) -> list[tuple[Competency, int]]:
    """Return what this revision shows, in the framework's order. One query."""
    shown = Competency.objects.filter(alignments__alignment_revision=speaking(activity_key, revision))
    rows = shown.annotate(shown_level=F("alignments__level")).select_related("framework")
    return [(row, row.shown_level) for row in rows.order_by("framework_id", "position", "alignments__pk")]


def attainments_of(learner: Learner) -> QuerySet[Attainment]:
    return (
        Attainment.objects.filter(learner=learner)
        .select_related("competency__framework", "competency__domain")
        .order_by("competency__framework", "competency__position", "level")
    )


def counting_already(learner: Learner, activity_key: UUID, wanted: Iterable[str]) -> set[str]:
    """Return those of these competencies, by IRIs at whatever level, for which a pass of this activity counts. One
    query, none where nothing is asked."""
    names = {iri: name[:2] for iri in wanted if (name := competency_of(iri)) is not None}
    if not names:
        return set()
    rows = Evidence.objects.filter(learner=learner, activity_key=activity_key, success=True)
    known = set(rows.values_list("competency__framework__key", "competency__code"))
    return {iri for iri, name in names.items() if name in known}


@dataclass(frozen=True)
class NamedMark:
    """Mark of a verdict for one competency that had a pass mark of its own."""

    competency: Competency
    mark: CompetencyMark


def marks_in(facts: Iterable[xapi.Fact]) -> list[NamedMark]:
    """Return the marks of these statements, in the frameworks' order. Two queries, none where nothing is stated."""
    found = own_marks(facts)
    rows = Competency.objects.select_related("framework").in_bulk({pk for _statement, pk in found}) if found else {}
    named = [NamedMark(rows[pk], mark) for (_statement, pk), mark in found.items()]
    return sorted(named, key=lambda one: (one.competency.framework_id, one.competency.position))


def rule_in_force(
    row: Attainment | None, competency: Competency, level: int, newest: datetime | None, found: Rules
) -> dict[str, Any] | None:
    """Return the tree of the version that the decision names; without a decision, of the one that speaks for the newest
    evidence, as of that moment. `found`: the rules of the competency's framework. No query."""
    named = row.rule_version if row is not None else ""
    ladder = ladder_of(found, (competency.framework_id, competency.pk), level)
    for versions in [*ladder, *found.values()] if named else []:
        for version in versions:
            if version.name == named:
                return dict(version.tree)
    for versions in ladder:
        current = rules.in_force(versions, newest) if newest is not None else None
        if current is None and newest is None and versions:
            current = max(versions, key=lambda version: version.number)
        if current is not None:
            return dict(current.tree)
    return None


def version_of(rule: EvidenceRule, at: datetime) -> EvidenceRuleVersion | None:
    """Return the version in force, of those that may have been fetched along."""
    there = [version for version in rule.versions.all() if version.effective_from <= at]
    return max(there, key=lambda version: version.number, default=None)


def rule_in_words(rule: EvidenceRule, at: datetime) -> str:
    """Return what the rule says exactly at that moment, for officials; learners get `advice`."""
    version = version_of(rule, at)
    return rules.sentence(version.tree) if version is not None else ""


def first_attained(rule: PassRule, on: datetime) -> QuerySet[Attainment, Any]:
    """Return (learner, competency, moment): when each competency of the rule was first attained at its level or above.

    Whoever has a row for each of them passes, from the last of these moments on. Up to `on`.
    """
    return (
        Attainment.objects.filter(
            attained_at__lte=on,
            competency__framework_id=rule.framework_id,
            competency__code__in=rule.all_of,
            level__gte=rule.level,
        )
        .order_by()
        .values_list("learner", "competency")
        .annotate(first=Min("attained_at"))
    )


def confirmed_by(rule: PassRule, on: datetime) -> QuerySet[Learner]:
    """Return those who pass by then and for whom every competency had also been confirmed."""
    holders = (
        Attainment.objects.filter(
            attained_at__lte=on,
            confirmed_at__lte=on,
            competency__framework_id=rule.framework_id,
            competency__code__in=rule.all_of,
            level__gte=rule.level,
        )
        .values("learner")
        .annotate(found=Count("competency", distinct=True))
        .filter(found=len(set(rule.all_of)))
        .values("learner")
    )
    return Learner.objects.filter(pk__in=holders)
