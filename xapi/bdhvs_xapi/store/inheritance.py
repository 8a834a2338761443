"""What a StatementRef takes over from the statements that it leads to.

A statement whose object is a StatementRef meets a filter's condition if the statement referred to meets it, through
any chain of references (xAPI 1.0.3 Part Three, 2.1.3). That is written down when either of them is inserted, whichever
comes first, as rows of ``StatementTerm`` and ``StatementAgent`` in roles of their own: a filter then is a few ranges
of an index however long the chains are. A reader who may see one authority's statements only finds a reference by
what statements of that same authority say, so what came through any other has other roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import UNSET

from bdhvs_xapi.statements.references import AgentRole, TermRole, activities, agents
from bdhvs_xapi.statements.validate import decode
from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.authorities import agent_keys
from bdhvs_xapi.store.guard import MAX_CHAIN
from bdhvs_xapi.store.models import Agent, Authority, Statement, StatementAgent, StatementTerm, Term
from bdhvs_xapi.store.numbers import numbers

# The roles that the filter ``agent`` matches.
DIRECT: Final = frozenset({AgentRole.ACTOR, AgentRole.OBJECT, AgentRole.MEMBER})


@dataclass(frozen=True, slots=True)
class Reference:
    """A statement that refers to another: ``statement_id`` to ``target``, both perhaps long known."""

    statement_id: UUID
    seq: int
    target: UUID
    authority: int
    verb: str
    trust: int

    @property
    def voids(self) -> bool:
        return self.verb == Verb.VOIDED


@dataclass(frozen=True, slots=True)
class _Target:
    """What a reference takes over from one statement."""

    authority: int
    ref: UUID | None
    terms: frozenset[tuple[TermRole, str]]
    agents: frozenset[tuple[AgentRole, str]]


def registration_term(registration: UUID | str) -> str:
    """How a registration is kept as a term. "|" occurs in no IRI, so no activity or verb is ever called this."""
    return f"registration|{registration}"


def references_to(ids: Sequence[UUID], connection: BaseDatabaseWrapper) -> list[Reference]:
    """The statements that are here and refer to one of ``ids``."""
    as_uuid = rows.uuid_in(connection)
    found: list[Reference] = []
    for part in rows.chunks(ids):
        sql = f"""
            SELECT s.statement_id, s.seq, s.object_ref, s.authority_id, verb.iri, authority.trust
            FROM {rows.table(Statement)} AS s
            JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
            JOIN {rows.table(Authority)} AS authority ON authority.id = s.authority_id
            WHERE s.object_ref IN {rows.marks(len(part))}
        """  # noqa: S608 - names of our own tables
        found.extend(
            Reference(rows.uuid_out(row[0]), row[1], rows.uuid_out(row[2]), *row[3:])
            for row in rows.select(sql, [as_uuid(each) for each in part], connection)
        )
    return found


def inherit(own: Iterable[Reference], arrived: Sequence[Reference], connection: BaseDatabaseWrapper) -> None:
    """Writes down what references take over.

    ``own``: the references among the statements just inserted; ``arrived``: the references, old or new, to any of the
    statements just inserted. To be called last in the transaction: rows are inserted in one order, and nothing that
    another transaction waits for comes after.
    """
    affected = {each.seq: each for each in own}
    found: Sequence[Reference] = arrived
    for _ in range(MAX_CHAIN):
        found = [each for each in found if each.seq not in affected]
        if not found:
            break
        affected.update((each.seq, each) for each in found)
        # Who refers to a statement that takes something over takes it over too.
        found = references_to([each.statement_id for each in found], connection)
    if not affected:
        return
    targets = _targets(affected.values(), connection)
    terms: set[tuple[int, int, int]] = set()
    people: set[tuple[int, int, int]] = set()
    names = {iri for target in targets.values() for _, iri in target.terms}
    keys = {key for target in targets.values() for _, key in target.agents}
    iri_numbers = numbers(Term, "iri", names, connection)
    key_numbers = numbers(Agent, "key", keys, connection)
    for each in affected.values():
        for foreign, target in _chain(each, targets):
            for role, iri in target.terms:
                terms.add((iri_numbers[iri], _term_role(role, foreign=foreign), each.seq))
            for agent_role, key in target.agents:
                people.add((key_numbers[key], _agent_role(agent_role, foreign=foreign), each.seq))
    rows.insert_rows(StatementTerm, ("term", "role", "statement"), sorted(terms), connection, ignore_conflicts=True)
    rows.insert_rows(StatementAgent, ("agent", "role", "statement"), sorted(people), connection, ignore_conflicts=True)


def _chain(reference: Reference, targets: dict[UUID, _Target]) -> Iterable[tuple[bool, _Target]]:
    """(whether another authority is on the way, statement) along the references; ends at one that is not here."""
    foreign = False
    seen = {reference.statement_id}
    following: UUID | None = reference.target
    while following is not None and following in targets and following not in seen and len(seen) <= MAX_CHAIN:
        seen.add(following)
        target = targets[following]
        foreign = foreign or target.authority != reference.authority
        yield foreign, target
        following = target.ref


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


def _targets(affected: Iterable[Reference], connection: BaseDatabaseWrapper) -> dict[UUID, _Target]:
    """Every statement on a way from one of ``affected``, as far as it is here."""
    as_uuid = rows.uuid_in(connection)
    found: dict[UUID, _Target] = {}
    wanted = {each.target for each in affected}
    for _ in range(MAX_CHAIN):
        fresh: list[_Target] = []
        for part in rows.chunks(sorted(wanted - found.keys())):
            sql = f"""
                SELECT s.statement_id, s.authority_id, s.object_ref, s.body, authority.agent
                FROM {rows.table(Statement)} AS s
                JOIN {rows.table(Authority)} AS authority ON authority.id = s.authority_id
                WHERE s.statement_id IN {rows.marks(len(part))}
            """  # noqa: S608 - names of our own tables
            for id_, authority, ref, body, agent in rows.select(sql, [as_uuid(each) for each in part], connection):
                target = _target(authority, rows.uuid_out(ref), bytes(body), agent)
                found[rows.uuid_out(id_)] = target
                fresh.append(target)
        wanted = {target.ref for target in fresh if target.ref is not None}
        if not wanted:
            break
    return found


def _target(authority: int, ref: UUID | None, body: bytes, agent: str) -> _Target:
    """Read from the body: a redaction leaves in it everything that filters rest on."""
    statement = decode(body)
    terms = set(activities(statement))
    terms.add((TermRole.REF_VERB, statement.verb.id))
    if statement.context is not UNSET and statement.context.registration is not UNSET:
        terms.add((TermRole.REF_REGISTRATION, registration_term(UUID(statement.context.registration))))
    people = set(agents(statement))
    # related_agents matches the authority too.
    people.update((AgentRole.REF_RELATED, key) for key in agent_keys(agent))
    return _Target(authority, ref, frozenset(terms), frozenset(people))
