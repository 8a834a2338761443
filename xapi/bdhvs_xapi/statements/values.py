"""The formats of single values in a statement, as patterns, and walks through values of any shape.

Clauses without another name are of xAPI 1.0.3, Part Two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import MAX_EMAX, Decimal, InvalidOperation
from typing import Any, Final

# Nobody nests extensions deeper than this, and readers in other languages have stacks of their own.
MAX_DEPTH: Final = 64
# Terms and agents have a unique index; a PostgreSQL index row holds at most 2,704 bytes.
MAX_KEY_BYTES: Final = 2000

# RFC 3986 scheme, then at least one character; RFC 3987 keeps spaces, controls and these delimiters out of IRIs.
IRI: Final = re.compile(r"""[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20\x7f-\xa0<>"{}|\\^`\u2028\u2029\ud800-\udfff]+""")
UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MBOX: Final = re.compile(r"mailto:[^@\s<>,;:]+@[^@\s<>,;:]+")
SHA1: Final = re.compile(r"[0-9a-fA-F]{40}")
SHA2: Final = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(\s*;.*)?")
# RFC 5646, 2.1: langtag, private use, or a grandfathered tag of the irregular i-… kind.
LANGUAGE: Final = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8}|en-gb-oed|sgn-be-(?:fr|nl)|sgn-ch-de",
    # ASCII: otherwise the letters ſ and K (Kelvin) would match s and k.
    re.IGNORECASE | re.ASCII,
)


_LARGEST: Final = Decimal(f"1E+{MAX_EMAX}")


def number(text: str) -> Decimal:
    """A JSON fraction with its own digits, however large its exponent: extensions may hold any JSON (4.1)."""
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent beyond Decimal's: zero, or as large as can be. Infinity could not be written as JSON again.
        nearest = Decimal(float(text))
        return nearest if nearest.is_finite() else _LARGEST.copy_sign(nearest)


class _RepeatedKeyError(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) == len(pairs):
        return
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise _RepeatedKeyError(name)
        seen.add(name)


def repeated_key(raw: bytes) -> str | None:
    """A key that an object anywhere in ``raw`` (JSON that was decoded before) has twice, or None.

    xAPI 1.0.3 Part Two, 2.2, forbids it, and a store of 2.0 has to refuse it (IEEE 9274.1.1, 4.2.1): readers would not
    agree on what such a statement says. msgspec takes the last one silently.
    """
    try:
        json.loads(raw, object_pairs_hook=_object, parse_int=str, parse_float=str)
    except _RepeatedKeyError as error:
        return str(error)
    except RecursionError:
        # Deeper than Python follows; the check of depth says so.
        return None
    return None


@dataclass(frozen=True, slots=True)
class Path:
    """Where a value stands. Spelled out only when somebody asks: written beside each of many values, one long key alone
    would fill the memory."""

    outer: Path | None = None
    step: str = ""

    def __str__(self) -> str:
        steps: list[str] = []
        here: Path | None = self
        while here is not None:
            steps.append(here.step)
            here = here.outer
        return "".join(reversed(steps)).removeprefix(".")


def walk(value: Any, *, without: str | None = None) -> Iterator[tuple[Path, Any]]:
    """Every value inside ``value`` with its path, but for what stands under the key ``without``; keys come as values
    too. Without recursion: depth is unknown."""
    waiting: list[tuple[Path, Any]] = [(Path(), value)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            for key, inner in value.items():
                yield path, key
                if key != without:
                    waiting.append((Path(path, f".{key}"), inner))
        elif isinstance(value, list | tuple):
            waiting.extend((Path(path, f"[{index}]"), inner) for index, inner in enumerate(value))


def depth_of(value: Any) -> int:
    """How many levels of lists and objects ``value`` has; stops counting just above the limit."""
    level = [value]
    found = 0
    while level and found <= MAX_DEPTH:
        found += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return found
