"""When two statements say the same.

xAPI 1.0.3 Part Two, 2.3.1 lists what may differ between two copies of one statement: what a store sets itself, the
order of properties, how the same instant or the same number is spelled, and an object where a list of one is meant.
"""

from __future__ import annotations

import hashlib
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from bdhvs_xapi.statements.times import format_timestamp, parse_timestamp

_SET_BY_STORE: Final = ("stored", "authority", "version")
# Normalising rounds to the precision of its context; no number of a statement comes near this many digits.
_NUMBERS: Final = Context(prec=5000, Emax=MAX_EMAX, Emin=MIN_EMIN)
_CONTEXT_LISTS: Final = ("parent", "grouping", "category", "other")


def _number(text: str) -> Decimal | float:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent beyond Decimal's: JSON readers take it for zero.
        return float(text)


_decoder = msgspec.json.Decoder(float_hook=_number)
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
    return _encoder.encode(_plain(statement))


def canonical_digest(raw: bytes) -> bytes:
    """SHA-256 of ``canonical_bytes``: 32 bytes."""
    return hashlib.sha256(canonical_bytes(raw)).digest()


def differing(left: bytes, right: bytes) -> tuple[str, ...]:
    """The top-level properties, sorted, in which two valid statements differ."""
    one: dict[str, Any] = msgspec.json.decode(canonical_bytes(left))
    other: dict[str, Any] = msgspec.json.decode(canonical_bytes(right))
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))


def _settle(statement: dict[str, Any]) -> None:
    """Brings a statement or SubStatement, in place, to the one spelling of each thing that has several."""
    if "id" in statement:
        statement["id"] = statement["id"].lower()
    if "timestamp" in statement:
        statement["timestamp"] = format_timestamp(parse_timestamp(statement["timestamp"]))
    _drop_default(statement["actor"], "Agent")
    target = statement["object"]
    match target.get("objectType", "Activity"):
        case "Activity":
            _drop_default(target, "Activity")
        case "StatementRef":
            target["id"] = target["id"].lower()
        case "SubStatement":
            _settle(target)
    context = statement.get("context")
    if context is None:
        return
    if "registration" in context:
        context["registration"] = context["registration"].lower()
    if "statement" in context:
        context["statement"]["id"] = context["statement"]["id"].lower()
    if "instructor" in context:
        _drop_default(context["instructor"], "Agent")
    activities = context.get("contextActivities", {})
    for name in _CONTEXT_LISTS:
        if name in activities:
            if isinstance(activities[name], dict):
                activities[name] = [activities[name]]
            for activity in activities[name]:
                _drop_default(activity, "Activity")
            if not activities[name]:
                del activities[name]
    if not activities:
        context.pop("contextActivities", None)


def _drop_default(thing: dict[str, Any], default: str) -> None:
    if thing.get("objectType") == default:
        del thing["objectType"]
    for member in thing.get("member", ()):
        _drop_default(member, "Agent")


def _plain(value: Any) -> Any:
    """``value`` with every number in one spelling: 1, 1.0 and 1e0 are the same."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return _NUMBERS.normalize(value) + 0
    if isinstance(value, int) and not isinstance(value, bool):
        return _NUMBERS.normalize(Decimal(value)) + 0
    return value
