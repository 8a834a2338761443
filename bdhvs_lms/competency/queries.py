"""Reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.deciders import ladder_of, load_rules
from bdhvs_lms.competency.evidence import resolve
from bdhvs_lms.competency.models import Attainment, Competency, Evidence, PassRule
from bdhvs_lms.courses.api import activities
from bdhvs_lms.learners.api import Learner


@dataclass(frozen=True)
class EvidenceRow:
    """One row of an explanation. `used`: the decision names it."""

    title: str
    occurred_at: datetime
    success: bool | None
    scaled: Decimal | None
    trust: int
    presence: bool
    used: bool
    statement_id: UUID


@dataclass(frozen=True)
class Explanation:
    """Why a status is what it is: its rule in words and exactly the rows used, then the rest of the evidence."""

    competency: Competency
    level: int
    status: str
    attained_at: datetime | None
    confirmed_at: datetime | None
    rule_label: str
    rule_sentence: str
    rows: tuple[EvidenceRow, ...]


def _title(titles: dict[str, str]) -> str:
    return titles.get(get_language() or "vi") or titles.get("vi") or next(iter(titles.values()), "")


def alignments_for(activity_key: UUID, revision: str) -> list[tuple[Competency, int]]:
    """What this revision shows, in the framework's order."""
    pairs = resolve([(activity_key, revision)]).get((activity_key, revision), [])
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


def attainment(learner: Learner, framework_key: str, code: str, level: int) -> Attainment | None:
    return (
        attainments_of(learner)
        .filter(competency__framework__key=framework_key, competency__code=code, level=level)
        .first()
    )


def explain(learner: Learner, competency: Competency, level: int) -> Explanation:
    """Constant number of queries. A learner without evidence gets status 'none' and no rows."""
    row = Attainment.objects.filter(learner=learner, competency=competency, level=level).first()
    evidence = list(
        Evidence.objects.filter(learner=learner, competency=competency, level__gte=level).order_by(
            "occurred_at", "statement_id"
        )
    )
    titles = {key: _title(found.titles) for key, found in activities(item.activity_key for item in evidence).items()}
    label, tree = _rule(row, competency, level, evidence)
    used = set(row.evidence_ids) if row is not None else set()
    rows = [
        EvidenceRow(
            title=titles.get(item.activity_key, str(item.activity_key)),
            occurred_at=item.occurred_at,
            success=item.success,
            scaled=item.scaled,
            trust=item.trust,
            presence=item.presence,
            used=str(item.statement_id) in used,
            statement_id=item.statement_id,
        )
        for item in evidence
    ]
    return Explanation(
        competency=competency,
        level=level,
        status="none" if row is None else row.status,
        attained_at=row.attained_at if row is not None else None,
        confirmed_at=row.confirmed_at if row is not None else None,
        rule_label=label,
        rule_sentence=rules.sentence(tree) if tree is not None else "",
        rows=tuple(sorted(rows, key=lambda item: not item.used)),
    )


def _rule(
    row: Attainment | None, competency: Competency, level: int, evidence: list[Evidence]
) -> tuple[str, dict[str, Any] | None]:
    """The version that the decision names; without a decision the one that speaks for the newest evidence."""
    found = load_rules([competency.framework_id])
    named = row.rule_version if row is not None else ""
    ladder = ladder_of(found, competency, level)
    for rule, versions in [*ladder, *found.values()] if named else []:
        for version in versions:
            if version.name == named:
                return _label(rule), dict(version.tree)
    last = max((item.occurred_at for item in evidence), default=None)
    for rule, versions in ladder:
        current = rules.in_force(versions, last) if last is not None else None
        if current is None and last is None and versions:
            current = max(versions, key=lambda version: version.number)
        if current is not None:
            return _label(rule), dict(current.tree)
    return "", None


def _label(rule) -> str:
    return rule.label_en if (get_language() or "vi").startswith("en") and rule.label_en else rule.label_vi


def pass_rule(group: TargetGroup, year: int) -> PassRule | None:
    """The newest pass rule of a group for a year."""
    return (
        PassRule.objects.filter(group=group, year=year).select_related("framework", "group").order_by("-number").first()
    )


def passed_by(rule: PassRule, on: datetime) -> QuerySet[Learner]:
    """Learners who had attained every competency of the rule at its level or above by that moment. One query."""
    return _holders(rule, Attainment.objects.filter(attained_at__lte=on))


def confirmed_by(rule: PassRule, on: datetime) -> QuerySet[Learner]:
    """Of those, the ones for whom every competency had also been confirmed by then."""
    return _holders(rule, Attainment.objects.filter(attained_at__lte=on, confirmed_at__lte=on))


def _holders(rule: PassRule, rows: QuerySet[Attainment]) -> QuerySet[Learner]:
    holders = (
        rows.filter(competency__framework_id=rule.framework_id, competency__code__in=rule.all_of, level__gte=rule.level)
        .values("learner")
        .annotate(found=Count("competency", distinct=True))
        .filter(found=len(set(rule.all_of)))
        .values("learner")
    )
    return Learner.objects.filter(pk__in=holders)
