"""What an authority wrote and what of it is in force: for taking all of it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connections

from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.facts import VOIDED
from bdhvs_xapi.store.models import Agent, Authority, Statement, Term

_FROM: Final = f"""
    FROM {rows.table(Statement)} AS s
    JOIN {rows.table(Agent)} AS actor ON actor.id = s.actor_id
    JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
    WHERE s.authority_id = (SELECT id FROM {rows.table(Authority)} WHERE key = %s)
"""  # noqa: S608 - names of our own tables
# A voiding cannot be voided (xAPI 1.0.3 Part Two, 2.3.2).
_IN_FORCE: Final = f"{_FROM} AND verb.iri <> %s AND NOT {VOIDED}"


@dataclass(frozen=True, slots=True)
class Written:
    """How much of an authority is in force: ``statements`` about ``actors``; ``voidings``, which nobody can void."""

    statements: int
    actors: int
    voidings: int


def written_under(authority: str, *, using: str = "default") -> Written:
    """What is in force of what ``authority`` wrote. Two queries, which read all of it."""
    connection = connections[using]
    [(statements, actors)] = rows.select(
        f"SELECT COUNT(*), COUNT(DISTINCT s.actor_id) {_IN_FORCE}", [authority, Verb.VOIDED], connection
    )
    [(voidings,)] = rows.select(f"SELECT COUNT(*) {_FROM} AND verb.iri = %s", [authority, Verb.VOIDED], connection)
    return Written(statements, actors, voidings)


def in_force_of(
    authority: str, *, after_seq: int = 0, actor_key: str | None = None, limit: int, using: str = "default"
) -> list[tuple[int, UUID]]:
    """(``seq``, ``statement_id``) of up to ``limit`` statements of ``authority`` in force beyond ``after_seq``, in
    order; voidings left out. ``actor_key``: of this actor only. One query."""
    connection = connections[using]
    values: list[Any] = [authority, Verb.VOIDED, after_seq]
    condition = "AND s.seq > %s"
    if actor_key is not None:
        condition += " AND actor.key = %s"
        values.append(actor_key)
    sql = f"SELECT s.seq, s.statement_id {_IN_FORCE} {condition} ORDER BY s.seq LIMIT %s"
    return [(seq, rows.uuid_out(statement_id)) for seq, statement_id in rows.select(sql, [*values, limit], connection)]


def actors_of(authority: str, *, limit: int, using: str = "default") -> list[str]:
    """Up to ``limit`` keys of actors of whom a statement of ``authority`` is in force, by key. One query."""
    sql = f"SELECT DISTINCT actor.key {_IN_FORCE} ORDER BY actor.key LIMIT %s"
    return [key for (key,) in rows.select(sql, [authority, Verb.VOIDED, limit], connections[using])]
