"""Built-in question types. A stranger's look the same and live in their own app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import Interaction, Outcome, QuestionType
from bdhvs_quiz.models import SingleChoiceQuestion


class SingleChoice(QuestionType):
    """`shown`: {"language", "prompt", "options": [{"id", "text"}]};
    `key`: {"right": option id, "feedback": {option id: text}, "explanation"}; a response is an option's id."""

    key = "bdhvs_quiz.single_choice"
    label = gettext_lazy("single choice")
    icon = "radio-full"
    model = SingleChoiceQuestion
    template = "bdhvs_quiz/questions/single_choice.html"
    review_template = "bdhvs_quiz/questions/single_choice_review.html"
    print_template = "bdhvs_quiz/questions/single_choice_print.html"

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        options = [(block.id, block.value) for block in question.options]
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "options": [{"id": option_id, "text": value["text"]} for option_id, value in options],
        }
        right = next((option_id for option_id, value in options if value["right"]), None)
        key = {
            "right": right,
            "feedback": {option_id: value["feedback"] for option_id, value in options if value["feedback"]},
            "explanation": question.explanation,
        }
        return shown, key

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        chosen = [value for value in values if value]
        if not chosen:
            return None
        if len(set(chosen)) > 1:
            raise ValueError(_("Choose one answer only."))
        if chosen[0] not in {option["id"] for option in shown["options"]}:
            raise ValueError(_("That answer is not among the options: choose again."))
        return chosen[0]

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        known = isinstance(response, str) and any(option["id"] == response for option in shown.get("options", ()))
        correct = known and response == key.get("right")
        text = key.get("feedback", {}).get(response) if known else None
        return Outcome(
            fraction=Decimal(1 if correct else 0),
            correct=correct,
            matched=(response,) if known else (),
            feedback=(text,) if text else (),
        )

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        language = shown["language"]
        return Interaction(
            type="choice",
            components={"choices": [(option["id"], {language: option["text"]}) for option in shown["options"]]},
        )
