"""From JSON bytes to a checked statement.

``parse()`` is total: on any input it returns a statement or raises ``InvalidStatement``. Shape comes from
``schema.py``, what must hold beyond it from ``rules.py``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from bdhvs_xapi.statements import schema
from bdhvs_xapi.statements.errors import InvalidStatement, Problem
from bdhvs_xapi.statements.rules import MAX_DEPTH, Check, walk
from bdhvs_xapi.statements.vocabulary import ObjectType

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(schema.Statement)
_MSGSPEC_PATH = re.compile(r"^(?P<reason>.*?) - at `\$(?:\.)?(?P<path>.*)`$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A valid statement: its JSON as it came, the decoded structure, and what the decoder learned on the way."""

    raw: bytes
    statement: schema.Statement
    id: UUID | None
    timestamp: datetime | None
    # A context activity stands alone where readers must get a list (xAPI 1.0.3 Part Two, 2.4.6.2).
    lone_activities: bool

    @property
    def object_type(self) -> str:
        return self.statement.object.object_type or ObjectType.ACTIVITY


def encode(statement: dict[str, Any]) -> bytes:
    """``statement`` as JSON bytes; text is kept code point by code point (no Unicode normalisation).

    Decimals become JSON numbers with their own digits, UUIDs and aware datetimes text. Raises ``InvalidStatement``
    for what JSON cannot hold: NaN and infinities, lone surrogates, other Python objects, nesting without end.
    """
    try:
        raw = _encoder.encode(statement)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidStatement.of("", f"cannot be written as JSON: {error}") from error
    # msgspec writes NaN and infinite floats as null, infinite Decimals as bare words. Only then is a walk needed.
    if b"null" in raw or b"NaN" in raw or b"Infinity" in raw:
        for path, value in walk(statement):
            if isinstance(value, float | Decimal) and not math.isfinite(value):
                raise InvalidStatement.of(path, "NaN and infinite numbers are not JSON")
    return raw


def parse(raw: bytes) -> Parsed:
    """The statement in the JSON object ``raw``.

    Raises ``InvalidStatement`` with every rule that is broken, or only the first wrong name or type, because shape
    comes before meaning.
    """
    try:
        statement = _decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise InvalidStatement((_shape_problem(str(error)),)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidStatement.of("", f"not JSON: {error}") from error
    except RecursionError as error:
        raise InvalidStatement.of("", f"nested deeper than {MAX_DEPTH} levels") from error
    check = Check()
    if b"\\u0000" in raw:
        check.no_nul(msgspec.json.decode(raw))
    check.statement(statement)
    if check.problems:
        raise InvalidStatement(tuple(check.problems))
    return Parsed(
        raw=raw,
        statement=statement,
        id=UUID(statement.id) if statement.id else None,
        timestamp=check.instants.get("timestamp"),
        lone_activities=check.lone_activities,
    )


def parse_authority(raw: bytes) -> schema.Agent:
    """The Agent, or anonymous Group of two, in the JSON object ``raw``. Raises ``InvalidStatement``."""
    try:
        agent = msgspec.json.decode(raw, type=schema.Agent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidStatement((_shape_problem(str(error)),)) from error
    check = Check()
    if b"\\u0000" in raw:
        check.no_nul(msgspec.json.decode(raw))
    check.authority(agent)
    if check.problems:
        raise InvalidStatement(tuple(check.problems))
    return agent


def _shape_problem(message: str) -> Problem:
    match = _MSGSPEC_PATH.match(message)
    return Problem(match["path"], match["reason"]) if match else Problem("", message)
