"""The only door to the ledger.

Everything is written inside the caller's transaction, so that an act and its statement are one. What a statement is
worth comes from its authority, never from its body.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.dispatch import Signal

from bdhvs_xapi.outbox.queue import enqueue
from bdhvs_xapi.statements.agents import account_actor, account_key
from bdhvs_xapi.statements.errors import InvalidStatement, Problem
from bdhvs_xapi.statements.ids import statement_id
from bdhvs_xapi.statements.references import AgentRole
from bdhvs_xapi.statements.validate import encode, parse
from bdhvs_xapi.statements.vocabulary import ActivityType, Interaction, ObjectType, Verb
from bdhvs_xapi.store.authorities import ensure_authority
from bdhvs_xapi.store.errors import (
    AuthorityConflict,
    StatementConflict,
    TransactionRequired,
    UnknownAuthority,
    UnknownStatement,
)
from bdhvs_xapi.store.facts import Fact, Recorded, actors, facts, get, is_voided
from bdhvs_xapi.store.insert import Prepared, insert, prepare, register_iris
from bdhvs_xapi.store.models import Trust
from bdhvs_xapi.store.redact import redact

__all__ = [
    "ActivityType",
    "AuthorityConflict",
    "Fact",
    "Interaction",
    "InvalidStatement",
    "ObjectType",
    "Problem",
    "Recorded",
    "StatementConflict",
    "TransactionRequired",
    "Trust",
    "UnknownAuthority",
    "UnknownStatement",
    "Verb",
    "account_actor",
    "account_key",
    "actors",
    "ensure_authority",
    "facts",
    "get",
    "is_voided",
    "record",
    "recorded",
    "recording",
    "redact",
    "register_iris",
    "statement_id",
]

# Sent inside the transaction of record() before its first write, with ``actor_keys`` (frozenset), ``voids`` (frozenset
# of statement ids) and ``using``: for a receiver's own locks, which must come before the ledger's, not between them.
recording = Signal()

# Sent inside the transaction of record() with ``statements`` (list of Recorded, new ones only, in batch order) and
# ``using``. An exception of a receiver undoes the whole transaction: a projection is never behind its ledger.
recorded = Signal()


def record(statements: Any, *, authority: str, received_at: datetime, using: str = "default") -> list[Recorded]:
    """Writes one statement or a sequence of them into the ledger and answers the stored ones, in order.

    ``statements``: a dict, a ``tincan.Statement``, or a sequence of these. A dict without ``id`` gets a random one.
    ``authority``: the key of an authority (``ensure_authority``); it decides trust. ``received_at``: aware; the
    statement's timestamp, if later, counts as this. ``using``: the database, on which ``atomic()`` must be open.

    A statement that is there already with the same content is answered with ``new`` false; it is not queued again and
    no hook runs for it. A batch is written whole or not at all: after an exception the surrounding ``atomic()`` block
    can only roll back (wrap the call in one of its own to go on).

    Raises ``InvalidStatement`` before anything is written, also for one id with two contents in the batch;
    ``StatementConflict`` for a stored id with other content; ``TransactionRequired``; ``UnknownAuthority``;
    ``ValueError`` for a naive ``received_at``; whatever a receiver of ``recorded`` raises.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at needs a zone")
    if not transaction.get_connection(using).in_atomic_block:
        raise TransactionRequired("record() belongs into transaction.atomic() together with the act that it records")
    many = isinstance(statements, Sequence)
    prepared = _prepare(list(statements) if many else [statements], received_at.astimezone(UTC), many=many)
    unique = {item.id: item for item in reversed(prepared)}
    batch = [item for item in prepared if unique[item.id] is item]
    if not batch:
        return []
    # No savepoint of its own: an exception marks the caller's block for rollback, and two queries are saved.
    with transaction.atomic(using=using, savepoint=False):
        recording.send(
            sender=Recorded,
            actor_keys=frozenset(key for item in batch for role, key in item.agents if role is AgentRole.ACTOR),
            voids=frozenset(target for item in batch if (target := item.voids) is not None),
            using=using,
        )
        answers = {done.statement_id: done for done in insert(batch, authority=authority, using=using)}
        new = [done for item in batch if (done := answers[item.id]).new]
        if new:
            enqueue([done.seq for done in new], due=new[0].stored, using=using)
            recorded.send(sender=Recorded, statements=new, using=using)
    return [answers[item.id] if unique[item.id] is item else Recorded.again(answers[item.id]) for item in prepared]


def _prepare(statements: Sequence[Any], received_at: datetime, *, many: bool) -> list[Prepared]:
    prepared: list[Prepared] = []
    digests: dict[UUID, bytes] = {}
    problems: list[Problem] = []
    for position, statement in enumerate(statements):
        try:
            item = _prepare_one(statement, received_at)
            if digests.setdefault(item.id, item.digest) != item.digest:
                raise InvalidStatement.of("id", f"{item.id} occurs twice in the batch with different content")
            prepared.append(item)
        except InvalidStatement as error:
            for problem in error.problems:
                path = f"[{position}].{problem.path}".rstrip(".") if many else problem.path
                problems.append(Problem(path, problem.reason))
    if problems:
        raise InvalidStatement(tuple(problems))
    return prepared


def _prepare_one(statement: Any, received_at: datetime) -> Prepared:
    if not isinstance(statement, dict):
        if not hasattr(statement, "as_version"):
            raise InvalidStatement.of("", f"expected a dict or a tincan.Statement, got {type(statement).__name__}")
        statement = statement.as_version()
    if "id" not in statement:
        statement = {**statement, "id": str(uuid4())}
    return prepare(parse(encode(statement)), received_at=received_at)
