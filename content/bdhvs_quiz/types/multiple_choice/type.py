"Choose all correct answers."

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import Outcome, question_types
from bdhvs_quiz.types.multiple_choice.model import MultipleChoiceQuestion
from bdhvs_quiz.types.options import NOT_AMONG, OptionsType


@question_types.register
class MultipleChoice(OptionsType):
    """`key`: "right" is a list of option ids; a response is one too, in the order of the options. Right: exactly the
    right ones, and no other."""

    key = "bdhvs_quiz.multiple_choice"
    label = gettext_lazy("multiple choice")
    icon = "list-ul"
    model = MultipleChoiceQuestion
    template = "bdhvs_quiz/types/multiple_choice/answer.html"
    review_template = "bdhvs_quiz/types/multiple_choice/review.html"
    print_template = "bdhvs_quiz/types/multiple_choice/print.html"
    as_plain = "multiple"
    kinds = frozenset({"multiple"})
    several_boxes = True

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        chosen = {value for value in values if value}
        ids = [option["id"] for option in shown["options"]]
        if not chosen <= set(ids):
            raise ValueError(str(NOT_AMONG))
        return [option_id for option_id in ids if option_id in chosen] or None

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        given = [one for one in response if isinstance(one, str)] if isinstance(response, list) else []
        chosen = [option["id"] for option in shown.get("options", ()) if option["id"] in given]
        return self.outcome(key, chosen, bool(chosen) and set(chosen) == set(key.get("right", ())))
