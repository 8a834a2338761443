"""Bodies that the page's script posts: JSON under limits, with a token that has not expired and is the sender's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from bdhvs_h5p.attempts.taking import Claim
from bdhvs_h5p.attempts.tokens import BadToken, Pass, read
from bdhvs_lms.attempts.api import claimed_time
from h5p_python_adapter import BadJson, parsed_json

__all__ = ["MAX_BODY", "MOST_AT_ONCE", "BadBody", "Body", "read_body"]

MAX_BODY = 640 * 1024
"""Bytes. A state of the largest size fits, with its quotation marks escaped."""
MOST_AT_ONCE = 50
"""Statements, or states, in one body."""
# Of the whole; statements and states have limits of their own.
MAX_DEPTH = 64


class BadBody(Exception):
    """The body is refused: `code`, and the HTTP `status` that says whose turn it is."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Body:
    """A posted body. `content`: all but the token and the time."""

    token: Pass
    occurred_at: datetime | None
    content: Mapping[str, Any]

    def listed(self, name: str) -> list[Any]:
        """Return a list of at most MOST_AT_ONCE; left out, an empty one. Raises BadBody."""
        found = self.content.get(name, [])
        if not isinstance(found, list):
            raise BadBody("form", 400)
        if len(found) > MOST_AT_ONCE:
            raise BadBody("too_many_at_once", 413)
        return found

    def claims(self) -> list[Claim]:
        """Return the posted statements as claims. Raises BadBody."""
        return [
            Claim(one.get("n"), one.get("statement")) if isinstance(one, Mapping) else Claim(None, one)
            for one in self.listed("statements")
        ]


def read_body(request: HttpRequest, attempt: UUID) -> Body:
    """Read the body. Raises BadBody: media (415), too_large (413), a code of BadJson or form (400), token (403)."""
    if request.content_type != "application/json":
        raise BadBody("media", 415)
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    # Not even begun to be read when it says itself that it is too long.
    raw = b"" if announced > MAX_BODY else request.read(MAX_BODY + 1)
    if announced > MAX_BODY or len(raw) > MAX_BODY:
        raise BadBody("too_large", 413)
    try:
        content = parsed_json(raw, max_depth=MAX_DEPTH)
    except BadJson as bad:
        raise BadBody(bad.code, 400) from None
    if not isinstance(content, Mapping):
        raise BadBody("form", 400)
    try:
        token = read(content.get("token"))
    except BadToken:
        raise BadBody("token", 403) from None
    if token.attempt != attempt:
        raise BadBody("token", 403)
    return Body(token, claimed_time(content.get("occurred_at")), content)
