"""What other programs' words about one agent leave in this store, and taking them out for good.

A person's erasure is the caller's: it knows who the person is, and which authorities write no words about people.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bdhvs_xapi.outbox.models import Item, Rejection
from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.references import AgentRole
from bdhvs_xapi.store.documents import delete_documents
from bdhvs_xapi.store.models import Blob, Statement, StatementAgent
from bdhvs_xapi.store.redact import redact_all
from bdhvs_xapi.store.rows import chunks

# Roles by which a statement itself names an agent; the others come with a StatementRef.
_NAMED = tuple(role.value for role in AgentRole if "REF_" not in role.name)


@dataclass(frozen=True, slots=True)
class Mention:
    """A statement that names an agent, and as what (``AgentRole`` in lower case)."""

    statement_id: str
    role: str


def mentions(agent_key: str, *, using: str = "default") -> list[Mention]:
    """Every statement that names the agent, in whatever place but as its authority. One query."""
    found = StatementAgent.objects.using(using).filter(agent__key=agent_key, role__in=_NAMED)
    rows = found.order_by("statement_id", "role").values_list("statement__statement_id", "role")
    return [Mention(str(statement_id), AgentRole(role).name.lower()) for statement_id, role in rows]


def queued(agent_key: str, *, using: str = "default") -> list[Item]:
    """What waits for other record stores, or was refused by them, of statements whose actor the agent is."""
    rows = Item.objects.using(using).filter(statement__actor__key=agent_key).select_related("target", "statement")
    return list(rows.order_by("id"))


def rejections(agent_key: str, *, using: str = "default") -> Iterator[Rejection]:
    """Statements that were not taken from a source, and that hold the agent's identifier somewhere.

    They were never parsed, so the text is looked for in each: the table is as long as what went wrong.
    """
    # "account:<homePage>|<name>", else "<kind>:<value>" (statements.agents.agent_key).
    identifier = agent_key.partition("|")[2] or agent_key.partition(":")[2]
    # As JSON writes it: it may hold quotes, or letters that some programs escape.
    wanted = {json.dumps(identifier, ensure_ascii=ascii_only)[1:-1].encode() for ascii_only in (True, False)}
    for row in Rejection.objects.using(using).select_related("source").order_by("id").iterator(chunk_size=100):
        body = bytes(row.body)
        if any(each in body for each in wanted):
            yield row


def erase_words(
    agent_key: str, *, own: Collection[str], reason: str, by: str, at: datetime, using: str = "default"
) -> int:
    """Takes out what was said about the agent in words; how many rows were touched, 0 for a second time.

    Statements that name the agent are redacted (``redact``), except those of the authorities ``own``, whose bodies hold
    identifiers only; their attachments' bytes go, too. What a target said on refusing them goes, since it may quote
    them. Documents of the agent and statements that were not taken are deleted. What has been delivered is elsewhere.
    """
    touched = 0
    with transaction.atomic(using=using):
        foreign = (
            Statement.objects.using(using)
            .filter(pk__in=StatementAgent.objects.filter(agent__key=agent_key, role__in=_NAMED).values("statement_id"))
            .exclude(authority__key__in=own)
            .order_by("seq")
        )
        # In pieces, for what is in memory; row by row would hold the transaction, and who waits for it, for seconds.
        for piece in chunks(foreign.values_list("seq", flat=True)):
            done = redact_all(piece, reason=reason, by=by, at=at, using=using)
            _forget_attachments(done.values(), using)
            Item.objects.using(using).filter(statement__in=done).exclude(last_error="").update(last_error="-")
            touched += len(done)
        own_items = Item.objects.using(using).filter(statement__actor__key=agent_key).exclude(last_error__in=("", "-"))
        touched += own_items.update(last_error="-")
        for row in list(rejections(agent_key, using=using)):
            row.delete()
            touched += 1
        return touched + delete_documents(agent_key, using=using)


def _forget_attachments(bodies: Iterable[bytes], using: str) -> None:
    digests: set[str] = set()
    for body in bodies:
        if b"sha2" not in body and b"\\u00" not in body:
            continue
        statement = decode_exact(body)
        # Those of a SubStatement, too.
        declared = [*statement.get("attachments", ()), *statement["object"].get("attachments", ())]
        digests.update(each["sha2"].lower() for each in declared)
    if digests:
        Blob.objects.using(using).filter(sha2__in=digests).delete()
