"""Reports of content types when somebody has been through them: `reports.json`, with its source.

H5P has no field for it: a library says `completed` with a score, without one, or nothing, and only playing it tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path

__all__ = ["Reports", "known_reports", "reports_of"]

_FILE = Path(__file__).with_name("reports.json")


class Reports(Enum):
    SCORE = "score"
    """`completed` with a score, often `passed` or `failed` too."""
    COMPLETION = "completion"
    """`completed` without a score."""
    INTERACTION = "interaction"
    """That something was touched, never that it is finished."""
    NOTHING = "nothing"
    UNKNOWN = "unknown"
    """Nobody has looked, or what it says depends on its content."""

    @property
    def ends(self) -> bool | None:
        """Tell whether it says that it is finished; None: unknown."""
        if self is Reports.UNKNOWN:
            return None
        return self in (Reports.SCORE, Reports.COMPLETION)


@cache
def known_reports() -> Mapping[str, Reports]:
    """Load what each main library reports, by machine name."""
    types = json.loads(_FILE.read_text(encoding="utf-8"))["types"]
    return {name: Reports(one["reports"] or "unknown") for name, one in types.items()}


def reports_of(machine_name: str) -> Reports:
    """Return the reports of any version: none of those that were tried said more or less than another."""
    return known_reports().get(machine_name, Reports.UNKNOWN)
