"""From JSON bytes to a checked statement.

``parse()`` is total: on any input it returns a statement or raises ``InvalidStatement``. Shape comes from
``schema.py``, what must hold beyond it from ``rules.py``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from bdhvs_xapi.statements import schema
from bdhvs_xapi.statements.errors import BatchTooLong, InvalidStatement, Problem
from bdhvs_xapi.statements.rules import Check
from bdhvs_xapi.statements.values import MAX_DEPTH, number, repeated_key, walk
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.statements.vocabulary import ObjectType

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(schema.Statement, float_hook=number)
# Extensions hold numbers that no float does.
_any_decoder = msgspec.json.Decoder(float_hook=number)
_batch_decoder = msgspec.json.Decoder(list[msgspec.Raw])
# Whoever sends a batch that is wrong throughout learns no more from the rest.
_MAX_PROBLEMS: Final = 100
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
    # The dialect under which it is valid; ``None``: under both.
    version: Version | None = None

    @property
    def object_type(self) -> str:
        return self.statement.object.object_type or ObjectType.ACTIVITY

    @property
    def attachments(self) -> list[schema.Attachment]:
        """What the statement and its SubStatement declare, in that order."""
        own, inner = self.statement.attachments, self.statement.object.attachments
        return [*(() if own is UNSET else own), *(() if inner is UNSET else inner)]

    def with_id(self, id_: UUID) -> Parsed:
        """The same statement under ``id_``; for one that came without (2.4.1: the store gives it)."""
        raw = b'{"id":"%s",%s' % (str(id_).encode(), self.raw.lstrip()[1:])
        return replace(self, raw=raw, id=id_)


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
                raise InvalidStatement.of(str(path), "NaN and infinite numbers are not JSON")
    return raw


def parse(raw: bytes, version: Version | None = None) -> Parsed:
    """The statement in the JSON object ``raw``, valid under ``version`` or, without one, under both dialects.

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
    check = Check(version)
    # Only over the wire: what record() is given was a dict, which has each key once.
    if version is not None and (name := repeated_key(raw)) is not None:
        check.report("", f"{name!r} stands twice in one object")
    if b"\\u0000" in raw:
        check.no_nul(_any_decoder.decode(raw))
    check.statement(statement)
    if check.problems:
        raise InvalidStatement(tuple(check.problems))
    return Parsed(
        raw=raw,
        statement=statement,
        id=UUID(statement.id) if statement.id else None,
        timestamp=check.instants.get("timestamp"),
        lone_activities=check.lone_activities,
        version=version,
    )


def decode(body: bytes) -> schema.Statement:
    """The structure of a statement that was valid when it was stored."""
    return _decoder.decode(body)


def parse_batch(raw: bytes, version: Version | None = None, *, most: int | None = None) -> list[Parsed]:
    """The statements in ``raw``, a JSON object (a batch of one) or an array of them.

    Raises ``InvalidStatement`` with what is wrong in any of them, the first hundred things or so: paths begin with the
    position in the array (``[3].actor``). One id twice is wrong, whatever the contents (xAPI 1.0.3 Part Three, 2.1.2: a
    batch with identical ids is refused). ``most``: of a longer array nothing is looked at: ``BatchTooLong``.
    """
    if not raw.lstrip(b" \t\r\n").startswith(b"["):
        return [parse(raw, version)]
    try:
        parts = _batch_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidStatement.of("", f"not JSON: {error}") from error
    except RecursionError as error:
        raise InvalidStatement.of("", f"nested deeper than {MAX_DEPTH} levels") from error
    if most is not None and len(parts) > most:
        raise BatchTooLong(f"more than {most} statements in one request")
    batch: list[Parsed] = []
    problems: list[Problem] = []
    seen: dict[UUID, int] = {}
    for position, part in enumerate(parts):
        if len(problems) >= _MAX_PROBLEMS:
            break
        try:
            parsed = parse(bytes(part), version)
        except InvalidStatement as error:
            problems.extend(Problem(f"[{position}].{each.path}".rstrip("."), each.reason) for each in error.problems)
            continue
        if parsed.id is not None and (first := seen.setdefault(parsed.id, position)) != position:
            problems.append(Problem(f"[{position}].id", f"the same as [{first}].id"))
        batch.append(parsed)
    if problems:
        raise InvalidStatement(tuple(problems))
    return batch


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
