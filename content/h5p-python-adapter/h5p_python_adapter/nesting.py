"""Libraries within content: `{"library": "H5P.Image 1.1", "params": {…}, "subContentId": "…"}`, at any place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from h5p_python_adapter.records import LibraryId

__all__ = ["MAX_DEPTH", "Nested", "TooDeep", "nested"]

MAX_DEPTH = 200
"""Levels of lists and objects. Inspecting refuses content that is deeper than its own limit, which is below this
one."""


class TooDeep(ValueError):
    """The params are nested deeper than `MAX_DEPTH`."""


@dataclass(frozen=True)
class Nested:
    """A piece of content within content."""

    id: LibraryId
    params: Mapping[str, Any] | None
    """None when the place was left empty: H5P's editor writes the library's name alone then."""
    sub_content_id: str | None
    """What statements about it carry as `subContentId`."""


def nested(params: Any) -> Iterator[Nested]:
    """Yield every piece within `params`, in the order in which H5P core meets them: inner ones before what holds them,
    and otherwise as they are written. Without recursion; raises TooDeep."""
    ahead: list[tuple[Any, int, bool]] = [(params, 0, False)]
    while ahead:
        value, depth, seen = ahead.pop()
        if seen:
            piece = _piece(value)
            if piece is not None:
                yield piece
            continue
        if depth > MAX_DEPTH:
            raise TooDeep(f"the params are nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, Mapping):
            ahead.append((value, depth, True))
            ahead += [(inner, depth + 1, False) for inner in reversed([*value.values()])]
        elif isinstance(value, list | tuple):
            ahead += [(inner, depth + 1, False) for inner in reversed(value)]


def _piece(value: Mapping[str, Any]) -> Nested | None:
    name = value.get("library")
    id = LibraryId.parsed(name) if isinstance(name, str) and " " in name else None
    if id is None:
        return None
    params = value.get("params")
    sub = value.get("subContentId")
    return Nested(id, params if isinstance(params, Mapping) else None, sub if isinstance(sub, str) else None)
