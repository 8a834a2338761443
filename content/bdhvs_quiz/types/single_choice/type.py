"""The type of questions with one right option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import Outcome, question_types
from bdhvs_quiz.types.options import NOT_AMONG, OptionsType
from bdhvs_quiz.types.single_choice.model import SingleChoiceQuestion
from question_files.numbers import stored_share

NOTHING = Fraction(0)


@question_types.register
class SingleChoice(OptionsType):
    """`key`: "right" is an option's id, or None; a response is an option's id."""

    key = "bdhvs_quiz.single_choice"
    label = gettext_lazy("single choice")
    icon = "radio-full"
    model = SingleChoiceQuestion
    template = "bdhvs_quiz/types/single_choice/answer.html"
    review_template = "bdhvs_quiz/types/single_choice/review.html"
    print_template = "bdhvs_quiz/types/single_choice/print.html"
    as_plain = "single"
    kinds = frozenset({"single"})

    def right_of(self, ids: list[str]) -> Any:
        return next(iter(ids), None)

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
        if not known:
            return self.outcome(key, [], NOTHING)
        share = stored_share(key.get("credits", {}).get(response), Fraction(int(response == key.get("right"))))
        return self.outcome(key, [response], max(share, NOTHING))

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        return any(0 < stored_share(credit, NOTHING) < 1 for credit in key.get("credits", {}).values())
