"""multipart/mixed as xAPI uses it: the statements first, then the data of their attachments (1.0.3 Part Three, 1.5.2).

Why not ``email``? It is made for text: it decodes, unfolds lines and takes a last line break away from data.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from typing import Final

from bdhvs_xapi.outbox.transport import Blob

_CRLF: Final = b"\r\n"
_MAX_HEAD: Final = 16 * 1024
# An empty part is ten bytes on the line and a hundred times that in memory.
MAX_PARTS: Final = 10_000


class MultipartError(ValueError):
    """Not multipart/mixed as xAPI has it."""


def build(statements: bytes, blobs: Mapping[str, Blob]) -> tuple[str, bytes]:
    """(Content-Type, body) of ``statements`` (JSON) with the data of ``blobs`` by sha2."""
    boundary = new_boundary()
    parts = ((sha2, blob.content_type, blob.data) for sha2, blob in blobs.items())
    return content_type(boundary), b"".join(pieces(statements, parts, boundary))


def new_boundary() -> str:
    """128 random bits, which occur in no attachment."""
    return secrets.token_hex(16)


def content_type(boundary: str) -> str:
    return f'multipart/mixed; boundary="{boundary}"'


def pieces(statements: bytes, parts: Iterable[tuple[str, str, bytes]], boundary: str) -> Iterator[bytes]:
    """The body piece by piece, so that only one part is in memory at a time. ``parts``: (sha2, content type, data)."""
    yield f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode()
    yield statements
    for sha2, kind, data in parts:
        if not (kind and kind.isascii() and kind.isprintable()):
            kind = "application/octet-stream"
        yield (
            f"\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
            f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
        ).encode()
        yield data
    yield f"\r\n--{boundary}--\r\n".encode()


def boundary_of(header: str) -> bytes | None:
    """The boundary of a multipart/mixed Content-Type; None for another type. Raises ``MultipartError`` without one."""
    head = Message()
    head["Content-Type"] = header.replace("\r", " ").replace("\n", " ")
    if head.get_content_type() != "multipart/mixed":
        return None
    boundary = head.get_param("boundary")
    if not isinstance(boundary, str) or not boundary or len(boundary) > 70 or not boundary.isascii():
        raise MultipartError("multipart/mixed without a boundary of 1 to 70 ASCII characters")
    return boundary.encode()


def split(body: bytes, boundary: bytes) -> list[tuple[Message, bytes]]:
    """(headers, data) of each part (RFC 2046, 5.1.1); what stands before the first and after the last is dropped.

    Lines end as the first boundary's does: with CRLF, or with LF in messages that were put together from text files.
    Nothing is lost by taking them, since the data have to have their digest.
    """
    first = re.search(rb"--" + re.escape(boundary) + rb"[ \t]*(\r?\n)", body)
    end = _CRLF if first is None else first[1]
    # The first delimiter may stand at the very beginning, without a line break of its own.
    pieces = (end + body).split(end + b"--" + boundary, MAX_PARTS + 2)
    if len(pieces) < 2:
        raise MultipartError("the boundary does not occur")
    if len(pieces) > MAX_PARTS + 2:
        raise MultipartError(f"more than {MAX_PARTS} parts")
    parts: list[tuple[Message, bytes]] = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return parts
        padding, found, rest = piece.partition(end)
        if not found or padding.strip(b" \t"):
            raise MultipartError("a boundary is not followed by a line break")
        head, data = _head_and_data(rest, end)
        parts.append((head, data))
    raise MultipartError("the last boundary is missing: cut off?")


def _head_and_data(part: bytes, end: bytes) -> tuple[Message, bytes]:
    raw, data = (b"", part[len(end) :]) if part.startswith(end) else _cut(part, end)
    head = Message()
    for line in raw.decode("latin-1").split(end.decode()):
        name, colon, value = line.partition(":")
        if colon:
            head[name.strip()] = value.strip().replace("\n", " ")
    return head, data


def _cut(part: bytes, end: bytes) -> tuple[bytes, bytes]:
    raw, found, data = part.partition(end + end)
    if not found or len(raw) > _MAX_HEAD:
        raise MultipartError("a part without the empty line after its headers")
    return raw, data
