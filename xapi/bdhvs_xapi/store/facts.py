"""What a projection reads of a statement, and the one query that reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef

from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.models import Agent, Authority, ObjectKind, Statement, Term, Voiding
from bdhvs_xapi.store.numbers import select_numbers

# Whether a voiding is in force against statement ``s`` (xAPI 1.0.3 Part Two, 2.3.2): a voiding itself is never voided,
# and who is trusted less does not take back what who is trusted more has said.
VOIDED: Final = f"""EXISTS (SELECT 1 FROM {rows.table(Voiding)} AS v WHERE v.target_id = s.statement_id AND v.trust >=
    (SELECT vouching.trust FROM {rows.table(Authority)} AS vouching WHERE vouching.id = s.authority_id))"""  # noqa: S608
# One row is one Fact. A voided flag is read with it: a projection must not ask again for each statement.
_COLUMNS: Final = f"""
    SELECT s.statement_id, s.seq, actor.key, verb.iri, s.object_kind, object.iri, s.object_ref, s.registration,
           s.occurred_at, s.stored, s.success, s.completion, s.scaled, s.revision, authority.key, authority.trust,
           {VOIDED}, s.body FROM """  # noqa: S608 - names of our own tables
_JOINED: Final = f"""{rows.table(Statement)} AS s
    JOIN {rows.table(Agent)} AS actor ON actor.id = s.actor_id
    JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
    JOIN {rows.table(Authority)} AS authority ON authority.id = s.authority_id
    LEFT JOIN {rows.table(Term)} AS object ON object.id = s.object_term_id
    WHERE """
# A number beyond a float's range, which an extension may hold, becomes infinite.
_decode: Final = msgspec.json.Decoder(float_hook=float).decode
_KINDS: Final = {kind.value: str(kind.label) for kind in ObjectKind}


@dataclass(frozen=True)
class Fact:
    """One stored statement.

    ``scaled`` is rounded down to nine places, ``occurred_at`` and ``stored`` are UTC. ``object_id`` is the activity's
    IRI or ``None`` for other kinds of object; ``object_ref`` the statement that a StatementRef names. ``trust`` is the
    authority's. ``voided``: a voiding of this statement, by an authority of no less trust, is in the ledger (in the
    ``recorded`` hook: it was there first).
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
        decoded: dict[str, Any] = _decode(self.body)
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
    seqs: Collection[int] | None = None,
    include_voided: bool = False,
    after_seq: int | None = None,
    using: str = "default",
) -> list[Fact]:
    """The statements that match every given argument, by (``occurred_at``, ``statement_id``). One query.

    ``activity`` and ``activities`` match the object only. Without ``include_voided`` voided statements are left out;
    a voiding statement is itself never voided. Everything is loaded: give ``actor_key``, ``registration``,
    ``statement_ids`` or an activity, or ``after_seq`` close to the end. ``after_seq`` is no cursor for a reader that
    follows live writers on PostgreSQL: a lower number may become visible after a higher one (``consistent_through()``
    says up to where none will).
    """
    given = (actor_key, activity, activities, verbs, registration, statement_ids, seqs, after_seq)
    if all(each is None for each in given):
        raise ValueError("facts() without any filter would load the whole ledger")
    connection = connections[using]
    as_uuid = rows.uuid_in(connection)
    found: list[tuple[str, list[Any]]] = []
    if actor_key is not None:
        found.append(("actor.key = %s", [actor_key]))
    if activity is not None:
        found.append(("object.iri = %s", [activity]))
    if registration is not None:
        found.append(("s.registration = %s", [as_uuid(registration)]))
    if after_seq is not None:
        found.append(("s.seq > %s", [after_seq]))
    for column, values in (
        ("object.iri", activities),
        ("verb.iri", verbs),
        ("s.seq", seqs),
        ("s.statement_id", None if statement_ids is None else [as_uuid(each) for each in statement_ids]),
    ):
        if values is not None:
            if not values:
                return []
            found.append((f"{column} IN {rows.marks(len(values))}", list(values)))
    if not include_voided:
        found.append((f"(NOT {VOIDED} OR verb.iri = %s)", [Verb.VOIDED]))
    return load(
        " AND ".join(condition for condition, _ in found), [value for _, values in found for value in values], using
    )


def facts_of(
    wanted: Mapping[str, Collection[str] | None],
    *,
    verbs: Collection[str] | None = None,
    include_voided: bool = False,
    using: str = "default",
) -> dict[str, list[Fact]]:
    """``facts()`` of many actors at once: key of an actor → activities (None: all) → its facts, in their order.

    Every key of ``wanted`` is in the answer. One query for one actor; else two for the numbers of the names and
    one for each 500 pairs of actor and activity.
    """
    found: dict[str, list[Fact]] = {key: [] for key in wanted}
    if len(wanted) == 1:
        [(key, activities)] = wanted.items()
        found[key] = facts(
            actor_key=key, activities=activities, verbs=verbs, include_voided=include_voided, using=using
        )
        return found
    if verbs is not None and not verbs:
        return found
    connection = connections[using]
    more, more_values = "", []
    if verbs is not None:
        more, more_values = f" AND verb.iri IN {rows.marks(len(verbs))}", list(verbs)
    if not include_voided:
        more, more_values = f"{more} AND (NOT {VOIDED} OR verb.iri = %s)", [*more_values, Verb.VOIDED]
    for table, condition, values in _pairs(wanted, connection):
        for fact in load(condition + more, [*values, *more_values], using, beside=table):
            found[fact.actor_key].append(fact)
    for listed in found.values():
        listed.sort(key=lambda fact: (fact.occurred_at, str(fact.statement_id)))
    return found


def _pairs(
    wanted: Mapping[str, Collection[str] | None], connection: BaseDatabaseWrapper
) -> Iterator[tuple[str, str, list[Any]]]:
    """(a table ``wanted`` to join with, the condition, the values of both) for pieces of what is asked for."""
    actors: dict[str, int] = {}
    terms: dict[str, int] = {}
    for part in rows.chunks(sorted(wanted)):
        actors |= select_numbers(Agent, "key", part, connection)
    for part in rows.chunks(sorted({iri for iris in wanted.values() if iris is not None for iri in iris})):
        terms |= select_numbers(Term, "iri", part, connection)
    whole = [(actors[key],) for key, iris in wanted.items() if iris is None and key in actors]
    pairs = sorted(
        {
            (actors[key], terms[iri])
            for key, iris in wanted.items()
            if key in actors
            for iri in iris or ()
            if iri in terms
        }
    )
    for names, condition, listed in (
        ("actor_id", "s.actor_id = wanted.actor_id", whole),
        ("actor_id, term_id", "s.actor_id = wanted.actor_id AND s.object_term_id = wanted.term_id", pairs),
    ):
        for piece in rows.chunks(listed):
            marks = ", ".join([rows.marks(len(piece[0]))] * len(piece))
            yield f"WITH wanted({names}) AS (VALUES {marks}) ", condition, [value for line in piece for value in line]


def earliest_of(
    wanted: Iterable[tuple[Collection[tuple[str, str]], Collection[UUID]]],
    *,
    verbs: Collection[str],
    using: str = "default",
) -> dict[tuple[str, str], list[Fact]]:
    """The earliest statement in force of each verb and trust about a pair (key of an actor, activity).

    ``wanted``: pairs, each in one place only, and ids that are left out of what is said of them. Every pair is in the
    answer, its facts by (``occurred_at``, ``statement_id``). One query for each 500 pairs; only the answer is loaded,
    however much was said.
    """
    groups = list(wanted)
    asked = [(*pair, number) for number, (pairs, _ids) in enumerate(groups) for pair in sorted(pairs)]
    found: dict[tuple[str, str], list[Fact]] = {(actor, activity): [] for actor, activity, _number in asked}
    connection = connections[using]
    as_uuid = rows.uuid_in(connection)
    for part in rows.chunks(asked) if verbs else ():
        numbers = sorted({number for _actor, _activity, number in part})
        left_out = [(number, as_uuid(each)) for number in numbers for each in sorted(groups[number][1])]
        without = ""
        if left_out:
            marks = ", ".join([rows.marks(2)] * len(left_out))
            without = f"AND (wanted.number, s.statement_id) NOT IN (VALUES {marks})"
        # CROSS: SQLite then keeps the order of the tables.
        where = f"""s.seq IN (SELECT seq FROM (
            WITH wanted(actor, activity, number) AS (VALUES {", ".join([rows.marks(3)] * len(part))})
            SELECT s.seq, ROW_NUMBER() OVER (PARTITION BY s.actor_id, s.object_term_id, s.verb_id, authority.trust
                                             ORDER BY s.occurred_at, s.statement_id) AS place
            FROM wanted CROSS JOIN {rows.table(Agent)} AS actor CROSS JOIN {rows.table(Term)} AS object
            CROSS JOIN {rows.table(Statement)} AS s
            JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
            JOIN {rows.table(Authority)} AS authority ON authority.id = s.authority_id
            WHERE actor.key = wanted.actor AND object.iri = wanted.activity AND s.actor_id = actor.id
                AND s.object_term_id = object.id AND verb.iri IN {rows.marks(len(verbs))} AND NOT {VOIDED} {without}
            ) AS ranked WHERE place = 1)"""  # noqa: S608 - names of our own tables
        values = [value for line in part for value in line]
        values += [*verbs, *(value for line in left_out for value in line)]
        for fact in load(where, values, using):
            if fact.object_id is not None:
                found[(fact.actor_key, fact.object_id)].append(fact)
    return found


def crowded(actor_keys: Collection[str], most: int, *, using: str = "default") -> set[str]:
    """Those of these actors of whom more than ``most`` statements are stored. One query for each 500."""
    connection = connections[using]
    found: set[str] = set()
    for part in rows.chunks(sorted(actor_keys)):
        sql = f"""
            SELECT actor.key FROM {rows.table(Agent)} AS actor WHERE actor.key IN {rows.marks(len(part))} AND EXISTS (
                SELECT 1 FROM {rows.table(Statement)} AS s WHERE s.actor_id = actor.id LIMIT 1 OFFSET %s)
        """  # noqa: S608 - names of our own tables
        found.update(key for (key,) in rows.select(sql, [*part, most], connection))
    return found


def load(where: str, values: Sequence[Any], using: str, *, beside: str = "") -> list[Fact]:
    """The facts that ``where`` selects, by (``occurred_at``, ``statement_id``). One query.

    ``beside``: a WITH clause for a table ``wanted`` that ``where`` speaks of, and that is gone through first.
    """
    connection = connections[using]
    time = rows.time_out(connection)
    # CROSS: SQLite then keeps the order of the tables.
    sql = f"{beside}{_COLUMNS}{'wanted CROSS JOIN ' if beside else ''}{_JOINED}{where}"
    found = rows.select(f"{sql} ORDER BY s.occurred_at, s.statement_id", values, connection)
    return [
        Fact(
            statement_id=rows.uuid_out(row[0]),
            seq=row[1],
            actor_key=row[2],
            verb=row[3],
            object_kind=_KINDS[row[4]],
            object_id=row[5],
            object_ref=rows.uuid_out(row[6]),
            registration=rows.uuid_out(row[7]),
            occurred_at=time(row[8]),
            stored=time(row[9]),
            success=rows.bool_out(row[10]),
            completion=rows.bool_out(row[11]),
            scaled=rows.decimal_out(row[12]),
            revision=row[13],
            authority=row[14],
            trust=row[15],
            voided=bool(row[16]) and row[3] != Verb.VOIDED,
            body=bytes(row[17]),
        )
        for row in found
    ]


def written_by(authority: str, statement_ids: Collection[UUID], *, using: str = "default") -> set[UUID]:
    """Those of ``statement_ids`` that this authority has recorded. Without their bodies, however large those are."""
    connection = connections[using]
    as_uuid = rows.uuid_in(connection)
    found: set[UUID] = set()
    for part in rows.chunks(sorted(statement_ids)):
        sql = f"""
            SELECT s.statement_id FROM {rows.table(Statement)} AS s
            JOIN {rows.table(Authority)} AS authority ON authority.id = s.authority_id
            WHERE authority.key = %s AND s.statement_id IN {rows.marks(len(part))}
        """  # noqa: S608 - names of our own tables
        values = [authority, *(as_uuid(each) for each in part)]
        found.update(rows.uuid_out(id_) for (id_,) in rows.select(sql, values, connection))
    return found


def get(statement_id: UUID, *, using: str = "default") -> Fact | None:
    """The statement of that id, voided or not. One query."""
    found = load("s.statement_id = %s", [rows.uuid_in(connections[using])(statement_id)], using)
    return found[0] if found else None


def is_voided(statement_id: UUID, *, using: str = "default") -> bool:
    """Whether a voiding of that statement is in force; false for a voiding statement, true before it arrives."""
    return statement_id in voided_among([statement_id], using=using)


def voided_among(statement_ids: Collection[UUID], *, using: str = "default") -> set[UUID]:
    """Those of them against which a voiding is in force, as `is_voided()` has it. One query for each 500."""
    connection = connections[using]
    as_uuid = rows.uuid_in(connection)
    found: set[UUID] = set()
    for part in rows.chunks(sorted(set(statement_ids))):
        # With no statement of that id there is nothing to be trusted less than; one that voids is itself never voided.
        sql = f"""
            SELECT DISTINCT v.target_id FROM {rows.table(Voiding)} AS v
            LEFT JOIN {rows.table(Statement)} AS s ON s.statement_id = v.target_id
            LEFT JOIN {rows.table(Authority)} AS vouching ON vouching.id = s.authority_id
            LEFT JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
            WHERE v.target_id IN {rows.marks(len(part))} AND (s.seq IS NULL OR (v.trust >= vouching.trust
                AND verb.iri <> %s))
        """  # noqa: S608 - names of our own tables
        values = [*(as_uuid(each) for each in part), Verb.VOIDED]
        found.update(rows.uuid_out(id_) for (id_,) in rows.select(sql, values, connection))
    return found


def actors(*, after: str | None = None, limit: int = 1000, using: str = "default") -> list[str]:
    """Up to ``limit`` keys of agents that are the actor of some statement, by key, beyond the key ``after``."""
    agents = Agent.objects.using(using).filter(Exists(Statement.objects.filter(actor=OuterRef("pk"))))
    if after is not None:
        agents = agents.filter(key__gt=after)
    return list(agents.order_by("key").values_list("key", flat=True)[:limit])
