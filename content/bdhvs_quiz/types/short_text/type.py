"""The type of questions answered by a word or two."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import one_line
from bdhvs_lms.plugins.api import (
    Interaction,
    Outcome,
    PlainAnswer,
    PlainMedia,
    PlainQuestion,
    QuestionType,
    question_types,
)
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models.attempts import MAX_TYPED
from bdhvs_quiz.types.options import MAX_FEEDBACK, WRONG, fits
from bdhvs_quiz.types.short_text.model import ShortTextQuestion
from bdhvs_quiz.types.words import OTHER, best, credit_of, in_words, literal, signs_count


@question_types.register
class ShortText(QuestionType):
    """`shown`: {"language", "prompt", "max_length"}; `key`: {"answers": [{"text" (with * for any letters), "credit"
    ('1/2'), "feedback"}], "accepted": [what earns the whole mark, as people read it], "folding", "explanation"}; of
    0.1.0 without "answers": "accepted" are texts. A response is what was typed, on one line. `matched`: the accepted
    answer that it is, or OTHER."""

    key = "bdhvs_quiz.short_text"
    label = gettext_lazy("short text")
    icon = "keyboard"
    model = ShortTextQuestion
    template = "bdhvs_quiz/types/short_text/answer.html"
    review_template = "bdhvs_quiz/types/short_text/review.html"
    print_template = "bdhvs_quiz/types/short_text/print.html"
    kinds = frozenset({"short"})
    typed = True

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "max_length": MAX_TYPED,
        }
        answers = question.rows()
        key = {
            "answers": answers,
            "accepted": [one_line(in_words(row["text"])) for row in answers if row["credit"] == "1"],
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

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        return any(0 < credit_of(answer) < 1 for answer in _answers(key))

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        typed = response if isinstance(response, str) and len(response) <= MAX_TYPED else ""
        found = best(typed, _answers(key), Folding.of(key.get("folding")))
        if found is not None:
            share = credit_of(found)
            feedback = (found["feedback"],) if found["feedback"] else ()
            return Outcome(fraction=share, correct=share == 1, matched=(in_words(found["text"]),), feedback=feedback)
        # No text is what an erasure left, or an older row: nothing is said about it.
        matched = (OTHER,) if isinstance(response, str) and response else ()
        return Outcome(fraction=WRONG, correct=False, matched=matched)

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(key.get("accepted", ()))

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        answers = (PlainAnswer(one["text"], credit_of(one), one["feedback"]) for one in _answers(key))
        return PlainQuestion(
            "short",
            shown["prompt"],
            explanation=key["explanation"],
            answers=tuple(answers),
            case=not Folding.of(key.get("folding")).case,
        )

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        rows = []
        for one in plain.answers:
            fits(one.text, MAX_TYPED)
            fits(one.feedback, MAX_FEEDBACK)
            if one.credit < 0:
                raise ValueError(_("An answer costs marks, which is not possible here."))
            credit = "" if one.credit == 1 else str(one.credit)
            rows.append({"text": one.text, "credit": credit, "feedback": one.feedback})
        accepted = [{"type": "answer", "id": str(uuid.uuid4()), "value": row} for row in rows]
        spacing = not signs_count(row["text"] for row in rows)
        return {"accepted": accepted, "ignore_case": not plain.case, "ignore_spacing": spacing}

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="fill-in")


def _answers(key: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "answers" in key:
        return list(key["answers"])
    return [{"text": literal(text), "credit": "1", "feedback": ""} for text in key.get("accepted", ())]
