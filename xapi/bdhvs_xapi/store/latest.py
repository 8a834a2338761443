"""What was said last: of one actor about some things, and of many actors to questions. At a cost that the length of the
ledger does not change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from bdhvs_xapi.statements.references import TermRole
from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.facts import VOIDED, Fact, load
from bdhvs_xapi.store.models import Agent, Statement, StatementTerm, Term
from bdhvs_xapi.store.numbers import select_numbers


def newest_of(
    actor_keys: Collection[str],
    activities: Collection[str],
    *,
    verbs: Collection[str],
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    using: str = "default",
) -> list[Fact]:
    """The newest statements in force of these actors, activities (as the object) and verbs, newest first. One query;
    only the answer is loaded, however much was said.

    ``before``: time and id of a statement; only what comes after it in this order.
    """
    if not (actor_keys and activities and verbs):
        return []
    values: list[Any] = [*actor_keys, *activities, *verbs]
    older = ""
    if before is not None:
        connection, (moment, statement_id) = connections[using], before
        older = "AND (s.occurred_at, s.statement_id) < (%s, %s)"
        values += [connection.ops.adapt_datetimefield_value(moment), rows.uuid_in(connection)(statement_id)]
    # CROSS: SQLite then keeps the order of the tables.
    where = f"""s.seq IN (SELECT seq FROM (
        SELECT s.seq FROM {rows.table(Agent)} AS actor CROSS JOIN {rows.table(Term)} AS object
        CROSS JOIN {rows.table(Statement)} AS s
        JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
        WHERE actor.key IN {rows.marks(len(actor_keys))} AND object.iri IN {rows.marks(len(activities))}
            AND s.actor_id = actor.id AND s.object_term_id = object.id
            AND verb.iri IN {rows.marks(len(verbs))} {older} AND NOT {VOIDED}
        ORDER BY s.occurred_at DESC, s.statement_id DESC LIMIT {int(limit)}) AS newest)"""  # noqa: S608 - our own tables
    return load(where, values, using)[::-1]


@dataclass(frozen=True)
class Answer:
    """What somebody answered last to a question of an activity. ``seq``: of the statement, whose body says the rest."""

    actor_key: str
    activity: str
    question: str
    seq: int
    success: bool | None


def last_answers(actor_keys: Collection[str], activities: Collection[str], *, using: str = "default") -> list[Answer]:
    """Of each of these actors the last answer in force to each question (the object) whose parent is one of these
    activities. Two queries and one for each 500 actors; read without the bodies, and bounded by what these actors have
    said, not by the ledger."""
    connection = connections[using]
    terms = select_numbers(Term, "iri", sorted(activities), connection) if activities else {}
    found: list[Answer] = []
    if not terms:
        return found
    parents = {number: iri for iri, number in terms.items()}
    for part in rows.chunks(sorted(actor_keys)):
        actors = select_numbers(Agent, "key", part, connection)
        if not actors:
            continue
        keys = {number: key for key, number in actors.items()}
        sql = f"""
            WITH wanted(actor_id) AS (VALUES {", ".join(["(%s)"] * len(actors))})
            SELECT actor_id, parent_id, iri, seq, success FROM (
                SELECT s.actor_id, mention.term_id AS parent_id, object.iri, s.seq, s.success,
                       ROW_NUMBER() OVER (PARTITION BY s.actor_id, mention.term_id, s.object_term_id
                                          ORDER BY s.occurred_at DESC, s.statement_id DESC) AS place
                FROM wanted CROSS JOIN {rows.table(Statement)} AS s
                JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id AND verb.iri = %s
                JOIN {rows.table(StatementTerm)} AS mention ON mention.statement_id = s.seq AND mention.role = %s
                    AND mention.term_id IN {rows.marks(len(parents))}
                JOIN {rows.table(Term)} AS object ON object.id = s.object_term_id
                WHERE s.actor_id = wanted.actor_id AND NOT {VOIDED}) AS ranked
            WHERE place = 1
        """  # noqa: S608 - names of our own tables
        values = [*actors.values(), Verb.ANSWERED, TermRole.PARENT.value, *parents]
        found += [
            Answer(keys[actor], parents[parent], question, seq, rows.bool_out(success))
            for actor, parent, question, seq, success in rows.select(sql, values, connection)
        ]
    return found
