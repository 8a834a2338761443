"""What other programs' words about one agent leave in this store, and taking them out for good.

A person's erasure is the caller's: it knows who the person is, and which authorities write no words about people.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bdhvs_xapi.outbox.models import Item, Rejection
from bdhvs_xapi.statements.agents import account_key, lower_mail_domain
from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.references import AgentRole
from bdhvs_xapi.store.definitions import regather
from bdhvs_xapi.store.documents import delete_documents
from bdhvs_xapi.store.erased import pseudonym_key, remember, renaming
from bdhvs_xapi.store.models import Agent, Blob, Statement, StatementAgent
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


def identifiers_of(*, mails: Iterable[str] = (), accounts: Iterable[tuple[str, str]] = ()) -> set[str]:
    """The agents that a person may be called by in statements of others.

    ``mails``: addresses, each also as its SHA-1. ``accounts``: (home page or issuer, name), also as an OpenID where the
    name is an address.
    """
    found = set()
    for mail in mails:
        for written in {mail, mail.lower()}:
            mbox = lower_mail_domain(f"mailto:{written}")
            found |= {f"mbox:{mbox}"}
            for hashed in {mbox, f"mailto:{written}"}:
                found.add(f"mbox_sha1sum:{hashlib.sha1(hashed.encode(), usedforsecurity=False).hexdigest()}")
    for home, name in accounts:
        found.add(account_key(home, name))
        if "://" in name:
            found.add(f"openid:{name}")
    return found


def erase_words(
    agent_key: str,
    *,
    own: Collection[str],
    reason: str,
    by: str,
    at: datetime,
    also: Collection[str] = (),
    most: int | None = None,
    using: str = "default",
) -> int:
    """Takes out what was said about the agent in words; how many rows were touched, 0 for a second time.

    Statements that name the agent are redacted (``redact``), except those of the authorities ``own``, whose bodies
    hold identifiers only; their attachments' bytes go, too, and what they called activities and verbs. What a target
    said on refusing them goes, since it may quote them. Documents of the agent and statements that were not taken are
    deleted. What has been delivered is elsewhere.

    ``agent_key`` is opaque and stays; ``also``: agents by which others call the same person (``identifiers_of``). They
    get a pseudonym, and so does in the redacted statements everybody who is not at the home page of ``agent_key``. All
    of them are remembered by digest: what arrives later is stored without words, too.

    ``most``: at most about so many statements, in a transaction that is short; call again until it answers 0.
    """
    touched = 0
    keys = [agent_key, *also]
    home = agent_key.removeprefix("account:").partition("|")[0]
    with transaction.atomic(using=using):
        remember({agent_key: True, **dict.fromkeys(also, False)}, at=at, using=using)
        named = [*keys, *map(pseudonym_key, also)]
        foreign = (
            Statement.objects.using(using)
            .filter(pk__in=StatementAgent.objects.filter(agent__key__in=named, role__in=_NAMED).values("statement_id"))
            .exclude(authority__key__in=own)
            .order_by("seq")
        )
        # In pieces, for what is in memory; row by row would hold the transaction, and who waits for it, for seconds.
        for piece in chunks(foreign.values_list("seq", flat=True)):
            if most is not None and touched >= most:
                return touched
            done = redact_all(piece, reason=reason, by=by, at=at, rename=renaming([home]), using=using)
            _forget_attachments(done.values(), using)
            regather(done, using=using)
            Item.objects.using(using).filter(statement__in=done).exclude(last_error="").update(last_error="-")
            touched += len(done)
        own_items = Item.objects.using(using).filter(statement__actor__key__in=keys)
        touched += own_items.exclude(last_error__in=("", "-")).update(last_error="-")
        for key in keys:
            for row in list(rejections(key, using=using)):
                row.delete()
                touched += 1
            touched += delete_documents(key, using=using)
        return touched + _call_otherwise(also, using)


def _call_otherwise(keys: Collection[str], using: str) -> int:
    """The rows of agents who have a name get their pseudonym: the index of the statements knows no address either."""
    touched = 0
    for agent in Agent.objects.using(using).filter(key__in=list(keys)).select_for_update():
        other = Agent.objects.using(using).filter(key=pseudonym_key(agent.key)).first()
        if other is None:
            Agent.objects.using(using).filter(pk=agent.pk).update(key=pseudonym_key(agent.key))
        else:
            # Somebody was called so between two pieces of an erasure: one agent from now on.
            Statement.objects.using(using).filter(actor=agent).update(actor=other)
            for mention in StatementAgent.objects.using(using).filter(agent=agent):
                StatementAgent.objects.using(using).get_or_create(
                    agent=other, role=mention.role, statement_id=mention.statement_id
                )
            StatementAgent.objects.using(using).filter(agent=agent).delete()
            agent.delete()
        touched += 1
    return touched


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
