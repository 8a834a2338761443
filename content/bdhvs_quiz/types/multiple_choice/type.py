"Choose all correct answers."

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import Outcome, PlainMedia, PlainQuestion, question_types
from bdhvs_quiz.types.multiple_choice.model import Marking, MultipleChoiceQuestion, own_share
from bdhvs_quiz.types.options import NOT_AMONG, OptionsType


@question_types.register
class MultipleChoice(OptionsType):
    """`shown`: also "marking", where that is not Marking.ALL; `key`: "right" is a list of option ids; a response is one
    too, in the order of the options. Right, without marking: exactly the right ones, and no other."""

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
        return self.outcome(key, chosen, self._share(shown, key, chosen))

    def _share(self, shown: Mapping[str, Any], key: Mapping[str, Any], chosen: list[str]) -> Fraction:
        right, marking = set(key.get("right", ())), shown.get("marking", Marking.ALL)
        if marking == Marking.ALL:
            return Fraction(int(bool(chosen) and set(chosen) == right))
        if marking == Marking.EACH:
            shares = [Fraction(1 if one in right else -1, max(len(right), 1)) for one in chosen]
        else:
            credits = key.get("credits", {})
            shares = [own_share(credits.get(one, ""), one in right, len(right)) for one in chosen]
        return min(max(sum(shares, Fraction(0)), Fraction(0)), Fraction(1))

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown, key = super().compile(question)
        return ({**shown, "marking": str(question.marking)} if question.marking != Marking.ALL else shown), key

    def own_credits(self, question: Any) -> bool:
        return bool(question.marking == Marking.OWN)

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        return shown.get("marking", Marking.ALL) != Marking.ALL

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        plain = super().plain(shown, key)
        return plain and replace(plain, partial=shown.get("marking") == Marking.EACH)

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        own = any(option.credit is not None for option in plain.options)
        marking = Marking.OWN if own else Marking.EACH if plain.partial else Marking.ALL
        return {**super().from_plain(plain, keep), "marking": marking}
