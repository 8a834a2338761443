"""Who an agent is: one canonical text per identity, whatever else the object says about it."""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec import UNSET

from bdhvs_xapi.statements import schema


def account_actor(home_page: str, name: str) -> dict[str, Any]:
    """An actor that is nothing but an account: ``name`` is opaque (a UUID), ``home_page`` an IRI."""
    return {"objectType": "Agent", "account": {"homePage": home_page, "name": name}}


def account_key(home_page: str, name: str) -> str:
    """The key under which the store knows the actor of ``account_actor(home_page, name)``."""
    # An IRI contains no "|" (RFC 3987, 2.2), so the first one always ends the home page.
    return f"account:{home_page}|{name}"


def lower_mail_domain(mbox: str) -> str:
    """``mbox`` (``mailto:`` and an address) with its domain in lower case: domains are case-insensitive (2.4.2.3)."""
    local, _, domain = mbox.rpartition("@")
    return f"{local}@{domain.lower()}"


def agent_key(agent: schema.Agent | schema.Object) -> str:
    """The canonical inverse functional identifier of a valid Agent or Group.

    ``account:<homePage>|<name>``, ``mbox:mailto:a@example.org``, ``mbox_sha1sum:<hex>``, ``openid:<IRI>``; an
    anonymous group has none (xAPI 1.0.3 Part Two, 2.4.2.2), so its members make it: ``anonymous:<sha256>``. That key
    files statements; it does not say that two such groups are one (the same clause forbids to conclude so).
    """
    if agent.account is not UNSET:
        return account_key(agent.account.home_page, agent.account.name)
    if agent.mbox is not UNSET:
        return f"mbox:{lower_mail_domain(agent.mbox)}"
    if agent.mbox_sha1sum is not UNSET:
        return f"mbox_sha1sum:{agent.mbox_sha1sum.lower()}"
    if agent.openid is not UNSET:
        return f"openid:{agent.openid}"
    members = "\n".join(sorted(agent_key(member) for member in agent.member or ()))
    return f"anonymous:{hashlib.sha256(members.encode()).hexdigest()}"
