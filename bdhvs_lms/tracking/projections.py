"""The contract of projections and deciders.

A projection is a pure function of statements and append-only reference rows: no clock, no live content, and it never
records. A decider runs live only and records at most; rebuild never calls it.
"""

from __future__ import annotations

import contextlib
import contextvars
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, Q

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.about import facts_about_each
from bdhvs_lms.tracking.acts import LearningAct
from bdhvs_xapi import api as xapi

Key = tuple[Any, ...]
Row = dict[str, Any]
FactsOf = Mapping[Learner, Sequence[xapi.Fact]]
# The values of `Projection.scope_field` that are to be folded, for each learner; None: all of the learner's rows.
Scopes = Mapping[Learner, set[Any] | None]
# Rows of one INSERT or UPDATE: an update names each row's values in one expression.
BATCH = 100


@dataclass(frozen=True)
class Difference:
    """One column in which a stored row is not what the statements say. `kind`: missing, surplus or changed."""

    projection: str
    learner: str
    key: Key
    kind: str
    column: str = ""
    stored: Any = None
    computed: Any = None

    def __str__(self) -> str:
        where = f"{self.projection} learner={self.learner} key={self.key}"
        if self.kind == "changed":
            return f"{where}: {self.column} stored={self.stored!r} computed={self.computed!r}"
        return f"{where}: {self.kind}"


class Projection(ABC):
    """Rows of one table, each folded from a learner's statements.

    Everything takes many learners at once: the queries of a batch are those of one learner.
    """

    name: ClassVar[str]
    model: ClassVar[type[Model]]
    key_fields: ClassVar[tuple[str, ...]]
    """Fields that identify a row within one learner, in the order of the key."""
    scope_field: ClassVar[str]
    """The one of them, or another field of the row, whose values a scope is a set of."""

    @abstractmethod
    def touched(self, facts: FactsOf) -> Scopes:
        """Return which part of whose rows must be folded anew because of these statements; learners without any are
        left out."""

    def advance(self, facts: FactsOf) -> Scopes:
        """Update stored rows by these statements alone, where that says what a whole fold would say: it then costs the
        same however much is stored. Returns what is left to be folded whole; here all that is touched."""
        return self.touched(facts)

    @abstractmethod
    def compute(self, scopes: Scopes) -> dict[Learner, dict[Key, Row]]:
        """Compute all rows within the scopes, from statements alone."""

    def stored(self, scopes: Scopes) -> Iterator[Any]:
        """Read the rows now stored within the same scopes. One query."""
        whole = [learner for learner, scope in scopes.items() if scope is None]
        parts = {learner.pk: scope for learner, scope in scopes.items() if scope is not None}
        wanted = Q(learner__in=whole)
        if parts:
            asked = set().union(*parts.values())
            wanted |= Q(learner__in=list(parts), **{f"{self.scope_field}__in": asked})
        for row in self.model._default_manager.filter(wanted):
            learner_id: int = row.learner_id  # type: ignore[attr-defined]
            # What one learner is asked for, another may have too.
            if learner_id not in parts or getattr(row, self.scope_field) in parts[learner_id]:
                yield row

    def refold(self, scopes: Scopes) -> set[int]:
        """Update the stored rows of the scopes to what compute() says. Returns whose rows changed, by learner's id."""
        if not scopes:
            return set()
        computed = {learner.pk: rows for learner, rows in self.compute(scopes).items()}
        return self.write(self.stored(scopes), computed)

    def write(self, stored: Iterable[Any], computed: Mapping[int, dict[Key, Row]]) -> set[int]:
        """Make these rows what was computed, by the learner's id. Writes only what differs; never empties. Returns
        whose rows changed."""
        gone: list[int] = []
        whose: set[int] = set()
        changed: list[Any] = []
        fields: set[str] = set()
        for row in stored:
            key = tuple(getattr(row, name) for name in self.key_fields)
            wanted = computed.get(row.learner_id, {}).pop(key, None)
            if wanted is None:
                gone.append(row.pk)
                whose.add(row.learner_id)
                continue
            differing = [name for name, value in wanted.items() if getattr(row, name) != value]
            if differing:
                for name in differing:
                    setattr(row, name, wanted[name])
                fields.update(differing)
                changed.append(row)
        rows = self.model._default_manager
        if gone:
            rows.filter(pk__in=gone).delete()
        self.update(changed, fields)
        new = [
            self.model(learner_id=learner_id, **dict(zip(self.key_fields, key, strict=True)), **wanted)
            for learner_id, keyed in computed.items()
            for key, wanted in keyed.items()
        ]
        if new:
            rows.bulk_create(new, batch_size=BATCH)
        return whose | {row.learner_id for row in (*changed, *new)}

    def update(self, changed: Sequence[Any], fields: Collection[str]) -> None:
        """Write these fields of rows that were changed in memory."""
        if len(changed) == 1:
            changed[0].save(update_fields=sorted(fields))
        elif changed and fields:
            self.model._default_manager.bulk_update(changed, sorted(fields), batch_size=BATCH)

    def differences(self, learner: Learner) -> Iterator[Difference]:
        """Compare every column except surrogate keys."""
        computed = self.compute({learner: None}).get(learner, {})
        who = str(learner.actor)
        for row in self.stored({learner: None}):
            key = tuple(getattr(row, name) for name in self.key_fields)
            wanted = computed.pop(key, None)
            if wanted is None:
                yield Difference(self.name, who, key, "surplus")
                continue
            for name, value in wanted.items():
                if getattr(row, name) != value:
                    yield Difference(self.name, who, key, "changed", name, getattr(row, name), value)
        for key in computed:
            yield Difference(self.name, who, key, "missing")


class Decider(ABC):
    """Records a further statement when a rule first holds. Runs after the projections of the same transaction."""

    name: ClassVar[str]

    @abstractmethod
    def decide(self, facts: Mapping[Learner, Sequence[xapi.Fact] | None]) -> list[LearningAct]:
        """Return what now holds and has not been recorded. `facts`: for each learner the statements that gave the
        occasion;
        None: look at everything of this learner. As many queries for many learners as for one.

        An act's authority is that of the strongest set of evidence that suffices (`decided_as`): a decision is worth no
        more than what it rests on.
        """

    def unsupported(self, learner: Learner, decisions: Sequence[xapi.Fact], gone: Collection[UUID]) -> list[xapi.Fact]:
        """Return those of this decider's `decisions` for which no other set of evidence suffices, by their date and
        with their trust, when `gone` no longer counts. Each of them is in force and names something in `gone`. Reads
        only:
        it also answers what would follow."""
        return []


_projections: list[Projection] = []
_deciders: list[Decider] = []
_paused: contextvars.ContextVar[bool] = contextvars.ContextVar("bdhvs_deciders_paused", default=False)


def register_projection(projection: Projection) -> None:
    """Register a projection; called in AppConfig.ready(), in the order in which they read each other."""
    if any(other.name == projection.name for other in _projections):
        raise ValueError(f"Projection {projection.name!r} is registered twice.")
    _projections.append(projection)


def register_decider(decider: Decider) -> None:
    if any(other.name == decider.name for other in _deciders):
        raise ValueError(f"Decider {decider.name!r} is registered twice.")
    _deciders.append(decider)


def touched_keys(facts: FactsOf, key_of: Callable[[str | None], UUID | None]) -> Scopes:
    """Return the keys of the statements' objects, as scopes. `key_of`: from an IRI, None for another kind."""
    keys = {
        learner: {key for fact in listed if (key := key_of(fact.object_id)) is not None}
        for learner, listed in facts.items()
    }
    return {learner: scope for learner, scope in keys.items() if scope}


def facts_within(
    scopes: Scopes, iri_of: Callable[[UUID], str], *, verbs: Collection[str] | None = None, include_voided: bool = False
) -> dict[Learner, list[xapi.Fact]]:
    """Return each learner's statements about what a scope names (None: about anything), in order of
    (occurred_at, id)."""
    wanted = {learner: None if scope is None else sorted(map(iri_of, scope)) for learner, scope in scopes.items()}
    return facts_about_each(wanted, verbs=verbs, include_voided=include_voided)


def projections() -> tuple[Projection, ...]:
    return tuple(_projections)


def deciders() -> tuple[Decider, ...]:
    return tuple(_deciders)


def paused() -> bool:
    """Tell whether deciders are not to run now."""
    return _paused.get()


@contextlib.contextmanager
def deciders_paused() -> Iterator[None]:
    """Record without deciding, e.g. while a large import goes on; call decide() for each learner afterwards."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)
