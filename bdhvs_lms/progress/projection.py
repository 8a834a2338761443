"""Results and finished courses, folded from statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
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


# What is carried from one statement to the next; `attempts` is counted beside it.
CARRIED = (
    "experienced_at",
    "completed_at",
    "completed_id",
    "completed_trust",
    "passed_at",
    "passed_id",
    "best_scaled",
    "best_raw",
    "best_max",
    "latest_scaled",
    "latest_success",
    "trust",
    "last_at",
    "last_statement_id",
)


def _order(fact: xapi.Fact) -> tuple[datetime, str]:
    return (fact.occurred_at, str(fact.statement_id))


def fold(facts: Iterable[xapi.Fact]) -> dict[str, Any] | None:
    """One activity's result from its statements, in any order of arrival. None when none of them counts.

    Best: highest `scaled`; among equals the earliest, so that arriving twice or late changes nothing.
    """
    ordered = sorted((fact for fact in facts if not fact.voided), key=_order)
    if not ordered:
        return None
    row = forward(dict.fromkeys(CARRIED), ordered)
    row["first_at"] = ordered[0].occurred_at
    row["attempts"] = len({fact.registration for fact in ordered} - {None})
    return row


def forward(before: Mapping[str, Any], ordered: Sequence[xapi.Fact]) -> dict[str, Any]:
    """What is carried, after these statements: in order, in force, and going on from `before`
    (`_continues`)."""
    row = dict(before)
    best: xapi.Fact | None = None
    for fact in ordered:
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
    last = ordered[-1]
    # What is of the same moment may come first by its id: see `_continues`.
    if row["last_at"] is None or _order(last) > (row["last_at"], str(row["last_statement_id"])):
        row["last_at"], row["last_statement_id"] = last.occurred_at, last.statement_id
    return row


def _continues(row: Result, fact: xapi.Fact) -> bool:
    """Whether the stored row may be carried on by this statement: it is in force, and later than all that the row was
    folded from. Or of the same moment, and of a kind for which the order does not matter: a decider's `completed` has
    the time of its evidence."""
    if fact.voided:
        return False
    if _order(fact) > (row.last_at, str(row.last_statement_id)):
        return True
    return (
        fact.occurred_at == row.last_at
        and fact.verb == VERB_COMPLETED
        and row.completed_at is None
        and fact.scaled is None
        and fact.registration is None
    )


class ResultProjection(Projection):
    name = "progress.result"
    model = Result
    key_fields = ("activity_key",)
    scope_field = "activity_key"

    def touched(self, facts: FactsOf) -> Scopes:
        return touched_keys(facts, activity_key)

    def advance(self, facts: FactsOf) -> Scopes:
        """Goes on from the stored row where all that is new is in force and later than what the row was folded from.
        Three queries."""
        scopes = self.touched(facts)
        if not scopes:
            return scopes
        learners = {learner.pk: learner for learner in scopes}
        fresh: dict[tuple[int, UUID], list[xapi.Fact]] = defaultdict(list)
        for learner in scopes:
            for fact in facts[learner]:
                if (key := activity_key(fact.object_id)) is not None:
                    fresh[(learner.pk, key)].append(fact)
        going_on: list[tuple[Result, list[xapi.Fact]]] = []
        for row in self.stored(scopes):
            ordered = sorted(fresh[(row.learner_id, row.activity_key)], key=_order)
            if all(_continues(row, fact) for fact in ordered):
                going_on.append((row, ordered))
                del fresh[(row.learner_id, row.activity_key)]
        self._go_on(going_on)
        whole: dict[Learner, set[Any] | None] = {
            learners[who]: {key for pk, key in fresh if pk == who} for who in {pk for pk, _ in fresh}
        }
        return whole

    def _go_on(self, going_on: Sequence[tuple[Result, list[xapi.Fact]]]) -> None:
        # Seen before by what the row was folded from: what is stored and not folded yet is counted when it is.
        asked = {
            (fact.actor_key, fact.object_id, fact.registration): (row.last_at, row.last_statement_id)
            for row, ordered in going_on
            for fact in ordered
            if fact.registration is not None and fact.object_id is not None
        }
        seen = xapi.registered(asked)
        changed, fields = [], set()
        for row, ordered in going_on:
            after = forward({name: getattr(row, name) for name in CARRIED}, ordered)
            registrations = {(fact.actor_key, fact.object_id, fact.registration) for fact in ordered} & set(asked)
            after["attempts"] = row.attempts + len(registrations - seen)
            differing = [name for name, value in after.items() if getattr(row, name) != value]
            for name in differing:
                setattr(row, name, after[name])
            fields.update(differing)
            changed.append(row)
        self.update(changed, fields)

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
