"""From items to what is sent: which of them the target's filters let through, and their bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec

from bdhvs_xapi.outbox.claims import Claimed
from bdhvs_xapi.outbox.models import SourceAuthority, Target
from bdhvs_xapi.outbox.transport import Blob, Outgoing
from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.references import TermRole
from bdhvs_xapi.statements.vocabulary import Verb
from bdhvs_xapi.store import blobs
from bdhvs_xapi.store.models import Statement, StatementTerm

# Bytes of one batch, unless a single statement is larger.
MAX_BATCH_BYTES: Final = 8 * 1024 * 1024
_SET_BY_STORE: Final = ("stored", "authority", "version")
_COLUMNS: Final = (
    "seq",
    "statement_id",
    "verb__iri",
    "object_term__iri",
    "object_ref",
    "authority",
    "authority__key",
    "authority__trust",
    "body",
)


@dataclass(slots=True)
class Loaded:
    """``items`` and ``batch`` go together; ``left_out`` by the filters; ``too_many`` for the size of one batch."""

    items: list[Claimed] = field(default_factory=list)
    batch: list[Outgoing] = field(default_factory=list)
    left_out: list[Claimed] = field(default_factory=list)
    too_many: list[Claimed] = field(default_factory=list)


def load(target: Target, items: Sequence[Claimed], *, using: str) -> Loaded:
    """What of ``items`` is sent now. Three queries and one more for filters that need it, whatever their number."""
    rows = _rows("seq", [each.statement for each in items], using)
    wanted = _wanted(target, rows, using)
    loaded = Loaded()
    size = 0
    for item in items:
        row = rows[item.statement]
        if not wanted[item.statement]:
            loaded.left_out.append(item)
            continue
        if loaded.too_many:
            loaded.too_many.append(item)
            continue
        body = outgoing_body(bytes(row["body"]))
        kept = _blobs(body, using)
        size += len(body) + sum(len(blob.data) for blob in kept.values())
        if loaded.batch and size > MAX_BATCH_BYTES:
            loaded.too_many.append(item)
            continue
        loaded.items.append(item)
        loaded.batch.append(Outgoing(row["statement_id"], body, kept))
    return loaded


def outgoing_body(body: bytes) -> bytes:
    """A stored statement without what the next store sets for itself.

    ``authority`` says who vouches to the store that has it: the next one puts our credentials there (xAPI 1.0.3 Part
    Two, 2.4.9), and some refuse a statement that names another. ``version`` should not be sent (2.4.10).
    """
    properties: dict[str, msgspec.Raw] = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    for name in _SET_BY_STORE:
        properties.pop(name, None)
    return msgspec.json.encode(properties)


def _rows(column: str, values: Sequence[Any], using: str) -> dict[Any, dict[str, Any]]:
    found = Statement.objects.using(using).filter(**{f"{column}__in": values}).values(*_COLUMNS)
    return {row[column]: row for row in found}


def _wanted(target: Target, rows: Mapping[int, dict[str, Any]], using: str) -> dict[int, bool]:
    """Whether the target gets each statement, by seq.

    A voiding goes where its statement went, and everywhere when that is not known here: whoever counts a statement has
    to hear that it is void. What came from this very store is not sent back, voidings included.
    """
    came_from = set(
        SourceAuthority.objects.using(using).filter(source__same_store=target.pk).values_list("authority", flat=True)
    )
    filters = target.filters
    if not filters:
        return {seq: row["authority"] not in came_from for seq, row in rows.items()}
    voided_ids = [row["object_ref"] for row in rows.values() if row["verb__iri"] == Verb.VOIDED]
    voided: dict[UUID, dict[str, Any]] = _rows("statement_id", voided_ids, using) if voided_ids else {}
    categories: dict[int, set[str]] = {}
    if "categories" in filters:
        terms = StatementTerm.objects.using(using).filter(
            statement__in=[*rows, *(row["seq"] for row in voided.values())],
            role=TermRole.CATEGORY,
            term__iri__in=filters["categories"],
        )
        # The plugin of mypy takes the foreign key for Statement's own column of that name.
        found: Any = terms.values_list("statement", "term__iri")
        for seq, iri in found:
            categories.setdefault(seq, set()).add(iri)
    wanted = {}
    for seq, row in rows.items():
        judged: dict[str, Any] | None = voided.get(row["object_ref"]) if row["verb__iri"] == Verb.VOIDED else row
        passes = judged is None or _passes(filters, judged, bool(categories.get(judged["seq"])))
        wanted[seq] = passes and row["authority"] not in came_from
    return wanted


def _passes(filters: Mapping[str, Any], row: Mapping[str, Any], in_category: bool) -> bool:
    """Every filter that is given has to let it through; of a list, one entry is enough."""
    return (
        ("verbs" not in filters or row["verb__iri"] in filters["verbs"])
        and ("activities" not in filters or row["object_term__iri"] in filters["activities"])
        and ("categories" not in filters or in_category)
        and ("authorities" not in filters or row["authority__key"] in filters["authorities"])
        and row["authority__trust"] >= filters.get("trust", 0)
    )


def _blobs(body: bytes, using: str) -> dict[str, Blob]:
    """The data of the attachments that we keep, the SubStatement's included. Without any, no query."""
    if b'"attachments"' not in body:
        return {}
    # Not any decoder: numbers of extensions may be beyond what a float holds, and must not keep the queue back.
    statement: dict[str, Any] = decode_exact(body)
    declared = [*statement.get("attachments", ()), *statement["object"].get("attachments", ())]
    found = {}
    for attachment in declared:
        data = blobs.get(attachment["sha2"], using=using)
        if data is not None:
            found[attachment["sha2"]] = Blob(attachment["contentType"], data)
    return found
