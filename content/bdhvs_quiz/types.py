"""Built-in question types. A stranger's look the same and live in their own app."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import one_line
from bdhvs_lms.plugins.api import Interaction, Outcome, PlainOption, PlainQuestion, QuestionType
from bdhvs_quiz.blocks import MAX_TYPED
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models import (
    MultipleChoiceQuestion,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)

WRONG, RIGHT = Decimal(0), Decimal(1)
# In a statement's response: what was typed matched nothing, and what it was is nobody's business there.
OTHER = "other"
NOT_AMONG = gettext_lazy("That answer is not one of the options. Choose again.")


def _option_texts(question: Any) -> list[dict[str, str]]:
    return [{"id": block.id, "text": block.value["text"]} for block in question.options]


def _option_feedback(question: Any) -> dict[str, str]:
    return {block.id: block.value["feedback"] for block in question.options if block.value["feedback"]}


def _choices(shown: Mapping[str, Any]) -> Interaction:
    language = shown["language"]
    return Interaction(
        type="choice",
        components={"choices": [(option["id"], {language: option["text"]}) for option in shown["options"]]},
    )


def _options_shuffled(shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
    return {**shown, "options": sorted(shown["options"], key=lambda option: rank(option["id"]))}


def _plain_options(shown: Mapping[str, Any], key: Mapping[str, Any], right: Sequence[Any]) -> tuple[PlainOption, ...]:
    feedback = key.get("feedback", {})
    return tuple(
        PlainOption(option["text"], option["id"] in right, feedback.get(option["id"], ""))
        for option in shown["options"]
    )


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
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "options": _option_texts(question),
        }
        key = {
            "right": next((block.id for block in question.options if block.value["right"]), None),
            "feedback": _option_feedback(question),
            "explanation": question.explanation,
        }
        return shown, key

    def shuffled(self, shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
        return _options_shuffled(shown, rank)

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        chosen = [value for value in values if value]
        if not chosen:
            return None
        if len(set(chosen)) > 1:
            raise ValueError(_("Choose one answer."))
        if chosen[0] not in {option["id"] for option in shown["options"]}:
            raise ValueError(str(NOT_AMONG))
        return chosen[0]

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        known = isinstance(response, str) and any(option["id"] == response for option in shown.get("options", ()))
        correct = known and response == key.get("right")
        text = key.get("feedback", {}).get(response) if known else None
        return Outcome(
            fraction=RIGHT if correct else WRONG,
            correct=correct,
            matched=(response,) if known else (),
            feedback=(text,) if text else (),
        )

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        options = _plain_options(shown, key, [key["right"]])
        return PlainQuestion("single", shown["prompt"], options, explanation=key["explanation"])

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return _choices(shown)


class MultipleChoice(QuestionType):
    """`shown` as of SingleChoice; `key`: {"right": [option ids], "feedback": {option id: text}, "explanation"}; a
    response is a list of option ids in the order of the options. Right: exactly the right ones, and no other."""

    key = "bdhvs_quiz.multiple_choice"
    label = gettext_lazy("multiple choice")
    icon = "list-ul"
    model = MultipleChoiceQuestion
    template = "bdhvs_quiz/questions/multiple_choice.html"
    review_template = "bdhvs_quiz/questions/multiple_choice_review.html"
    print_template = "bdhvs_quiz/questions/multiple_choice_print.html"

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "options": _option_texts(question),
        }
        key = {
            "right": [block.id for block in question.options if block.value["right"]],
            "feedback": _option_feedback(question),
            "explanation": question.explanation,
        }
        return shown, key

    def shuffled(self, shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
        return _options_shuffled(shown, rank)

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        chosen = {value for value in values if value}
        ids = [option["id"] for option in shown["options"]]
        if not chosen <= set(ids):
            raise ValueError(str(NOT_AMONG))
        return [option_id for option_id in ids if option_id in chosen] or None

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        given = [one for one in response if isinstance(one, str)] if isinstance(response, list) else []
        chosen = tuple(option["id"] for option in shown.get("options", ()) if option["id"] in given)
        correct = bool(chosen) and set(chosen) == set(key.get("right", ()))
        feedback = key.get("feedback", {})
        return Outcome(
            fraction=RIGHT if correct else WRONG,
            correct=correct,
            matched=chosen,
            feedback=tuple(feedback[option_id] for option_id in chosen if feedback.get(option_id)),
        )

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        options = _plain_options(shown, key, key["right"])
        return PlainQuestion("multiple", shown["prompt"], options, explanation=key["explanation"])

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return _choices(shown)


class TrueFalse(QuestionType):
    """`shown`: {"language", "prompt"}; `key`: {"right": "true" | "false" | None, "feedback": {"right", "wrong"},
    "explanation"}; a response is "true" or "false", as xAPI writes it."""

    key = "bdhvs_quiz.true_false"
    label = gettext_lazy("true/false")
    icon = "check"
    model = TrueFalseQuestion
    template = "bdhvs_quiz/questions/true_false.html"
    review_template = "bdhvs_quiz/questions/true_false_review.html"
    print_template = "bdhvs_quiz/questions/true_false_print.html"

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {"language": question.locale.language_code, "prompt": question.prompt}
        key = {
            "right": None if question.answer is None else "true" if question.answer else "false",
            "feedback": {"right": question.feedback_right, "wrong": question.feedback_wrong},
            "explanation": question.explanation,
        }
        return shown, key

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

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        return PlainQuestion(
            "true-false", shown["prompt"], right=key["right"] == "true", explanation=key["explanation"]
        )

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="true-false")


class ShortText(QuestionType):
    """`shown`: {"language", "prompt", "max_length"}; `key`: {"accepted": [texts], "folding", "explanation"}; a
    response is what was typed, on one line. `matched`: the accepted answer that it is, or OTHER."""

    key = "bdhvs_quiz.short_text"
    label = gettext_lazy("short text")
    icon = "keyboard"
    model = ShortTextQuestion
    template = "bdhvs_quiz/questions/short_text.html"
    review_template = "bdhvs_quiz/questions/short_text_review.html"
    print_template = "bdhvs_quiz/questions/short_text_print.html"
    typed = True

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "max_length": MAX_TYPED,
        }
        key = {
            "accepted": [one_line(str(block.value)) for block in question.accepted],
            "folding": question.folding.as_json(),
            "explanation": question.explanation,
        }
        return shown, key

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        typed = {one_line(value) for value in values} - {""}
        if not typed:
            return None
        if len(typed) > 1:
            raise ValueError(_("Enter only one answer."))
        (text,) = typed
        if len(text) > shown["max_length"]:
            raise ValueError(
                _("This answer has %(length)s characters. The maximum is %(max)s: shorten it.")
                % {"length": len(text), "max": shown["max_length"]}
            )
        return text

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        same = Folding.of(key.get("folding"))
        given = same(response) if isinstance(response, str) else ""
        found = next((text for text in key.get("accepted", ()) if given and same(text) == given), None)
        if found is not None:
            return Outcome(fraction=RIGHT, correct=True, matched=(found,))
        # No text is what an erasure left, or an older row: nothing is said about it.
        typed = isinstance(response, str) and bool(response)
        return Outcome(fraction=WRONG, correct=False, matched=(OTHER,) if typed else ())

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="fill-in")
