"""One page of statements as another record store answers it, JSON or multipart. Knows no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx
import msgspec

from bdhvs_xapi.outbox.multipart import MultipartError, boundary_of, split
from bdhvs_xapi.statements.times import parse_timestamp
from bdhvs_xapi.statements.versions import Version

# The digests that may be called SHA-2, by the length of their hexadecimal form (1.0.3 Part Two, 2.4.11).
_DIGESTS: Final = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


class PageError(ValueError):
    """The answer is no page of statements."""


class _Result(msgspec.Struct):
    """StatementResult (1.0.3 Part Two, 4.2); what else a store puts there does not matter."""

    statements: list[msgspec.Raw]
    more: str = ""


class _Stored(msgspec.Struct):
    stored: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """``statements``: JSON as it came. ``blobs``: data by sha2, checked. ``through``: how far the store is whole, if it
    says so. ``newest``: the latest ``stored``.
    """

    statements: Sequence[bytes]
    blobs: Mapping[str, bytes]
    more: str
    through: datetime | None
    newest: datetime | None


def read_page(headers: httpx.Headers, body: bytes) -> Page:
    """Raises ``PageError``. Data whose digest is another is dropped: then the statement comes without it."""
    blobs: dict[str, bytes] = {}
    try:
        boundary = boundary_of(headers.get("Content-Type", ""))
        if boundary is not None:
            [(_, first), *rest] = split(body, boundary)
            body = first
            for head, data in rest:
                sha2 = str(head.get("X-Experience-API-Hash", "")).lower()
                if sha2 and digest_is(sha2, data):
                    blobs[sha2] = data
        result = msgspec.json.decode(body, type=_Result)
    except (MultipartError, msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PageError(f"it does not answer with statements: {error}") from error
    statements = [bytes(raw) for raw in result.statements]
    times = [time for raw in statements if (time := _stored(raw)) is not None]
    through = _time(headers.get("X-Experience-API-Consistent-Through", ""))
    return Page(statements, blobs, result.more, through, max(times, default=None))


def digest_is(sha2: str, data: bytes) -> bool:
    name = _DIGESTS.get(len(sha2))
    return name is not None and hashlib.new(name, data).hexdigest() == sha2


def _stored(raw: bytes) -> datetime | None:
    try:
        return _time(msgspec.json.decode(raw, type=_Stored).stored)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _time(text: str) -> datetime | None:
    try:
        return parse_timestamp(text, Version.V1)
    except ValueError:
        return None
