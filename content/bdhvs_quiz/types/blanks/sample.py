"""A question of this type: for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bdhvs_quiz.types.blanks.model import BlanksQuestion

MODEL = BlanksQuestion
ASKED = {
    "prompt": "Điền vào chỗ trống.",
    "text": "Gọi cấp cứu số [[115|một một năm]], gọi cứu hỏa số [[*114|115|113#113 là công an.]].",
    "explanation": "113 là công an, 114 là cứu hỏa, 115 là cấp cứu.",
}


def fields(asked: Mapping[str, Any], id_of: Callable[[object], str]) -> dict[str, Any]:
    return {"text": asked["text"]}


def answer(question: Any, *, right: bool) -> list[str]:
    """Return the values that a form posts."""
    ids = question.identified()
    values = []
    for place, gap in enumerate(question.written.gaps):
        row = next(row for row, one in enumerate(gap.answers) if (one.share == 1) is right or gap.kind != "choice")
        known = ids.get(ids["gaps"][str(place)][1], {})
        values.append(known[str(row)][1] if gap.kind == "choice" else gap.answers[row].text if right else "không nhớ")
    return values
