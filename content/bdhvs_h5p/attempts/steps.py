"""A statement's facts as a step keeps them: plain JSON without a typed word, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from h5p_python_adapter import Accepted, Interaction, Score

__all__ = ["StepFacts", "from_json", "to_json"]


def to_json(accepted: Accepted) -> dict[str, Any]:
    """Return only the facts that are there; numbers as text, so that any database gives back the same."""
    score, interaction, duration = accepted.score, accepted.interaction, accepted.duration
    found: dict[str, Any] = {
        "part": None if accepted.part is None else str(accepted.part.key),
        "name": accepted.name or None,
        "finishes": accepted.finishes or None,
        "success": accepted.success,
        "completion": accepted.completion,
        "response": accepted.response,
        "duration": None if duration is None else duration // timedelta(milliseconds=1),
    }
    if score is not None:
        found["score"] = [None if one is None else str(one) for one in (score.scaled, score.raw, score.max)]
    if interaction is not None:
        found["interaction"] = [interaction.type, [[name, [*map(list, rows)]] for name, rows in interaction.components]]
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class StepFacts:
    """A step's facts. `duration` to the thousandth of a second."""

    part: UUID | None
    name: str
    finishes: bool
    score: Score | None
    success: bool | None
    completion: bool | None
    duration: timedelta | None
    interaction: Interaction | None
    response: str | None


def from_json(data: dict[str, Any]) -> StepFacts:
    score, interaction, duration = data.get("score"), data.get("interaction"), data.get("duration")
    scaled, raw, top = (None if one is None else Decimal(one) for one in score or (None, None, None))
    return StepFacts(
        part=UUID(data["part"]) if "part" in data else None,
        name=data.get("name", ""),
        finishes=data.get("finishes", False),
        score=None if scaled is None else Score(scaled, raw, top),
        success=data.get("success"),
        completion=data.get("completion"),
        duration=None if duration is None else timedelta(milliseconds=duration),
        interaction=None
        if interaction is None
        else Interaction(
            interaction[0], tuple((name, tuple((key, text) for key, text in rows)) for name, rows in interaction[1])
        ),
        response=data.get("response"),
    )
