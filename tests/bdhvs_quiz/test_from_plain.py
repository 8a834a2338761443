"""What a file says becomes a question of the bank, and leaves it again as the same."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.models import Locale

from bdhvs_lms.plugins.api import PlainAnswer, PlainBlank, PlainOption, PlainQuestion, question_types

QUESTIONS = [
    PlainQuestion(
        "single",
        "Ai được biết mã OTP?",
        (PlainOption("Không ai", True, "Đúng."), PlainOption("Cán bộ", False, "Cán bộ không hỏi.")),
        explanation="Cơ quan nào cũng không hỏi.",
    ),
    PlainQuestion("single", "Chưa ai nói", (PlainOption("A", False), PlainOption("B", False))),
    PlainQuestion(
        "multiple",
        "Mật khẩu nào?",
        (PlainOption("Dài", True), PlainOption("Riêng", True), PlainOption("123456", False)),
    ),
    PlainQuestion("true-false", "Nên mở đường dẫn lạ.", right=False, feedback_right="Đúng.", feedback_wrong="Chưa."),
    PlainQuestion("true-false", "Chưa ai nói", right=None),
]


def made(plain: PlainQuestion) -> Any:
    kind = next(kind for kind in question_types if plain.kind in kind.kinds)
    values = kind.from_plain(plain, lambda media: 0)
    row = kind.model(prompt=plain.prompt, explanation=plain.explanation, locale=Locale.get_default(), **values)
    return kind, row


@pytest.mark.django_db
@pytest.mark.parametrize("plain", QUESTIONS, ids=lambda plain: f"{plain.kind}: {plain.prompt}")
def test_a_question_of_a_file_is_the_same_in_the_bank(plain):
    kind, row = made(plain)
    assert kind.plain(*kind.compile(row)) == plain


@pytest.mark.parametrize(
    "plain",
    [
        PlainQuestion("single", "?", (PlainOption("x" * 301, True), PlainOption("B", False))),
        PlainQuestion("single", "?", (PlainOption("A", True, "x" * 501), PlainOption("B", False))),
        PlainQuestion("true-false", "?", right=True, feedback_wrong="x" * 501),
    ],
)
def test_what_no_field_holds_is_said_with_its_length(plain):
    with pytest.raises(ValueError, match=r"“x+…” .*(301|501).*(300|500)"):
        made(plain)


@pytest.mark.django_db
def test_braces_in_a_text_with_gaps_stay_single():
    blank = PlainBlank("short", (PlainAnswer("115"),))
    plain = PlainQuestion("blanks", "Điền.", text="Gọi {{số}} {1}.", blanks=(blank,))
    kind, row = made(plain)
    assert row.text == "Gọi {số} [[115]]."
    assert kind.plain(*kind.compile(row)) == plain
