"""Keys and secrets: making, revoking, and recognising them in a request.

A secret is shown once, when it is made; the database has a keyed digest of it. Changing SECRET_KEY makes all secrets
worthless, unless the old key is kept in SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import base64
import binascii
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from bdhvs_xapi.conf import app_settings, database
from bdhvs_xapi.lrs.models import Credential
from bdhvs_xapi.statements.agents import account_actor
from bdhvs_xapi.store import rows
from bdhvs_xapi.store.authorities import ensure_authority
from bdhvs_xapi.store.models import Authority, Trust

logger = logging.getLogger(__name__)

_SALT: Final = "bdhvs_xapi.lrs.credentials"
# Longer than any header of ours; a longer one is not even decoded.
_MAX_HEADER: Final = 1024


class Scope(StrEnum):
    """What a credential may do (the scopes of xAPI 1.0.3 Part Three, 4.2)."""

    STATEMENTS_WRITE = "statements/write"
    STATEMENTS_READ_MINE = "statements/read/mine"
    STATEMENTS_READ = "statements/read"
    STATE = "state"
    DEFINE = "define"
    PROFILE = "profile"
    ALL_READ = "all/read"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Principal:
    """A recognised credential: ``authority`` is the key under which its statements are stored."""

    credential_id: int
    key: str
    authority: str
    scopes: frozenset[str]
    last_used_at: datetime | None

    def may(self, *scopes: Scope) -> bool:
        """Whether one of ``scopes`` is granted; ``all`` grants everything."""
        return Scope.ALL in self.scopes or not self.scopes.isdisjoint(scopes)


def create_credential(
    name: str,
    *,
    scopes: Iterable[Scope | str],
    trust: Trust | int = Trust.CLIENT_REPORTED,
    home_page: str | None = None,
    at: datetime,
    using: str | None = None,
) -> tuple[Credential, str]:
    """A new credential and its secret, which is kept nowhere: show it once.

    ``trust`` is what its statements are worth, for good. ``home_page`` defaults to BDHVS_XAPI_HOME_PAGE; the authority
    is the account (home page, the credential's key) and has the key ``lrs-<key>``. Raises ``ValueError`` for an empty
    name, no scope or an unknown one, ``ImproperlyConfigured`` without a home page, ``InvalidStatement`` for one that
    is no IRI.
    """
    alias = using or database()
    named = " ".join(name.split())
    if not named or len(named) > 200 or "\0" in named:
        raise ValueError("a credential needs a name of at most 200 characters")
    granted = {Scope(scope) for scope in scopes}
    if not granted:
        raise ValueError(f"a credential needs a scope: {', '.join(Scope)}")
    key, secret = secrets.token_hex(10), _new_secret()
    authority = f"lrs-{key}"
    with transaction.atomic(using=alias):
        ensure_authority(
            authority,
            agent=account_actor(home_page or _home_page(), key),
            trust=Trust(trust),
            defines=not granted.isdisjoint({Scope.DEFINE, Scope.ALL}),
            using=alias,
        )
        credential = Credential.objects.using(alias).create(
            name=named,
            key=key,
            secret_hash=_digest(secret, settings.SECRET_KEY),
            authority=Authority.objects.using(alias).get(key=authority),
            scopes=" ".join(scope for scope in Scope if scope in granted),
            created=at,
        )
    return credential, secret


def _home_page() -> str:
    found = app_settings.HOME_PAGE()
    if not isinstance(found, str) or not found:
        raise ImproperlyConfigured(
            "Set BDHVS_XAPI_HOME_PAGE to an IRI of your site, or to the dotted path of a function that returns one. "
            "It identifies the authority of each credential, and stays in its statements for good."
        )
    return found


def _new_secret() -> str:
    """Of 256 random bits. Never with a "-" in front: a command line would take it for an option."""
    while (secret := secrets.token_urlsafe(32)).startswith("-"):
        pass
    return secret


def revoke(credential: Credential, at: datetime) -> None:
    """From now on nobody signs in with it. What it wrote stays. A second call changes nothing."""
    table = Credential.objects.using(credential._state.db)
    table.filter(pk=credential.pk, revoked_at=None).update(revoked_at=at)
    credential.refresh_from_db(fields=["revoked_at"])


def authenticate(header: str, *, using: str | None = None) -> Principal | None:
    """Whose ``Authorization`` header this is; None for any other, and for a revoked credential. One query."""
    found = _key_and_secret(header)
    if found is None:
        return None
    key, secret = found
    connection = connections[using or database()]
    sql = (
        "SELECT c.id, c.secret_hash, c.scopes, c.last_used_at, a.key "  # noqa: S608 - names of our own tables
        f"FROM {rows.table(Credential)} AS c JOIN {rows.table(Authority)} AS a ON a.id = c.authority_id "
        "WHERE c.key = %s AND c.revoked_at IS NULL"
    )
    answer = rows.select(sql, [key], connection)
    # The same work for a key that is not there: an answer's time tells nobody which keys there are.
    pk, kept, scopes, used, authority = answer[0] if answer else (0, "", "", None, "")
    right = False
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        right |= constant_time_compare(_digest(secret, secret_key), kept)
    if not right:
        return None
    return Principal(
        credential_id=pk,
        key=key,
        authority=authority,
        scopes=frozenset(scopes.split()),
        last_used_at=None if used is None else rows.time_out(connection)(used),
    )


def _digest(secret: str, key: str | bytes) -> str:
    return salted_hmac(_SALT, secret, secret=key, algorithm="sha256").hexdigest()


def _key_and_secret(header: str) -> tuple[str, str] | None:
    """The user name and password of a Basic header (RFC 7617)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(header) > _MAX_HEADER:
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    key, colon, secret = text.partition(":")
    return (key, secret) if colon and key and "\0" not in key else None


# When this process last wrote down that a credential was used: many requests come within a minute.
_touched: dict[int, datetime] = {}
_TOUCH_EVERY: Final = timedelta(minutes=1)


def touch(principal: Principal, *, at: datetime, using: str) -> None:
    """Notes that a credential was used, at most once a minute.

    A note that cannot be written is left for the next request: the one at hand has been answered already.
    """
    known = max(filter(None, (principal.last_used_at, _touched.get(principal.credential_id))), default=None)
    if known is not None and timedelta(0) <= at - known < _TOUCH_EVERY:
        return
    try:
        Credential.objects.using(using).filter(pk=principal.credential_id).update(last_used_at=at)
    except OperationalError:
        logger.warning("The last use of credential %s could not be saved.", principal.key)
    else:
        _touched[principal.credential_id] = at
