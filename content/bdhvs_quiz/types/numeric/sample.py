"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.numeric.model import NumericQuestion

MODEL = NumericQuestion
ASKED = {
    "prompt": "Một mã OTP có 6 chữ số. Hai mã OTP có tất cả mấy chữ số?",
    "answers": [{"number": "12"}],
    "explanation": "Hai lần 6 là 12.",
}


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    empty = {"tolerance": "", "credit": "", "feedback": ""}
    answers = [
        {"type": "answer", "id": id_of(place), "value": {**empty, **one}} for place, one in enumerate(asked["answers"])
    ]
    units = [
        {"type": "unit", "id": id_of(f"unit/{place}"), "value": dict(one)}
        for place, one in enumerate(asked.get("units", ()))
    ]
    return {"answers": answers, "unit": asked.get("unit", ""), "units": units}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    return [str(question.answers[0].value["number"]).replace(".", ",") if right else "999999"]
