"""The filters of a record store (xAPI 1.0.3 Part Three, 2.1.3), one page at a time.

Every condition is a few ranges of an index that ends in the order of the answer, newest first by default. Of several
conditions the rarest leads and the others are asked of each row it gives. A page costs the same however much is stored
and however far it is from the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from bdhvs_xapi.statements.references import AgentRole, TermRole
from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import order, rows
from bdhvs_xapi.store.authorities import authorities_of
from bdhvs_xapi.store.facts import VOIDED
from bdhvs_xapi.store.inheritance import DIRECT, registration_term
from bdhvs_xapi.store.models import Agent, Authority, Statement, StatementAgent, StatementTerm, Term
from bdhvs_xapi.store.numbers import select_numbers

DEFAULT_LIMIT: Final = 100
# Bytes of the bodies of a page, after which it takes no further one: a page is in memory several times over.
PAGE_BYTES: Final = 4 * 1024 * 1024
MAX_LIMIT: Final = 1000
_CURSOR: Final = re.compile(r"[0-9a-f]{1,16}")
# A condition that fewer statements meet is rare.
_COUNTED: Final = 1000
# Where no condition is rare: of one that fewer statements meet, their numbers are listed.
_LISTED: Final = 30_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for. ``agent_key``: ``agent_key()``; ``verb`` and ``activity``: IRIs; ``since``, ``until``: aware.

    ``limit``: 0 or less is the default, and never more than ``MAX_LIMIT``. ``authority``: the key of the only
    authority whose statements the reader may see; then a StatementRef is found by what that authority's own
    statements say and by nothing of anybody else's.
    """

    agent_key: str | None = None
    related_agents: bool = False
    verb: str | None = None
    activity: str | None = None
    related_activities: bool = False
    registration: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    limit: int = 0
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: beyond statement ``seq`` in the order of the filter."""

    seq: int

    def encode(self) -> str:
        return f"{self.seq:x}"

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises ``ValueError`` for text that no ``encode()`` gave."""
        if not _CURSOR.fullmatch(text) or (seq := int(text, 16)) >= 1 << 63:
            raise ValueError("not a cursor")
        return cls(seq)


@dataclass(frozen=True, slots=True)
class Row:
    """One statement as it is answered; ``stored`` is UTC."""

    seq: int
    statement_id: UUID
    stored: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Statements in order, and where to go on, if there are more."""

    rows: list[Row]
    more: Cursor | None


@dataclass(frozen=True, slots=True)
class _Range:
    """A range of an index: rows of ``table`` that meet ``where``, in the order of ``seq``, a column of it."""

    table: str
    seq: str
    where: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Condition:
    """A statement meets it when it is in any of ``ranges``, or when ``check`` holds for statement ``s``."""

    ranges: tuple[_Range, ...]
    check: str
    values: tuple[Any, ...]


def page(filter: Filter, *, after: Cursor | None = None, using: str = "default") -> Page:
    """One page of what matches. Voided statements are left out; what refers to them is not (2.1.4).

    Two queries for each condition that is given, one or two more for each if there are several, and two for the page;
    each by an index.
    """
    connection = connections[using]
    conditions = _conditions(filter, connection)
    if conditions is None:
        return Page([], None)
    limit = min(filter.limit, MAX_LIMIT) if filter.limit > 0 else DEFAULT_LIMIT
    low = 0 if filter.since is None else order.after(filter.since)
    high = (1 << 63) - 1 if filter.until is None else order.not_after(filter.until)
    if after is not None:
        low, high = (max(low, after.seq + 1), high) if filter.ascending else (low, min(high, after.seq - 1))
    if low > high:
        return Page([], None)
    sql, values = _sql(conditions, (low, high), limit + 1, connection, ascending=filter.ascending)
    found = rows.select(sql, values, connection)
    listed = [_row(row) for row in found[:limit]]
    # `row[3]`: whether there is a further one, up to one more than the limit, and whether or not its body was read.
    return Page(listed, Cursor(listed[-1].seq) if listed and found[len(listed) - 1][3] else None)


def one(
    statement_id: UUID, *, voided: bool = False, authority: str | None = None, using: str = "default"
) -> Row | None:
    """The statement of that id, if it is (``voided``) or is not voided; with ``authority``, if that recorded it."""
    connection = connections[using]
    verb, values = _not_voiding(connection)
    state = f"{VOIDED} AND {verb}" if voided else f"NOT ({VOIDED} AND {verb})"
    values = [rows.uuid_in(connection)(statement_id), *values]
    own = ""
    if authority is not None:
        own = f" AND s.authority_id = (SELECT id FROM {rows.table(Authority)} WHERE key = %s)"  # noqa: S608
        values.append(authority)
    sql = f"SELECT s.seq, s.statement_id, s.body FROM {rows.table(Statement)} AS s WHERE s.statement_id = %s AND {state}{own}"  # noqa: S608, E501
    found = rows.select(sql, values, connection)
    return _row(found[0]) if found else None


def _row(row: tuple[Any, ...]) -> Row:
    return Row(row[0], rows.uuid_out(row[1]), order.stored_at(row[0]), bytes(row[2]))


def _not_voiding(connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
    """SQL that holds for a statement ``s`` that is no voiding; there is none before the verb is known."""
    number = select_numbers(Term, "iri", [Verb.VOIDED], connection).get(Verb.VOIDED)
    return ("1 = 1", []) if number is None else ("s.verb_id <> %s", [number])


# -- conditions --------------------------------------------------------------------------------------------------------


def _conditions(filter: Filter, connection: BaseDatabaseWrapper) -> list[_Condition] | None:
    """What must hold, the likely rarest first; ``None`` when nothing can."""
    mine = filter.authority is not None
    found: list[_Condition | None] = []
    if filter.registration is not None:
        found.append(_registration(filter.registration, connection, mine=mine))
    if filter.agent_key is not None:
        found.append(_agent(filter.agent_key, connection, related=filter.related_agents, mine=mine))
    if filter.activity is not None:
        found.append(_activity(filter.activity, connection, related=filter.related_activities, mine=mine))
    if filter.authority is not None:
        found.append(_authority(filter.authority, connection))
    if filter.verb is not None:
        found.append(_verb(filter.verb, connection, mine=mine))
    known = [condition for condition in found if condition is not None]
    return known if len(known) == len(found) else None


def _own(column: str, value: Any) -> _Range:
    return _Range(f"{rows.table(Statement)} AS s", "s.seq", f"s.{column} = %s", (value,))


def _mentions(table: str, column: str, number: int, roles: Sequence[int]) -> tuple[_Range, ...]:
    joined = f"{table} AS m JOIN {rows.table(Statement)} AS s ON s.seq = m.statement_id"
    return tuple(_Range(joined, "m.statement_id", f"m.{column} = %s AND m.role = %s", (number, role)) for role in roles)


def _mentioned(table: str, column: str, number: int, roles: Sequence[int]) -> tuple[str, tuple[Any, ...]]:
    listed = ", ".join(str(int(role)) for role in roles)
    return (
        # No EXISTS: PostgreSQL would first list everything that is mentioned so, and that grows with the ledger.
        f"(SELECT 1 FROM {table} AS x WHERE x.{column} = %s AND x.role IN ({listed}) "  # noqa: S608
        "AND x.statement_id = s.seq LIMIT 1) = 1",
        (number,),
    )


def _present(table: str, column: str, number: int, roles: Sequence[int], connection: BaseDatabaseWrapper) -> list[int]:
    """Those of ``roles`` in which anything is mentioned at all: mostly one or two of a dozen.

    PostgreSQL plans each range of a query anew, and planning the empty ones cost more than reading the others.
    """
    listed = ", ".join(f"({int(role)})" for role in roles)
    sql = f"""
        SELECT r.column1 FROM (VALUES {listed}) AS r
        WHERE (SELECT 1 FROM {table} AS x WHERE x.{column} = %s AND x.role = r.column1 LIMIT 1) = 1
    """  # noqa: S608 - names and numbers of our own
    return [row[0] for row in rows.select(sql, [number], connection)]


def _terms(
    number: int, roles: Sequence[int], connection: BaseDatabaseWrapper
) -> tuple[tuple[_Range, ...], str, tuple[Any, ...]]:
    table = rows.table(StatementTerm)
    present = _present(table, "term_id", number, roles, connection)
    if not present:
        return (), "1 = 0", ()
    return (_mentions(table, "term_id", number, present), *_mentioned(table, "term_id", number, present))


def _verb(iri: str, connection: BaseDatabaseWrapper, *, mine: bool) -> _Condition | None:
    number = select_numbers(Term, "iri", [iri], connection).get(iri)
    if number is None:
        return None
    ranges, check, values = _terms(
        number, [TermRole.REF_VERB, *([] if mine else [TermRole.FOREIGN_REF_VERB])], connection
    )
    return _Condition((_own("verb_id", number), *ranges), f"(s.verb_id = %s OR {check})", (number, *values))


def _registration(registration: UUID, connection: BaseDatabaseWrapper, *, mine: bool) -> _Condition:
    value = rows.uuid_in(connection)(registration)
    own, check, values = _own("registration", value), "s.registration = %s", (value,)
    term = registration_term(registration)
    number = select_numbers(Term, "iri", [term], connection).get(term)
    if number is None:
        return _Condition((own,), check, values)
    ranges, inherited, more = _terms(
        number, [TermRole.REF_REGISTRATION, *([] if mine else [TermRole.FOREIGN_REF_REGISTRATION])], connection
    )
    return _Condition((own, *ranges), f"({check} OR {inherited})", (*values, *more))


def _activity(iri: str, connection: BaseDatabaseWrapper, *, related: bool, mine: bool) -> _Condition | None:
    number = select_numbers(Term, "iri", [iri], connection).get(iri)
    if number is None:
        return None
    roles = [TermRole.OBJECT, TermRole.REF_OBJECT, *([] if mine else [TermRole.FOREIGN_REF_OBJECT])]
    if related:
        roles += [TermRole.PARENT, TermRole.GROUPING, TermRole.CATEGORY, TermRole.OTHER]
        roles += [TermRole.SUB_OBJECT, TermRole.SUB_CONTEXT, TermRole.REF_RELATED]
        roles += [] if mine else [TermRole.FOREIGN_REF_RELATED]
    condition = _Condition(*_terms(number, roles, connection))
    return condition if condition.ranges else None


def _agent(key: str, connection: BaseDatabaseWrapper, *, related: bool, mine: bool) -> _Condition | None:
    number = select_numbers(Agent, "key", [key], connection).get(key)
    if number is None:
        return None
    roles = [*sorted(DIRECT), AgentRole.REF_AGENT, *([] if mine else [AgentRole.FOREIGN_REF_AGENT])]
    vouching: list[int] = []
    if related:
        roles += [AgentRole.INSTRUCTOR, AgentRole.TEAM, AgentRole.SUB_STATEMENT, AgentRole.CONTEXT_AGENT]
        roles += [AgentRole.REF_RELATED, *([] if mine else [AgentRole.FOREIGN_REF_RELATED])]
        vouching = authorities_of(key, using=connection.alias)
    table = rows.table(StatementAgent)
    present = _present(table, "agent_id", number, roles, connection)
    ranges = _mentions(table, "agent_id", number, present)
    # An empty list of roles would be no SQL; none of these is ever stored.
    check, values = _mentioned(table, "agent_id", number, present or [-1])
    if vouching:
        ranges += tuple(_own("authority_id", each) for each in vouching)
        check = f"({check} OR s.authority_id IN {rows.marks(len(vouching))})"
        values = (*values, *vouching)
    return _Condition(ranges, check, values) if ranges else None


def _authority(key: str, connection: BaseDatabaseWrapper) -> _Condition | None:
    number = select_numbers(Authority, "key", [key], connection).get(key)
    return None if number is None else _Condition((_own("authority_id", number),), "s.authority_id = %s", (number,))


# -- the query ---------------------------------------------------------------------------------------------------------


def _sql(
    conditions: Sequence[_Condition],
    between: tuple[int, int],
    limit: int,
    connection: BaseDatabaseWrapper,
    *,
    ascending: bool,
) -> tuple[str, list[Any]]:
    """Each range of the leading condition read to the limit, all merged, and the bodies of what is left, up to
    `PAGE_BYTES`: the statement that reaches it is the last."""
    direction = "ASC" if ascending else "DESC"
    every = _Range(f"{rows.table(Statement)} AS s", "s.seq", "1 = 1", ())
    leading, listed = _plan(conditions, between, connection) if conditions else (_Condition((every,), "", ()), [])
    others = [each for each in conditions if each is not leading and each not in listed]
    not_voiding, verb = _not_voiding(connection)
    checks = [f"NOT ({VOIDED} AND {not_voiding})", *(each.check for each in others)]
    checked = [*verb, *(value for each in others for value in each.values)]
    lists = [_list(each, between) for each in listed]
    parts: list[str] = []
    values: list[Any] = []
    for position, each in enumerate(leading.ranges):
        # First what needs no look at the statement.
        needed = [*(f"{each.seq} IN ({sql})" for sql, _ in lists), *checks]
        parts.append(
            f"SELECT * FROM (SELECT {each.seq} AS seq FROM {each.table} WHERE {each.where} "  # noqa: S608
            f"AND {each.seq} >= %s AND {each.seq} <= %s AND {' AND '.join(needed)} "
            f"ORDER BY {each.seq} {direction} LIMIT {limit}) AS r{position}"
        )
        values += [*each.values, *between, *(value for _, found in lists for value in found), *checked]
    sql = f"""
        SELECT s.seq, s.statement_id, s.body, sized.more
        FROM (SELECT seq, SUM(size) OVER page - size AS before, LEAD(seq) OVER page IS NOT NULL AS more
              FROM (SELECT found.seq, length(b.body) AS size
                    FROM (SELECT seq FROM ({" UNION ".join(parts)}) AS every
                          ORDER BY seq {direction} LIMIT {limit}) AS found
                    JOIN {rows.table(Statement)} AS b ON b.seq = found.seq) AS sizes
              WINDOW page AS (ORDER BY seq {direction})) AS sized
        JOIN {rows.table(Statement)} AS s ON s.seq = sized.seq
        WHERE sized.before < {PAGE_BYTES} ORDER BY s.seq {direction}
    """  # noqa: S608 - names of our own tables
    return sql, values


def _plan(
    conditions: Sequence[_Condition], between: tuple[int, int], connection: BaseDatabaseWrapper
) -> tuple[_Condition, list[_Condition]]:
    """The condition with the fewest rows, which leads, and those whose rows are few enough to be listed beforehand.

    Rows are counted up to a limit. Where one condition is rare, the others are asked of each of its rows. Where none
    is, the rows that meet several may be rare all the same, and looking at thousands of statements for them costs far
    more than two lists of numbers from two indexes.
    """
    if len(conditions) == 1:
        return conditions[0], []
    rare, fewest = None, _COUNTED
    for each in conditions:
        # No further than the rarest so far: what is common costs no more to count than what is rare.
        if fewest and (found := _count(each, between, fewest, connection)) < fewest:
            rare, fewest = each, found
    if rare is not None:
        return rare, []
    counts = [_count(each, between, _LISTED, connection) for each in conditions]
    rarest = counts.index(min(counts))
    return conditions[rarest], [
        each for place, each in enumerate(conditions) if place != rarest and counts[place] < _LISTED
    ]


def _list(condition: _Condition, between: tuple[int, int], limit: int | None = None) -> tuple[str, list[Any]]:
    """SQL for the numbers of the statements that meet ``condition``, from indexes alone, up to ``limit`` of a range."""
    cut = "" if limit is None else f" LIMIT {limit}"
    parts: list[str] = []
    values: list[Any] = []
    for position, each in enumerate(condition.ranges):
        # The join with the statement adds nothing here.
        table = each.table.partition(" JOIN ")[0]
        parts.append(
            f"SELECT * FROM (SELECT {each.seq} AS seq FROM {table} WHERE {each.where} "  # noqa: S608
            f"AND {each.seq} >= %s AND {each.seq} <= %s{cut}) AS l{position}"
        )
        values += [*each.values, *between]
    return " UNION ALL ".join(parts), values


def _count(condition: _Condition, between: tuple[int, int], limit: int, connection: BaseDatabaseWrapper) -> int:
    sql, values = _list(condition, between, limit)
    counted = f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) AS every LIMIT {limit}) AS c"  # noqa: S608
    [(count,)] = rows.select(counted, values, connection)
    return int(count)
