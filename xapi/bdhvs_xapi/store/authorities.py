"""Authorities: who recorded a statement, and how much that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import UNSET

from bdhvs_xapi.statements import schema
from bdhvs_xapi.statements.agents import agent_key
from bdhvs_xapi.statements.validate import encode, parse_authority
from bdhvs_xapi.store import order, rows
from bdhvs_xapi.store.errors import AuthorityConflict, UnknownAuthority
from bdhvs_xapi.store.models import Agent, Authority, Statement, Trust

_agent_decoder: Final = msgspec.json.Decoder(schema.Agent)


@dataclass(frozen=True, slots=True)
class Recorder:
    """An authority that records now, with the number that its first statement gets."""

    pk: int
    key: str
    agent: bytes
    trust: int
    first_seq: int
    awaited: bool
    """What was asked with it: whether somebody waits for what is stored."""


def ensure_authority(
    key: str, *, agent: dict[str, Any], trust: Trust | int, defines: bool | None = None, using: str = "default"
) -> None:
    """Makes the authority ``key`` unless it exists.

    ``agent`` is what statements show as their authority: an xAPI Agent, or an anonymous Group of two. ``defines``:
    whether its statements may say what an activity or a verb is called; without it, those of more trust than a
    client's own report. Raises ``InvalidStatement`` for another kind of agent, ``ValueError`` for a trust outside
    0..3, ``AuthorityConflict`` if ``key`` exists with another agent or trust: statements rest on it, so a change
    needs a new key.
    """
    raw = encode(agent)
    parsed = parse_authority(raw)
    if defines is None:
        defines = trust >= Trust.SERVER_GRADED
    # Known from now on: a StatementRef takes over the authority of what it refers to, and inserts no agent then.
    for name in agent_keys(parsed):
        Agent.objects.using(using).get_or_create(key=name)
    row, _ = Authority.objects.using(using).get_or_create(
        key=key, defaults={"agent": raw.decode(), "trust": Trust(trust), "defines": defines}
    )
    if row.trust != trust or msgspec.json.decode(row.agent) != msgspec.json.decode(raw):
        raise AuthorityConflict(
            f"authority {key!r} exists with trust {row.trust} and agent {row.agent}; "
            f"give trust {int(trust)} and agent {raw.decode()} another key"
        )


def agent_keys(agent: schema.Agent | str | bytes) -> set[str]:
    """The keys under which ``related_agents`` finds what this authority (struct or JSON) recorded: it, its members."""
    found = agent if isinstance(agent, schema.Agent) else _agent_decoder.decode(agent)
    members = () if found.member is UNSET else found.member
    return {agent_key(found), *(agent_key(member) for member in members)}


def recorder_sql(awaited: str, connection: BaseDatabaseWrapper) -> str:
    """Selects what `recorder_of()` is made of, for one parameter, the key: (key, id, agent, trust, clock, slot, and
    what ``awaited`` asks, a condition in SQL).

    To be asked with the locks of an insert held (``store/guard.py``): what is stored later has a higher number.
    """
    clock = order.clock_sql(connection, rows.table(Statement))
    return f"SELECT key, id, agent, trust, {clock}, {awaited} FROM {rows.table(Authority)} WHERE key = %s"  # noqa: S608


def recorder_of(key: str, found: Sequence[tuple[Any, ...]]) -> Recorder:
    """The authority that records, and by the clock of the ledger the number of its first statement.

    ``found``: the rows of ``recorder_sql()``. Raises ``UnknownAuthority``.
    """
    if not found:
        raise UnknownAuthority(f"no authority {key!r}; make it once with ensure_authority()")
    [(_key, pk, agent, trust, now, slot, awaited)] = found
    return Recorder(pk, key, agent.encode(), trust, order.first(now, slot), bool(awaited))


def authorities_of(agent: str, *, using: str) -> list[int]:
    """Primary keys of the authorities that are, or as a Group contain, the agent of this key."""
    sql = f"SELECT id, agent FROM {rows.table(Authority)} ORDER BY id"  # noqa: S608
    return [pk for pk, text in rows.select(sql, [], connections[using]) if agent in agent_keys(text)]
