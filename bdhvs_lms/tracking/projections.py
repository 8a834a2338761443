"""The contract of projections and deciders, and the live path from the ledger to both.

A projection is a pure function of statements and append-only reference rows: no clock, no live content, and it never
records. A decider runs live only and records at most; rebuild never calls it.
"""

from __future__ import annotations

import contextlib
import contextvars
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model

from bdhvs_lms.learners.api import Learner, learners_for_actors
from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.acts import LearningAct
from bdhvs_lms.tracking.locks import learner_lock
from bdhvs_xapi import api as xapi

Key = tuple[Any, ...]
Row = dict[str, Any]


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
    """Rows of one table, each folded from a learner's statements."""

    name: ClassVar[str]
    model: ClassVar[type[Model]]
    key_fields: ClassVar[tuple[str, ...]]
    """Fields that identify a row within one learner, in the order of the key."""

    @abstractmethod
    def touched(self, learner: Learner, facts: Sequence[xapi.Fact]) -> Any:
        """Which part must be folded anew because of these statements; None for nothing. Its meaning is the
        projection's own."""

    @abstractmethod
    def compute(self, learner: Learner, scope: Any | None) -> dict[Key, Row]:
        """All rows within the scope (None: all of the learner's), from statements alone."""

    @abstractmethod
    def stored(self, learner: Learner, scope: Any | None) -> Any:
        """Queryset of the rows now stored within the same scope."""

    def refold(self, learner: Learner, scope: Any | None) -> None:
        """Bring the stored rows of the scope to what compute() says. Writes only what differs; never empties."""
        computed = self.compute(learner, scope)
        new: list[Model] = []
        for row in self.stored(learner, scope):
            key = tuple(getattr(row, name) for name in self.key_fields)
            wanted = computed.pop(key, None)
            if wanted is None:
                row.delete()
                continue
            changed = [name for name, value in wanted.items() if getattr(row, name) != value]
            if changed:
                for name in changed:
                    setattr(row, name, wanted[name])
                row.save(update_fields=changed)
        for key, wanted in computed.items():
            new.append(self.model(learner=learner, **dict(zip(self.key_fields, key, strict=True)), **wanted))
        if new:
            self.model._default_manager.bulk_create(new)

    def differences(self, learner: Learner) -> Iterator[Difference]:
        """Every column except surrogate keys, compared."""
        computed = self.compute(learner, None)
        who = str(learner.actor)
        for row in self.stored(learner, None):
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
    def decide(self, learner: Learner, facts: Sequence[xapi.Fact] | None) -> list[LearningAct]:
        """What now holds and has not been recorded. `facts`: the statements that gave the occasion; None: look at
        everything of this learner."""


_projections: list[Projection] = []
_deciders: list[Decider] = []
_paused: contextvars.ContextVar[bool] = contextvars.ContextVar("bdhvs_deciders_paused", default=False)


def register_projection(projection: Projection) -> None:
    """Called in AppConfig.ready(), in the order in which they read each other."""
    if any(other.name == projection.name for other in _projections):
        raise ValueError(f"Projection {projection.name!r} is registered twice.")
    _projections.append(projection)


def register_decider(decider: Decider) -> None:
    if any(other.name == decider.name for other in _deciders):
        raise ValueError(f"Decider {decider.name!r} is registered twice.")
    _deciders.append(decider)


def projections() -> tuple[Projection, ...]:
    return tuple(_projections)


@contextlib.contextmanager
def deciders_paused() -> Iterator[None]:
    """Record without deciding, e.g. while a large import goes on; call decide() for each learner afterwards."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def _facts_by_learner(statements: Sequence[xapi.Fact]) -> dict[Learner, list[xapi.Fact]]:
    """The statements that speak of a known learner. A voiding statement speaks of whom its target speaks."""
    facts = list(statements)
    targets = [fact.voids for fact in facts if fact.voids is not None]
    if targets:
        facts.extend(xapi.facts(statement_ids=targets, include_voided=True))
    by_uuid: dict[Any, list[xapi.Fact]] = {}
    for fact in facts:
        actor = iris.actor_uuid(fact.actor_key)
        if actor is not None:
            by_uuid.setdefault(actor, []).append(fact)
    return {learner: by_uuid[learner.actor] for learner in learners_for_actors(list(by_uuid))}


def on_recording(sender: Any, *, actor_keys: frozenset[str], voids: frozenset[Any], **kwargs: Any) -> None:
    """The learners' locks, before the ledger's own: a transaction that held a new row of the ledger and then waited for
    a learner could wait for one that holds the learner and waits for the row."""
    keys = set(actor_keys)
    if voids:
        keys |= {fact.actor_key for fact in xapi.facts(statement_ids=voids, include_voided=True)}
    actors = [actor for key in keys if (actor := iris.actor_uuid(key)) is not None]
    if actors:
        learner_lock(*learners_for_actors(actors))


def on_recorded(sender: Any, *, statements: Sequence[xapi.Fact], **kwargs: Any) -> None:
    """The one path: an act, an LRS POST and a pull all arrive here, inside their transaction."""
    by_learner = _facts_by_learner(statements)
    for learner in sorted(by_learner, key=lambda item: item.pk):
        facts = by_learner[learner]
        for projection in _projections:
            scope = projection.touched(learner, facts)
            if scope is not None:
                projection.refold(learner, scope)
        if not _paused.get():
            _record_decisions(learner, facts)


def decide(learner: Learner) -> int:
    """Run every decider over everything of this learner; returns how many statements it recorded. Inside atomic()."""
    learner_lock(learner)
    return _record_decisions(learner, None)


def _record_decisions(learner: Learner, facts: Sequence[xapi.Fact] | None) -> int:
    from bdhvs_lms.tracking.decisions import record_decisions  # the writer needs this module's hook to exist first

    return sum(len(record_decisions(decider.decide(learner, facts))) for decider in _deciders)
