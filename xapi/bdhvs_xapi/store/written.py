"""What authorities wrote and what of it is in force: for taking all of it back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connections

from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.facts import VOIDED
from bdhvs_xapi.store.models import Agent, Authority, Statement, Term, Voiding

_FROM: Final = f"""
    FROM {rows.table(Statement)} AS s
    JOIN {rows.table(Agent)} AS actor ON actor.id = s.actor_id
    JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
    WHERE s.authority_id IN (SELECT id FROM {rows.table(Authority)} WHERE key IN %(keys)s)
"""  # noqa: S608 - names of our own tables
# A voiding cannot be voided (xAPI 1.0.3 Part Two, 2.3.2).
_IN_FORCE: Final = f"{_FROM} AND verb.iri <> %%s AND NOT {VOIDED}"
# Of what others said, or may still say: with what somebody voided of their own they took back what they say themselves.
_VOIDING_OTHERS: Final = f"""{_FROM} AND verb.iri = %%s
    AND EXISTS (SELECT 1 FROM {rows.table(Voiding)} AS v WHERE v.target_id = s.object_ref AND v.statement_id = s.seq)
    AND NOT EXISTS (SELECT 1 FROM {rows.table(Statement)} AS target
                    WHERE target.statement_id = s.object_ref AND target.authority_id = s.authority_id)
"""  # noqa: S608 - names of our own tables


def _of(sql: str, authorities: Collection[str]) -> tuple[str, list[Any]]:
    """``sql`` for these authorities, with its first values. An authority of no key wrote nothing."""
    keys = list(authorities) or [""]
    return sql % {"keys": rows.marks(len(keys))}, [*keys, Verb.VOIDED]


@dataclass(frozen=True, slots=True)
class Written:
    """How much of what was written is in force: ``statements`` about ``actors``; ``voidings`` of what others said."""

    statements: int
    actors: int
    voidings: int


def written_under(*authorities: str, using: str = "default") -> Written:
    """What counts of what these authorities wrote. Two queries, which read all of it."""
    connection = connections[using]
    sql, values = _of(_IN_FORCE, authorities)
    [(statements, actors)] = rows.select(f"SELECT COUNT(*), COUNT(DISTINCT s.actor_id) {sql}", values, connection)
    sql, values = _of(_VOIDING_OTHERS, authorities)
    [(voidings,)] = rows.select(f"SELECT COUNT(*) {sql}", values, connection)
    return Written(statements, actors, voidings)


def in_force_of(
    *authorities: str, after_seq: int = 0, actor_key: str | None = None, limit: int, using: str = "default"
) -> list[tuple[int, UUID]]:
    """(``seq``, ``statement_id``) of up to ``limit`` statements of these authorities in force beyond ``after_seq``, in
    order; voidings left out. ``actor_key``: of this actor only. One query."""
    found, values = _of(_IN_FORCE, authorities)
    condition = "AND s.seq > %s"
    values.append(after_seq)
    if actor_key is not None:
        condition += " AND actor.key = %s"
        values.append(actor_key)
    sql = f"SELECT s.seq, s.statement_id {found} {condition} ORDER BY s.seq LIMIT %s"
    listed = rows.select(sql, [*values, limit], connections[using])
    return [(seq, rows.uuid_out(statement_id)) for seq, statement_id in listed]


def actors_of(*authorities: str, limit: int, using: str = "default") -> list[str]:
    """Up to ``limit`` keys of actors of whom a statement of these authorities is in force, by key. One query."""
    found, values = _of(_IN_FORCE, authorities)
    sql = f"SELECT DISTINCT actor.key {found} ORDER BY actor.key LIMIT %s"
    return [key for (key,) in rows.select(sql, [*values, limit], connections[using])]


def voidings_of(*authorities: str, limit: int, using: str = "default") -> list[tuple[int, UUID]]:
    """(``seq`` of the voiding, id of its target) of up to ``limit`` voidings by these authorities of what others said,
    in order, those whose target has not come yet among them. One query."""
    found, values = _of(_VOIDING_OTHERS, authorities)
    sql = f"SELECT s.seq, s.object_ref {found} ORDER BY s.seq LIMIT %s"
    return [(seq, rows.uuid_out(target)) for seq, target in rows.select(sql, [*values, limit], connections[using])]


def set_aside(voidings: Collection[tuple[int, UUID]], *, using: str = "default") -> None:
    """These (``voidings_of()``) take nothing out of force any more. For good: sent again, they are known already.

    The statements stay, and cannot be voided themselves (xAPI 1.0.3 Part Two, 2.3.2). Whose authority was never to be
    believed has taken back nothing.
    """
    targets = {target for _seq, target in voidings}
    Voiding.objects.using(using).filter(
        target_id__in=targets, statement__in={seq for seq, _target in voidings}
    ).delete()


def voidings_against(targets: Collection[UUID], *, using: str = "default") -> list[tuple[UUID, int, datetime]]:
    """(target, ``seq`` of the voiding, when it was) of every voiding of these statements that counts. One query."""
    found = Voiding.objects.using(using).filter(target_id__in=list(targets)).order_by("target_id", "statement")
    return list(found.values_list("target_id", "statement_id", "statement__occurred_at"))
