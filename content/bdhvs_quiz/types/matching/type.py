"""The type of matching questions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import (
    Interaction,
    Outcome,
    PlainMedia,
    PlainPair,
    PlainQuestion,
    QuestionType,
    question_types,
)
from bdhvs_quiz.media.described import words_of
from bdhvs_quiz.media.plain import media_blocks_of, plain_media
from bdhvs_quiz.types.matching.model import MAX_TEXT, MatchingQuestion
from bdhvs_quiz.types.options import NOT_AMONG, fits


@question_types.register
class Matching(QuestionType):
    """`shown`: {"language", "prompt", "lefts" and "rights": [{"id", "text"}], "partial"}, a left with
    "media" where it has any; `key`: {"right":
    ["left's id:right's id"], "rows": [[left's id or "", right's id]] as they were written, "explanation"}; a response
    is a list as "right" is, in the order of the lefts."""

    key = "bdhvs_quiz.matching"
    label = gettext_lazy("matching")
    icon = "link"
    model = MatchingQuestion
    template = "bdhvs_quiz/types/matching/answer.html"
    review_template = "bdhvs_quiz/types/matching/review.html"
    print_template = "bdhvs_quiz/types/matching/print.html"
    kinds = frozenset({"matching"})

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        rows = question.rows()
        asked = {place for place, left, _right in rows if left}
        ids = dict(question.identified()["rights"].values())
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "lefts": [one for one in question.asked() if one["id"] in asked],
            # In the order of their ids: it says nothing of what belongs to what.
            "rights": [{"id": known, "text": text} for text, known in sorted(ids.items(), key=lambda one: one[1])],
            "partial": question.partial,
        }
        key = {
            "right": [f"{place}:{ids[right]}" for place, left, right in rows if left and right],
            "rows": [[place if left else "", ids[right]] for place, left, right in rows if right],
            "explanation": question.explanation,
        }
        return shown, key

    def shared(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> Any:
        return set(key["right"]), {right["id"] for right in shown["rights"]}, shown["partial"]

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        return bool(shown["partial"])

    def shuffled(self, shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
        return {
            **shown,
            **{side: sorted(shown[side], key=lambda one: rank(one["id"])) for side in ("lefts", "rights")},
        }

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        chosen = {value for value in values if value}
        given = [value for value in _pairs(shown) if value in chosen]
        if len(given) < len(chosen):
            raise ValueError(str(NOT_AMONG))
        if len({value.split(":")[0] for value in given}) < len(given):
            raise ValueError(_("Choose one answer for each."))
        return given or None

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        sent = {one for one in response if isinstance(one, str)} if isinstance(response, list) else set()
        chosen: dict[str, str] = {}
        for value in _pairs(shown):
            if value in sent:
                chosen.setdefault(value.split(":")[0], value)
        right, lefts = set(key.get("right", ())), len(shown.get("lefts", ()))
        hits = len(right & set(chosen.values()))
        share = Fraction(hits, lefts) if lefts else Fraction(0)
        if not shown.get("partial") and share < 1:
            share = Fraction(0)
        return Outcome(
            fraction=share, correct=share == 1, matched=tuple(one.replace(":", "[.]") for one in chosen.values())
        )

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        """Return '1–B' for each pair, as the sheet numbers them."""
        right = dict(pair.split(":") for pair in key["right"])
        letters = {one["id"]: chr(ord("A") + place) for place, one in enumerate(shown["rights"])}
        return tuple(
            f"{place}–{letters[right[left['id']]]}"
            for place, left in enumerate(shown["lefts"], start=1)
            if left["id"] in right
        )

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        texts = {one["id"]: one["text"] for side in ("lefts", "rights") for one in shown[side]}
        media = {one["id"]: plain_media(one.get("media", ())) for one in shown["lefts"]}
        return PlainQuestion(
            "matching",
            shown["prompt"],
            explanation=key["explanation"],
            pairs=tuple(
                PlainPair(texts.get(left, ""), texts[right], media.get(left, ())) for left, right in key["rows"]
            ),
            partial=shown["partial"],
        )

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        pairs: list[dict[str, Any]] = []
        for pair in plain.pairs:
            fits(pair.left, MAX_TEXT)
            fits(pair.right, MAX_TEXT)
            value: Any = pair.right
            if asked := bool(pair.left or pair.media):
                value = {"left": pair.left, "right": pair.right, "media": media_blocks_of(pair.media, keep)}
            pairs.append({"type": "pair" if asked else "extra", "id": str(uuid.uuid4()), "value": value})
        return {"pairs": pairs, "partial": plain.partial}

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        language = shown["language"]
        sides = {"source": shown["lefts"], "target": shown["rights"]}
        return Interaction(
            type="matching",
            components={
                side: [(one["id"], {language: words_of(one)}) for one in parts] for side, parts in sides.items()
            },
        )


def _pairs(shown: Mapping[str, Any]) -> list[str]:
    """List all possible answers, in the order of the lefts."""
    return [f"{left['id']}:{right['id']}" for left in shown.get("lefts", ()) for right in shown.get("rights", ())]
