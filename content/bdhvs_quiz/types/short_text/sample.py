"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.short_text.model import ShortTextQuestion
from bdhvs_quiz.types.words import in_words

MODEL = ShortTextQuestion
ASKED = {
    "prompt": "Gọi cấp cứu số mấy?",
    "accepted": ["115", "một một năm"],
    "explanation": "Số 115 gọi không mất tiền.",
}
FOLDING = ("ignore_case", "ignore_diacritics", "ignore_spacing")


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    accepted = [{"type": "answer", "id": id_of(place), "value": text} for place, text in enumerate(asked["accepted"])]
    # What is left out of account when answers are compared: as the question says, else as an editor's new one.
    return {"accepted": accepted, **{flag: asked[flag] for flag in FOLDING if flag in asked}}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    return [in_words(question.rows()[0]["text"]) if right else "không nhớ"]
