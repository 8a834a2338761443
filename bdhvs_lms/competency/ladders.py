"""Rules as they are stored, as `rules.py` evaluates them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Min, Prefetch

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.models import EvidenceRule, EvidenceRuleVersion

Scope = tuple[int, int | None, int | None]


def load_rules(framework_ids: Iterable[int]) -> dict[Scope, tuple[EvidenceRule, list[rules.Version]]]:
    """Rules of these frameworks by scope (framework, competency, level), each with its versions. Two queries."""
    found: dict[Scope, tuple[EvidenceRule, list[rules.Version]]] = {}
    query = EvidenceRule.objects.filter(framework_id__in=set(framework_ids)).prefetch_related(
        Prefetch("versions", EvidenceRuleVersion.objects.annotate(applied_from=Min("applications__effective_from")))
    )
    for rule in query.select_related("framework", "competency"):
        versions = [_version(rule, version) for version in rule.versions.all()]
        found[(rule.framework_id, rule.competency_id, rule.level)] = (rule, versions)
    return found


def _version(rule: EvidenceRule, row: EvidenceRuleVersion) -> rules.Version:
    applied: datetime | None = row.applied_from  # type: ignore[attr-defined]
    starts = row.effective_from if applied is None else min(row.effective_from, applied)
    code = rule.competency.code if rule.competency is not None else "*"
    level = rule.level if rule.level is not None else "*"
    name = f"{rule.framework.key}/{code}/{level}/v{row.number}"
    return rules.Version(number=row.number, tree=row.tree, starts=starts, name=name)


def ladder_of(
    found: dict[Scope, tuple[EvidenceRule, list[rules.Version]]], of: tuple[int, int], level: int
) -> list[tuple[EvidenceRule, list[rules.Version]]]:
    """The rules that could speak for a competency at a level, narrowest first: level, competency, framework.
    `of`: the ids of its framework and of itself."""
    framework, competency_id = of
    scopes: tuple[Scope, ...] = (
        (framework, competency_id, level),
        (framework, competency_id, None),
        (framework, None, None),
    )
    return [found[scope] for scope in scopes if scope in found]


# Fields of `Evidence`: what `item_of` takes, and what tells whose and about what it is.
READ = (
    "learner_id",
    "competency_id",
    "level",
    "statement_id",
    "activity_key",
    "occurred_at",
    "success",
    "scaled",
    "trust",
    "presence",
)


def item_of(row: Any) -> rules.Item:
    """`row`: of `Evidence`, or its fields by their names."""
    return rules.Item(
        statement_id=row.statement_id,
        activity_key=row.activity_key,
        occurred_at=row.occurred_at,
        success=row.success,
        scaled=row.scaled,
        trust=row.trust,
        presence=row.presence,
    )
