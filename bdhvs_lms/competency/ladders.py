"""Rules as they are stored, as `rules.py` evaluates them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Min, QuerySet

from bdhvs_lms.base.api import Compiled
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.models import EvidenceRuleVersion

Scope = tuple[int, int | None, int | None]
"""(id of a framework, of a competency, level) that a rule is for; None: all."""
Rules = dict[Scope, list[rules.Version]]


def _versions(framework_ids: Collection[int]) -> QuerySet[Any, Any]:
    return EvidenceRuleVersion.objects.filter(rule__framework__in=framework_ids).values(
        "number",
        "tree",
        "effective_from",
        framework_id=F("rule__framework"),
        framework=F("rule__framework__key"),
        competency_id=F("rule__competency"),
        code=F("rule__competency__code"),
        level=F("rule__level"),
        applied_from=Min("applications__effective_from"),
    )


# Asked whenever there is new evidence, almost always of one framework.
_versions_of_one = Compiled(lambda framework: _versions([framework]), framework=int)


def load_rules(framework_ids: Iterable[int]) -> Rules:
    """Load the versions of these frameworks' rules, by scope. One query."""
    asked = set(framework_ids)
    rows = _versions_of_one(framework=next(iter(asked))) if len(asked) == 1 else _versions(asked)
    found: Rules = {}
    for row in rows:
        scope = row["framework_id"], row["competency_id"], row["level"]
        found.setdefault(scope, []).append(_version(row))
    return found


def _version(row: dict[str, Any]) -> rules.Version:
    applied: datetime | None = row["applied_from"]
    starts = row["effective_from"] if applied is None else min(row["effective_from"], applied)
    code = row["code"] if row["code"] is not None else "*"
    level = row["level"] if row["level"] is not None else "*"
    name = f"{row['framework']}/{code}/{level}/v{row['number']}"
    return rules.Version(number=row["number"], tree=row["tree"], starts=starts, name=name)


def ladder_of(found: Rules, of: tuple[int, int], level: int) -> list[list[rules.Version]]:
    """Return the rules that could speak for a competency at a level, narrowest first: level, competency, framework.
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
    """Make the item of `row`: of `Evidence`, or its fields by their names."""
    return rules.Item(
        statement_id=row.statement_id,
        activity_key=row.activity_key,
        occurred_at=row.occurred_at,
        success=row.success,
        scaled=row.scaled,
        trust=row.trust,
        presence=row.presence,
    )
