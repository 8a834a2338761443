"""Attachments on their way in and out (xAPI 1.0.3 Part Three, 1.5.2).

The bytes of an attachment are found by their digest and by nothing else. Who may read them is decided by statements:
they go out only with one that names them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from email.message import Message
from typing import Final

import msgspec

from bdhvs_xapi.lrs.calls import Call
from bdhvs_xapi.lrs.errors import Refused, bad
from bdhvs_xapi.outbox.multipart import MultipartError, boundary_of, pieces, split
from bdhvs_xapi.statements.schema import Attachment
from bdhvs_xapi.statements.validate import Parsed

JSON: Final = "application/json"
# By the number of hexadecimal digits: SHA-224, SHA-256, SHA-384, SHA-512.
_DIGESTS: Final[dict[int, Callable[[bytes], str]]] = {
    56: lambda data: hashlib.sha224(data).hexdigest(),
    64: lambda data: hashlib.sha256(data).hexdigest(),
    96: lambda data: hashlib.sha384(data).hexdigest(),
    128: lambda data: hashlib.sha512(data).hexdigest(),
}


class Part(msgspec.Struct, frozen=True):
    """The data of one attachment as it was sent. ``length``: what its own Content-Length says, if it says anything."""

    data: bytes
    media_type: str
    length: str


def read_content(call: Call) -> tuple[bytes, dict[str, Part]]:
    """(the JSON of the statements, the parts by their digest in lower case).

    Raises 400 for another content type and for a multipart that breaks a rule of 1.5.2, 413 for too much.
    """
    # The fields of a form hold text, so their content needs no type to be taken for JSON (1.3 recommends one).
    if call.media_type == JSON or (call.form is not None and not call.media_type):
        return call.body(), {}
    try:
        boundary = boundary_of(call.content_type)
        if boundary is None:
            raise Refused(400, f"expected Content-Type {JSON} or multipart/mixed")
        parts = split(call.body(), boundary)
    except MultipartError as error:
        raise Refused(400, f"not multipart/mixed (RFC 2046): {error}") from None
    if not parts:
        raise Refused(400, "a multipart without parts")
    head, statements = parts[0]
    if _media_type(head.get("Content-Type", "")) != JSON:
        raise Refused(400, f"the first part holds the statements: expected Content-Type {JSON}")
    found: dict[str, Part] = {}
    for number, (head, data) in enumerate(parts[1:], start=2):
        sha2, part = _part(number, head, data)
        found[sha2] = part
    return statements, found


def _part(number: int, head: Message, data: bytes) -> tuple[str, Part]:
    where = f"part {number}"
    if head.get("Content-Transfer-Encoding", "").strip().lower() != "binary":
        raise bad(where, "expected Content-Transfer-Encoding: binary")
    sha2 = head.get("X-Experience-API-Hash", "").strip().lower()
    if not sha2:
        raise bad(where, "the header X-Experience-API-Hash is required")
    digest = _DIGESTS.get(len(sha2))
    if digest is None or digest(data) != sha2:
        raise bad(where, "X-Experience-API-Hash is not the SHA-2 digest of the data")
    return sha2, Part(data, _media_type(head.get("Content-Type", "")), head.get("Content-Length", "").strip())


def match(batch: Sequence[Parsed], parts: Mapping[str, Part]) -> dict[str, bytes]:
    """The data to keep, by digest. Raises 400 for an attachment that is neither here nor elsewhere, and for data that
    no statement declares or that is declared as something else."""
    needed: set[str] = set()
    for position, parsed in enumerate(batch):
        prefix = f"[{position}]." if len(batch) > 1 else ""
        for index, attachment in enumerate(parsed.attachments):
            where = f"{prefix}attachments[{index}]"
            sha2 = attachment.sha2.lower()
            part = parts.get(sha2)
            if part is None:
                if not attachment.file_url:
                    raise bad(where, "neither a fileUrl nor a part with its data")
                continue
            needed.add(sha2)
            if part.media_type and part.media_type != _media_type(attachment.content_type):
                raise bad(f"{where}.contentType", f"the part is {part.media_type}")
            if part.length and part.length != str(attachment.length):
                raise bad(f"{where}.length", f"the part's Content-Length is {part.length}")
    for number, sha2 in enumerate(parts, start=2):
        if sha2 not in needed:
            raise bad(f"part {number}", "no statement declares an attachment with this X-Experience-API-Hash")
    return {sha2: part.data for sha2, part in parts.items()}


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()


# --- Out -------------------------------------------------------------------------------------------------------------


class _Inner(msgspec.Struct):
    attachments: list[Attachment] = []


class _Outer(msgspec.Struct):
    attachments: list[Attachment] = []
    object: _Inner = msgspec.field(default_factory=_Inner)


_decoder: Final = msgspec.json.Decoder(_Outer)


def declared(bodies: Iterable[bytes], *, with_urls: bool) -> dict[str, Attachment]:
    """The attachments of stored statements by digest in lower case, each once.

    Without ``with_urls`` only those whose data must have come with the statement: whoever wrote the statement had them.
    """
    found: dict[str, Attachment] = {}
    for body in bodies:
        if b'"sha2"' not in body:
            continue
        try:
            outer = _decoder.decode(body)
        except msgspec.ValidationError:
            # An object or extension that is shaped like one; a stored statement's own attachments are valid.
            continue
        for attachment in (*outer.attachments, *outer.object.attachments):
            if with_urls or not attachment.file_url:
                found.setdefault(attachment.sha2.lower(), attachment)
    return found


def multipart(
    statements: bytes, attachments: Mapping[str, Attachment], load: Callable[[str], bytes | None], boundary: str
) -> Iterator[bytes]:
    """The answer piece by piece. What is not here is left out."""
    loaded = ((one, load(sha2)) for sha2, one in attachments.items())
    parts = ((one.sha2, one.content_type, data) for one, data in loaded if data is not None)
    yield from pieces(statements, parts, boundary)
