"""A sentence that is true or false."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from bdhvs_lms.plugins.api import Interaction, Outcome, PaperBox, PlainQuestion, QuestionType, question_types
from bdhvs_quiz.types.options import NOT_AMONG, RIGHT, WRONG
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
            "true-false", shown["prompt"], right=key["right"] == "true", explanation=key["explanation"]
        )

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="true-false")
