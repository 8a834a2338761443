"""From a request to its answer: the way that every call to the record store goes.

Nothing here makes an HTML page, a redirect or a cookie; every refusal is JSON that says what is wrong and where.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.core.signals import got_request_exception
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bdhvs_xapi.conf import CATCH_UP_SECONDS_OF_READERS, app_settings, database
from bdhvs_xapi.lrs import limits
from bdhvs_xapi.lrs.answers import answer, refusal
from bdhvs_xapi.lrs.calls import Call, dialect, read_call
from bdhvs_xapi.lrs.credentials import Principal, authenticate, touch
from bdhvs_xapi.lrs.documents import Documents
from bdhvs_xapi.lrs.errors import Refused, too_many
from bdhvs_xapi.lrs.lookups import About, Activities, Agents
from bdhvs_xapi.lrs.statements import More, Statements
from bdhvs_xapi.outbox.pace import Pace
from bdhvs_xapi.outbox.recording import catch_up
from bdhvs_xapi.statements.times import format_timestamp
from bdhvs_xapi.statements.versions import Version, negotiate
from bdhvs_xapi.store.consistency import consistent_through
from bdhvs_xapi.store.documents import Kind

logger = logging.getLogger(__name__)

RESOURCES: Final[Mapping[str, Any]] = {
    "statements": Statements(),
    "activities": Activities(),
    "activities/state": Documents(Kind.STATE),
    "activities/profile": Documents(Kind.ACTIVITY_PROFILE),
    "agents": Agents(),
    "agents/profile": Documents(Kind.AGENT_PROFILE),
    "about": About(),
}
MORE_PREFIX: Final = "statements/more/"
_MORE: Final = More()

_VERSION: Final = "X-Experience-API-Version"
_CONSISTENT: Final = "X-Experience-API-Consistent-Through"
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="xAPI", charset="UTF-8"'}
# What a document holds is its client's affair; opened in a browser it must not run as a page of this site.
_HEADERS: Final = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_CORS_HEADERS: Final = ", ".join(
    ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Accept-Language", _VERSION)
)
_CORS_EXPOSED: Final = ", ".join(("ETag", "Last-Modified", "Content-Length", "Retry-After", _VERSION, _CONSISTENT))


def respond(request: HttpRequest, path: str) -> HttpResponseBase:
    """The answer to a request for ``path`` below the endpoint, without a slash before it (``activities/state``)."""
    at = datetime.now(UTC)
    whole = _Whole(path, str(request.META.get("HTTP_X_EXPERIENCE_API_VERSION", "")))
    try:
        response = _respond(request, path, at, whole)
    except Refused as refused:
        response = refusal(refused)
    except OperationalError:
        # The database is away, or busy for longer than a writer may wait: nothing is wrong with the request.
        logger.exception("The record store cannot reach its database.")
        response = refusal(Refused(503, "the database does not answer; try again", headers={"Retry-After": "5"}))
    except Exception:
        logger.exception("The record store failed on %s %s", request.method, path[:100])
        # As for any other view: whoever collects errors hears of it, and so does a test.
        got_request_exception.send(sender=None, request=request)
        response = refusal(Refused(500, "internal error"))
    for name, value in _HEADERS.items():
        response.headers[name] = value
    response.headers[_VERSION] = whole.version.value
    if whole.of_statements:
        through = whole.through()
        if through is not None:
            response.headers[_CONSISTENT] = format_timestamp(through)
    _allow_origin(request, response)
    # Otherwise Django logs each 404, and asking for a state that is not there yet is what clients do all day.
    response._has_been_logged = True  # type: ignore[attr-defined]
    if request.method == "HEAD" or whole.head:
        _drop_content(response)
        if request.method != "HEAD":
            # The alternate syntax: what the server sees is a POST, and would wait for content of that length.
            response.headers["Content-Length"] = "0"
    return response


class _Whole:
    """What is known about a call so far, for the headers of its answer, whether or not it succeeds."""

    def __init__(self, path: str, version: str) -> None:
        self.of_statements = path == "statements" or path.startswith(MORE_PREFIX)
        # Refusals have a version too.
        try:
            self.version = negotiate(version)
        except ValueError:
            self.version = app_settings.DEFAULT_VERSION
        self.head = False
        self.using: str | None = None
        self._through: datetime | None = None

    def look(self) -> None:
        """A list must be read after the moment up to which it is promised to be whole."""
        if self.of_statements and self.using is not None:
            self._through = consistent_through(using=self.using)

    def through(self) -> datetime | None:
        """Of a call that was refused before anybody signed in: a moment so long ago that nothing need be asked."""
        global _seen
        if self._through is None:
            if self.using is None and _seen is not None:
                return _seen
            try:
                self._through = consistent_through(using=self.using or database())
            except DatabaseError:
                return _seen
        _seen = self._through
        return self._through


# What some earlier call was told: still true, since the ledger only grows.
_seen: datetime | None = None


def _respond(request: HttpRequest, path: str, at: datetime, whole: _Whole) -> HttpResponseBase:
    resource: Any = _MORE if path.startswith(MORE_PREFIX) else RESOURCES.get(path)
    if resource is None:
        raise Refused(404, "no such resource")
    allowed = [method for method in ("GET", "PUT", "POST", "DELETE") if hasattr(resource, method.lower())]
    allow = {"Allow": ", ".join([*allowed, *(["HEAD"] if "GET" in allowed else []), "OPTIONS"])}
    if request.method == "OPTIONS":
        return answer(status=204, headers=allow)
    call = read_call(request, at)
    whole.head = call.method == "HEAD"
    name = "get" if whole.head else call.method.lower()
    if name.upper() not in allowed:
        raise Refused(405, f"{call.method} is not a method of {path}", headers=allow)
    if not isinstance(resource, About):
        call.version = whole.version = dialect(call)
    if isinstance(resource, About):
        # For everybody, in any version and without one, in either syntax (xAPI 1.0.3 Part Three, 2.8).
        return resource.get(call)
    if call.form is not None and call.version is Version.V2:
        raise Refused(400, "the alternate request syntax (?method=) is not part of xAPI 2.0")
    call.principal = _sign_in(call)
    whole.using = call.using
    if name == "get":
        if whole.of_statements:
            # What a process that died has left: who asks until the answer is whole must get there.
            catch_up(Pace(CATCH_UP_SECONDS_OF_READERS, using=call.using), using=call.using)
        whole.look()
    handler = getattr(resource, name)
    response: HttpResponseBase = handler(call, path[len(MORE_PREFIX) :]) if resource is _MORE else handler(call)
    touch(call.principal, at=at, using=call.using)
    return response


def _sign_in(call: Call) -> Principal:
    """Raises 401, and 429 for too many requests of one credential or too many failures of one address."""
    header = str(call.meta.get("HTTP_AUTHORIZATION", ""))
    principal = authenticate(header, using=call.using) if header else None
    if principal is None:
        address = limits.address_of(call.request.META)
        wait = limits.failures.take(address, app_settings.FAILURES_PER_MINUTE) if header and address else 0.0
        if wait:
            raise too_many("too many refused sign-ins from this address", wait)
        what = "these credentials are not valid" if header else "HTTP Basic credentials are required"
        raise Refused(401, what, headers=_CHALLENGE)
    wait = limits.requests.take(principal.key, app_settings.REQUESTS_PER_MINUTE)
    if wait:
        raise too_many("too many requests with this credential", wait)
    return principal


def _allow_origin(request: HttpRequest, response: HttpResponseBase) -> None:
    """Scripts of listed origins may call the endpoint; there are no cookies, so credentials are the script's own."""
    origins = app_settings.CORS_ORIGINS
    if not origins:
        return
    response.headers["Vary"] = "Origin"
    origin = request.META.get("HTTP_ORIGIN", "")
    if origin not in origins:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = _CORS_HEADERS
        response.headers["Access-Control-Max-Age"] = "3600"


def _drop_content(response: Any) -> None:
    """HEAD: the headers of the GET, Content-Length included where it is known (1.1)."""
    if response.streaming:
        response.streaming_content = ()
    else:
        response.content = b""
