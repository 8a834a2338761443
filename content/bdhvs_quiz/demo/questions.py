"""The demonstration's questions in the bank. What is there already is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wagtail.models import Locale

from bdhvs_quiz.demo.data import demo_id
from bdhvs_quiz.models import (
    MultipleChoiceQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)

FOLDING = ("ignore_case", "ignore_diacritics", "ignore_spacing")


def stream(model: type[Any], field: str, blocks: list[dict[str, Any]]) -> Any:
    """A StreamField's value with the block ids given."""
    return model._meta.get_field(field).to_python(blocks)


def _options(model: type[Any], asked: dict[str, Any], name: str) -> dict[str, Any]:
    rows = [
        {
            "type": "option",
            "id": str(demo_id(f"{name}/{place}")),
            "value": {"text": option["text"], "right": option["right"], "feedback": option.get("feedback", "")},
        }
        for place, option in enumerate(asked["options"])
    ]
    return {"options": stream(model, "options", rows)}


def _answer(model: type[Any], asked: dict[str, Any], name: str) -> dict[str, Any]:
    return {"answer": asked["answer"]}


def _accepted(model: type[Any], asked: dict[str, Any], name: str) -> dict[str, Any]:
    rows = [
        {"type": "answer", "id": str(demo_id(f"{name}/{place}")), "value": text}
        for place, text in enumerate(asked["accepted"])
    ]
    # What is left out of account when answers are compared: as the question says, else as an editor's new one.
    flags = {flag: asked[flag] for flag in FOLDING if flag in asked}
    return {"accepted": stream(model, "accepted", rows), **flags}


KINDS: dict[str, tuple[type[Question], Callable[[type[Any], dict[str, Any], str], dict[str, Any]]]] = {
    "single_choice": (SingleChoiceQuestion, _options),
    "multiple_choice": (MultipleChoiceQuestion, _options),
    "true_false": (TrueFalseQuestion, _answer),
    "short_text": (ShortTextQuestion, _accepted),
}


def question(asked: dict[str, Any], name: str, *, by: Any) -> Question:
    """The question of the bank whose identity follows from `name`; written and published if it is not there."""
    key = demo_id(name)
    found = Question.objects.filter(translation_key=key).first()
    if found is not None:
        return found
    model, fields = KINDS[asked["type"]]
    made = model(
        translation_key=key,
        locale=Locale.objects.get(language_code="vi"),
        prompt=asked["prompt"],
        explanation=asked["explanation"],
        live=False,
        **fields(model, asked, name),
    )
    made.save()
    made.save_revision(user=by).publish(user=by)
    return made
