"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.true_false.model import TrueFalseQuestion

MODEL = TrueFalseQuestion
ASKED = {
    "prompt": "Ngân hàng gọi điện hỏi mã OTP.",
    "answer": False,
    "explanation": "Câu này sai. Ngân hàng không hỏi mã OTP.",
}


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    return {"answer": asked["answer"]}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    return ["true" if question.answer is right else "false"]
