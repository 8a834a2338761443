"""A question type of a stranger: the answer is a number, written as people here write numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import Interaction, Outcome, PlainMedia, PlainQuestion, QuestionType
from plugin_example.models import NumberQuestion

# Twelve digits before the separator and six after it: what the bank's column holds.
_SEPARATED = re.compile(r"([+-]?)([0-9]{1,12})(?:[.,]([0-9]{1,6}))?", re.ASCII)
_GROUPED = {
    # 1.000.000,5
    "vi": re.compile(r"([+-]?)([0-9]{1,3}(?:\.[0-9]{3}){1,3})(?:,([0-9]{1,6}))?", re.ASCII),
    # 1,000,000.5
    "en": re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,6}))?", re.ASCII),
}


def as_text(number: Decimal) -> str:
    """Without an exponent and without zeros at its end."""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def written(number: Decimal, language: str) -> str:
    """As people write it in that language, ungrouped; `read` gives the same number back."""
    return as_text(number).replace(".", "," if language == "vi" else ".")


def read(text: str, language: str) -> Decimal:
    """A number as it is written in that language. Raises ValueError.

    In Vietnamese 1.000 is a thousand and 1,5 one and a half; 1.5 cannot be a grouped number, so it is read as meant.
    """
    tight = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-")
    match = _GROUPED.get(language, _GROUPED["en"]).fullmatch(tight) or _SEPARATED.fullmatch(tight)
    if match is None:
        raise ValueError(_("Write a number, for example 12 or 12,5."))
    sign, whole, part = match.groups()
    return Decimal(f"{sign}{re.sub('[.,]', '', whole)}.{part or 0}")


class Number(QuestionType):
    """`shown`: {"language", "prompt", "unit"}; `key`: {"answer", "tolerance" (plain numbers as text), "text" (the
    answer as people write it), "explanation"}; a response is a number as written in the question's language,
    e.g. "12,5": the page gives it back into the field, where 1.125 would become a thousand and more."""

    key = "plugin_example.number"
    label = gettext_lazy("number")
    icon = "order"
    model = NumberQuestion
    template = "plugin_example/number.html"
    review_template = "plugin_example/number_review.html"
    print_template = "plugin_example/number_print.html"
    kinds = frozenset({"plugin_example.number"})

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        language = question.locale.language_code
        answer = question.answer
        shown = {"language": language, "prompt": question.prompt, "unit": question.unit}
        key = {
            "answer": None if answer is None else as_text(Decimal(answer)),
            "tolerance": as_text(Decimal(question.tolerance)),
            "text": "" if answer is None else written(Decimal(answer), language),
            "explanation": question.explanation,
        }
        return shown, key

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        given = [value for value in values if value.strip()]
        if not given:
            return None
        if len(given) > 1:
            raise ValueError(_("Give one number only."))
        return written(read(given[0], shown["language"]), shown["language"])

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        if response is None:
            return Outcome(fraction=Decimal(0), correct=False)
        try:
            off = abs(read(str(response), shown["language"]) - Decimal(key["answer"]))
        except (ValueError, TypeError):  # no number, or a question that has no answer
            off = None
        if off is not None and off <= Decimal(key["tolerance"]):
            return Outcome(fraction=Decimal(1), correct=True, matched=(key["answer"],))
        # Not the number itself: digits that somebody typed may be a telephone number.
        return Outcome(fraction=Decimal(0), correct=False, matched=("other",))

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        return (key["text"],) if key["text"] else ()

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        """A kind of our own, which the plugin's format knows: `data` has numbers as text, and the unit."""
        if key["answer"] is None:
            return None
        data = {"answer": key["answer"], "tolerance": key["tolerance"], "unit": shown["unit"]}
        return PlainQuestion("plugin_example.number", shown["prompt"], explanation=key["explanation"], data=data)

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        given = plain.data
        try:
            answer, tolerance = Decimal(given["answer"]), Decimal(given["tolerance"])
        except (InvalidOperation, KeyError, TypeError) as error:
            raise ValueError(_("Write a number, for example 12 or 12,5.")) from error
        if abs(answer) >= 10**12 or not 0 <= tolerance < 10**12:
            raise ValueError(_("The number is too large."))
        return {"answer": answer, "tolerance": tolerance, "unit": str(given.get("unit", ""))[:30]}

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="numeric")
