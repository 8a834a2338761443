"""What activities and verbs are called: one canonical definition each, gathered from statements.

xAPI 1.0.3 Part Two, 2.4.4.1: a store takes a definition into its own if the sender has the authority to define; names
in further languages are added to those that are there. Merged when it is written, so that reading is one row; what was
merged already is remembered by this process, so that the same activity in the next thousand statements costs nothing.
Our own acts define nothing when they are recorded: what they say is gathered when somebody asks.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any, Final

import msgspec
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from msgspec import UNSET

from bdhvs_xapi.statements import schema
from bdhvs_xapi.statements.references import TermRole
from bdhvs_xapi.statements.validate import decode
from bdhvs_xapi.statements.values import number
from bdhvs_xapi.statements.vocabulary import ObjectType
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.models import Authority, Defining, Definition, Statement, StatementTerm, Term
from bdhvs_xapi.store.numbers import select_numbers

Kind = Definition.Kind
# How many of the newest statements about an activity are asked for a definition that nobody has stored.
_NEWEST: Final = 20
_ROLES: Final = (TermRole.OBJECT, TermRole.PARENT, TermRole.GROUPING, TermRole.CATEGORY, TermRole.OTHER)
_REMEMBERED: Final = 20_000
# Definitions, statements and bytes of one step: some twenty milliseconds. The first statement is always read.
_AT_ONCE: Final = 50
_STATEMENTS: Final = 20
_BYTES: Final = 256 * 1024
# Bytes of one definition: words in all languages and the answers of a question are far below. What would make it larger
# is not taken over, or everybody who names that activity would wait for it to be read and written.
LARGEST: Final = 64 * 1024
# Steps that the caller of ``record()`` waits for, in its own transaction.
AT_ONCE: Final = 3
# Of one definition: a language, a revision, a system that says less.
_WORDINGS: Final = 50
_decode: Final = msgspec.json.Decoder(float_hook=number).decode
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


def merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``old`` with what ``new`` says: maps (languages, extensions) are joined, everything else is replaced."""
    merged = dict(old)
    for name, value in new.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = {**merged[name], **value} if both else value
    return merged


def define(statements: Sequence[tuple[int, schema.Statement]], *, later: bool, using: str) -> None:
    """Notes which of ``statements``, (``seq``, statement) just inserted, say something new of their activities and
    verbs. How much that is is up to whoever wrote them, so it is taken over in steps (``define_step()``): by the caller
    after the commit if ``later``, else the first of them here."""
    described = [(seq, kind, iri, raw) for seq, statement in statements for kind, iri, raw in _descriptions(statement)]
    if not described:
        return
    connection = connections[using]
    terms = _terms({iri for _, _, iri, _ in described}, connection)
    seen: set[tuple[int, int, bytes]] = set()
    noted: dict[int, None] = {}
    for seq, kind, iri, raw in described:
        # Most statements of a batch say the same, and say it again in the next.
        each = (terms[iri], kind.value, raw)
        if each not in seen and not _memory.holds((using, *each[:2]), raw):
            noted[seq] = None
        seen.add(each)
    rows.insert_rows(Defining, ("statement", "done"), [(seq, 0) for seq in sorted(noted)], connection)
    if noted and not later:
        for _ in range(AT_ONCE):
            if not define_step(using=using):
                break


def define_step(*, using: str) -> bool:
    """Takes over some of what is noted, in one short transaction; whether there was anything.

    What was said later wins. Doing it twice changes nothing, and a process that dies leaves the note.
    """
    connection = connections[using]
    todo = Defining.objects.using(using).order_by("pk")
    if not todo.exists():
        return False
    with transaction.atomic(using=using):
        noted = list(todo.select_for_update().values_list("pk", "done")[:_STATEMENTS])
        # Locked, so that words which an erasure is taking out are not taken over; and only here are they read.
        bodies = Statement.objects.using(using).select_for_update(no_key=True).filter(pk__in=[seq for seq, _ in noted])
        news: dict[tuple[Kind, str], dict[bytes, None]] = {}
        read = told = 0
        finished: list[int] = []
        for seq, done in noted:
            if read > _BYTES:
                break
            body = bytes(bodies.values_list("body", flat=True).get(pk=seq))
            read += len(body)
            described = list(_descriptions(decode(body)))[done:]
            taken = 0
            while taken < len(described) and len(news) < _AT_ONCE and told < _BYTES:
                kind, iri, raw = described[taken]
                news.setdefault((kind, iri), {})[raw] = None
                told += len(raw)
                taken += 1
            if taken < len(described):
                todo.filter(pk=seq).update(done=done + taken)
                break
            finished.append(seq)
        _merge_all(news, connection)
        todo.filter(pk__in=finished).delete()
    return True


def _merge_all(news: Mapping[tuple[Kind, str], Collection[bytes]], connection: BaseDatabaseWrapper) -> None:
    """Four queries, whatever their number."""
    using = connection.alias
    terms = _terms({iri for _, iri in news}, connection)
    # Rows in one order: transactions that define the same things wait for each other and not in a circle.
    listed = sorted(((terms[iri], kind.value), raws) for (kind, iri), raws in news.items())
    asked = [
        (key, fresh)
        for key, raws in listed
        if (fresh := [raw for raw in raws if not _memory.holds((using, *key), raw)])
    ]
    if not asked:
        return
    now = datetime.now(UTC)
    new = [(*key, "{}", now) for key, _ in asked]
    rows.insert_rows(Definition, ("term", "kind", "content", "updated"), new, connection, ignore_conflicts=True)
    there = Definition.objects.using(using).filter(term__in={term for (term, _), _ in asked}).order_by("term", "kind")
    known = {(row.term_id, row.kind): row.content for row in there.select_for_update()}
    changed: list[tuple[Any, ...]] = []
    for key, raws in asked:
        content = known[key]
        for raw in raws:
            content = _with(content, raw)
        if content != known[key]:
            changed.append((content, now, *key))
        # Only what is committed: a transaction that is undone has defined nothing.
        note = partial(_memory.note, (using, *key), raws, changed=content != known[key])
        transaction.on_commit(note, using=using)
    if changed:
        adapt = rows.adapter(Definition._meta.get_field("updated"), connection)
        sql = f"UPDATE {rows.table(Definition)} SET content = %s, updated = %s WHERE term_id = %s AND kind = %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(content, adapt(at), *key) for content, at, *key in changed])


def _with(content: str, raw: bytes) -> str:
    """A stored definition with what one says; as it is where nothing is new, or where it would become too large."""
    if len(raw) > LARGEST:
        return content
    known: dict[str, Any] = _decode(content)
    merged = merge(known, _decode(raw))
    if merged == known:
        return content
    encoded = _encode(merged)
    return content if len(encoded) > LARGEST else encoded.decode()


def _terms(iris: Collection[str], connection: BaseDatabaseWrapper) -> dict[str, int]:
    terms: dict[str, int] = {}
    for part in rows.chunks(sorted(iris)):
        terms.update(select_numbers(Term, "iri", part, connection))
    return terms


class _Memory:
    """What this process has seen merged into each definition since that was last changed, by digest."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._merged: OrderedDict[tuple[str, int, int], set[bytes]] = OrderedDict()

    def holds(self, key: tuple[str, int, int], raw: bytes) -> bool:
        return _digest(raw) in self._merged.get(key, ())

    def note(self, key: tuple[str, int, int], raws: Sequence[bytes], *, changed: bool) -> None:
        """``changed``: what was merged before may say something else, and is to be merged again when it comes again."""
        with self._lock:
            kept = set() if changed else self._merged.get(key, set())
            self._merged[key] = {*kept, *map(_digest, raws)} if len(kept) < _WORDINGS else set(map(_digest, raws))
            self._merged.move_to_end(key)
            if len(self._merged) > _REMEMBERED:
                self._merged.popitem(last=False)

    def forget(self, key: tuple[str, int, int]) -> None:
        with self._lock:
            self._merged.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._merged.clear()

    def __len__(self) -> int:
        return len(self._merged)


_memory = _Memory()


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=16).digest()


def _descriptions(statement: schema.Statement) -> Iterator[tuple[Kind, str, bytes]]:
    """(kind, IRI, definition or display as JSON) of everything that ``statement`` defines.

    The activities of a SubStatement too; its verb not, because no filter asks for it and so it has no number.
    """
    yield from _verb(statement.verb)
    target = statement.object
    if target.object_type in (UNSET, ObjectType.ACTIVITY) and target.id is not UNSET:
        yield from _activity(target.id, target.definition)
    elif target.object_type == ObjectType.SUB_STATEMENT and target.object is not UNSET:
        if target.object.object_type in (UNSET, ObjectType.ACTIVITY) and target.object.id is not UNSET:
            yield from _activity(target.object.id, target.object.definition)
        yield from _context(target.context)
    yield from _context(statement.context)


def _context(context: schema.Context | msgspec.UnsetType) -> Iterator[tuple[Kind, str, bytes]]:
    if context is UNSET or context.context_activities is UNSET:
        return
    groups = context.context_activities
    for listed in (groups.parent, groups.grouping, groups.category, groups.other):
        if listed is not UNSET:
            for activity in [listed] if isinstance(listed, schema.Activity) else listed:
                yield from _activity(activity.id, activity.definition)


def _verb(verb: schema.Verb) -> Iterator[tuple[Kind, str, bytes]]:
    if verb.display is not UNSET and verb.display:
        yield Kind.VERB, verb.id, _encode(verb.display)


def _activity(iri: str, definition: schema.Definition | msgspec.UnsetType) -> Iterator[tuple[Kind, str, bytes]]:
    if definition is not UNSET and (raw := _encode(definition)) != b"{}":
        yield Kind.ACTIVITY, iri, raw


# -- reading -----------------------------------------------------------------------------------------------------------


def canonical_activity(iri: str, *, using: str = "default") -> dict[str, Any] | None:
    """The Activity Object of ``iri`` with its canonical definition, or ``None`` if nothing is known about it."""
    definition = definitions(Kind.ACTIVITY, [iri], using=using).get(iri)
    return None if definition is None else {"objectType": "Activity", "id": iri, "definition": definition}


def definitions(kind: Kind, iris: Collection[str], *, using: str = "default") -> dict[str, dict[str, Any]]:
    """What is known about each of ``iris``. One query, and one more for each activity that nobody has defined."""
    connection = connections[using]
    found: dict[str, dict[str, Any]] = {}
    for part in rows.chunks(sorted(set(iris))):
        sql = f"""
            SELECT term.iri, d.content FROM {rows.table(Term)} AS term
            JOIN {rows.table(Definition)} AS d ON d.term_id = term.id AND d.kind = %s
            WHERE d.content <> '{{}}' AND term.iri IN {rows.marks(len(part))}
        """  # noqa: S608 - names of our own tables
        for iri, content in rows.select(sql, [kind.value, *part], connection):
            found[iri] = _decode(content)
    if kind is Kind.ACTIVITY:
        for iri in set(iris) - found.keys():
            if gathered := _gather(iri, connection):
                found[iri] = gathered
    return found


def _gather(iri: str, connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """What the newest statements about an activity say, of those whose authority may define; newer words win."""
    ranges = " UNION ".join(
        f"SELECT * FROM (SELECT statement_id FROM {rows.table(StatementTerm)} WHERE role = {role.value} "  # noqa: S608
        f"AND term_id = (SELECT id FROM {rows.table(Term)} WHERE iri = %s) "
        f"ORDER BY statement_id DESC LIMIT {_NEWEST}) AS r{role.value}"
        for role in _ROLES
    )
    sql = f"""
        SELECT s.body FROM ({ranges}) AS mention
        JOIN {rows.table(Statement)} AS s ON s.seq = mention.statement_id
        JOIN {rows.table(Authority)} AS authority ON authority.id = s.authority_id AND authority.defines
        ORDER BY s.seq DESC LIMIT {_NEWEST}
    """  # noqa: S608 - names of our own tables
    merged: dict[str, Any] = {}
    for (body,) in reversed(rows.select(sql, [iri] * len(_ROLES), connection)):
        for kind, found, raw in _descriptions(decode(bytes(body))):
            if kind is Kind.ACTIVITY and found == iri:
                merged = merge(merged, _decode(raw))
    return merged


def regather(seqs: Iterable[int], *, using: str) -> None:
    """After the words of statements have gone: what their activities and verbs are called is gathered from the others.

    Only what statements that may define have said of them. In the caller's transaction.
    """
    connection = connections[using]
    touched = list(
        Statement.objects.using(using).filter(seq__in=list(seqs), authority__defines=True).values_list("seq", "verb_id")
    )
    if not touched:
        return
    terms = set(
        StatementTerm.objects.using(using)
        .filter(statement__in=[seq for seq, _verb in touched])
        .values_list("term_id", flat=True)
    )
    known = Definition.objects.using(using).filter(
        Q(kind=Kind.ACTIVITY, term__in=terms) | Q(kind=Kind.VERB, term__in={verb for _seq, verb in touched})
    )
    for row in known.select_related("term").order_by("term", "kind"):
        kind = Kind(row.kind)
        found = _gather(row.term.iri, connection) if kind is Kind.ACTIVITY else _gather_verb(row.term_id, connection)
        rows_of = Definition.objects.using(using).filter(term_id=row.term_id, kind=row.kind)
        if found:
            rows_of.update(content=_encode(found).decode(), updated=datetime.now(UTC))
        else:
            rows_of.delete()
        # Whoever says the same again is listened to again.
        transaction.on_commit(partial(_memory.forget, (using, row.term_id, row.kind)), using=using)


def _gather_verb(term: int, connection: BaseDatabaseWrapper) -> dict[str, Any]:
    newest = Statement.objects.using(connection.alias).filter(verb=term, authority__defines=True).order_by("-seq")
    merged: dict[str, Any] = {}
    for body in reversed(newest.values_list("body", flat=True)[:_NEWEST]):
        display = decode(bytes(body)).verb.display
        if display is not UNSET and display:
            merged = merge(merged, _decode(_encode(display)))
    return merged
