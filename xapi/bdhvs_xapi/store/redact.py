"""The one sanctioned change of a stored statement."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.redacted import redacted
from bdhvs_xapi.statements.validate import encode
from bdhvs_xapi.store.errors import UnknownStatement
from bdhvs_xapi.store.models import Redaction, Statement


def redact(statement_id: UUID, *, reason: str, by: str, at: datetime, using: str = "default") -> bool:
    """Takes people's words out of a stored body (see ``statements.redacted``) and logs it.

    ``by``: who asked, as the site names its staff; ``at``: aware. Facts, filters and the digest stay, so the original,
    sent again, is recognised and not stored. Answers whether anything was done: a second call changes nothing, the
    first reason stands. Raises ``UnknownStatement``, and ``ValueError`` without reason or name.
    """
    if not reason.strip() or not by.strip():
        raise ValueError("a redaction needs a reason and the name of who asked for it")
    with transaction.atomic(using=using):
        row = (
            Statement.objects.using(using)
            .select_for_update(of=("self",))
            .filter(statement_id=statement_id)
            .values_list("seq", "body")
            .first()
        )
        if row is None:
            raise UnknownStatement(f"no statement {statement_id}")
        seq, body = row
        _, fresh = Redaction.objects.using(using).get_or_create(
            statement_id=seq, defaults={"reason": reason, "by": by, "at": at}
        )
        if fresh:
            clean = encode(redacted(decode_exact(bytes(body))))
            Statement.objects.using(using).filter(seq=seq).update(body=clean)
    return fresh
