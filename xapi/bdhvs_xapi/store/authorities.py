"""Authorities: who recorded a statement, and how much that is worth."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import connections

from bdhvs_xapi.statements.validate import encode, parse_authority
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.errors import AuthorityConflict, UnknownAuthority
from bdhvs_xapi.store.models import Authority, Trust


def ensure_authority(key: str, *, agent: dict[str, Any], trust: Trust | int, using: str = "default") -> None:
    """Makes the authority ``key`` unless it exists.

    ``agent`` is what statements show as their authority: an xAPI Agent, or an anonymous Group of two. Raises
    ``InvalidStatement`` for another kind of agent, ``ValueError`` for a trust outside 0..3, ``AuthorityConflict`` if
    ``key`` exists with another agent or trust: statements rest on it, so a change needs a new key.
    """
    raw = encode(agent)
    parse_authority(raw)
    row, _ = Authority.objects.using(using).get_or_create(
        key=key, defaults={"agent": raw.decode(), "trust": Trust(trust)}
    )
    if row.trust != trust or msgspec.json.decode(row.agent) != msgspec.json.decode(raw):
        raise AuthorityConflict(
            f"authority {key!r} exists with trust {row.trust} and agent {row.agent}; "
            f"give trust {int(trust)} and agent {raw.decode()} another key"
        )


def authority_row(key: str, *, using: str) -> tuple[int, bytes, int]:
    """(primary key, agent as JSON, trust). Raises ``UnknownAuthority``."""
    sql = f"SELECT id, agent, trust FROM {rows.table(Authority)} WHERE key = %s"  # noqa: S608
    found = rows.select(sql, [key], connections[using])
    if not found:
        raise UnknownAuthority(f"no authority {key!r}; make it once with ensure_authority()")
    [(pk, agent, trust)] = found
    return pk, agent.encode(), trust
