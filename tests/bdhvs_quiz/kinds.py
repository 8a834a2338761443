"""One question of each built-in type, and answers to it. Ids follow from words: they are the same in two runs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from wagtail.models import Locale

from bdhvs_quiz import types
from bdhvs_quiz.api import Question
from bdhvs_quiz.types.blanks.model import BlanksQuestion
from bdhvs_quiz.types.matching.model import MatchingQuestion
from bdhvs_quiz.types.multiple_choice.model import MultipleChoiceQuestion
from bdhvs_quiz.types.numeric.model import NumericQuestion
from bdhvs_quiz.types.ordering.model import OrderingQuestion
from bdhvs_quiz.types.short_text.model import ShortTextQuestion
from bdhvs_quiz.types.true_false.model import TrueFalseQuestion
from tests.bdhvs_content import pages
from tests.support.world import uid

EXPLANATION = "Giải thích kín"
TEXTS = ("Mật khẩu dài", "Ngày sinh", "Mã xác thực", "Số nhà")


def stored(row: Any, *, live: bool = True, key: uuid.UUID | None = None) -> Any:
    row.locale = Locale.get_default()
    row.live = False
    if key is not None:
        row.translation_key = key
    row.save()
    row.save_revision(clean=False)
    if live:
        row.latest_revision.publish()
    return type(row).objects.get(pk=row.pk)


def sample_of(sample: Any, prompt: str = "", *, live: bool = True) -> Any:
    """The question that a type's folder has as its sample."""
    asked = sample.ASKED
    given = sample.fields(asked, lambda place: str(uid(f"{sample.__name__}-{place}")))
    row = sample.MODEL(prompt=prompt or asked["prompt"], explanation=asked["explanation"], **given)
    return stored(row, live=live)


def several(
    prompt: str = "Điều gì giữ tài khoản an toàn?",
    *,
    texts: Sequence[str] = TEXTS,
    right: Sequence[int] = (0, 2),
    feedback: str = "Nhận xét kín",
    **more: Any,
) -> MultipleChoiceQuestion:
    row = MultipleChoiceQuestion(prompt=prompt, explanation=more.pop("explanation", EXPLANATION))
    row.options = pages.options(texts, None, feedback)
    for place in right:
        row.options[place].value["right"] = True
    return stored(row, **more)


def true_false(
    prompt: str = "Ngân hàng gọi điện hỏi mã OTP.",
    *,
    answer: bool | None = False,
    right: str = "Khen kín",
    wrong: str = "Chê kín",
    **more: Any,
) -> TrueFalseQuestion:
    row = TrueFalseQuestion(prompt=prompt, explanation=more.pop("explanation", EXPLANATION), answer=answer)
    row.feedback_right, row.feedback_wrong = right, wrong
    return stored(row, **more)


def accepted(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [{"type": "answer", "id": str(uid(f"answer-{text}")), "value": text} for text in texts]


def short(
    prompt: str = "Gọi cấp cứu số mấy?", *, texts: Sequence[str] = ("115", "Một một năm"), **more: Any
) -> ShortTextQuestion:
    folding = {name: more.pop(name) for name in ("ignore_case", "ignore_diacritics", "ignore_spacing") if name in more}
    row = ShortTextQuestion(prompt=prompt, explanation=more.pop("explanation", EXPLANATION), **folding)
    row.accepted = accepted(texts)
    return stored(row, **more)


def numeric(
    prompt: str = "Bao xa?", *, numbers: Sequence[dict[str, str]], unit: str = "", units: Any = (), **more: Any
) -> NumericQuestion:
    row = NumericQuestion(prompt=prompt, explanation=more.pop("explanation", EXPLANATION), unit=unit)
    empty = {"tolerance": "", "credit": "", "feedback": ""}
    row.answers = [{"type": "answer", "value": {**empty, **one}} for one in numbers]
    row.units = [{"type": "unit", "value": {"unit": name, "factor": factor}} for name, factor in units]
    return stored(row, **more)


PAIRS = (("113", "Công an"), ("114", "Cứu hỏa"), ("115", "Cấp cứu"))


def pairs(rows: Any, extra: Sequence[str] = ()) -> list[dict[str, Any]]:
    asked = [
        {"type": "pair", "id": str(uid(f"left-{left}")), "value": {"left": left, "right": right}}
        for left, right in rows
    ]
    return [*asked, *({"type": "extra", "id": str(uid(f"extra-{text}")), "value": text} for text in extra)]


def matching(
    prompt: str = "Số nào gọi ai?", *, rows: Any = PAIRS, extra: Sequence[str] = ("Ngân hàng",), **more: Any
) -> MatchingQuestion:
    row = MatchingQuestion(prompt=prompt, explanation=EXPLANATION, partial=more.pop("partial", True))
    row.translation_key = more.pop("key", uid(f"matching-{prompt}-{row.partial}"))
    row.pairs = pairs(rows, extra)
    return stored(row, **more)


def lefts(row: MatchingQuestion) -> list[str]:
    return [place for place, left, _right in row.rows() if left]


def rights(row: MatchingQuestion) -> dict[str, str]:
    """Text to id."""
    return dict(row.identified()["rights"].values())


def steps(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [{"type": "step", "id": str(uid(f"step-{text}")), "value": text} for text in texts]


def ordering(prompt: str = "Theo thứ tự nào?", *, texts: Sequence[str], **more: Any) -> OrderingQuestion:
    row = OrderingQuestion(prompt=prompt, explanation=EXPLANATION, partial=more.pop("partial", True))
    row.steps = steps(texts)
    return stored(row, **more)


def blanks(prompt: str = "Điền vào chỗ trống.", *, text: str, **more: Any) -> BlanksQuestion:
    row = BlanksQuestion(prompt=prompt, explanation=EXPLANATION, text=text, partial=more.pop("partial", True))
    row.translation_key = more.pop("key", uid(f"blanks-{prompt}"))
    return stored(row, **more)


def one_of_each(prefix: str = "kind") -> list[Question]:
    """Published, with keys and option ids that follow from the prefix and the words."""
    return [
        pages.question("Người lạ hỏi mã OTP. Làm gì?", key=uid(f"{prefix}-single")),
        several(key=uid(f"{prefix}-several")),
        true_false(key=uid(f"{prefix}-true-false")),
        short(key=uid(f"{prefix}-short")),
    ]


def answer_to(row: Any, *, right: bool) -> list[str]:
    """What a form posts for it."""
    (sample,) = [sample for sample in types.load("sample") if isinstance(row, sample.MODEL)]
    answer: list[str] = sample.answer(row, right=right)
    return answer


def form(rows: Sequence[Any], right: int, *, do: str = "submit", answered: int | None = None) -> dict[str, Any]:
    """What the attempt page's form posts: the first `right` rightly, up to `answered` wrongly, the rest not."""
    answered = len(rows) if answered is None else answered
    fields: dict[str, Any] = {
        f"q-{row.key}": answer_to(row, right=place < right) for place, row in enumerate(rows[:answered])
    }
    return {**fields, "do": do, "act_id": str(uuid.uuid4())}
