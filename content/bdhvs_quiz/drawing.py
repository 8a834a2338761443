"""The random draw of an attempt's questions. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID


def drawn_for(shown: Mapping[str, Any], attempt: UUID, before: Iterable[Sequence[str] | None]) -> list[str] | None:
    """Choose the keys of the drawn questions; None: the version draws none.

    Questions of the attempts `before` (the oldest first) come only when nothing else is left, and then the longest ago
    first. Chance decides about the rest, by the attempt's number, which nobody chooses.
    """
    if "draws" not in shown:
        return None
    seen = {key: place for place, keys in enumerate(before, start=1) for key in keys or ()}
    chosen: list[str] = []
    for number, draw in enumerate(shown["draws"], start=1):
        pool = [question["key"] for question in shown["questions"] if question.get("draw") == number]
        pool.sort(key=lambda key: (seen.get(key, 0), hashlib.sha256(f"{attempt}/draw/{key}".encode()).hexdigest()))
        chosen += pool[: draw["count"]]
    return chosen
