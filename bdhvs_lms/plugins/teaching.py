"""Things that teach a competency and are no activities of a course: questions of a bank, for example."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bdhvs_lms.plugins.registry import RegistrationError


@dataclass(frozen=True)
class TeachingItem:
    """One thing that teaches. `url`: where it is edited; empty where this account may not."""

    title: str
    level: int
    url: str = ""


@dataclass(frozen=True)
class TeachingSource:
    """A kind of such things. `label`: head of its column. `counts()`: by (competency id, level), what is published, in
    one query. `items(user, competency_id)`: what of it this account may see, the first 200, in a constant number of
    queries."""

    label: Any
    counts: Callable[[], Mapping[tuple[int, int], int]]
    items: Callable[[Any, int], Sequence[TeachingItem]]


_sources: dict[str, TeachingSource] = {}


def register_teaching(key: str, source: TeachingSource) -> None:
    """Register a source, which the report of what is covered counts. key: with the app's name before it, e.g.
    "bdhvs_quiz.questions". Raises RegistrationError when the key is taken."""
    if _sources.setdefault(key, source) is not source:
        raise RegistrationError(f"“{key}” is registered twice.")


def teaching_sources() -> dict[str, TeachingSource]:
    return dict(_sources)
