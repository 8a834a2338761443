"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.matching.model import MatchingQuestion

MODEL = MatchingQuestion
ASKED = {
    "prompt": "Số nào để gọi ai?",
    "pairs": [("113", "Công an"), ("114", "Cứu hỏa"), ("115", "Cấp cứu")],
    "extra": ["Ngân hàng"],
    "explanation": "113 là công an, 114 là cứu hỏa, 115 là cấp cứu.",
}


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    pairs: list[dict[str, Any]] = [
        {"type": "pair", "id": id_of(place), "value": {"left": left, "right": right}}
        for place, (left, right) in enumerate(asked["pairs"])
    ]
    extra = [
        {"type": "extra", "id": id_of(f"extra/{place}"), "value": text}
        for place, text in enumerate(asked.get("extra", ()))
    ]
    return {"pairs": [*pairs, *extra]}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    ids = [known for _text, known in question.identified()["rights"].values()]
    lefts = [place for place, left, _right in question.rows() if left]
    turned = ids if right else [*ids[1:], ids[0]]
    return [f"{left}:{known}" for left, known in zip(lefts, turned, strict=False)]
