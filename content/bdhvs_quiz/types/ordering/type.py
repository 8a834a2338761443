"""The type of ordering questions."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import Interaction, Outcome, PlainMedia, PlainQuestion, QuestionType, question_types
from bdhvs_quiz.types.options import NOT_AMONG, fits
from bdhvs_quiz.types.ordering.model import MAX_TEXT, OrderingQuestion


@question_types.register
class Ordering(QuestionType):
    """`shown`: {"language", "prompt", "steps": [{"id", "text"}], in an order that says nothing, "partial"}; `key`:
    {"right": ["step's id:1", "step's id:2" …], "explanation"}; a response is such a list too: which place each step was
    given. A place that was given twice counts for none."""

    key = "bdhvs_quiz.ordering"
    label = gettext_lazy("ordering")
    icon = "list-ol"
    model = OrderingQuestion
    template = "bdhvs_quiz/types/ordering/answer.html"
    review_template = "bdhvs_quiz/types/ordering/review.html"
    print_template = "bdhvs_quiz/types/ordering/print.html"
    scripts = ("bdhvs_quiz/ordering.js",)
    styles = ("bdhvs_quiz/ordering.css",)
    kinds = frozenset({"ordering"})

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        rows = question.rows()
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "steps": sorted(({"id": known, "text": text} for known, text in rows), key=lambda one: _mixed(one["id"])),
            "partial": question.partial,
        }
        key = {
            "right": [f"{known}:{place}" for place, (known, _text) in enumerate(rows, start=1)],
            "explanation": question.explanation,
        }
        return shown, key

    def shared(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> Any:
        return key["right"], shown["partial"]

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        return bool(shown["partial"])

    def shuffled(self, shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
        return {**shown, "steps": sorted(shown["steps"], key=lambda one: rank(one["id"]))}

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        chosen = {value for value in values if value}
        given = [value for value in _places(shown) if value in chosen]
        if len(given) < len(chosen):
            raise ValueError(str(NOT_AMONG))
        if len({value.split(":")[0] for value in given}) < len(given):
            raise ValueError(_("Choose one place for each step."))
        return given or None

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        sent = {one for one in response if isinstance(one, str)} if isinstance(response, list) else set()
        placed: dict[str, int] = {}
        for value in _places(shown):
            if value in sent:
                known, place = value.split(":")
                placed.setdefault(known, int(place))
        often, right = Counter(placed.values()), set(key.get("right", ()))
        hits = sum(f"{known}:{place}" in right for known, place in placed.items() if often[place] == 1)
        steps = len(shown.get("steps", ()))
        share = Fraction(hits, steps) if steps else Fraction(0)
        if not shown.get("partial") and share < 1:
            share = Fraction(0)
        return Outcome(
            fraction=share, correct=share == 1, matched=tuple(sorted(placed, key=lambda known: placed[known]))
        )

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        """Return 'A–2' for each step, as the sheet names them: the second is A."""
        right = dict(one.split(":") for one in key["right"])
        return tuple(f"{chr(ord('A') + place)}–{right[step['id']]}" for place, step in enumerate(shown["steps"]))

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        texts = {one["id"]: one["text"] for one in shown["steps"]}
        return PlainQuestion(
            "ordering",
            shown["prompt"],
            explanation=key["explanation"],
            steps=tuple(texts[one.split(":")[0]] for one in key["right"]),
            partial=shown["partial"],
        )

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        for step in plain.steps:
            fits(step, MAX_TEXT)
        steps = [{"type": "step", "id": str(uuid.uuid4()), "value": step} for step in plain.steps]
        return {"steps": steps, "partial": plain.partial}

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        language = shown["language"]
        return Interaction(
            type="sequencing",
            components={"choices": [(step["id"], {language: step["text"]}) for step in shown["steps"]]},
        )


def _mixed(known: str) -> str:
    return hashlib.sha256(known.encode()).hexdigest()


def _places(shown: Mapping[str, Any]) -> list[str]:
    """List all possible answers, in the order of the steps."""
    steps = shown.get("steps", ())
    return [f"{step['id']}:{place}" for step in steps for place in range(1, len(steps) + 1)]
