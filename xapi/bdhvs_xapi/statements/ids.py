"""Deterministic statement ids."""

from __future__ import annotations

import hashlib
import hmac
import uuid

_SHORTEST_KEY = 16


def statement_id(namespace: uuid.UUID, *parts: str, key: bytes = b"") -> uuid.UUID:
    """The UUIDv5 (RFC 9562, 5.5) of ``parts`` under ``namespace``: the same act always gets the same id.

    With a ``key`` of at least 16 bytes it is the UUIDv5 of their HMAC-SHA256 in hexadecimal: whoever knows the parts
    but not the key cannot say the id beforehand, and write something else under it.

    Each part is written with its length in characters before it, so ``("a", "bc")`` and ``("ab", "c")`` differ
    whatever characters the parts contain. Raises ``ValueError`` without parts or for a shorter key, and ``TypeError``
    for a part that is not text: a ``None`` or a number that slips in would give an id that nobody can compute again.
    """
    if not parts:
        raise ValueError("statement_id() needs at least one part")
    for part in parts:
        if not isinstance(part, str):
            raise TypeError(f"statement_id() parts are text, not {type(part).__name__}: {part!r}")
    name = "".join(f"{len(part)}:{part}" for part in parts)
    if not key:
        return uuid.uuid5(namespace, name)
    if len(key) < _SHORTEST_KEY:
        raise ValueError(f"a key has at least {_SHORTEST_KEY} bytes")
    return uuid.uuid5(namespace, hmac.new(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest())
