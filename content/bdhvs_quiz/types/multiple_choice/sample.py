"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.multiple_choice.model import MultipleChoiceQuestion
from bdhvs_quiz.types.options import option_blocks

MODEL = MultipleChoiceQuestion
ASKED = {
    "prompt": "Điều gì giữ tài khoản an toàn?",
    "options": [
        {"text": "Mật khẩu dài", "right": True},
        {"text": "Dùng ngày sinh làm mật khẩu", "right": False, "feedback": "Ngày sinh thì nhiều người biết."},
        {"text": "Không đọc mã OTP cho ai", "right": True},
    ],
    "explanation": "Mật khẩu dài thì khó đoán, mã OTP chỉ một mình mình biết.",
}


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    return {"options": option_blocks(asked["options"], id_of)}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    return [block.id for block in question.options if bool(block.value["right"]) is right]
