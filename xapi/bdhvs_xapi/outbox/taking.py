"""Statements of a source into the ledger, on the path that every statement takes.

Who vouches? The source, with the trust that the operator gave it; what a statement says of itself changes nothing. But
its own ``authority`` says who told the source, and is not lost: it is left as it came, under an authority of this
store that belongs to the source (xAPI 1.0.3 Part Two, 2.4.9, allows that for a store that is trusted). One that names
somebody who records here is not believed: such a statement shows the source itself.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from msgspec import UNSET

from bdhvs_xapi.conf import app_settings
from bdhvs_xapi.outbox.models import Rejection, Source, SourceAuthority
from bdhvs_xapi.outbox.recording import before_storing, prepare_parsed, store_prepared
from bdhvs_xapi.statements import schema
from bdhvs_xapi.statements.agents import account_actor, agent_key
from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.statements.references import activities, agents
from bdhvs_xapi.statements.validate import Parsed, parse
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.store.authorities import authorities_of, ensure_authority
from bdhvs_xapi.store.errors import StatementConflict, TooManyStatements
from bdhvs_xapi.store.models import Authority, Trust
from bdhvs_xapi.store.turns import Turns

log = logging.getLogger(__name__)
# Statements of one transaction: with everything that listens, well below a second.
PIECE: Final = 50
# As much of a rejected statement as is kept.
_MAX_KEPT: Final = 256 * 1024


@dataclass(slots=True)
class Taken:
    new: int = 0
    known: int = 0
    rejected: int = 0


def take(
    source: Source,
    statements: Sequence[bytes],
    blobs: Mapping[str, bytes],
    *,
    received_at: datetime,
    using: str,
) -> Taken:
    """Records what is valid and lists the rest with its reason. ``blobs``: checked data of attachments, by sha2.

    In transactions of 50 at most, each with its part of the source's counters: stopped in between, nothing is counted
    twice.
    """
    taken = Taken()
    groups: dict[str, list[Parsed]] = {}
    seen: set[UUID] = set()
    authority_of = _authorities(source, using)
    for raw in statements:
        try:
            parsed = _parse(raw, Version(source.version))
            if parsed.id is None:
                raise InvalidStatement.of("id", "a stored statement has one")
            _must_not_be_too_much(parsed, blobs)
        except InvalidStatement as error:
            taken.rejected += _reject(source, raw, str(error), received_at, using)
            continue
        if parsed.id not in seen:
            seen.add(parsed.id)
            groups.setdefault(authority_of(parsed.statement.authority), []).append(parsed)
    for authority, group in groups.items():
        turns = Turns(using)
        for piece in _pieces(group, blobs):
            _record(source, piece, authority, blobs, received_at, taken, using)
            turns.leave()
    return taken


def _pieces(group: Sequence[Parsed], blobs: Mapping[str, bytes]) -> Iterator[list[Parsed]]:
    """What one transaction stores: no more than a request may bring to the record store. One is always taken."""
    piece: list[Parsed] = []
    names = size = 0
    for parsed in group:
        more = len(activities(parsed.statement)) + len(agents(parsed.statement))
        data = {each.sha2.lower() for each in parsed.attachments}
        weight = len(parsed.raw) + sum(len(blobs[sha2]) for sha2 in data if sha2 in blobs)
        full = names + more > app_settings.MAX_NAMES or size + weight > app_settings.MAX_BATCH_BYTES
        if piece and (full or len(piece) == PIECE):
            yield piece
            piece, names, size = [], 0, 0
        piece.append(parsed)
        names, size = names + more, size + weight
    yield piece


def _must_not_be_too_much(parsed: Parsed, blobs: Mapping[str, bytes]) -> None:
    """What the record store refuses in a POST (413) is not fetched either. Raises ``InvalidStatement``."""
    for what, count, most in (
        ("activities", len({iri for _, iri in activities(parsed.statement)}), app_settings.MAX_ACTIVITIES),
        ("agents", len({key for _, key in agents(parsed.statement)}), app_settings.MAX_AGENTS),
    ):
        if count > most:
            raise InvalidStatement.of("", f"names {count} {what}; at most {most} are allowed")
    data = {each.sha2.lower() for each in parsed.attachments}
    for what, size, most in (
        ("it", len(parsed.raw), app_settings.MAX_STATEMENT),
        ("its attachments", sum(len(blobs[sha2]) for sha2 in data if sha2 in blobs), app_settings.MAX_ATTACHMENT_BYTES),
    ):
        if size > most:
            raise InvalidStatement.of("", f"{what} would take {size} bytes; at most {most} are allowed")


def _parse(raw: bytes, version: Version) -> Parsed:
    """Under the dialect of the source or, for a store that has both kinds and keeps each as it came, under the other.

    Raises ``InvalidStatement`` with what is wrong under its own.
    """
    try:
        return parse(raw, version)
    except InvalidStatement as error:
        try:
            return parse(raw, Version.V1 if version is Version.V2 else Version.V2)
        except InvalidStatement:
            raise error from None


def _record(
    source: Source,
    piece: Sequence[Parsed],
    authority: str,
    blobs: Mapping[str, bytes],
    received_at: datetime,
    taken: Taken,
    using: str,
) -> None:
    left = list(piece)
    while left:
        wanted = {attachment.sha2.lower() for parsed in left for attachment in parsed.attachments}
        try:
            prepared = prepare_parsed(left, received_at=received_at)
            compared = before_storing(prepared, using=using)
            with transaction.atomic(using=using):
                done = store_prepared(
                    prepared,
                    authority=authority,
                    define=source.trust >= Trust.SERVER_GRADED,
                    blobs={sha2: blobs[sha2] for sha2 in wanted if sha2 in blobs},
                    compared=compared,
                    using=using,
                )
                new = sum(each.new for each in done)
                Source.objects.using(using).filter(pk=source.pk).update(
                    new=F("new") + new, known=F("known") + len(done) - new
                )
            taken.new += new
            taken.known += len(done) - new
            return
        except StatementConflict as error:
            [conflicting] = [parsed for parsed in left if parsed.id == error.statement_id]
            taken.rejected += _reject(source, conflicting.raw, str(error), received_at, using)
            left.remove(conflicting)
        except (OperationalError, InterfaceError):
            # The database, and not a statement: the page is read again.
            raise
        except Exception as error:
            # Whoever listens cannot cope with one of them, or wants no more: it must not keep back what comes after it.
            if len(left) > 1:
                for each in left:
                    _record(source, [each], authority, blobs, received_at, taken, using)
                return
            reason = str(error)
            if not isinstance(error, TooManyStatements):
                log.exception("A statement of %s could not be recorded", source.key)
                reason = f"could not be recorded: {type(error).__name__}: {error}"
            taken.rejected += _reject(source, left[0].raw, reason, received_at, using)
            return


def _reject(source: Source, raw: bytes, reason: str, at: datetime, using: str) -> int:
    """1 for a statement that is not in the list yet."""
    try:
        given = msgspec.json.decode(raw)
        statement_id = str(given.get("id", ""))[:200] if isinstance(given, dict) else ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        statement_id = ""
    with transaction.atomic(using=using):
        _, fresh = Rejection.objects.using(using).get_or_create(
            source=source,
            digest=hashlib.sha256(raw).digest(),
            defaults={
                "statement_id": statement_id.replace("\0", ""),
                "reason": reason.replace("\0", ""),
                "body": raw[:_MAX_KEPT],
                "at": at,
            },
        )
        if fresh:
            Source.objects.using(using).filter(pk=source.pk).update(rejected=F("rejected") + 1)
    return int(fresh)


def _authorities(source: Source, using: str) -> Callable[[Any], str]:
    """A function from a statement's own authority (struct or UNSET) to the key of the local one; makes what is new."""
    keys: dict[str, str] = {}

    def key_of(agent: Any) -> str:
        name = "" if agent is UNSET else agent_key(agent)
        if name not in keys:
            keys[name] = _ensure(source, agent, name, using)
        return keys[name]

    return key_of


def _ensure(source: Source, agent: Any, name: str, using: str) -> str:
    ours = set(SourceAuthority.objects.using(using).values_list("authority", flat=True))
    if not name or set(authorities_of(name, using=using)) - ours:
        shown: dict[str, Any] = account_actor(source.url, source.key)
        name = agent_key(msgspec.convert(shown, schema.Agent))
    else:
        shown = msgspec.to_builtins(agent)
    # Trust never changes under an authority, so another trust is another one (ADR 11).
    digest = hashlib.sha256(f"{source.trust}|{name}".encode()).hexdigest()[:16]
    key = f"pull-{source.key}-{digest}"
    row = Authority.objects.using(using).filter(key=key).values_list("pk", flat=True).first()
    with transaction.atomic(using=using):
        if row is None:
            # Once made it stays, also when the source names the same agent with another name.
            ensure_authority(key, agent=shown, trust=source.trust, using=using)
            row = Authority.objects.using(using).values_list("pk", flat=True).get(key=key)
        SourceAuthority.objects.using(using).get_or_create(authority_id=row, defaults={"source": source})
    return key
