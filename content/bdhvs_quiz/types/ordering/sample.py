"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.ordering.model import OrderingQuestion

MODEL = OrderingQuestion
ASKED = {
    "prompt": "Gọi cấp cứu như thế nào? Xếp theo thứ tự.",
    "steps": ["Mở khóa điện thoại", "Bấm số 115", "Nói ai cần giúp và ở đâu", "Chờ người trực dặn xong mới tắt máy"],
    "explanation": "Tắt máy sớm thì người trực không hỏi thêm được.",
}


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    return {"steps": [{"type": "step", "id": id_of(place), "value": text} for place, text in enumerate(asked["steps"])]}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    ids = [known for known, _text in question.rows()]
    return [f"{known}:{place}" for place, known in enumerate(ids if right else reversed(ids), start=1)]
