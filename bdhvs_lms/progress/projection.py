"""Results and finished courses, folded from statements."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_lms.tracking.api import (
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_PASSED,
    FactsOf,
    Projection,
    Scopes,
    activity_iri,
    activity_key,
    counts,
    course_iri,
    course_key,
    facts_within,
    touched_keys,
)
from bdhvs_xapi import api as xapi

# Down, as the store does: nothing reaches a mark by rounding.
SIX_PLACES = Decimal("0.000001")
TWO_PLACES = Decimal("0.01")
# Of `best_raw` and `best_max`. A stranger's statement may hold any number; one that does not fit is not kept here.
LARGEST = Decimal(10) ** 8


def _decimal(value: Any, places: Decimal) -> Decimal | None:
    if value is None:
        return None
    number = Decimal(str(value))
    return number.quantize(places, ROUND_FLOOR) if abs(number) < LARGEST else None


def fold(facts: Iterable[xapi.Fact]) -> dict[str, Any] | None:
    """One activity's result from its statements, in any order of arrival. None when none of them counts.

    Best: highest `scaled`; among equals the earliest, so that arriving twice or late changes nothing.
    """
    row: dict[str, Any] = {
        "experienced_at": None,
        "completed_at": None,
        "completed_id": None,
        "completed_trust": None,
        "passed_at": None,
        "passed_id": None,
        "best_scaled": None,
        "best_raw": None,
        "best_max": None,
        "latest_scaled": None,
        "latest_success": None,
        "trust": None,
    }
    registrations = set()
    best: xapi.Fact | None = None
    ordered = sorted((fact for fact in facts if not fact.voided), key=lambda f: (f.occurred_at, str(f.statement_id)))
    if not ordered:
        return None
    for fact in ordered:
        if fact.registration is not None:
            registrations.add(fact.registration)
        if fact.verb == VERB_EXPERIENCED:
            row["experienced_at"] = row["experienced_at"] or fact.occurred_at
        if fact.verb == VERB_COMPLETED:
            if row["completed_at"] is None:
                row["completed_at"], row["completed_id"] = fact.occurred_at, fact.statement_id
            row["completed_trust"] = max(row["completed_trust"] or 0, fact.trust)
        if fact.verb == VERB_PASSED:
            if row["passed_at"] is None:
                row["passed_at"], row["passed_id"] = fact.occurred_at, fact.statement_id
            row["trust"] = fact.trust if row["trust"] is None else max(row["trust"], fact.trust)
        if fact.verb in (VERB_PASSED, VERB_FAILED):
            row["latest_success"] = fact.verb == VERB_PASSED
        scaled = _decimal(fact.scaled, SIX_PLACES)
        if scaled is not None:
            row["latest_scaled"] = scaled
            if row["best_scaled"] is None or scaled > row["best_scaled"]:
                row["best_scaled"], best = scaled, fact
    if best is not None:
        # Of one statement only: decoding each would cost more than all the rest.
        score = best.statement.get("result", {}).get("score", {})
        row["best_raw"] = _decimal(score.get("raw"), TWO_PLACES)
        row["best_max"] = _decimal(score.get("max"), TWO_PLACES)
    row["first_at"] = ordered[0].occurred_at
    row["last_at"] = ordered[-1].occurred_at
    row["last_statement_id"] = ordered[-1].statement_id
    row["attempts"] = len(registrations)
    return row


class ResultProjection(Projection):
    name = "progress.result"
    model = Result
    key_fields = ("activity_key",)
    scope_field = "activity_key"

    def touched(self, facts: FactsOf) -> Scopes:
        return touched_keys(facts, activity_key)

    def compute(self, scopes: Scopes) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
        computed: dict[Learner, dict[tuple[Any, ...], dict[str, Any]]] = {}
        for learner, found in facts_within(scopes, activity_iri).items():
            by_key: dict[UUID, list[xapi.Fact]] = {}
            for fact in found:
                key = activity_key(fact.object_id)
                if key is not None:
                    by_key.setdefault(key, []).append(fact)
            rows = {(key,): fold(facts) for key, facts in by_key.items()}
            computed[learner] = {key: row for key, row in rows.items() if row is not None}
        return computed


class CourseProjection(Projection):
    name = "progress.course"
    model = CourseResult
    key_fields = ("course_key",)
    scope_field = "course_key"

    def touched(self, facts: FactsOf) -> Scopes:
        return touched_keys(facts, course_key)

    def compute(self, scopes: Scopes) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
        computed: dict[Learner, dict[tuple[Any, ...], dict[str, Any]]] = {}
        for learner, found in facts_within(scopes, course_iri, verbs=[VERB_COMPLETED]).items():
            rows = computed.setdefault(learner, {})
            for fact in found:
                key = course_key(fact.object_id)
                # By somebody whose word is only a claim it finishes nothing (invariant 5).
                if key is None or not counts(fact):
                    continue
                row = rows.setdefault(
                    (key,),
                    {"completed_at": fact.occurred_at, "statement_id": fact.statement_id, "trust": fact.trust},
                )
                row["trust"] = max(row["trust"], fact.trust)
        return computed
