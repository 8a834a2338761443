"""A sentence that is true or false."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from bdhvs_lms.plugins.api import (
    Interaction,
    Outcome,
    PaperBox,
    PlainMedia,
    PlainQuestion,
    QuestionType,
    question_types,
)
from bdhvs_quiz.types.options import MAX_FEEDBACK, NOT_AMONG, RIGHT, WRONG, fits
from bdhvs_quiz.types.true_false.model import TrueFalseQuestion


@question_types.register
class TrueFalse(QuestionType):
    """`shown`: {"language", "prompt"}; `key`: {"right": "true" | "false" | None, "feedback": {"right", "wrong"},
    "explanation"}; a response is "true" or "false", as xAPI writes it."""

    key = "bdhvs_quiz.true_false"
    label = gettext_lazy("true/false")
    icon = "check"
    model = TrueFalseQuestion
    template = "bdhvs_quiz/types/true_false/answer.html"
    review_template = "bdhvs_quiz/types/true_false/review.html"
    print_template = "bdhvs_quiz/types/true_false/print.html"
    kinds = frozenset({"true-false"})

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {"language": question.locale.language_code, "prompt": question.prompt}
        key = {
            "right": None if question.answer is None else "true" if question.answer else "false",
            "feedback": {"right": question.feedback_right, "wrong": question.feedback_wrong},
            "explanation": question.explanation,
        }
        return shown, key

    def shared(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> Any:
        return key["right"]

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        chosen = {value for value in values if value}
        if not chosen:
            return None
        if len(chosen) > 1:
            raise ValueError(_("Choose one answer."))
        (answer,) = chosen
        if answer not in ("true", "false"):
            raise ValueError(str(NOT_AMONG))
        return answer

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        known = isinstance(response, str) and response in ("true", "false")
        correct = known and response == key.get("right")
        text = key.get("feedback", {}).get("right" if correct else "wrong") if known else ""
        return Outcome(
            fraction=RIGHT if correct else WRONG,
            correct=correct,
            matched=(response,) if known else (),
            feedback=(text,) if text else (),
        )

    def paper_boxes(self, shown: Mapping[str, Any]) -> tuple[PaperBox, ...]:
        with override(shown["language"]):
            return (
                PaperBox("true", pgettext("mark on paper", "T")),
                PaperBox("false", pgettext("mark on paper", "F")),
            )

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        return PlainQuestion(
            "true-false",
            shown["prompt"],
            right=None if key["right"] is None else key["right"] == "true",
            explanation=key["explanation"],
            feedback_right=key["feedback"]["right"],
            feedback_wrong=key["feedback"]["wrong"],
        )

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        fits(plain.feedback_right, MAX_FEEDBACK)
        fits(plain.feedback_wrong, MAX_FEEDBACK)
        return {
            "answer": plain.right,
            "feedback_right": plain.feedback_right,
            "feedback_wrong": plain.feedback_wrong,
        }

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="true-false")
