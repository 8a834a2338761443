"""The hot path: statements into the tables without an ORM object for each.

Locks are taken in one order (terms, agents, statements; each sorted), so concurrent calls do not deadlock. One call
with many statements keeps that promise; many calls in one transaction take their locks call by call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import UNSET

from bdhvs_xapi.statements.agents import agent_key
from bdhvs_xapi.statements.canonical import canonical_bytes, canonical_digest, decode_exact, differing
from bdhvs_xapi.statements.references import AgentRole, TermRole, activities, agents
from bdhvs_xapi.statements.times import format_timestamp
from bdhvs_xapi.statements.validate import Parsed, encode
from bdhvs_xapi.statements.vocabulary import ObjectType, Verb
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.authorities import authority_row
from bdhvs_xapi.store.errors import StatementConflict
from bdhvs_xapi.store.facts import Recorded, facts
from bdhvs_xapi.store.models import (
    Agent,
    ObjectKind,
    Statement,
    StatementAgent,
    StatementTerm,
    Term,
    Voiding,
)

_NINE_PLACES: Final = Decimal("1e-9")
# Any constant that nothing else in the database uses; see _guard_voidings().
_VOIDING_LOCK: Final = 0x62646876_78617069
_KINDS: Final = {kind.label: kind for kind in ObjectKind}
_COLUMNS: Final = (
    "statement_id",
    "actor",
    "verb",
    "object_kind",
    "object_term",
    "object_ref",
    "registration",
    "revision",
    "success",
    "completion",
    "scaled",
    "occurred_at",
    "stored",
    "authority",
    "body",
    "digest",
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid statement with everything that can be computed before the transaction."""

    parsed: Parsed
    id: UUID
    digest: bytes
    activities: set[tuple[TermRole, str]]
    agents: set[tuple[AgentRole, str]]
    occurred_at: datetime
    received_at: datetime

    @property
    def voids(self) -> UUID | None:
        """The statement that this one takes out of force."""
        statement = self.parsed.statement
        return UUID(statement.object.id or "") if statement.verb.id == Verb.VOIDED else None


def prepare(parsed: Parsed, *, received_at: datetime) -> Prepared:
    """``occurred_at`` is the statement's timestamp, clamped to its receipt once and for all.

    Raises ``ValueError`` for a statement without id: to compare it later, it needs one now.
    """
    if parsed.id is None:
        raise ValueError("a statement needs an id before it can be stored")
    timestamp = received_at if parsed.timestamp is None else parsed.timestamp
    return Prepared(
        parsed=parsed,
        id=parsed.id,
        digest=canonical_digest(parsed.raw),
        activities=activities(parsed.statement),
        agents=agents(parsed.statement),
        occurred_at=min(timestamp, received_at),
        received_at=received_at,
    )


def insert(batch: Sequence[Prepared], *, authority: str, using: str) -> list[Recorded]:
    """Stores what is not there yet and answers for each statement, in order, the stored one.

    ``batch`` holds no id twice. Raises ``UnknownAuthority``, and ``StatementConflict`` for an id that is stored with
    other content. The caller's transaction must be rolled back after an exception.
    """
    connection = connections[using]
    authority_pk, authority_agent, trust = authority_row(authority, using=using)
    _guard_voidings(batch, connection)
    terms = _numbers(Term, "iri", {iri for item in batch for iri in _iris(item)}, connection)
    keys = _numbers(Agent, "key", {key for item in batch for _, key in item.agents}, connection)
    stored = datetime.now(UTC)
    bodies = {item.id: _body(item, authority_agent, stored) for item in batch}
    # Sorted: two batches with the same ids wait for each other in one order only.
    lines = [
        _row(item, terms=terms, keys=keys, authority=authority_pk, stored=stored, body=bodies[item.id])
        for item in sorted(batch, key=lambda item: item.id)
    ]
    seqs = dict(_insert_statements(lines, connection))
    new = [item for item in batch if item.id in seqs]
    rows.insert_rows(
        StatementTerm,
        ("term", "role", "statement"),
        sorted((terms[iri], role.value, seqs[x.id]) for x in new for role, iri in x.activities),
        connection,
    )
    rows.insert_rows(
        StatementAgent,
        ("agent", "role", "statement"),
        sorted((keys[key], role.value, seqs[x.id]) for x in new for role, key in x.agents),
        connection,
    )
    rows.insert_rows(
        Voiding,
        ("target_id", "statement"),
        [(target, seqs[item.id]) for item in new if (target := item.voids) is not None],
        connection,
    )
    voided = _voided(list(seqs), connection)
    known = _known([item for item in batch if item.id not in seqs], connection) if len(new) < len(batch) else {}
    return [
        known[item.id]
        if item.id in known
        else _recorded(
            item,
            seq=seqs[item.id],
            stored=stored,
            authority=authority,
            trust=trust,
            voided=item.id in voided,
            body=bodies[item.id],
        )
        for item in batch
    ]


def _guard_voidings(batch: Sequence[Prepared], connection: BaseDatabaseWrapper) -> None:
    """Lets a voiding and its target, arriving at once in two transactions, see each other.

    Otherwise neither would, both would commit, and a projection would count a voided statement. SQLite has one writer
    anyway. On PostgreSQL every insert shares a lock and a voiding whose target is not here takes it alone.
    """
    if connection.vendor != "postgresql":
        return
    here = {item.id for item in batch}
    targets = {target for item in batch if (target := item.voids) is not None} - here
    if targets:
        present = Statement.objects.using(connection.alias).filter(statement_id__in=sorted(targets))
        targets -= set(present.values_list("statement_id", flat=True))
    with connection.cursor() as cursor:
        lock = "pg_advisory_xact_lock" if targets else "pg_advisory_xact_lock_shared"
        cursor.execute(f"SELECT {lock}(%s)", [_VOIDING_LOCK])


def _iris(item: Prepared) -> Iterator[str]:
    yield item.parsed.statement.verb.id
    for _, iri in item.activities:
        yield iri


def _body(item: Prepared, authority: bytes, stored: datetime) -> bytes:
    """The statement as it came, property by property, with what the store sets (xAPI 1.0.3 Part Two, 2.4)."""
    body: dict[str, Any] = msgspec.json.decode(item.parsed.raw, type=dict[str, msgspec.Raw])
    body.setdefault("timestamp", format_timestamp(item.received_at))
    body.setdefault("version", "1.0.0")
    body["stored"] = format_timestamp(stored)
    body["authority"] = msgspec.Raw(authority)
    if item.parsed.lone_activities:
        for name in ("context", "object"):
            if name in body:
                part = decode_exact(bytes(body[name]))
                _list_activities(part if name == "context" else part.get("context", {}))
                body[name] = msgspec.Raw(encode(part))
    return msgspec.json.encode(body)


def _list_activities(context: dict[str, Any]) -> None:
    groups = context.get("contextActivities", {})
    for name, value in groups.items():
        if isinstance(value, dict):
            groups[name] = [value]


def _row(
    item: Prepared, *, terms: dict[str, int], keys: dict[str, int], authority: int, stored: datetime, body: bytes
) -> tuple[Any, ...]:
    """Values in the order of ``_COLUMNS``."""
    statement = item.parsed.statement
    kind = item.parsed.object_type
    values = _values(item)
    return (
        item.id,
        keys[agent_key(statement.actor)],
        terms[statement.verb.id],
        _KINDS[kind].value,
        terms[statement.object.id or ""] if kind == ObjectType.ACTIVITY else None,
        UUID(statement.object.id or "") if kind == ObjectType.STATEMENT_REF else None,
        values["registration"],
        values["revision"],
        values["success"],
        values["completion"],
        values["scaled"],
        item.occurred_at,
        stored,
        authority,
        body,
        item.digest,
    )


def _values(item: Prepared) -> dict[str, Any]:
    statement = item.parsed.statement
    result, context = statement.result, statement.context
    values: dict[str, Any] = dict.fromkeys(("registration", "revision", "success", "completion", "scaled"))
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
    return values


def _recorded(
    item: Prepared, *, seq: int, stored: datetime, authority: str, trust: int, voided: bool, body: bytes
) -> Recorded:
    statement = item.parsed.statement
    kind = item.parsed.object_type
    return Recorded(
        statement_id=item.id,
        seq=seq,
        actor_key=agent_key(statement.actor),
        verb=statement.verb.id,
        object_kind=kind,
        object_id=statement.object.id or "" if kind == ObjectType.ACTIVITY else None,
        object_ref=UUID(statement.object.id or "") if kind == ObjectType.STATEMENT_REF else None,
        **_values(item),
        occurred_at=item.occurred_at,
        stored=stored,
        authority=authority,
        trust=trust,
        voided=voided and statement.verb.id != Verb.VOIDED,
        body=body,
        new=True,
    )


def _voided(ids: Sequence[UUID], connection: BaseDatabaseWrapper) -> set[UUID]:
    """Those of ``ids`` that some voiding names."""
    found: set[UUID] = set()
    as_uuid = rows.uuid_in(connection)
    for part in rows.chunks(ids):
        sql = f"SELECT target_id FROM {rows.table(Voiding)} WHERE target_id IN {rows.marks(len(part))}"  # noqa: S608
        found.update(rows.uuid_out(row[0]) for row in rows.select(sql, [as_uuid(each) for each in part], connection))
    return found


def _known(batch: Sequence[Prepared], connection: BaseDatabaseWrapper) -> dict[UUID, Recorded]:
    """The stored statements of ids that were there first. Raises ``StatementConflict`` if one says something else."""
    digests: dict[UUID, bytes] = {}
    known: dict[UUID, Recorded] = {}
    as_uuid = rows.uuid_in(connection)
    for ids in rows.chunks(item.id for item in batch):
        sql = f"SELECT statement_id, digest FROM {rows.table(Statement)} WHERE statement_id IN {rows.marks(len(ids))}"  # noqa: S608
        for statement_id, digest in rows.select(sql, [as_uuid(each) for each in ids], connection):
            digests[rows.uuid_out(statement_id)] = bytes(digest)
        for fact in facts(statement_ids=ids, include_voided=True, using=connection.alias):
            known[fact.statement_id] = Recorded.again(fact)
    for item in batch:
        if item.id not in known:
            raise RuntimeError(
                f"statement {item.id} exists but this transaction cannot see it: use isolation level READ COMMITTED"
            )
        body = known[item.id].body
        # The digest is of the statement as it first came; a copy read back has the store's timestamp and is the same.
        if digests[item.id] != item.digest and canonical_bytes(body) != canonical_bytes(item.parsed.raw):
            raise StatementConflict(item.id, differing(body, item.parsed.raw))
    return known


def register_iris(iris: Iterable[str], *, using: str = "default") -> None:
    """Makes the activities and verbs of ``iris`` known before statements name them.

    For whoever publishes: transactions of people who act then never insert an IRI, so that two of them that meet the
    same new one in opposite order in several calls of ``record()`` do not wait for each other.
    """
    _numbers(Term, "iri", set(iris), connections[using])


def _numbers(
    model: type[models.Model], column: str, texts: set[str], connection: BaseDatabaseWrapper
) -> dict[str, int]:
    """The primary keys of ``texts`` in a table of unique texts; adds what is missing."""
    numbers: dict[str, int] = {}
    for part in rows.chunks(sorted(texts)):
        found = _select_numbers(model, column, part, connection)
        missing = [text for text in part if text not in found]
        if missing:
            # Whoever inserts the same text first wins; the others wait for its commit and read its number.
            rows.insert_rows(model, (column,), [(text,) for text in missing], connection, ignore_conflicts=True)
            found.update(_select_numbers(model, column, missing, connection))
        numbers.update(found)
    return numbers


def _select_numbers(
    model: type[models.Model], column: str, texts: Sequence[str], connection: BaseDatabaseWrapper
) -> dict[str, int]:
    sql = f'SELECT "{column}", id FROM {rows.table(model)} WHERE "{column}" IN {rows.marks(len(texts))}'  # noqa: S608
    return dict(rows.select(sql, texts, connection))


def _insert_statements(found: Sequence[tuple[Any, ...]], connection: BaseDatabaseWrapper) -> Iterator[tuple[UUID, int]]:
    """(statement id, seq) of the rows whose id was free."""
    for part in rows.chunks(found):
        sql, values = rows.insert_sql(Statement, _COLUMNS, part, connection)
        sql += " ON CONFLICT (statement_id) DO NOTHING RETURNING statement_id, seq"
        for statement_id, seq in rows.select(sql, values, connection):
            yield rows.uuid_out(statement_id), seq
