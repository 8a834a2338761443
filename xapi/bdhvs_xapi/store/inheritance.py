"""What a StatementRef takes over from the statements that it leads to.

A statement whose object is a StatementRef meets a filter's condition if the statement referred to meets it, through
any chain of references (xAPI 1.0.3 Part Three, 2.1.3). That is written down once both are here, whichever comes first,
in rows of ``StatementTerm`` and ``StatementAgent`` in roles of their own: a filter then is a few ranges
of an index however long the chains are. A reader who may see one authority's statements only finds a reference by
what statements of that same authority say, so what came through any other has other roles.

How many statements refer to one is up to whoever writes, and so is how much that one names. So the transaction that
stores a statement only notes that there is something to follow (``Following``); a step takes a page of references, is
read without any lock and written in a short transaction of its own. A process that dies between two loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import UNSET

from bdhvs_xapi.statements.references import AgentRole, TermRole, activities, agents
from bdhvs_xapi.statements.validate import decode
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.authorities import agent_keys
from bdhvs_xapi.store.guard import MAX_CHAIN
from bdhvs_xapi.store.models import Agent, Authority, Following, Statement, StatementAgent, StatementTerm, Term
from bdhvs_xapi.store.numbers import numbers

# The roles that the filter ``agent`` matches.
DIRECT: Final = frozenset({AgentRole.ACTOR, AgentRole.OBJECT, AgentRole.MEMBER})
# References of one step, and the rows after which it takes no further one: some twenty milliseconds.
REFERENCES: Final = 100
ROWS: Final = 1_500
# What one reference takes over at most, nearest first. A comment on a session with a group of 300 is far below it.
MAX_TAKEN: Final = 500
# Steps that the caller of ``record()`` waits for, in its own transaction: its acts are referred to by a few at most.
AT_ONCE: Final = 3


@dataclass(frozen=True, slots=True)
class _Reference:
    """A statement that refers to another."""

    statement_id: UUID
    seq: int
    authority: int


@dataclass(frozen=True, slots=True)
class _Target:
    """What a reference takes over from one statement, in a fixed order."""

    statement_id: UUID
    authority: int
    ref: UUID | None
    terms: tuple[tuple[TermRole, str], ...]
    agents: tuple[tuple[AgentRole, str], ...]


def registration_term(registration: UUID | str) -> str:
    """How a registration is kept as a term. "|" occurs in no IRI, so no activity or verb is ever called this."""
    return f"registration|{registration}"


def referred_to(ids: Sequence[UUID], connection: BaseDatabaseWrapper) -> set[UUID]:
    """Those of ``ids`` that some statement refers to. However many do: one look into the index for each."""
    as_uuid = rows.uuid_in(connection)
    cast = "::uuid" if connection.vendor == "postgresql" else ""
    found: set[UUID] = set()
    for part in rows.chunks(ids):
        sql = f"""
            WITH wanted(id) AS (VALUES {", ".join([f"(%s{cast})"] * len(part))})
            SELECT wanted.id FROM wanted
            WHERE EXISTS (SELECT 1 FROM {rows.table(Statement)} AS s WHERE s.object_ref = wanted.id)
        """  # noqa: S608 - names of our own tables
        found.update(rows.uuid_out(id_) for (id_,) in rows.select(sql, [as_uuid(each) for each in part], connection))
    return found


def note(seqs: Iterable[int], connection: BaseDatabaseWrapper) -> None:
    """Puts down that what refers to these statements, just inserted, and what they refer to is to be followed."""
    lines = [(seq, -1, seq, 0) for seq in sorted(seqs)]
    rows.insert_rows(Following, ("statement", "after", "since", "depth"), lines, connection)


def unfollowed_since(connection: BaseDatabaseWrapper) -> int | None:
    """``seq`` of the oldest statement whose references are not all followed; None: everything is."""
    [(seq,)] = rows.select(f"SELECT min(since) FROM {rows.table(Following)}", [], connection)  # noqa: S608
    return seq if seq is None else int(seq)


def step(*, using: str, since: Collection[int] | None = None) -> bool:
    """One page of references to one statement; whether there was one. ``since``: of these arrivals only."""
    connection = connections[using]
    todo = Following.objects.using(using).order_by("pk")
    row: Any = (todo if since is None else todo.filter(since__in=since)).first()
    if row is None:
        return False
    # Everything that is read here is immutable, or arrives with a row of its own.
    chain = list(_chain_of(row.statement_id, connection))
    target = chain[0]
    page = _references(target.statement_id, max(row.after, 0), connection)
    own = [_Reference(target.statement_id, row.statement_id, target.authority)] if row.after < 0 else []
    terms: list[tuple[str, int, int]] = []
    people: list[tuple[str, int, int]] = []
    done: list[_Reference] = []
    for each in [*own, *page]:
        if done and len(terms) + len(people) >= ROWS:
            break
        _take_over(each, chain[1:] if own and each is own[0] else chain, terms, people)
        done.append(each)
    passed = done[len(own) :]
    deeper = referred_to([each.statement_id for each in passed], connection) if row.depth + 1 < MAX_CHAIN else set()
    iris = numbers(Term, "iri", {iri for iri, _, _ in terms}, connection)
    keys = numbers(Agent, "key", {key for key, _, _ in people}, connection)
    with transaction.atomic(using=using):
        mine = Following.objects.using(using).select_for_update().filter(pk=row.pk, after=row.after)
        if not mine.exists():
            # Another process was faster.
            return True
        _insert(StatementTerm, "term", {(iris[iri], role, seq) for iri, role, seq in terms}, connection)
        _insert(StatementAgent, "agent", {(keys[key], role, seq) for key, role, seq in people}, connection)
        # Who refers to a statement that takes something over takes it over too.
        lines = [(each.seq, 0, row.since, row.depth + 1) for each in passed if each.statement_id in deeper]
        rows.insert_rows(Following, ("statement", "after", "since", "depth"), lines, connection)
        if len(passed) == len(page) < REFERENCES:
            mine.delete()
        else:
            mine.update(after=passed[-1].seq if passed else 0)
    return True


def _insert(model: Any, name: str, found: set[tuple[int, int, int]], connection: BaseDatabaseWrapper) -> None:
    rows.insert_rows(model, (name, "role", "statement"), sorted(found), connection, ignore_conflicts=True)


def _take_over(
    reference: _Reference,
    chain: Sequence[_Target],
    terms: list[tuple[str, int, int]],
    people: list[tuple[str, int, int]],
) -> None:
    """Adds (name, role, seq) of what ``reference`` takes over along ``chain``; a circle ends where it began."""
    foreign = False
    left = MAX_TAKEN
    for target in chain[:MAX_CHAIN]:
        if target.statement_id == reference.statement_id:
            return
        foreign = foreign or target.authority != reference.authority
        for role, iri in target.terms[:left]:
            terms.append((iri, _term_role(role, foreign=foreign), reference.seq))
        left = max(0, left - len(target.terms))
        for agent_role, key in target.agents[:left]:
            people.append((key, _agent_role(agent_role, foreign=foreign), reference.seq))
        left = max(0, left - len(target.agents))
        if not left:
            return


def _references(target: UUID, after: int, connection: BaseDatabaseWrapper) -> list[_Reference]:
    """A page of the statements that refer to ``target``, in order of ``seq``."""
    sql = f"""
        SELECT statement_id, seq, authority_id FROM {rows.table(Statement)}
        WHERE object_ref = %s AND seq > %s ORDER BY seq LIMIT {REFERENCES}
    """  # noqa: S608 - names of our own tables
    found = rows.select(sql, [rows.uuid_in(connection)(target), after], connection)
    return [_Reference(rows.uuid_out(row[0]), row[1], row[2]) for row in found]


def _chain_of(seq: int, connection: BaseDatabaseWrapper) -> Iterator[_Target]:
    """The statement ``seq`` and those that it leads to, as far as they are here; a circle ends where it began."""
    condition, value, seen = "s.seq = %s", seq, set()
    for _ in range(MAX_CHAIN + 1):
        sql = f"""
            SELECT s.statement_id, s.authority_id, s.object_ref, s.body, authority.agent
            FROM {rows.table(Statement)} AS s
            JOIN {rows.table(Authority)} AS authority ON authority.id = s.authority_id
            WHERE {condition}
        """  # noqa: S608 - names of our own tables
        found = rows.select(sql, [value], connection)
        if not found or rows.uuid_out(found[0][0]) in seen:
            return
        [(id_, authority, ref, body, agent)] = found
        target = _target(rows.uuid_out(id_), authority, rows.uuid_out(ref), bytes(body), agent)
        seen.add(target.statement_id)
        yield target
        if target.ref is None:
            return
        condition, value = "s.statement_id = %s", rows.uuid_in(connection)(target.ref)


def _term_role(role: TermRole, *, foreign: bool) -> int:
    inherited: TermRole = TermRole.REF_OBJECT if role is TermRole.OBJECT else TermRole.REF_RELATED
    if role in (TermRole.REF_VERB, TermRole.REF_REGISTRATION):
        inherited = role
    return FOREIGN[inherited].value if foreign else inherited.value


def _agent_role(role: AgentRole, *, foreign: bool) -> int:
    direct = role in DIRECT
    if foreign:
        return (AgentRole.FOREIGN_REF_AGENT if direct else AgentRole.FOREIGN_REF_RELATED).value
    return (AgentRole.REF_AGENT if direct else AgentRole.REF_RELATED).value


FOREIGN: Final = {
    TermRole.REF_OBJECT: TermRole.FOREIGN_REF_OBJECT,
    TermRole.REF_RELATED: TermRole.FOREIGN_REF_RELATED,
    TermRole.REF_VERB: TermRole.FOREIGN_REF_VERB,
    TermRole.REF_REGISTRATION: TermRole.FOREIGN_REF_REGISTRATION,
}


def _target(id_: UUID, authority: int, ref: UUID | None, body: bytes, agent: str) -> _Target:
    """Read from the body: a redaction leaves in it everything that filters rest on."""
    statement = decode(body)
    terms = set(activities(statement))
    terms.add((TermRole.REF_VERB, statement.verb.id))
    if statement.context is not UNSET and statement.context.registration is not UNSET:
        terms.add((TermRole.REF_REGISTRATION, registration_term(UUID(statement.context.registration))))
    people = set(agents(statement))
    # related_agents matches the authority too.
    people.update((AgentRole.REF_RELATED, key) for key in agent_keys(agent))
    order = {TermRole.OBJECT: -2, TermRole.REF_VERB: -1, TermRole.REF_REGISTRATION: -1}
    return _Target(
        id_,
        authority,
        ref,
        # What filters ask for most comes first: there is a limit.
        tuple(sorted(terms, key=lambda term: (order.get(term[0], term[0]), term[1]))),
        tuple(sorted(people)),
    )
