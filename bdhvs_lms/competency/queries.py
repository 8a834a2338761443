"""Reads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from bdhvs_lms.base.api import language_of
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.advice import advice
from bdhvs_lms.competency.evidence import aligned_competencies, own_marks
from bdhvs_lms.competency.ladders import Scope, ladder_of, load_rules
from bdhvs_lms.competency.models import Attainment, Competency, Evidence, EvidenceRule, EvidenceRuleVersion, PassRule
from bdhvs_lms.competency.naming import competency_of
from bdhvs_lms.courses.api import activities
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import VERB_EXPERIENCED, VERB_PASSED, CompetencyMark
from bdhvs_xapi import api as xapi

Rules = dict[Scope, tuple[EvidenceRule, list[rules.Version]]]
# Pieces of evidence that an explanation names beside those that counted: the newest.
NOT_COUNTED = 50


@dataclass(frozen=True)
class EvidenceRow:
    """One row of an explanation. `used`: the decision names it."""

    title: str
    occurred_at: datetime
    success: bool | None
    scaled: Decimal | None
    trust: int
    presence: bool
    read: bool
    """Of presence: a lesson was read, not a session attended."""
    used: bool
    statement_id: UUID
    language: str
    """Of the title: the reader's where there is one, else what there is."""
    mark: CompetencyMark | None = None
    """Of the competency, where it had a pass mark of its own: `success` and `scaled` are by it then."""
    passed: bool = False
    """The whole was passed."""


@dataclass(frozen=True)
class Explanation:
    """Why a status is what it is: what its rule asks for in plain words and exactly the rows used, then the newest of
    the rest."""

    competency: Competency
    level: int
    status: str
    attained_at: datetime | None
    confirmed_at: datetime | None
    trust: int | None
    """Of the strongest set of evidence that suffices; None: not attained."""
    advice: str
    """What has to be done, in the reader's language; empty without a rule."""
    rows: tuple[EvidenceRow, ...]
    earlier: int
    """How many of the rest are earlier than those in `rows`."""


def _title(titles: dict[str, str]) -> tuple[str, str]:
    """(title, its language)."""
    language = language_of(titles)
    return titles.get(language, ""), language or "vi"


def alignments_for(activity_key: UUID, revision: str) -> list[tuple[Competency, int]]:
    """What this revision shows, in the framework's order."""
    pairs = aligned_competencies([(activity_key, revision)]).get((activity_key, revision), [])
    found = Competency.objects.select_related("framework").in_bulk([pk for pk, _level in pairs])
    return sorted(
        ((found[pk], level) for pk, level in pairs), key=lambda pair: (pair[0].framework_id, pair[0].position)
    )


def attainments_of(learner: Learner) -> QuerySet[Attainment]:
    return (
        Attainment.objects.filter(learner=learner)
        .select_related("competency__framework", "competency__domain")
        .order_by("competency__framework", "competency__position", "level")
    )


def explain(learner: Learner, competency: Competency, level: int) -> Explanation:
    """Constant number of queries. A learner without evidence gets status 'none' and no rows."""
    row = Attainment.objects.filter(learner=learner, competency=competency, level=level).first()
    used = set(row.evidence_ids) if row is not None else set()
    there = Evidence.objects.filter(learner=learner, competency=competency, level__gte=level)
    counted = _uuids(used)
    rest = there.exclude(statement_id__in=counted)
    # Other systems may say thousands of things about somebody.
    newest_first = rest.order_by("-occurred_at", "-statement_id")[:NOT_COUNTED]
    evidence = sorted(
        [*there.filter(statement_id__in=counted), *newest_first], key=lambda item: (item.occurred_at, item.statement_id)
    )
    earlier = rest.count() - NOT_COUNTED if len(newest_first) == NOT_COUNTED else 0
    titles = {key: _title(found.titles) for key, found in activities(item.activity_key for item in evidence).items()}
    newest = evidence[-1].occurred_at if evidence else None
    tree = rule_in_force(row, competency, level, newest, load_rules([competency.framework_id]))
    facts = {fact.statement_id: fact for fact in xapi.facts(statement_ids=[item.statement_id for item in evidence])}
    marks = own_marks(facts.values())
    verbs = {statement_id: fact.verb for statement_id, fact in facts.items()}
    rows = [
        EvidenceRow(
            title=titles.get(item.activity_key, (str(item.activity_key), "vi"))[0],
            language=titles.get(item.activity_key, ("", "vi"))[1],
            occurred_at=item.occurred_at,
            success=item.success,
            scaled=item.scaled,
            trust=item.trust,
            presence=item.presence,
            read=verbs.get(item.statement_id) == VERB_EXPERIENCED,
            used=str(item.statement_id) in used,
            statement_id=item.statement_id,
            mark=marks.get((item.statement_id, competency.pk)),
            passed=verbs.get(item.statement_id) == VERB_PASSED,
        )
        for item in evidence
    ]
    return Explanation(
        competency=competency,
        level=level,
        status="none" if row is None else row.status,
        attained_at=row.attained_at if row is not None else None,
        confirmed_at=row.confirmed_at if row is not None else None,
        trust=row.trust if row is not None else None,
        advice=advice(tree) if tree is not None else "",
        rows=tuple(sorted(rows, key=lambda item: not item.used)),
        earlier=earlier,
    )


def counting_already(learner: Learner, activity_key: UUID, wanted: Iterable[str]) -> set[str]:
    """Of these competencies, by IRIs at whatever level, the ones for which a pass of this activity counts. One query,
    none where nothing is asked."""
    names = {iri: name[:2] for iri in wanted if (name := competency_of(iri)) is not None}
    if not names:
        return set()
    rows = Evidence.objects.filter(learner=learner, activity_key=activity_key, success=True)
    known = set(rows.values_list("competency__framework__key", "competency__code"))
    return {iri for iri, name in names.items() if name in known}


@dataclass(frozen=True)
class NamedMark:
    """What a verdict says of one competency that had a pass mark of its own."""

    competency: Competency
    mark: CompetencyMark


def marks_in(facts: Iterable[xapi.Fact]) -> list[NamedMark]:
    """Of these statements, in the frameworks' order. Two queries, none where nothing is stated."""
    found = own_marks(facts)
    rows = Competency.objects.select_related("framework").in_bulk({pk for _statement, pk in found}) if found else {}
    named = [NamedMark(rows[pk], mark) for (_statement, pk), mark in found.items()]
    return sorted(named, key=lambda one: (one.competency.framework_id, one.competency.position))


def _uuids(texts: Iterable[str]) -> set[UUID]:
    """Those that are ids: what a decision names is what somebody has written into it."""
    found = set()
    for text in texts:
        with contextlib.suppress(ValueError):
            found.add(UUID(text))
    return found


def rule_in_force(
    row: Attainment | None, competency: Competency, level: int, newest: datetime | None, found: Rules
) -> dict[str, Any] | None:
    """Tree of the version that the decision names; without a decision of the one that speaks for the newest evidence,
    which is of that moment. `found`: the rules of the competency's framework. No query."""
    named = row.rule_version if row is not None else ""
    ladder = ladder_of(found, (competency.framework_id, competency.pk), level)
    for _rule, versions in [*ladder, *found.values()] if named else []:
        for version in versions:
            if version.name == named:
                return dict(version.tree)
    for _rule, versions in ladder:
        current = rules.in_force(versions, newest) if newest is not None else None
        if current is None and newest is None and versions:
            current = max(versions, key=lambda version: version.number)
        if current is not None:
            return dict(current.tree)
    return None


def version_of(rule: EvidenceRule, at: datetime) -> EvidenceRuleVersion | None:
    """The version in force, of those that may have been fetched along."""
    there = [version for version in rule.versions.all() if version.effective_from <= at]
    return max(there, key=lambda version: version.number, default=None)


def rule_in_words(rule: EvidenceRule, at: datetime) -> str:
    """What the rule says exactly at that moment, for officials; learners get `advice`."""
    version = version_of(rule, at)
    return rules.sentence(version.tree) if version is not None else ""


def first_attained(rule: PassRule, on: datetime) -> QuerySet[Attainment, Any]:
    """(learner, competency, moment): when each competency of the rule was first attained at its level or above.

    Whoever has a row for each of them passes, from the last of these moments on. Up to `on`."""
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
    """Of those who pass by then, the ones for whom every competency had also been confirmed."""
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
