"""The one way into the ledger: an act of ours, a POST of another system and what is fetched from one all pass here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import DatabaseError, connections, transaction
from django.dispatch import Signal

from bdhvs_xapi.outbox.queue import awaited_sql, enqueue
from bdhvs_xapi.statements.errors import InvalidStatement, Problem
from bdhvs_xapi.statements.references import AgentRole
from bdhvs_xapi.statements.validate import Parsed, encode, parse
from bdhvs_xapi.store import definitions, inheritance
from bdhvs_xapi.store.erased import disguised, erased
from bdhvs_xapi.store.errors import TransactionRequired
from bdhvs_xapi.store.facts import Recorded
from bdhvs_xapi.store.insert import compare_known, insert
from bdhvs_xapi.store.models import Agent, Term
from bdhvs_xapi.store.numbers import numbers
from bdhvs_xapi.store.prepared import Prepared, prepare
from bdhvs_xapi.store.redact import forgotten
from bdhvs_xapi.store.turns import Turns

log = logging.getLogger(__name__)
# New names that the transaction of a batch may number itself.
_FEW_NAMES: Final = 50
# Steps of one kind of work before the others get their turn, and which kind comes first: who makes much of one must not
# keep back the rest.
_TURN: Final = 3
_first: Final = count()

# Sent inside the transaction of record() before its first write, with ``actor_keys`` (frozenset), ``voids`` (frozenset
# of statement ids), ``later`` and ``using``: for a receiver's own locks, which must come before the ledger's, not
# between them.
recording = Signal()

# Sent inside the transaction of record() with ``statements`` (list of Recorded, new ones only, in batch order),
# ``later`` and ``using``. An exception of a receiver undoes the whole transaction. ``later``: the statements are
# somebody else's and perhaps many; a receiver only notes in the database what there is to do, and does it when
# ``catching_up`` is sent.
recorded = Signal()

# Sent outside any transaction, after statements of others were stored and by whatever goes on working (``deliver``,
# ``pull``), with ``go_on`` and ``using``: a receiver does what it noted, in short transactions, and calls ``go_on()``
# between two of them, which may wait for other writers; when that is false it stops, and leaves the rest to the next.
catching_up = Signal()


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
    received_at = _checked(received_at, using)
    many = isinstance(statements, Sequence)
    prepared = _prepare(list(statements) if many else [statements], received_at, many=many)
    return _write(prepared, authority=authority, using=using)


def prepare_parsed(parsed: Sequence[Parsed], *, received_at: datetime) -> list[Prepared]:
    """Everything about them that needs no database: to be called before the transaction is opened.

    Each id at most once (``parse_batch`` sees to that); a statement without id gets a random one.
    """
    received_at = _aware(received_at)
    return [prepare(each if each.id is not None else each.with_id(uuid4()), received_at=received_at) for each in parsed]


def store_prepared(
    prepared: Sequence[Prepared],
    *,
    authority: str,
    define: bool = False,
    blobs: Mapping[str, bytes] | None = None,
    later: bool = True,
    compared: Container[UUID] = (),
    using: str = "default",
) -> list[Recorded]:
    """Writes prepared statements in the caller's transaction, all or none. What follows from them is only noted:
    call ``catch_up()`` after the commit (``later`` false: it is done here).

    ``define``: whether they may say what activities and verbs are called (xAPI 1.0.3 Part Two, 2.4.4.1: if their
    sender has the authority to). ``blobs``: bytes of attachments by their SHA-2 digest, checked by the caller.
    ``compared``: what ``before_storing()`` answered. Raises what ``record()`` raises, but for ``InvalidStatement``.
    """
    _in_transaction(using)
    return _write(
        prepared,
        authority=authority,
        using=using,
        define=define,
        foreign=True,
        blobs=blobs,
        later=later,
        compared=compared,
    )


def before_storing(prepared: Sequence[Prepared], *, using: str = "default") -> Container[UUID]:
    """What can be done of storing before the transaction, so that this stays short: to be called right before it.

    Compares what is stored already, and gives numbers to new names when there are many: fifty at a time, each in a
    transaction of its own, with room for others in between; a name that nothing mentions afterwards does no harm.
    Raises ``StatementConflict``.
    """
    compared = compare_known(prepared, using=using)
    connection = connections[using]
    agents = {key for item in prepared for _, key in item.agents}
    if len(agents) > _FEW_NAMES:
        # Whoever was erased gets no number by that name again.
        agents -= erased(agents, using=using).keys()
    for model, column, names in (
        (Term, "iri", {iri for item in prepared for _, iri in item.activities} | {item.verb for item in prepared}),
        (Agent, "key", agents),
    ):
        if len(names) > _FEW_NAMES:
            listed = sorted(names)
            turns = Turns(using)
            for start in range(0, len(listed), _FEW_NAMES):
                numbers(model, column, set(listed[start : start + _FEW_NAMES]), connection)
                turns.leave()
    return compared


def catch_up(go_on: Callable[[], bool], *, using: str = "default") -> None:
    """Does what was noted when statements of others were stored, by this process or by one that has died.

    ``go_on``: asked between two short transactions; it may wait, so that others write meanwhile, and ends the work
    when it is false. Never inside a transaction of the caller. Raises nothing: what could not be done is in the log,
    is tried again by the next who calls this.
    """
    works: list[Callable[[_Turn], None]] = [
        lambda turn: _steps(definitions.define_step, turn, using),
        lambda turn: _steps(inheritance.step, turn, using),
        lambda turn: _tell(turn, using),
    ]
    first = next(_first) % len(works)
    more = True
    while more:
        more = False
        for work in [*works[first:], *works[:first]]:
            turn = _Turn(go_on)
            work(turn)
            if turn.ended:
                return
            more = more or not turn.left


class _Turn:
    """``go_on()`` for some steps of one kind."""

    def __init__(self, go_on: Callable[[], bool]) -> None:
        self._go_on, self.left, self.ended = go_on, _TURN, False

    def __call__(self) -> bool:
        self.left -= 1
        self.ended = not self._go_on()
        return self.left > 0 and not self.ended


def _tell(turn: _Turn, using: str) -> None:
    # Django logs what a receiver raises.
    catching_up.send_robust(sender=Recorded, go_on=turn, using=using)


def _steps(step: Callable[..., bool], turn: _Turn, using: str) -> None:
    try:
        while step(using=using) and turn():
            pass
    except DatabaseError:
        log.exception("What follows from stored statements could not be done now.")


def _aware(received_at: datetime) -> datetime:
    if received_at.tzinfo is None:
        raise ValueError("received_at needs a zone")
    return received_at.astimezone(UTC)


def _in_transaction(using: str) -> None:
    if not transaction.get_connection(using).in_atomic_block:
        raise TransactionRequired("record() belongs into transaction.atomic() together with the act that it records")


def _checked(received_at: datetime, using: str) -> datetime:
    received_at = _aware(received_at)
    _in_transaction(using)
    return received_at


def _write(
    prepared: Sequence[Prepared],
    *,
    authority: str,
    using: str,
    define: bool = False,
    foreign: bool = False,
    blobs: Mapping[str, bytes] | None = None,
    later: bool = False,
    compared: Container[UUID] = (),
) -> list[Recorded]:
    """``foreign``: it came from another program, and may name somebody who has been erased here."""
    unique = {item.id: item for item in reversed(prepared)}
    batch = [item for item in prepared if unique[item.id] is item]
    if not batch:
        return []
    gone: set[UUID] = set()
    if foreign:
        batch, gone = disguised(batch, using=using)
        if gone and blobs:
            named = {each.sha2.lower() for item in batch if item.id not in gone for each in item.parsed.attachments}
            blobs = {sha2: content for sha2, content in blobs.items() if sha2.lower() in named}
    # No savepoint of its own: an exception marks the caller's block for rollback, and two queries are saved.
    with transaction.atomic(using=using, savepoint=False):
        recording.send(
            sender=Recorded,
            actor_keys=frozenset(key for item in batch for role, key in item.agents if role is AgentRole.ACTOR),
            voids=frozenset(target for item in batch if (target := item.voids) is not None),
            later=later,
            using=using,
        )
        stored, awaited = insert(
            batch, authority=authority, using=using, blobs=blobs, later=later, compared=compared, awaited=awaited_sql()
        )
        answers = {done.statement_id: done for done in stored}
        new = [done for item in batch if (done := answers[item.id]).new]
        if gone:
            forgotten([done for done in new if done.statement_id in gone], using=using)
        if new:
            if awaited:
                enqueue([done.seq for done in new], due=new[0].stored, using=using)
            recorded.send(sender=Recorded, statements=new, later=later, using=using)
            if define:
                parsed = [(answers[item.id].seq, item.parsed.statement) for item in batch if answers[item.id].new]
                definitions.define(parsed, later=later, using=using)
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
