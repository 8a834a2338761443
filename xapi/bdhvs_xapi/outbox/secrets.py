"""User names and passwords for other record stores, unreadable in the database and in its backups.

Sealed with a key that is derived from SECRET_KEY; SECRET_KEY_FALLBACKS still open what was sealed before a rotation.
Whoever has the database alone has nothing; whoever has the settings too needs no database.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

# Another purpose, another key: what is sealed here opens nothing else that is derived from SECRET_KEY.
_PURPOSE = b"bdhvs_xapi.outbox.secrets"


class SecretUnreadable(Exception):
    """Sealed under a SECRET_KEY that is neither the present one nor among the fallbacks: enter it again."""


def seal(username: str, password: str) -> str:
    """Text for ``Peer.secret``; empty when there is neither name nor password."""
    if not username and not password:
        return ""
    return _fernet().encrypt(json.dumps([username, password]).encode()).decode()


def unseal(secret: str) -> tuple[str, str]:
    """(user name, password), both empty for an empty secret. Raises ``SecretUnreadable``."""
    if not secret:
        return "", ""
    try:
        username, password = json.loads(_fernet().decrypt(secret.encode()))
    except InvalidToken as error:
        raise SecretUnreadable(
            "user name and password were sealed under another SECRET_KEY: enter them again, "
            "or put the old key into SECRET_KEY_FALLBACKS"
        ) from error
    return username, password


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _keys()])


def _keys() -> Iterator[bytes]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(force_bytes(secret))
        yield base64.urlsafe_b64encode(derived)
