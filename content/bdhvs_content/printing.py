"""Parts of a lesson for paper."""

from __future__ import annotations

from typing import Any


def printable(body: Any) -> list[Any]:
    """Return the blocks for the sheet: steps, tips and warnings; without steps text and tables instead."""
    blocks = list(body)
    kinds = {"steps", "callout"} if any(one.block_type == "steps" for one in blocks) else {"text", "table", "callout"}
    return [one for one in blocks if one.block_type in kinds]
