"""The hot path: statements into the tables without an ORM object for each.

Locks are taken in one order (the guard, terms, agents, statements, blobs, what references take over, definitions;
each sorted), so concurrent calls do not deadlock. One call with many statements keeps that promise; many calls in one
transaction take their locks call by call.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
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
from bdhvs_xapi.store.authorities import Recorder, recorder_of, recorder_sql
from bdhvs_xapi.store.bodies import body
from bdhvs_xapi.store.errors import StatementConflict
from bdhvs_xapi.store.facts import Recorded, facts
from bdhvs_xapi.store.guard import guard
from bdhvs_xapi.store.inheritance import AT_ONCE, note, step
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
    batch: Sequence[Prepared],
    *,
    authority: str,
    using: str,
    blobs: Mapping[str, bytes] | None = None,
    later: bool = False,
    compared: Container[UUID] = (),
    awaited: str = "FALSE",
) -> tuple[list[Recorded], bool]:
    """Stores what is not there yet and answers for each statement, in order, the stored one; and what ``awaited`` asks,
    a condition in SQL: whether somebody waits for what is stored.

    ``batch`` holds no id twice; ``blobs``: bytes of attachments by SHA-2. ``later``: references are followed by the
    caller when this has been committed (``inheritance.step``), else the first of them here. ``compared``: ids that
    need not be compared again (``compare_known()``). Raises ``UnknownAuthority``, and
    ``StatementConflict`` for an id that is stored with other content. The caller's transaction must be rolled back
    after an exception.
    """
    connection = connections[using]
    guard(batch, connection)
    iris = {iri for item in batch for iri in _iris(item)}
    agents = {key for item in batch for _, key in item.agents}
    by, known_terms, known_keys = _look_up(authority, awaited, iris, agents, connection)
    terms = numbers(Term, "iri", iris, connection, known=known_terms)
    keys = numbers(Agent, "key", agents, connection, known=known_keys)
    fresh = {item.id: _fresh(item, by, position) for position, item in enumerate(batch)}
    # Sorted: two batches with the same ids wait for each other in one order only.
    lines = [
        _row(item, fresh[item.id], terms=terms, keys=keys, authority=by.pk)
        for item in sorted(batch, key=lambda item: item.id)
    ]
    inserted = _insert_statements(lines, connection)
    new = [item for item in batch if item.id in inserted]
    if blobs:
        blob_store.put(_wanted(batch, inserted, blobs, connection), connection)
    _insert_mentions(new, fresh, terms, keys, connection)
    referred = {id_ for id_, is_referred in inserted.items() if is_referred}
    voided = _follow(new, fresh, by, referred, connection, later=later)
    known: dict[UUID, Recorded] = {}
    if len(new) < len(batch):
        known = _known([item for item in batch if item.id not in inserted], connection, compared)
    answers = {**fresh, **known, **{id_: replace(fresh[id_], voided=True) for id_ in voided}}
    return [answers[item.id] for item in batch], by.awaited


def _look_up(
    authority: str, awaited: str, iris: set[str], agents: set[str], connection: BaseDatabaseWrapper
) -> tuple[Recorder, dict[str, int] | None, dict[str, int] | None]:
    """Who records, and the numbers of those IRIs and agents that have one; None where they are too many to be asked for
    with it. One query."""
    if len(iris) + len(agents) > rows.CHUNK:
        found_one = rows.select(recorder_sql(awaited, connection), [authority], connection)
        return recorder_of(authority, found_one), None, None
    sql, values = [f"SELECT 0, found.* FROM ({recorder_sql(awaited, connection)}) AS found"], [authority]  # noqa: S608
    for kind, model, column, texts in ((1, Term, "iri", iris), (2, Agent, "key", agents)):
        sql.append(
            f'SELECT {kind}, "{column}", id, NULL, NULL, NULL, NULL, NULL FROM {rows.table(model)} '  # noqa: S608
            f'WHERE "{column}" IN {rows.marks(len(texts))}'
        )
        values += sorted(texts)
    found: dict[int, list[tuple[Any, ...]]] = {0: [], 1: [], 2: []}
    for kind, *row in rows.select(" UNION ALL ".join(sql), values, connection):
        found[kind].append(tuple(row))
    terms, keys = ({row[0]: row[1] for row in found[kind]} for kind in (1, 2))
    return recorder_of(authority, found[0]), terms, keys


def _wanted(
    batch: Sequence[Prepared], inserted: Container[UUID], blobs: Mapping[str, bytes], connection: BaseDatabaseWrapper
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


def _insert_statements(found: Sequence[tuple[Any, ...]], connection: BaseDatabaseWrapper) -> dict[UUID, bool]:
    """The ids that were free; of each whether some statement refers to it."""
    name = rows.table(Statement)
    sql_of_reference = f"EXISTS (SELECT 1 FROM {name} AS other WHERE other.object_ref = {name}.statement_id)"  # noqa: S608
    place = _COLUMNS.index("object_ref")
    # What an insert returns does not see what it has inserted itself.
    within = {line[place] for line in found}
    free: dict[UUID, bool] = {}
    for part in rows.chunks(found):
        sql, values = rows.insert_sql(Statement, _COLUMNS, part, connection)
        sql += f" ON CONFLICT (statement_id) DO NOTHING RETURNING statement_id, {sql_of_reference}"
        for statement_id, referred in rows.select(sql, values, connection):
            id_ = rows.uuid_out(statement_id)
            free[id_] = bool(referred) or id_ in within
    return free


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
    new: Sequence[Prepared],
    fresh: Mapping[UUID, Recorded],
    by: Recorder,
    referred: set[UUID],
    connection: BaseDatabaseWrapper,
    *,
    later: bool,
) -> set[UUID]:
    """Notes the references among ``new``, and those of it that are ``referred`` to; answers which of ``new`` are
    voided. No query for statements that refer to nothing and that nothing refers to: almost all."""
    if not new:
        return set()
    rows.insert_rows(
        Voiding,
        ("target_id", "statement", "trust"),
        sorted((item.voids, fresh[item.id].seq, by.trust) for item in new if item.voids is not None),
        connection,
    )
    stirred = [fresh[item.id].seq for item in new if item.id in referred or item.object_ref is not None]
    if stirred:
        note(stirred, connection)
        if not later:
            for _ in range(AT_ONCE):
                if not step(using=connection.alias, since=stirred):
                    break
    return _voided([item.id for item in new if item.id in referred and item.verb != Verb.VOIDED], by.trust, connection)


def _voided(ids: Sequence[UUID], trust: int, connection: BaseDatabaseWrapper) -> set[UUID]:
    """Those of ``ids`` that a voiding of at least this trust is in force against."""
    as_uuid = rows.uuid_in(connection)
    found: set[UUID] = set()
    for part in rows.chunks(ids):
        sql = f"""
            SELECT DISTINCT target_id FROM {rows.table(Voiding)}
            WHERE target_id IN {rows.marks(len(part))} AND trust >= %s
        """  # noqa: S608 - names of our own tables
        values = [*(as_uuid(each) for each in part), trust]
        found.update(rows.uuid_out(id_) for (id_,) in rows.select(sql, values, connection))
    return found


def compare_known(batch: Sequence[Prepared], *, using: str) -> frozenset[UUID]:
    """The ids of ``batch`` that are stored in another spelling and say the same. Raises ``StatementConflict`` if one
    does not: what ``insert()`` would do, but comparing large statements takes long, and is done before a transaction.
    """
    connection = connections[using]
    digests = _digests(batch, connection)
    odd = [item for item in batch if digests.get(item.id, item.digest) != item.digest]
    for item in odd:
        for fact in facts(statement_ids=[item.id], include_voided=True, using=using):
            _must_say_the_same(item, fact.body)
    return frozenset(item.id for item in odd)


def _digests(batch: Sequence[Prepared], connection: BaseDatabaseWrapper) -> dict[UUID, bytes]:
    """The digests of those that are stored."""
    as_uuid = rows.uuid_in(connection)
    found: dict[UUID, bytes] = {}
    for ids in rows.chunks(item.id for item in batch):
        sql = f"SELECT statement_id, digest FROM {rows.table(Statement)} WHERE statement_id IN {rows.marks(len(ids))}"  # noqa: S608
        for statement_id, digest in rows.select(sql, [as_uuid(each) for each in ids], connection):
            found[rows.uuid_out(statement_id)] = bytes(digest)
    return found


def _known(
    batch: Sequence[Prepared], connection: BaseDatabaseWrapper, compared: Container[UUID]
) -> dict[UUID, Recorded]:
    """The stored statements of ids that were there first. Raises ``StatementConflict`` if one says something else."""
    digests = _digests(batch, connection)
    known: dict[UUID, Recorded] = {}
    for ids in rows.chunks(item.id for item in batch):
        for fact in facts(statement_ids=ids, include_voided=True, using=connection.alias):
            known[fact.statement_id] = Recorded.again(fact)
    for item in batch:
        if item.id not in known:
            raise RuntimeError(
                f"statement {item.id} exists but this transaction cannot see it: use isolation level READ COMMITTED"
            )
        if digests[item.id] != item.digest and item.id not in compared:
            _must_say_the_same(item, known[item.id].body)
    return known


def _must_say_the_same(item: Prepared, stored: bytes) -> None:
    """The digest is of the statement as it first came; a copy read back has the store's timestamp and is the same."""
    if canonical_bytes(stored) != canonical_bytes(item.parsed.raw):
        properties = differing(stored, item.parsed.raw)
        if not _may_differ(item.parsed).issuperset(properties):
            raise StatementConflict(item.id, properties)


def _may_differ(parsed: Parsed) -> frozenset[str]:
    """What does not make it another statement under its id.

    A timestamp that it has not and the stored one has: a store on its way here may have set it (xAPI 1.0.3 Part Two,
    2.3.1). Under 2.0 timestamps are not compared at all (IEEE 9274.1.1, 4.2); attachments need not be either, but then
    new data would be dropped without a word.
    """
    free = parsed.version is Version.V2 or parsed.statement.timestamp is UNSET
    return frozenset({"timestamp"} if free else ())
