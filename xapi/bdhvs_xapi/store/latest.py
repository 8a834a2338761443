"""What was said last: of one actor about some things, and of many actors to questions. At a cost that the length of the
ledger does not change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connections

from bdhvs_xapi.statements.references import TermRole
from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.facts import VOIDED, Fact, load
from bdhvs_xapi.store.models import Agent, Statement, StatementTerm, Term
from bdhvs_xapi.store.numbers import select_numbers

_STATEMENTS: Final = rows.table(Statement)
_MENTIONS: Final = rows.table(StatementTerm)


def newest_of(
    actor_keys: Collection[str],
    activities: Collection[str],
    *,
    verbs: Collection[str],
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    voided: bool = False,
    using: str = "default",
) -> list[Fact]:
    """The newest statements in force of these actors, activities (as the object) and verbs, newest first. One query;
    only the answer is loaded, however much was said. ``voided``: instead those that no longer are in force.

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
    force = "" if voided else "NOT"
    # CROSS: SQLite then keeps the order of the tables.
    where = f"""s.seq IN (SELECT seq FROM (
        SELECT s.seq FROM {rows.table(Agent)} AS actor CROSS JOIN {rows.table(Term)} AS object
        CROSS JOIN {rows.table(Statement)} AS s
        JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
        WHERE actor.key IN {rows.marks(len(actor_keys))} AND object.iri IN {rows.marks(len(activities))}
            AND s.actor_id = actor.id AND s.object_term_id = object.id
            AND verb.iri IN {rows.marks(len(verbs))} {older} AND {force} {VOIDED}
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
    activities; of a question that several of them ask, the last of all. One query and two for each 500 actors; read
    without the bodies.

    However often somebody tried, of each thing that an actor ever did the newest statement is looked at, and of a
    question the newest answer: from thing to thing by the index, not through what was said. CROSS: as in `newest_of`.
    """
    connection = connections[using]
    terms = select_numbers(Term, "iri", [Verb.ANSWERED, *sorted(activities)], connection) if activities else {}
    answered = terms.pop(Verb.ANSWERED, None)
    found: list[Answer] = []
    if answered is None or not terms:
        return found
    parents = {number: iri for iri, number in terms.items()}
    asked_here = f"mention.role = %s AND mention.term_id IN {rows.marks(len(parents))}"
    here = [TermRole.PARENT.value, *parents]
    for part in rows.chunks(sorted(actor_keys)):
        actors = select_numbers(Agent, "key", part, connection)
        if not actors:
            continue
        keys = {number: key for key, number in actors.items()}
        sql = f"""
            WITH RECURSIVE wanted(actor_id) AS (VALUES {", ".join(["(%s)"] * len(actors))}),
            done(actor_id, object_id) AS (
                SELECT wanted.actor_id,
                       (SELECT MIN(s.object_term_id) FROM {_STATEMENTS} AS s WHERE s.actor_id = wanted.actor_id)
                FROM wanted
                UNION ALL
                SELECT done.actor_id, (SELECT MIN(s.object_term_id) FROM {_STATEMENTS} AS s
                                       WHERE s.actor_id = done.actor_id AND s.object_term_id > done.object_id)
                FROM done WHERE done.object_id IS NOT NULL),
            answer(actor_id, object_id, occurred_at) AS (
                SELECT done.actor_id, done.object_id,
                       (SELECT s.occurred_at FROM {_STATEMENTS} AS s
                        WHERE s.actor_id = done.actor_id AND s.object_term_id = done.object_id AND s.verb_id = %s
                            AND EXISTS (SELECT 1 FROM {_MENTIONS} AS mention
                                        WHERE mention.statement_id = s.seq AND {asked_here})
                            AND NOT {VOIDED}
                        ORDER BY s.occurred_at DESC LIMIT 1)
                FROM done WHERE done.object_id IS NOT NULL AND EXISTS (
                    SELECT 1 FROM (SELECT s.seq, s.verb_id FROM {_STATEMENTS} AS s
                                   WHERE s.actor_id = done.actor_id AND s.object_term_id = done.object_id
                                   ORDER BY s.occurred_at DESC LIMIT 1) AS newest
                    WHERE newest.verb_id = %s OR EXISTS (
                        SELECT 1 FROM {_MENTIONS} AS mention
                        WHERE mention.statement_id = newest.seq AND {asked_here})))
            SELECT s.actor_id, mention.term_id, object.iri, s.seq, s.success, s.statement_id
            FROM answer CROSS JOIN {_STATEMENTS} AS s
            JOIN {rows.table(Term)} AS object ON object.id = s.object_term_id
            JOIN {_MENTIONS} AS mention ON mention.statement_id = s.seq AND {asked_here}
            WHERE s.actor_id = answer.actor_id AND s.object_term_id = answer.object_id
                AND s.occurred_at = answer.occurred_at AND s.verb_id = %s AND NOT {VOIDED}
        """  # noqa: S608 - names of our own tables
        values = [*actors.values(), answered, *here, answered, *here, *here, answered]
        # Of two at the same moment the one whose id comes later. Sorted here: in the query, to find the newest by its
        # time alone, the database stops at the first.
        newest: dict[tuple[int, str], tuple[str, Answer]] = {}
        for actor, parent, question, seq, success, statement_id in rows.select(sql, values, connection):
            number = str(statement_id)
            known = newest.get((actor, question))
            if known is None or known[0] < number:
                answer = Answer(keys[actor], parents[parent], question, seq, rows.bool_out(success))
                newest[actor, question] = (number, answer)
        found += [answer for _number, answer in newest.values()]
    return found


def counts_of(
    actor_keys: Collection[str], activities: Collection[str], *, verb: str, using: str = "default"
) -> dict[str, int]:
    """How many statements in force say that these actors did this to each of these activities (the object); none: not
    in it. One query, without the bodies."""
    if not (actor_keys and activities):
        return {}
    # CROSS: as in `newest_of`.
    sql = f"""
        SELECT object.iri, COUNT(*) FROM {rows.table(Agent)} AS actor CROSS JOIN {rows.table(Term)} AS object
        CROSS JOIN {_STATEMENTS} AS s JOIN {rows.table(Term)} AS verb ON verb.id = s.verb_id
        WHERE actor.key IN {rows.marks(len(actor_keys))} AND object.iri IN {rows.marks(len(activities))}
            AND s.actor_id = actor.id AND s.object_term_id = object.id AND verb.iri = %s AND NOT {VOIDED}
        GROUP BY object.iri"""  # noqa: S608 - names of our own tables
    return dict(rows.select(sql, [*actor_keys, *activities, verb], connections[using]))
