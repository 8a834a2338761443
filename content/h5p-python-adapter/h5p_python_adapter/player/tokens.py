"""Signed addresses: a frame of opaque origin sends no cookie, so an address is the right to what it leads to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

__all__ = ["read", "signed"]


def signed(secret: bytes, purpose: str, content: Mapping[str, Any]) -> str:
    """Return a token for addresses: letters, digits, "-", "_" and "."."""
    body = base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).rstrip(b"=").decode()
    return f"{body}.{_signature(secret, purpose, body)}"


def read(secret: bytes, purpose: str, token: str, *, at: float) -> dict[str, Any] | None:
    """Return what was signed for this purpose, until its time, "e" (seconds of the epoch), has come; None otherwise."""
    body, _, signature = token.partition(".")
    try:
        if not hmac.compare_digest(signature.encode(), _signature(secret, purpose, body).encode()):
            return None
        content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return None
    return content if isinstance(content, dict) and at < content.get("e", 0) else None


def _signature(secret: bytes, purpose: str, body: str) -> str:
    digest = hmac.digest(secret, f"h5p-python-adapter.{purpose}.{body}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
