"""Values of parameters: each is what its resource's table says, or the request is refused with 400."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from bdhvs_xapi.lrs.calls import Call
from bdhvs_xapi.lrs.errors import Refused, bad
from bdhvs_xapi.statements import schema, values
from bdhvs_xapi.statements.rules import Check
from bdhvs_xapi.statements.times import parse_timestamp
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.statements.vocabulary import ObjectType
from bdhvs_xapi.store.documents import MAX_ID_BYTES

_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_MAX_HEADER: Final = 1024
_AGENT_ONLY: Final = (ObjectType.AGENT,)
_AGENT_OR_GROUP: Final = (ObjectType.AGENT, ObjectType.GROUP)


def required(call: Call, name: str) -> str:
    if name not in call.params:
        raise bad(name, "required")
    return call.params[name]


def uuid(call: Call, name: str) -> UUID | None:
    text = call.params.get(name)
    if text is None:
        return None
    if not values.UUID.fullmatch(text):
        raise bad(name, "expected a UUID")
    return UUID(text)


def iri(call: Call, name: str) -> str | None:
    text = call.params.get(name)
    if text is None:
        return None
    check = Check()
    check.iri(name, text, key=True)
    if check.problems:
        raise Refused(400, str(check.problems[0]), check.problems)
    return text


def instant(call: Call, name: str) -> datetime | None:
    text = call.params.get(name)
    if text is None:
        return None
    try:
        return parse_timestamp(text, call.version)
    except ValueError as error:
        raise bad(name, str(error)) from None


def flag(call: Call, name: str) -> bool:
    """``true`` or ``false`` as in JSON; false when absent."""
    text = call.params.get(name, "false")
    if text not in ("true", "false"):
        raise bad(name, "expected true or false")
    return text == "true"


def number(call: Call, name: str) -> int:
    """Zero or more; zero when absent."""
    text = call.params.get(name, "0")
    if not _NUMBER.fullmatch(text):
        raise bad(name, "expected a whole number, 0 or more")
    return int(text)


def document_id(call: Call, name: str) -> str | None:
    """The id of a document: any text that is not empty."""
    text = call.params.get(name)
    if text is None:
        return None
    if not text or "\0" in text:
        raise bad(name, "expected text")
    if len(text.encode()) > MAX_ID_BYTES:
        raise bad(name, f"longer than {MAX_ID_BYTES} bytes")
    return text


def agent(call: Call, name: str = "agent", *, groups: bool | None = None) -> schema.Agent | None:
    """The Agent in a parameter of JSON, or with ``groups`` also an Identified Group.

    ``groups`` unset: as the dialect has it for documents. 1.0.3 Part Three, 2.6 excludes groups, and 2.0 names them.
    """
    text = call.params.get(name)
    if text is None:
        return None
    allowed = call.version is Version.V2 if groups is None else groups
    raw = text.encode()
    try:
        found = msgspec.json.decode(raw, type=schema.Agent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad(name, f"not the JSON of an Agent: {error}") from None
    check = Check()
    if b"\\u0000" in raw:
        check.no_nul({name: msgspec.json.decode(raw)})
    check.agent(name, found, _AGENT_OR_GROUP if allowed else _AGENT_ONLY)
    if not check.problems and all(x is UNSET for x in (found.mbox, found.mbox_sha1sum, found.openid, found.account)):
        check.report(name, "a Group without identifier cannot be looked for")
    if check.problems:
        raise Refused(400, str(check.problems[0]), check.problems)
    return found


def languages(header: str) -> list[str]:
    """The tags of an Accept-Language header, the preferred first (RFC 9110, 12.5.4); what cannot be read is skipped."""
    found: list[tuple[float, str]] = []
    for part in header[:_MAX_HEADER].split(","):
        tag, _, rest = part.strip().partition(";")
        name, _, text = rest.strip().partition("=")
        quality = 1.0
        if name.strip().lower() == "q":
            try:
                quality = float(text)
            except ValueError:
                quality = 0.0
        if tag.strip() and tag.strip() != "*" and 0 < quality <= 1:
            found.append((-quality, tag.strip()))
    return [tag for _, tag in sorted(found, key=lambda each: each[0])]
