"""The two dialects of xAPI, and which of them a version header names."""

from __future__ import annotations

import re
from enum import StrEnum

_HEADER = re.compile(r"(1|2)\.0(?:\.(?:0|[1-9][0-9]{0,8}))?")


class Version(StrEnum):
    """A dialect; the value is what a store of that dialect writes into ``X-Experience-API-Version``."""

    V1 = "1.0.3"
    V2 = "2.0.0"

    @property
    def default(self) -> str:
        """The ``version`` of a statement that has none (xAPI 1.0.3 Part Two, 2.4.10; IEEE 9274.1.1, 4.2.4)."""
        return "1.0.0" if self is Version.V1 else "2.0.0"


def negotiate(header: str) -> Version:
    """The dialect that a request's ``X-Experience-API-Version`` asks for.

    ``1.0`` and ``1.0.x`` are 1.0.3, ``2.0`` and ``2.0.x`` are 2.0 (xAPI 1.0.3 Part Three, 3.3: patch versions differ in
    nothing that a client sees). Raises ``ValueError`` for everything else: 0.9, 0.95, 1.1, 2.1, no number at all.
    """
    match = _HEADER.fullmatch(header.strip())
    if match is None:
        raise ValueError("expected X-Experience-API-Version 1.0.x or 2.0.x")
    return Version.V1 if match[1] == "1" else Version.V2
