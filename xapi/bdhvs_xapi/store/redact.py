"""The one sanctioned change of a stored statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connections, transaction

from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.redacted import Rename, redacted
from bdhvs_xapi.statements.validate import encode
from bdhvs_xapi.store.errors import UnknownStatement
from bdhvs_xapi.store.facts import Recorded
from bdhvs_xapi.store.models import Redaction, Statement
from bdhvs_xapi.store.rows import table


def redact(statement_id: UUID, *, reason: str, by: str, at: datetime, using: str = "default") -> bool:
    """Takes people's words out of a stored body (see ``statements.redacted``) and logs it.

    ``by``: who asked, as the site names its staff; ``at``: aware. Facts, filters and the digest stay, so the original,
    sent again, is recognised and not stored. Answers whether anything was done: a second call changes nothing, the
    first reason stands. Raises ``UnknownStatement``, and ``ValueError`` without reason or name.
    """
    seqs = Statement.objects.using(using).filter(statement_id=statement_id).values_list("seq", flat=True)
    if not (found := list(seqs)):
        raise UnknownStatement(f"no statement {statement_id}")
    return bool(redact_all(found, reason=reason, by=by, at=at, using=using))


def redact_all(
    seqs: Sequence[int], *, reason: str, by: str, at: datetime, rename: Rename | None = None, using: str = "default"
) -> dict[int, bytes]:
    """``redact()`` for statements by their ``seq``; those that it changed, with the body that they had.

    ``rename``: agents are called otherwise as well, also in statements whose words went before. Four queries and a
    write for each statement, whatever their number: keep it to some hundreds.
    """
    if not reason.strip() or not by.strip():
        raise ValueError("a redaction needs a reason and the name of who asked for it")
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        rows = Statement.objects.using(using).select_for_update(of=("self",)).filter(seq__in=seqs).order_by("seq")
        bodies = {seq: bytes(body) for seq, body in rows.values_list("seq", "body")}
        done = set(
            Redaction.objects.using(using).filter(statement__in=list(bodies)).values_list("statement_id", flat=True)
        )
        if rename is None:
            bodies = {seq: body for seq, body in bodies.items() if seq not in done}
        clean = {seq: encode(redacted(decode_exact(body), rename)) for seq, body in bodies.items()}
        # Encoded alike: what was redacted before and has nothing to rename is the same bytes.
        bodies = {seq: body for seq, body in bodies.items() if seq not in done or clean[seq] != body}
        Redaction.objects.using(using).bulk_create(
            Redaction(statement_id=seq, reason=reason, by=by, at=at) for seq in bodies if seq not in done
        )
        if bodies:
            lines = [(clean[seq], seq) for seq in bodies]
            cursor.executemany(f"UPDATE {table(Statement)} SET body = %s WHERE seq = %s", lines)  # noqa: S608
    return bodies


def forgotten(done: Sequence[Recorded], *, using: str) -> None:
    """Notes that statements were stored without words, because their person had been erased."""
    Redaction.objects.using(using).bulk_create(
        Redaction(statement_id=each.seq, reason="the person had been erased", by="bdhvs_xapi", at=each.stored)
        for each in done
    )
