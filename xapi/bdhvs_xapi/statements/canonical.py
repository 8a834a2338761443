"""When two statements say the same (xAPI 1.0.3 Part Two, 2.3.1).

Ignored: what a store sets itself; definitions of activities and display texts of verbs, which belong to the activity
and the verb; the order of a group's members; how one instant is spelled; the case of UUIDs and of a mail domain; a
default that is written out; an object where a list of one is meant. Compared as text: durations, to 0.01 seconds (4.6).
"""

from __future__ import annotations

import hashlib
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any, Final

import msgspec

from bdhvs_xapi.statements.agents import lower_mail_domain
from bdhvs_xapi.statements.times import format_timestamp, hundredths, parse_timestamp
from bdhvs_xapi.statements.values import number
from bdhvs_xapi.statements.versions import Version

_SET_BY_STORE: Final = ("stored", "authority", "version")
# Normalising rounds to the precision of its context; no number of a statement comes near this many digits.
_NUMBERS: Final = Context(prec=5000, Emax=MAX_EMAX, Emin=MIN_EMIN)
_CONTEXT_LISTS: Final = ("parent", "grouping", "category", "other")


_decoder = msgspec.json.Decoder(float_hook=number)
_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")


def decode_exact(raw: bytes) -> Any:
    """JSON with its fractions as ``Decimal``, so that writing it again repeats the same digits."""
    return _decoder.decode(raw)


def canonical_bytes(raw: bytes) -> bytes:
    """Equal for two valid statements (JSON bytes) exactly when they say the same."""
    statement = decode_exact(raw)
    for name in _SET_BY_STORE:
        statement.pop(name, None)
    _settle(statement)
    return _encoder.encode(statement)


def canonical_digest(raw: bytes) -> bytes:
    """SHA-256 of ``canonical_bytes``: 32 bytes."""
    return hashlib.sha256(canonical_bytes(raw)).digest()


def differing(left: bytes, right: bytes) -> tuple[str, ...]:
    """The top-level properties, sorted, in which two valid statements differ."""
    one: dict[str, Any] = decode_exact(canonical_bytes(left))
    other: dict[str, Any] = decode_exact(canonical_bytes(right))
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))


def _settle(statement: dict[str, Any]) -> None:
    """Brings a statement or SubStatement, in place, to the one spelling of each thing that has several."""
    if "id" in statement:
        statement["id"] = statement["id"].lower()
    if "timestamp" in statement:
        statement["timestamp"] = format_timestamp(parse_timestamp(statement["timestamp"], Version.V1))
    statement["verb"] = statement["verb"]["id"]
    _settle_agent(statement["actor"])
    target = statement["object"]
    match target.get("objectType", "Activity"):
        case "Activity":
            _settle_activity(target)
        case "StatementRef":
            target["id"] = target["id"].lower()
        case "SubStatement":
            _settle(target)
        case _:
            # Its type stays: an Agent as object is not the Activity that its absence would mean.
            _settle_agent(target, keep_type=True)
    if "context" in statement:
        _settle_context(statement["context"])
    if "duration" in statement.get("result", ()):
        statement["result"]["duration"] = hundredths(statement["result"]["duration"])
    # The only places, with the context's extensions, where a valid statement has numbers.
    for name in ("result", "attachments"):
        if name in statement:
            statement[name] = _plain(statement[name])


def _settle_context(context: dict[str, Any]) -> None:
    if "registration" in context:
        context["registration"] = context["registration"].lower()
    if "statement" in context:
        context["statement"]["id"] = context["statement"]["id"].lower()
    for name in ("instructor", "team"):
        if name in context:
            _settle_agent(context[name])
    for name, member in (("contextAgents", "agent"), ("contextGroups", "group")):
        for entry in context.get(name, ()):
            _settle_agent(entry[member])
    if "extensions" in context:
        context["extensions"] = _plain(context["extensions"])
    groups = context.get("contextActivities", {})
    for name in _CONTEXT_LISTS:
        if name in groups:
            if isinstance(groups[name], dict):
                groups[name] = [groups[name]]
            for activity in groups[name]:
                _settle_activity(activity)


def _settle_activity(activity: dict[str, Any]) -> None:
    activity.pop("objectType", None)
    activity.pop("definition", None)


def _settle_agent(agent: dict[str, Any], *, keep_type: bool = False) -> None:
    if agent.get("objectType") == "Agent" and not keep_type:
        del agent["objectType"]
    if "mbox" in agent:
        agent["mbox"] = lower_mail_domain(agent["mbox"])
    if "mbox_sha1sum" in agent:
        agent["mbox_sha1sum"] = agent["mbox_sha1sum"].lower()
    if "member" in agent:
        for member in agent["member"]:
            _settle_agent(member)
        agent["member"].sort(key=_encoder.encode)


def _plain(value: Any) -> Any:
    """``value`` with every number in one spelling: 1, 1.0 and 1e0 are the same."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        # plus() makes -0 zero.
        return _NUMBERS.plus(_NUMBERS.normalize(Decimal(value)))
    return value
