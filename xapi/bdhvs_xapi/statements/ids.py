"""Deterministic statement ids."""

from __future__ import annotations

import uuid


def statement_id(namespace: uuid.UUID, *parts: str) -> uuid.UUID:
    """The UUIDv5 (RFC 9562, 5.5) of ``parts`` under ``namespace``: the same act always gets the same id.

    Each part is written with its length in characters before it, so ``("a", "bc")`` and ``("ab", "c")`` differ
    whatever characters the parts contain. Raises ``ValueError`` without parts and ``TypeError`` for a part that is
    not text: a ``None`` or a number that slips in would give an id that nobody can compute again.
    """
    if not parts:
        raise ValueError("statement_id() needs at least one part")
    for part in parts:
        if not isinstance(part, str):
            raise TypeError(f"statement_id() parts are text, not {type(part).__name__}: {part!r}")
    return uuid.uuid5(namespace, "".join(f"{len(part)}:{part}" for part in parts))
