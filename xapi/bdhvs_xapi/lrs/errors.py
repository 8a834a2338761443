"""Why a request is refused, as its answer says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

from bdhvs_xapi.statements.errors import Problem


class Refused(Exception):
    """A request that gets an error for an answer (xAPI 1.0.3 Part Three, 3.2).

    ``status``: the HTTP status; ``error``: one sentence; ``problems``: what is wrong where; ``headers``: more of them.
    """

    def __init__(
        self,
        status: int,
        error: str,
        problems: Iterable[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.error = error
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        super().__init__(error)


def too_many(error: str, wait: float) -> Refused:
    """429, and when to come again: ``wait`` in seconds."""
    return Refused(429, error, headers={"Retry-After": str(ceil(wait))})


def bad(path: str, reason: str) -> Refused:
    """400 for one parameter, header or property."""
    return Refused(400, f"{path}: {reason}", [Problem(path, reason)])
