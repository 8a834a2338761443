"""What a projection reads of a statement, and the one query that reads it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store.models import Agent, ObjectKind, Statement, Voiding

_COLUMNS = (
    "statement_id",
    "seq",
    "actor__key",
    "verb__iri",
    "object_kind",
    "object_term__iri",
    "object_ref",
    "registration",
    "occurred_at",
    "stored",
    "success",
    "completion",
    "scaled",
    "revision",
    "authority__key",
    "authority__trust",
    "body",
)


@dataclass(frozen=True)
class Fact:
    """One stored statement.

    ``scaled`` is rounded down to nine places, ``occurred_at`` and ``stored`` are UTC. ``object_id`` is the activity's
    IRI or ``None`` for other kinds of object; ``object_ref`` the statement that a StatementRef names. ``trust`` is the
    authority's. ``voided``: a voiding of this statement is in the ledger (in the ``recorded`` hook: it was there
    first).
    """

    statement_id: UUID
    seq: int
    actor_key: str
    verb: str
    object_kind: str
    object_id: str | None
    object_ref: UUID | None
    registration: UUID | None
    occurred_at: datetime
    stored: datetime
    success: bool | None
    completion: bool | None
    scaled: Decimal | None
    revision: str | None
    authority: str
    trust: int
    voided: bool
    body: bytes = field(repr=False)

    @property
    def voids(self) -> UUID | None:
        """The id of the statement that this one voids. That statement may not be here yet."""
        return self.object_ref if self.verb == Verb.VOIDED else None

    @cached_property
    def statement(self) -> dict[str, Any]:
        """The stored statement. Decoded once and shared: do not change it."""
        decoded: dict[str, Any] = msgspec.json.decode(self.body)
        return decoded

    @property
    def raw(self) -> Decimal | None:
        """``result.score.raw`` with its own digits."""
        value = self.statement.get("result", {}).get("score", {}).get("raw")
        return None if value is None else Decimal(str(value))


@dataclass(frozen=True)
class Recorded(Fact):
    """What ``record()`` did with one statement; ``new`` is false when the ledger held it already."""

    new: bool = True

    @classmethod
    def again(cls, fact: Fact) -> Recorded:
        """The answer for a statement that was there already."""
        return cls(**{**{each.name: getattr(fact, each.name) for each in fields(fact)}, "new": False})


def facts(
    *,
    actor_key: str | None = None,
    activity: str | None = None,
    activities: Collection[str] | None = None,
    verbs: Collection[str] | None = None,
    registration: UUID | None = None,
    statement_ids: Collection[UUID] | None = None,
    include_voided: bool = False,
    after_seq: int | None = None,
    using: str = "default",
) -> list[Fact]:
    """The statements that match every given argument, by (``occurred_at``, ``statement_id``). One query.

    ``activity`` and ``activities`` match the object only. Without ``include_voided`` voided statements are left out;
    a voiding statement is itself never voided. Everything is loaded: give ``actor_key``, ``registration``,
    ``statement_ids`` or an activity, or ``after_seq`` close to the end. ``after_seq`` is no cursor for a reader that
    follows live writers on PostgreSQL: a lower number may become visible after a higher one.
    """
    if all(x is None for x in (actor_key, activity, activities, verbs, registration, statement_ids, after_seq)):
        raise ValueError("facts() without any filter would load the whole ledger")
    rows = Statement.objects.using(using)
    if actor_key is not None:
        rows = rows.filter(actor__key=actor_key)
    if activity is not None:
        rows = rows.filter(object_term__iri=activity)
    if activities is not None:
        rows = rows.filter(object_term__iri__in=sorted(activities))
    if verbs is not None:
        rows = rows.filter(verb__iri__in=sorted(verbs))
    if registration is not None:
        rows = rows.filter(registration=registration)
    if statement_ids is not None:
        rows = rows.filter(statement_id__in=sorted(statement_ids))
    if after_seq is not None:
        rows = rows.filter(seq__gt=after_seq)
    found = load(rows.order_by("occurred_at", "statement_id"))
    return found if include_voided else [fact for fact in found if not fact.voided]


def load(rows: QuerySet[Statement]) -> list[Fact]:
    """The facts of ``rows`` in their order. One query."""
    voided = Exists(Voiding.objects.filter(target_id=OuterRef("statement_id")))
    return [_fact(*values) for values in rows.values_list(*_COLUMNS, voided)]


def _fact(*values: Any) -> Fact:
    """A row of ``_COLUMNS`` and the voided flag."""
    named = dict(zip(_COLUMNS, values, strict=False))
    verb = named["verb__iri"]
    return Fact(
        statement_id=named["statement_id"],
        seq=named["seq"],
        actor_key=named["actor__key"],
        verb=verb,
        object_kind=str(ObjectKind(named["object_kind"]).label),
        object_id=named["object_term__iri"],
        object_ref=named["object_ref"],
        registration=named["registration"],
        occurred_at=named["occurred_at"],
        stored=named["stored"],
        success=named["success"],
        completion=named["completion"],
        scaled=named["scaled"],
        revision=named["revision"],
        authority=named["authority__key"],
        trust=named["authority__trust"],
        voided=values[-1] and verb != Verb.VOIDED,
        body=bytes(named["body"]),
    )


def get(statement_id: UUID, *, using: str = "default") -> Fact | None:
    """The statement of that id, voided or not. One query."""
    found = load(Statement.objects.using(using).filter(statement_id=statement_id))
    return found[0] if found else None


def is_voided(statement_id: UUID, *, using: str = "default") -> bool:
    """Whether a voiding of that statement is in the ledger; false for a voiding statement, true before it arrives."""
    voidings = Statement.objects.using(using).filter(statement_id=statement_id, verb__iri=Verb.VOIDED)
    return Voiding.objects.using(using).filter(~Exists(voidings), target_id=statement_id).exists()


def actors(*, after: str | None = None, limit: int = 1000, using: str = "default") -> list[str]:
    """Up to ``limit`` keys of agents that are the actor of some statement, by key, beyond the key ``after``."""
    agents = Agent.objects.using(using).filter(Exists(Statement.objects.filter(actor=OuterRef("pk"))))
    if after is not None:
        agents = agents.filter(key__gt=after)
    return list(agents.order_by("key").values_list("key", flat=True)[:limit])
