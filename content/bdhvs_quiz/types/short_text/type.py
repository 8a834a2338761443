"""Type a word or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import one_line
from bdhvs_lms.plugins.api import Interaction, Outcome, QuestionType, question_types
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models.attempts import MAX_TYPED
from bdhvs_quiz.types.options import RIGHT, WRONG
from bdhvs_quiz.types.short_text.model import ShortTextQuestion

# In a statement's response: what was typed matched nothing, and what it was is nobody's business there.
OTHER = "other"


@question_types.register
class ShortText(QuestionType):
    """`shown`: {"language", "prompt", "max_length"}; `key`: {"accepted": [texts], "folding", "explanation"}; a
    response is what was typed, on one line. `matched`: the accepted answer that it is, or OTHER."""

    key = "bdhvs_quiz.short_text"
    label = gettext_lazy("short text")
    icon = "keyboard"
    model = ShortTextQuestion
    template = "bdhvs_quiz/types/short_text/answer.html"
    review_template = "bdhvs_quiz/types/short_text/review.html"
    print_template = "bdhvs_quiz/types/short_text/print.html"
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

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(key.get("accepted", ()))

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="fill-in")
