"""Agents whose person was erased: recognised by a keyed digest, called by a pseudonym, never kept by name.

The key is Django's SECRET_KEY, so that a copy of the database alone does not say of a list of addresses which of them
was erased; SECRET_KEY_FALLBACKS are tried too. With a new key and no fallback, what arrives later is not recognised.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from bdhvs_xapi.statements.agents import account_key, lower_mail_domain
from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.redacted import Rename, redacted
from bdhvs_xapi.statements.validate import decode, encode
from bdhvs_xapi.store.models import ErasedAgent
from bdhvs_xapi.store.prepared import Prepared
from bdhvs_xapi.store.rows import chunks

# The home page of pseudonyms: no address of anybody.
HOME: Final = "urn:bdhvs:erased"
_OPAQUE: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _digest(key: str, secret: str) -> str:
    return hmac.new(f"bdhvs_xapi.erased:{secret}".encode(), key.encode(), hashlib.sha256).hexdigest()


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def pseudonym(key: str) -> dict[str, Any]:
    """What an agent (``agents.agent_key``) is called from its erasure on: the same for the same identifier."""
    return {"account": {"homePage": HOME, "name": _digest(key, settings.SECRET_KEY)[:40]}}


def pseudonym_key(key: str) -> str:
    account = pseudonym(key)["account"]
    return account_key(account["homePage"], account["name"])


def remember(keys: Mapping[str, bool], *, at: datetime, using: str = "default") -> None:
    """From now on these agents (key: whether it is opaque) are known to be erased."""
    ErasedAgent.objects.using(using).bulk_create(
        [ErasedAgent(digest=_digest(key, settings.SECRET_KEY), opaque=opaque, at=at) for key, opaque in keys.items()],
        ignore_conflicts=True,
    )


def erased(keys: Iterable[str], *, using: str = "default") -> dict[str, bool]:
    """Those of the agents that were erased, and whether they are opaque. One query for some hundreds."""
    by_digest = {_digest(key, secret): key for key in keys for secret in _secrets()}
    found: dict[str, bool] = {}
    for part in chunks(by_digest):
        rows = ErasedAgent.objects.using(using).filter(digest__in=part)
        found.update({by_digest[digest]: opaque for digest, opaque in rows.values_list("digest", "opaque")})
    return found


def renaming(homes: Collection[str]) -> Rename:
    """Every agent becomes a pseudonym but the accounts at ``homes`` whose names are UUIDs.

    By which further addresses a statement about an erased person names the same person, nobody can tell."""

    def rename(agent: dict[str, Any]) -> dict[str, Any] | None:
        key = _key_of(agent)
        account = agent.get("account", {})
        if key is None or account.get("homePage") == HOME:
            return None
        if account.get("homePage") in homes and _OPAQUE.fullmatch(account["name"]):
            return None
        return pseudonym(key)

    return rename


def _key_of(agent: dict[str, Any]) -> str | None:
    """``agents.agent_key`` of decoded JSON; None of an anonymous group."""
    if "account" in agent:
        return account_key(agent["account"]["homePage"], agent["account"]["name"])
    if "mbox" in agent:
        return f"mbox:{lower_mail_domain(agent['mbox'])}"
    if "mbox_sha1sum" in agent:
        return f"mbox_sha1sum:{agent['mbox_sha1sum'].lower()}"
    return f"openid:{agent['openid']}" if "openid" in agent else None


def disguised(batch: Sequence[Prepared], *, using: str) -> tuple[list[Prepared], set[Any]]:
    """A batch as it may be stored, and the ids of those statements in it that name somebody who was erased.

    Of these the words are gone before anything is written, and identifiers that name somebody. The digest is that of
    the statement as it came, by which it is recognised when it comes again.
    """
    known = erased({key for item in batch for _role, key in item.agents}, using=using)
    if not known:
        return list(batch), set()
    names = {key: key if opaque else pseudonym_key(key) for key, opaque in known.items()}
    homes = {key.removeprefix("account:").partition("|")[0] for key, opaque in known.items() if opaque}
    touched = {item.id for item in batch if any(key in names for _role, key in item.agents)}
    return [_disguise(item, names, homes) if item.id in touched else item for item in batch], touched


def _disguise(item: Prepared, names: Mapping[str, str], homes: Collection[str]) -> Prepared:
    raw = encode(redacted(decode_exact(item.parsed.raw), renaming(homes)))
    return replace(
        item,
        parsed=replace(item.parsed, raw=raw, statement=decode(raw)),
        agents={(role, names.get(key, key)) for role, key in item.agents},
        actor_key=names.get(item.actor_key, item.actor_key),
    )
