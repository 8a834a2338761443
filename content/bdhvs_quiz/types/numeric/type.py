"""The type of questions answered by a number."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
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
from bdhvs_quiz.models.attempts import MAX_TYPED
from bdhvs_quiz.types.numbers import nearest, share_of, tolerance_of
from bdhvs_quiz.types.numeric.model import MAX_UNIT, NumericQuestion
from bdhvs_quiz.types.options import MAX_FEEDBACK, fits
from bdhvs_quiz.types.words import OTHER
from question_files.numbers import (
    NUMBER,
    exact_decimal,
    plain_number,
    read_quantity,
    stored_number,
    stored_share,
    written_number,
)

WHOLE = Fraction(1)


@question_types.register
class Numeric(QuestionType):
    """`shown`: {"language", "prompt", "unit", "units": [names], "max_length"}; `key`: {"answers": [{"number",
    "tolerance" (as text: '12.5', '5%'), "credit" ('1/2'), "feedback", "text" and "off" (number and tolerance as people
    write them)}], "factors": {unit: how many of it make one, as text}, "explanation"}; a response is a number as it
    was typed, perhaps with a unit. `matched`: the accepted number, or OTHER: digits that somebody typed may be a
    telephone number."""

    key = "bdhvs_quiz.numeric"
    label = gettext_lazy("number")
    icon = "order"
    model = NumericQuestion
    template = "bdhvs_quiz/types/numeric/answer.html"
    review_template = "bdhvs_quiz/types/numeric/review.html"
    print_template = "bdhvs_quiz/types/numeric/print.html"
    kinds = frozenset({"numeric"})
    typed = True

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        language = question.locale.language_code
        shown = {
            "language": language,
            "prompt": question.prompt,
            "unit": question.unit,
            "units": [block.value["unit"] for block in question.units],
            "max_length": MAX_TYPED,
        }
        key = {
            "answers": [self._answer(block.value, language) for block in question.answers],
            "factors": {block.value["unit"]: block.value["factor"] for block in question.units},
            "explanation": question.explanation,
        }
        return shown, key

    def _answer(self, value: Mapping[str, Any], language: str) -> dict[str, str]:
        number = stored_number(value["number"])
        return {
            "number": value["number"],
            "tolerance": value["tolerance"] or "0",
            "credit": str(share_of(value)),
            "feedback": value["feedback"] or "",
            "text": "" if number is None else written_number(number, language),
            "off": _off(value["tolerance"] or "0", language),
        }

    def shared(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> Any:
        answers = [(one["number"], one["tolerance"], one["credit"]) for one in key["answers"]]
        return answers, list(key["factors"].values())

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        return any(0 < stored_share(one["credit"], WHOLE) < 1 for one in key["answers"])

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        typed = {one_line(value) for value in values} - {""}
        if not typed:
            return None
        if len(typed) > 1:
            raise ValueError(_("Enter only one answer."))
        (text,) = typed
        if len(text) > shown["max_length"]:
            raise ValueError(str(NUMBER))
        _number, unit = read_quantity(text, shown["language"])
        if unit and self._unit(shown, unit) is None:
            known = [one for one in (shown["unit"], *shown["units"]) if one]
            if not known:
                raise ValueError(_("Write only the number, without a unit."))
            raise ValueError(_("This unit is not known here. Use: %(units)s.") % {"units": ", ".join(known)})
        return text

    def _unit(self, shown: Mapping[str, Any], typed: str) -> str | None:
        """Return the unit as the question writes it: MW and mW differ where both are there."""
        known = [one for one in (shown.get("unit", ""), *shown.get("units", ())) if one]
        return next(
            (one for one in known if one == typed),
            next((one for one in known if one.casefold() == typed.casefold()), None),
        )

    def _value(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Fraction | None:
        """Return the value in the shown unit. None: no number in a known unit."""
        if not isinstance(response, str) or len(response) > MAX_TYPED:
            return None
        try:
            number, unit = read_quantity(response, shown["language"])
        except ValueError:
            return None
        named = self._unit(shown, unit) if unit else shown.get("unit", "")
        if named is None:
            return None
        factor = stored_number(key.get("factors", {}).get(named, "1"))
        return Fraction(number) / Fraction(factor) if factor else None

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        if not isinstance(response, str) or not response:
            return Outcome(fraction=Fraction(0), correct=False)
        best = nearest(self._value(shown, key, response), key.get("answers", ()))
        if best is None:
            return Outcome(fraction=Fraction(0), correct=False, matched=(OTHER,))
        share = stored_share(best["credit"], WHOLE)
        feedback = (best["feedback"],) if best["feedback"] else ()
        return Outcome(fraction=share, correct=share == 1, matched=(best["number"],), feedback=feedback)

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        unit = f" {shown['unit']}" if shown["unit"] else ""
        return tuple(f"{one['text']}{unit}" for one in key["answers"] if stored_share(one["credit"], WHOLE) == 1)

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        return PlainQuestion(
            "numeric",
            shown["prompt"],
            explanation=key["explanation"],
            answers=tuple(
                PlainAnswer(
                    one["number"], stored_share(one["credit"], WHOLE), one["feedback"], exact_decimal(tolerance_of(one))
                )
                for one in key["answers"]
            ),
            unit=shown["unit"],
            units=tuple((unit, Decimal(key["factors"][unit])) for unit in shown["units"]),
        )

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        fits(plain.unit, MAX_UNIT)
        for unit, _factor in plain.units:
            fits(unit, MAX_UNIT)
        answers = []
        for one in plain.answers:
            number, off = stored_number(one.text), plain_number(one.tolerance)
            if number is None or _below_zero(off):
                raise ValueError(_("“%(text)s” is not a number.") % {"text": one.text})
            fits(one.feedback, MAX_FEEDBACK)
            answers.append(
                {
                    "number": plain_number(number),
                    "tolerance": off if one.tolerance else "",
                    "credit": "" if one.credit == 1 else str(one.credit),
                    "feedback": one.feedback,
                }
            )
        units = [{"unit": unit, "factor": plain_number(factor)} for unit, factor in plain.units]
        return {"answers": blocks_of("answer", answers), "unit": plain.unit, "units": blocks_of("unit", units)}

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="numeric")


def _off(tolerance: str, language: str) -> str:
    number = stored_number(tolerance.removesuffix("%")) or Decimal(0)
    return written_number(number, language) + (" %" if tolerance.endswith("%") else "")


def _below_zero(text: str) -> bool:
    number = stored_number(text)
    return number is None or number < 0


def blocks_of(kind: str, values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a stream of one type of block, as it is stored."""
    return [{"type": kind, "id": str(uuid.uuid4()), "value": dict(value)} for value in values]
