"""From Django's request to what the resources work with: one xAPI call, whichever way it was spelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from django.http import HttpRequest, UnreadablePostError

from bdhvs_xapi.conf import app_settings, database
from bdhvs_xapi.lrs.credentials import Principal, Scope
from bdhvs_xapi.lrs.errors import Refused, bad
from bdhvs_xapi.statements.versions import Version, negotiate

# More parameters than any resource has.
_MAX_FIELDS: Final = 50
# Bytes of a form's fields but for the content: more than ids, an agent and headers need.
_MAX_OTHERS: Final = 256 * 1024
_FORM: Final = "application/x-www-form-urlencoded"
# Headers that the alternate syntax may carry as form fields (xAPI 1.0.3 Part Three, 1.3), by their names in META.
_FORM_HEADERS: Final = {
    "authorization": "HTTP_AUTHORIZATION",
    "x-experience-api-version": "HTTP_X_EXPERIENCE_API_VERSION",
    "content-type": "CONTENT_TYPE",
    "content-length": "CONTENT_LENGTH",
    "if-match": "HTTP_IF_MATCH",
    "if-none-match": "HTTP_IF_NONE_MATCH",
}
METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE")


@dataclass(slots=True)
class Call:
    """One request. ``meta`` are headers under WSGI's names; ``at`` is when it came (aware, UTC)."""

    request: HttpRequest
    method: str
    meta: Mapping[str, Any]
    params: dict[str, str]
    at: datetime
    using: str
    version: Version = Version.V2
    # Of the alternate syntax: the field with the content, still encoded; empty without one. None: no such request.
    form: bytes | None = None
    content: bytes | None = None
    _principal: Principal | None = field(default=None)

    @property
    def principal(self) -> Principal:
        if self._principal is None:
            raise RuntimeError("nobody has signed in")
        return self._principal

    @principal.setter
    def principal(self, principal: Principal) -> None:
        self._principal = principal

    def header(self, name: str) -> str:
        """A header's value by its name in META without ``HTTP_`` (``IF_MATCH``); empty when absent."""
        return str(self.meta.get(f"HTTP_{name}", ""))

    @property
    def content_type(self) -> str:
        return str(self.meta.get("CONTENT_TYPE", ""))

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()

    def body(self) -> bytes:
        """The content. Raises 413 beyond BDHVS_XAPI_MAX_BODY, before it is read where its length is given."""
        if self.content is None:
            self.content = read_body(self.request) if self.form is None else _content_of(self.form)
        return self.content

    def require(self, *scopes: Scope) -> None:
        """Raises 403 unless the credential has one of ``scopes``, or ``all``."""
        if not self.principal.may(*scopes):
            raise Refused(403, f"this credential lacks the scope {' or '.join([*scopes, Scope.ALL])}")

    def allow(self, *names: str) -> None:
        """Raises 400 for a parameter that is none of ``names`` (xAPI 1.0.3 Part Three, 3.2)."""
        for name in self.params:
            if name not in names:
                like = next((each for each in names if each.lower() == name.lower()), None)
                raise bad(name, f"unknown parameter; did you mean {like}?" if like else "unknown parameter")


def read_call(request: HttpRequest, at: datetime) -> Call:
    """The call without who makes it and in which dialect. Raises ``Refused`` 400, 405 or 413."""
    meta: dict[str, Any] = request.META
    method = request.method or ""
    params = _parse(str(meta.get("QUERY_STRING", "")), "the query string")
    call = Call(request, method, meta, params, at, database())
    if method == "POST" and "method" in params:
        _read_alternate(call)
    return call


def _read_alternate(call: Call) -> None:
    """The alternate request syntax of xAPI 1.0.3 Part Three, 1.3: everything is in the fields of a form."""
    if len(call.params) > 1:
        raise Refused(400, "with ?method= every other parameter belongs into the form")
    # The header is only recommended (1.3): the browsers for whom this syntax was made could set none.
    if call.media_type not in (_FORM, ""):
        raise Refused(400, f"with ?method= the content is a form: expected Content-Type {_FORM}")
    method = call.params["method"].upper()
    if method not in METHODS:
        raise bad("method", f"expected one of {', '.join(METHODS)}")
    # Who asks is in one of the fields. Decoding the content costs many times its size, so it waits until that is known.
    pieces = read_body(call.request).split(b"&", _MAX_FIELDS)
    call.form = b"&".join(piece for piece in pieces if piece.startswith(b"content="))
    others = b"&".join(piece for piece in pieces if not piece.startswith(b"content="))
    if len(others) > _MAX_OTHERS:
        raise Refused(413, f"the form without its content is larger than {_MAX_OTHERS} bytes")
    fields = _parse(_ascii(others), "the form")
    if "content" in fields:
        raise bad("content", "write the name of this field as it is")
    # Content-Type of the form itself does not speak of its content.
    meta = {name: value for name, value in call.meta.items() if name not in ("CONTENT_TYPE", "CONTENT_LENGTH")}
    for name in list(fields):
        if name.lower() in _FORM_HEADERS:
            value = fields.pop(name)
            if not value.isprintable():
                raise bad(name, "a header's value is one line")
            meta[_FORM_HEADERS[name.lower()]] = value
    call.method, call.meta, call.params = method, meta, fields


def _content_of(form: bytes) -> bytes:
    return _parse(_ascii(form), "the form").get("content", "").encode()


def _ascii(form: bytes) -> str:
    try:
        return form.decode("ascii")
    except UnicodeDecodeError:
        raise Refused(400, "the form is not URL-encoded") from None


def _parse(text: str, where: str) -> dict[str, str]:
    """URL-encoded fields; a name may occur once."""
    if not text:
        return {}
    try:
        if not text.isascii():
            # WSGI hands bytes over as Latin-1.
            text = text.encode("latin-1").decode()
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Refused(400, f"{where} is not URL-encoded UTF-8 of at most {_MAX_FIELDS} fields") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused(400, f"a parameter occurs twice in {where}")
    return found


def read_body(request: HttpRequest) -> bytes:
    """What was sent, however large Django's own limits for forms are. Raises 413 and, for a cut connection, 400."""
    limit = app_settings.MAX_BODY
    meta = request.META
    too_large = Refused(413, f"the content is larger than {limit} bytes")
    length = str(meta.get("CONTENT_LENGTH") or "")
    if length and (not length.isdecimal() or len(length) > 18):
        raise Refused(400, "Content-Length is not a number")
    try:
        if length:
            if int(length) > limit:
                raise too_large
            body: bytes = request.read(int(length))
        elif "chunked" in str(meta.get("HTTP_TRANSFER_ENCODING", "")).lower():
            # Under WSGI Django reads nothing without a length; the server has undone the chunks. Under ASGI it has
            # read everything itself.
            body = meta.get("wsgi.input", request).read(limit + 1)
        else:
            return b""
    except (UnreadablePostError, OSError):
        raise Refused(400, "the connection ended before the content did") from None
    if len(body) > limit:
        raise too_large
    if length and len(body) < int(length):
        raise Refused(400, "the content is shorter than Content-Length says")
    return body


def dialect(call: Call) -> Version:
    """The dialect that the request asks for. Raises 400 without a version header or with another version (3.3)."""
    header = call.header("X_EXPERIENCE_API_VERSION")
    if not header:
        raise Refused(400, "the header X-Experience-API-Version is required: 1.0.x or 2.0.x")
    try:
        return negotiate(header)
    except ValueError as error:
        raise Refused(400, f"X-Experience-API-Version {header[:40]!r}: {error}") from None
