"""A statement with everything that can be computed before the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET

from bdhvs_xapi.statements.agents import agent_key
from bdhvs_xapi.statements.canonical import canonical_digest
from bdhvs_xapi.statements.references import AgentRole, TermRole, activities, agents
from bdhvs_xapi.statements.validate import Parsed
from bdhvs_xapi.statements.vocabulary import ObjectType, Verb

_NINE_PLACES: Final = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid statement and its facts, as the columns of ``Statement`` name them."""

    parsed: Parsed
    id: UUID
    digest: bytes
    activities: set[tuple[TermRole, str]]
    agents: set[tuple[AgentRole, str]]
    occurred_at: datetime
    actor_key: str
    verb: str
    object_kind: str
    object_id: str | None
    object_ref: UUID | None
    registration: UUID | None
    revision: str | None
    success: bool | None
    completion: bool | None
    scaled: Decimal | None

    @property
    def voids(self) -> UUID | None:
        """The statement that this one takes out of force."""
        return self.object_ref if self.verb == Verb.VOIDED else None


def prepare(parsed: Parsed, *, received_at: datetime) -> Prepared:
    """``occurred_at`` is the statement's timestamp, clamped to its receipt (UTC) once and for all.

    Raises ``ValueError`` for a statement without id: to compare it later, it needs one now.
    """
    if parsed.id is None:
        raise ValueError("a statement needs an id before it can be stored")
    statement = parsed.statement
    kind = parsed.object_type
    values: dict[str, Any] = dict.fromkeys(("registration", "revision", "success", "completion", "scaled"))
    result, context = statement.result, statement.context
    if context is not UNSET:
        if context.registration is not UNSET:
            values["registration"] = UUID(context.registration)
        if context.revision is not UNSET:
            values["revision"] = context.revision
    if result is not UNSET:
        if result.success is not UNSET:
            values["success"] = result.success
        if result.completion is not UNSET:
            values["completion"] = result.completion
        if result.score is not UNSET and result.score.scaled is not UNSET:
            values["scaled"] = Decimal(repr(result.score.scaled)).quantize(_NINE_PLACES, rounding=ROUND_FLOOR)
    return Prepared(
        parsed=parsed,
        id=parsed.id,
        digest=canonical_digest(parsed.raw),
        activities=activities(statement),
        agents=agents(statement),
        occurred_at=received_at if parsed.timestamp is None else min(parsed.timestamp, received_at),
        actor_key=agent_key(statement.actor),
        verb=statement.verb.id,
        object_kind=kind,
        object_id=statement.object.id or "" if kind == ObjectType.ACTIVITY else None,
        object_ref=UUID(statement.object.id or "") if kind == ObjectType.STATEMENT_REF else None,
        **values,
    )
