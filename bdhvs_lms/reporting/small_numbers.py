"""The rule for small groups on the committee's pages: one line adds their rows up, so that totals stay whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from bdhvs_lms.conf import app_settings

Key = TypeVar("Key")


def fold_small(sizes: Mapping[Key, int]) -> list[Key]:
    """Return the rows that stand on one line together: those of small groups, and the next smallest row where even all
    of these are few people. Empty where no group is small. Alone on the line, a small group is not shown at all.

    `sizes`: people of each row's group."""
    smallest = app_settings.SMALLEST_GROUP
    ordered = sorted(sizes, key=lambda key: sizes[key])
    together = [key for key in ordered if sizes[key] < smallest]
    if together and sum(sizes[key] for key in together) < smallest:
        together = ordered[: len(together) + 1]
    return together


def is_shown(size: int) -> bool:
    """Tell whether a group is large enough for exact counts."""
    return size >= app_settings.SMALLEST_GROUP
