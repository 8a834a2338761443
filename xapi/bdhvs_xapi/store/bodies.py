"""The bytes that readers get: a statement as it came, with what a store sets (xAPI 1.0.3 Part Two, 2.4.7 to 2.4.10).

Nothing that came is written anew, so numbers keep their digits and text its escapes; but timestamps of another zone,
which readers get in UTC (4.5; IEEE 9274.1.1, 4.2.7).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from bdhvs_xapi.statements.times import format_timestamp, parse_timestamp
from bdhvs_xapi.statements.validate import Parsed
from bdhvs_xapi.statements.versions import Version

_properties: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode: Final = msgspec.json.Encoder().encode


def body(parsed: Parsed, *, authority: bytes, stored: datetime) -> bytes:
    """``authority``: the agent as JSON. A ``timestamp`` that is absent becomes ``stored`` (2.4.7)."""
    statement = parsed.statement
    raw = parsed.raw
    own, inner = _in_utc(statement.timestamp), _in_utc(statement.object.timestamp)
    if parsed.lone_activities or own or inner or statement.stored is not UNSET or statement.authority is not UNSET:
        raw = _without_what_is_set(raw, lists=parsed.lone_activities, own=own, inner=inner)
    time = format_timestamp(stored)
    added = f',"stored":"{time}"'
    if statement.timestamp is UNSET:
        added += f',"timestamp":"{time}"'
    if statement.version is UNSET:
        added += f',"version":"{(parsed.version or Version.V1).default}"'
    return b'%s%s,"authority":%s}' % (raw.rstrip()[:-1].rstrip(), added.encode(), authority)


def _in_utc(timestamp: str | UnsetType) -> str:
    """A timestamp of another zone, or without one, in UTC; empty when there is nothing to change."""
    if timestamp is UNSET or timestamp.endswith(("Z", "+00:00")):
        return ""
    return format_timestamp(parse_timestamp(timestamp, Version.V1))


def _without_what_is_set(raw: bytes, *, lists: bool, own: str, inner: str) -> bytes:
    """``own`` and ``inner``: the timestamps to write instead of the statement's and its SubStatement's, if any."""
    properties = _properties.decode(raw)
    for name in ("stored", "authority"):
        properties.pop(name, None)
    if own:
        properties["timestamp"] = msgspec.Raw(_encode(own))
    if lists and "context" in properties:
        properties["context"] = _listed(properties["context"])
    if lists or inner:
        # Of the kinds of object only a SubStatement has a context and a timestamp.
        target = _properties.decode(properties["object"])
        if inner:
            target["timestamp"] = msgspec.Raw(_encode(inner))
        if lists and "context" in target:
            target["context"] = _listed(target["context"])
        properties["object"] = msgspec.Raw(_encode(target))
    return _encode(properties)


def _listed(context: msgspec.Raw) -> msgspec.Raw:
    """A context whose lone activities stand in lists of one (2.4.6.2)."""
    properties = _properties.decode(context)
    if "contextActivities" in properties:
        groups = {
            name: msgspec.Raw(b"[%s]" % bytes(value)) if bytes(value).startswith(b"{") else value
            for name, value in _properties.decode(properties["contextActivities"]).items()
        }
        properties["contextActivities"] = msgspec.Raw(_encode(groups))
    return msgspec.Raw(_encode(properties))
