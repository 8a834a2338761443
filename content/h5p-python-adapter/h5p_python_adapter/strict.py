"""JSON as a browser writes it, and nothing else: what a browser never writes is refused before anyone reads it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

__all__ = ["BadJson", "depth_of", "parsed_json"]


class BadJson(ValueError):
    """The bytes are not JSON as JSON.stringify writes it. `code`: not_json, not_a_number, duplicate_keys or
    too_deep."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _no_constant(name: str) -> NoReturn:
    # NaN and Infinity are Python's, not JSON's (RFC 8259, 6): JSON.stringify writes null for them.
    raise BadJson("not_a_number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Readers disagree on which of the two counts (RFC 8259, 4).
        raise BadJson("duplicate_keys")
    return found


def parsed_json(raw: bytes, *, max_depth: int) -> Any:
    """Return the value. Raises BadJson; nothing else, whatever the bytes are.

    Lone surrogates come through: a title that was cut in the middle of a sign has one. `words.clean` takes them out.
    """
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except BadJson:
        raise
    except RecursionError:
        raise BadJson("too_deep") from None
    except ValueError:
        # Also bytes that are no UTF-8, and whole numbers of more digits than Python reads.
        raise BadJson("not_json") from None
    if depth_of(value, limit=max_depth) > max_depth:
        raise BadJson("too_deep")
    return value


def depth_of(value: Any, *, limit: int) -> int:
    """Count how many objects and lists stand in one another, up to limit + 1. A plain value has 0."""
    level, depth = [value], 0
    while level and depth <= limit:
        inner: list[Any] = []
        holders = 0
        for one in level:
            if isinstance(one, dict):
                holders += 1
                inner.extend(one.values())
            elif isinstance(one, list):
                holders += 1
                inner.extend(one)
        if not holders:
            return depth
        level, depth = inner, depth + 1
    return depth
