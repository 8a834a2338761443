"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.options import option_blocks
from bdhvs_quiz.types.single_choice.model import SingleChoiceQuestion

MODEL = SingleChoiceQuestion
ASKED = {
    "prompt": "Người lạ gọi, xưng là ngân hàng và hỏi mã OTP. Làm gì?",
    "options": [
        {"text": "Đọc mã cho họ", "right": False, "feedback": "Ai có mã là lấy được tiền."},
        {"text": "Không đọc, gọi số in trên thẻ", "right": True},
        {"text": "Nhắn mã qua tin nhắn", "right": False, "feedback": "Nhắn cũng là đưa mã cho họ."},
    ],
    "explanation": "Ngân hàng không hỏi mã OTP.",
}


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    return {"options": option_blocks(asked["options"], id_of)}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    return [next(block.id for block in question.options if bool(block.value["right"]) is right)]
