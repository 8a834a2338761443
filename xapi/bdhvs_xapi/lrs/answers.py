"""Answers as HTTP responses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.http import http_date

from bdhvs_xapi.lrs.errors import Refused

JSON = "application/json"
# An answer must not be many times as long as what was wrong.
_MAX_PROBLEMS = 100


def answer(
    content: bytes = b"",
    *,
    status: int = 200,
    content_type: str = JSON,
    etag: str | None = None,
    tagged: bool = True,
    modified: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """``etag`` without quotes; unset on a 200: the SHA-1 of the content (xAPI 1.0.3 Part Three, 3.1).

    ``tagged`` false: no ETag at all, for an answer that is no representation of what lies at the address.
    """
    response = HttpResponse(content, status=status, content_type=content_type)
    if status == 204:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Length"] = str(len(content))
    if status == 200 and tagged:
        response.headers["ETag"] = f'"{etag or hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'
    if modified is not None:
        response.headers["Last-Modified"] = http_date(modified.timestamp())
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def json_answer(value: Any, **more: Any) -> HttpResponse:
    return answer(msgspec.json.encode(value), **more)


def no_content() -> HttpResponse:
    return answer(status=204)


def refusal(refused: Refused) -> HttpResponse:
    """``{"error": sentence, "problems": [{"path": …, "reason": …}]}``, for machines and for whoever debugs them."""
    problems = [{"path": problem.path, "reason": problem.reason} for problem in refused.problems[:_MAX_PROBLEMS]]
    content = {"error": refused.error, "problems": problems}
    try:
        raw = msgspec.json.encode(content)
    except (UnicodeEncodeError, ValueError):
        # A reason may quote what cannot be written as UTF-8: half of a surrogate pair.
        raw = msgspec.json.encode({"error": "the request contains text that is not UTF-8", "problems": []})
    return answer(raw, status=refused.status, headers=refused.headers)
