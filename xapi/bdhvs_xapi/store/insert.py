"""The hot path: statements into the tables without an ORM object for each.

Locks are taken in one order (the guard, terms, agents, statements, blobs, what references take over, definitions;
each sorted), so concurrent calls do not deadlock. One call with many statements keeps that promise; many calls in one
transaction take their locks call by call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import UNSET

from bdhvs_xapi.statements.canonical import canonical_bytes, differing
from bdhvs_xapi.statements.validate import Parsed
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import blobs as blob_store
from bdhvs_xapi.store import order, rows
from bdhvs_xapi.store.authorities import Recorder, recorder
from bdhvs_xapi.store.bodies import body
from bdhvs_xapi.store.errors import StatementConflict
from bdhvs_xapi.store.facts import Recorded, facts
from bdhvs_xapi.store.guard import guard
from bdhvs_xapi.store.inheritance import Reference, inherit, references_to
from bdhvs_xapi.store.models import (
    Agent,
    ObjectKind,
    Redaction,
    Statement,
    StatementAgent,
    StatementTerm,
    Term,
    Voiding,
)
from bdhvs_xapi.store.numbers import numbers
from bdhvs_xapi.store.prepared import Prepared

_KINDS: Final = {str(kind.label): kind.value for kind in ObjectKind}
_COLUMNS: Final = (
    "seq",
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


def insert(
    batch: Sequence[Prepared], *, authority: str, using: str, blobs: Mapping[str, bytes] | None = None
) -> list[Recorded]:
    """Stores what is not there yet and answers for each statement, in order, the stored one.

    ``batch`` holds no id twice; ``blobs``: bytes of attachments by SHA-2. Raises ``UnknownAuthority``, and
    ``StatementConflict`` for an id that is stored with other content. The caller's transaction must be rolled back
    after an exception.
    """
    connection = connections[using]
    guard(batch, connection)
    by = recorder(authority, connection)
    terms = numbers(Term, "iri", {iri for item in batch for iri in _iris(item)}, connection)
    keys = numbers(Agent, "key", {key for item in batch for _, key in item.agents}, connection)
    fresh = {item.id: _fresh(item, by, position) for position, item in enumerate(batch)}
    # Sorted: two batches with the same ids wait for each other in one order only.
    lines = [
        _row(item, fresh[item.id], terms=terms, keys=keys, authority=by.pk)
        for item in sorted(batch, key=lambda item: item.id)
    ]
    inserted = set(_insert_statements(lines, connection))
    new = [item for item in batch if item.id in inserted]
    if blobs:
        blob_store.put(_wanted(batch, inserted, blobs, connection), connection)
    _insert_mentions(new, fresh, terms, keys, connection)
    voided = _follow(new, fresh, by, connection)
    known = _known([item for item in batch if item.id not in inserted], connection) if len(new) < len(batch) else {}
    answers = {**fresh, **known, **{id_: replace(fresh[id_], voided=True) for id_ in voided}}
    return [answers[item.id] for item in batch]


def _wanted(
    batch: Sequence[Prepared], inserted: set[UUID], blobs: Mapping[str, bytes], connection: BaseDatabaseWrapper
) -> dict[str, bytes]:
    """Those of ``blobs`` that may be kept: not what only statements name whose attachments an erasure has taken out.

    Such a statement, sent again, is recognised and not stored anew, and neither must be what was attached to it.
    """
    known = [item.id for item in batch if item.id not in inserted]
    redacted = set(
        Redaction.objects.using(connection.alias)
        .filter(statement__statement_id__in=known)
        .values_list("statement__statement_id", flat=True)
        if known
        else ()
    )
    named = {each.sha2.lower() for item in batch if item.id not in redacted for each in item.parsed.attachments}
    return {sha2: content for sha2, content in blobs.items() if sha2.lower() in named}


def _iris(item: Prepared) -> Iterator[str]:
    yield item.verb
    for _, iri in item.activities:
        yield iri


def _fresh(item: Prepared, by: Recorder, position: int) -> Recorded:
    """The statement as it will be stored, if its id is free."""
    seq = by.first_seq + position * order.SLOTS
    stored = order.stored_at(seq)
    return Recorded(
        statement_id=item.id,
        seq=seq,
        actor_key=item.actor_key,
        verb=item.verb,
        object_kind=item.object_kind,
        object_id=item.object_id,
        object_ref=item.object_ref,
        registration=item.registration,
        occurred_at=item.occurred_at,
        stored=stored,
        success=item.success,
        completion=item.completion,
        scaled=item.scaled,
        revision=item.revision,
        authority=by.key,
        trust=by.trust,
        voided=False,
        body=body(item.parsed, authority=by.agent, stored=stored),
        new=True,
    )


def _row(
    item: Prepared, done: Recorded, *, terms: dict[str, int], keys: dict[str, int], authority: int
) -> tuple[Any, ...]:
    """Values in the order of ``_COLUMNS``."""
    return (
        done.seq,
        item.id,
        keys[item.actor_key],
        terms[item.verb],
        _KINDS[item.object_kind],
        None if item.object_id is None else terms[item.object_id],
        item.object_ref,
        item.registration,
        item.revision,
        item.success,
        item.completion,
        item.scaled,
        item.occurred_at,
        done.stored,
        authority,
        done.body,
        item.digest,
    )


def _insert_statements(found: Sequence[tuple[Any, ...]], connection: BaseDatabaseWrapper) -> Iterator[UUID]:
    """The ids that were free."""
    for part in rows.chunks(found):
        sql, values = rows.insert_sql(Statement, _COLUMNS, part, connection)
        sql += " ON CONFLICT (statement_id) DO NOTHING RETURNING statement_id"
        for (statement_id,) in rows.select(sql, values, connection):
            yield rows.uuid_out(statement_id)


def _insert_mentions(
    new: Sequence[Prepared],
    fresh: Mapping[UUID, Recorded],
    terms: dict[str, int],
    keys: dict[str, int],
    connection: BaseDatabaseWrapper,
) -> None:
    rows.insert_rows(
        StatementTerm,
        ("term", "role", "statement"),
        sorted((terms[iri], role.value, fresh[item.id].seq) for item in new for role, iri in item.activities),
        connection,
    )
    rows.insert_rows(
        StatementAgent,
        ("agent", "role", "statement"),
        sorted((keys[key], role.value, fresh[item.id].seq) for item in new for role, key in item.agents),
        connection,
    )


def _follow(
    new: Sequence[Prepared], fresh: Mapping[UUID, Recorded], by: Recorder, connection: BaseDatabaseWrapper
) -> set[UUID]:
    """Joins references and what they refer to, in either order of arrival; those of ``new`` that are voided.

    One query for statements that refer to nothing and that nothing refers to: almost all.
    """
    if not new:
        return set()
    own = [
        Reference(item.id, fresh[item.id].seq, item.object_ref, by.pk, item.verb, by.trust)
        for item in new
        if item.object_ref is not None
    ]
    rows.insert_rows(
        Voiding,
        ("target_id", "statement", "trust"),
        sorted((each.target, each.seq, each.trust) for each in own if each.voids),
        connection,
    )
    arrived = references_to([item.id for item in new], connection)
    if own or arrived:
        inherit(own, arrived, connection)
    return {
        each.target
        for each in arrived
        if each.voids and each.trust >= by.trust and fresh[each.target].verb != Verb.VOIDED
    }


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
        stored = known[item.id].body
        # The digest is of the statement as it first came; a copy read back has the store's timestamp and is the same.
        if digests[item.id] != item.digest and canonical_bytes(stored) != canonical_bytes(item.parsed.raw):
            properties = differing(stored, item.parsed.raw)
            if not _may_differ(item.parsed).issuperset(properties):
                raise StatementConflict(item.id, properties)
    return known


def _may_differ(parsed: Parsed) -> frozenset[str]:
    """What does not make it another statement under its id.

    A timestamp that it has not and the stored one has: a store on its way here may have set it (xAPI 1.0.3 Part Two,
    2.3.1). Under 2.0 timestamps are not compared at all (IEEE 9274.1.1, 4.2); attachments need not be either, but then
    new data would be dropped without a word.
    """
    free = parsed.version is Version.V2 or parsed.statement.timestamp is UNSET
    return frozenset({"timestamp"} if free else ())
