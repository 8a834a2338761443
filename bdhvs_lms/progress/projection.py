"""Results and finished courses, folded from statements."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any, ClassVar
from uuid import UUID

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.models import CourseResult, Presence, Result
from bdhvs_lms.tracking.api import (
    EXTENSION_GRADE,
    VERB_ATTENDED,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_PASSED,
    FactsOf,
    Key,
    Projection,
    Scopes,
    activity_iri,
    activity_key,
    context_extension,
    counts,
    course_iri,
    course_key,
    facts_within,
    session_iri,
    session_key,
)
from bdhvs_xapi import api as xapi

# Down, as the store does: nothing reaches a mark by rounding.
SIX_PLACES = Decimal("0.000001")
TWO_PLACES = Decimal("0.01")
# Of `best_raw` and `best_max`. A stranger's statement may hold any number; one that does not fit is not kept here.
LARGEST = Decimal(10) ** 8
METHODS = ("best", "last", "first", "average")
MOST_ATTEMPTS = 1_000_000


def _decimal(value: Any, places: Decimal) -> Decimal | None:
    if value is None:
        return None
    number = Decimal(str(value))
    return number.quantize(places, ROUND_FLOOR) if abs(number) < LARGEST else None


# By verb: the column of its earliest time, and that of its highest trust.
EARLIEST = {
    VERB_EXPERIENCED: "experienced_at",
    VERB_COMPLETED: "completed_at",
    VERB_PASSED: "passed_at",
    VERB_FAILED: "failed_at",
}
TRUST = {VERB_COMPLETED: "completed_trust", VERB_PASSED: "trust"}
GRADE = ("grade_at", "grade_of", "grade_raw", "grade_max", "grade_from")
COLUMNS = ("last_at", *EARLIEST.values(), *TRUST.values(), "best_scaled", "best_raw", "best_max", *GRADE)
Values = dict[str, Any]


def join(before: Values | None, facts: Iterable[xapi.Fact]) -> Values | None:
    """Fold these statements of one activity into its result: in force, in any order, and perhaps said before. None when
    there are none. Among results of the same `scaled` the best is that of the most points."""
    row = dict.fromkeys(COLUMNS) if before is None else dict(before)
    highest: list[xapi.Fact] = []
    for fact in facts:
        _reach(row, "last_at", fact.occurred_at, max)
        if fact.verb in EARLIEST:
            _reach(row, EARLIEST[fact.verb], fact.occurred_at, min)
        if fact.verb in TRUST:
            _reach(row, TRUST[fact.verb], fact.trust, max)
        if fact.verb == VERB_COMPLETED and (grade := _grade(fact)) is not None:
            before_it = tuple(row[name] for name in GRADE)
            if row["grade_at"] is None or _rank(grade) > _rank(before_it):
                row.update(zip(GRADE, grade, strict=True))
        scaled = _decimal(fact.scaled, SIX_PLACES)
        if scaled is not None and (row["best_scaled"] is None or scaled >= row["best_scaled"]):
            if scaled != row["best_scaled"]:
                row["best_scaled"], row["best_raw"], row["best_max"], highest = scaled, None, None, []
            highest.append(fact)
    points = [(row["best_raw"], row["best_max"]), *(_points(fact) for fact in highest)]
    row["best_raw"], row["best_max"] = max(points, key=lambda pair: [(each is not None, each or 0) for each in pair])
    return None if row["last_at"] is None else row


def _reach(row: Values, column: str, value: Any, of: Callable[[Any, Any], Any]) -> None:
    row[column] = value if row[column] is None else of(row[column], value)


def _rank(grade: tuple[Any, ...]) -> list[tuple[bool, Any]]:
    return [(value is not None, value or 0) for value in grade]


def _grade(fact: xapi.Fact) -> tuple[datetime, int, Decimal | None, Decimal, str] | None:
    """Return what an attempt says that counts now, by `GRADE`, without points where none do; None: it says nothing, or
    is only a claim."""
    if fact.trust < xapi.Trust.SERVER_GRADED:
        return None
    found = context_extension(fact, EXTENSION_GRADE)
    if not isinstance(found, dict):
        return None
    raw, most = _number(found.get("raw")), _number(found.get("max"))
    method, of = found.get("from"), found.get("of")
    if ("raw" in found and raw is None) or not most or method not in METHODS:
        return None
    if type(of) is not int or not 0 < of <= MOST_ATTEMPTS:
        return None
    return fact.occurred_at, of, raw, most, method


def _number(value: Any) -> Decimal | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return _decimal(value, TWO_PLACES) if number else None


def _points(fact: xapi.Fact) -> tuple[Decimal | None, Decimal | None]:
    score = fact.statement.get("result", {}).get("score", {})
    return _decimal(score.get("raw"), TWO_PLACES), _decimal(score.get("max"), TWO_PLACES)


def join_course(before: Values | None, facts: Iterable[xapi.Fact]) -> Values | None:
    """Fold these statements of a course into its result: as `join()`. By somebody whose word is only a claim nothing is
    finished (architecture, invariant 5)."""
    row = before
    for fact in filter(counts, facts):
        if row is None or (fact.occurred_at, str(fact.statement_id)) < (row["completed_at"], str(row["statement_id"])):
            trust = fact.trust if row is None else row["trust"]
            row = {"completed_at": fact.occurred_at, "statement_id": fact.statement_id, "trust": trust}
        row = {**row, "trust": max(row["trust"], fact.trust)}
    return row


def join_presence(before: Values | None, facts: Iterable[xapi.Fact]) -> Values | None:
    """Fold the statements that a session was attended: the earliest time, the highest trust."""
    row = before
    for fact in facts:
        row = {"attended_at": fact.occurred_at, "trust": fact.trust} if row is None else dict(row)
        _reach(row, "attended_at", fact.occurred_at, min)
        _reach(row, "trust", fact.trust, max)
    return row


class Joined(Projection):
    """One row for each thing of which a learner's statements speak; a further statement is joined to it, at a cost that
    does not grow with what is stored."""

    columns: ClassVar[tuple[str, ...]]
    verbs: ClassVar[tuple[str, ...] | None] = None
    """None: all."""

    @staticmethod
    @abstractmethod
    def key_of(iri: str | None) -> UUID | None: ...

    @staticmethod
    @abstractmethod
    def iri_of(key: UUID) -> str: ...

    @staticmethod
    @abstractmethod
    def join(before: Values | None, facts: Iterable[xapi.Fact]) -> Values | None: ...

    def touched(self, facts: FactsOf) -> Scopes:
        return {learner: set(keyed) for learner, keyed in self._keyed(facts).items()}

    def advance(self, facts: FactsOf) -> Scopes:
        """Join what is new to the stored rows; that of which something is void is left to be folded whole."""
        keyed = self._keyed(facts)
        whole = {
            learner: void
            for learner, listed in keyed.items()
            if (void := {key for key, facts in listed.items() if any(fact.voided for fact in facts)})
        }
        fresh = {
            learner: {key: facts for key, facts in listed.items() if key not in whole.get(learner, ())}
            for learner, listed in keyed.items()
        }
        rows = list(self.stored({learner: set(listed) for learner, listed in fresh.items() if listed}))
        before = {
            (row.learner_id, getattr(row, self.scope_field)): {name: getattr(row, name) for name in self.columns}
            for row in rows
        }
        self.write(
            rows,
            {
                learner.pk: self._rows({key: (before.get((learner.pk, key)), facts) for key, facts in listed.items()})
                for learner, listed in fresh.items()
            },
        )
        return whole

    def compute(self, scopes: Scopes) -> dict[Learner, dict[Key, Values]]:
        found = facts_within(scopes, self.iri_of, verbs=self.verbs)
        return {
            learner: self._rows({key: (None, facts) for key, facts in listed.items()})
            for learner, listed in self._keyed(found).items()
        }

    def _keyed(self, facts: FactsOf) -> dict[Learner, dict[UUID, list[xapi.Fact]]]:
        keyed: dict[Learner, dict[UUID, list[xapi.Fact]]] = {}
        for learner, listed in facts.items():
            for fact in listed:
                key = self.key_of(fact.object_id)
                if key is not None and (self.verbs is None or fact.verb in self.verbs):
                    keyed.setdefault(learner, defaultdict(list))[key].append(fact)
        return keyed

    def _rows(self, listed: Mapping[UUID, tuple[Values | None, Sequence[xapi.Fact]]]) -> dict[Key, Values]:
        joined = {(key,): self.join(before, facts) for key, (before, facts) in listed.items()}
        return {key: row for key, row in joined.items() if row is not None}


class ResultProjection(Joined):
    name = "progress.result"
    model = Result
    key_fields = ("activity_key",)
    scope_field = "activity_key"
    columns = COLUMNS
    key_of = staticmethod(activity_key)
    iri_of = staticmethod(activity_iri)
    join = staticmethod(join)


class CourseProjection(Joined):
    name = "progress.course"
    model = CourseResult
    key_fields = ("course_key",)
    scope_field = "course_key"
    columns = ("completed_at", "statement_id", "trust")
    verbs = (VERB_COMPLETED,)
    key_of = staticmethod(course_key)
    iri_of = staticmethod(course_iri)
    join = staticmethod(join_course)


class PresenceProjection(Joined):
    name = "progress.presence"
    model = Presence
    key_fields = ("session_key",)
    scope_field = "session_key"
    columns = ("attended_at", "trust")
    verbs = (VERB_ATTENDED,)
    key_of = staticmethod(session_key)
    iri_of = staticmethod(session_iri)
    join = staticmethod(join_presence)
