"""The type of questions with gaps in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    PlainBlank,
    PlainMedia,
    PlainOption,
    PlainQuestion,
    QuestionType,
    question_types,
)
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models.attempts import MAX_TYPED
from bdhvs_quiz.types.blanks.model import MAX_TEXT, BlanksQuestion
from bdhvs_quiz.types.numbers import nearest
from bdhvs_quiz.types.options import NOT_AMONG, fits
from bdhvs_quiz.types.words import OTHER, best, credit_of, in_words, signs_count
from question_files.brackets import Answer, Gap, written
from question_files.numbers import plain_number, read_number, stored_number, stored_share, written_number

NOTHING = Fraction(0)


@question_types.register
class Blanks(QuestionType):
    """`shown`: {"language", "prompt", "parts": [{"text"} or {"gap": id, "place": "1"}], "blanks": [{"id", "place",
    "kind", "weight", "options": [{"id", "text"}] of a list}], "partial", "max_length"}; `key`: {"blanks": {gap's id:
    {"case", "answers": [{"text", "credit", "feedback", "said"}, of a number also "number", "tolerance" and "off", of a
    list "id" and "right"], "right": [as people read it]}}, "folding", "explanation"}. A response is {gap's id: what
    was typed, or [id of a choice]}. `matched`: for each gap the accepted answer, OTHER, or "" where there is none."""

    key = "bdhvs_quiz.blanks"
    label = gettext_lazy("fill in the gaps")
    icon = "pilcrow"
    model = BlanksQuestion
    template = "bdhvs_quiz/types/blanks/answer.html"
    review_template = "bdhvs_quiz/types/blanks/review.html"
    print_template = "bdhvs_quiz/types/blanks/print.html"
    kinds = frozenset({"blanks"})
    typed = True

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        language, ids = question.locale.language_code, question.identified()
        parts: list[dict[str, str]] = []
        blanks: list[dict[str, Any]] = []
        keys: dict[str, Any] = {}
        for part in question.written.parts:
            if isinstance(part, str):
                parts.append({"text": part})
                continue
            known = ids["gaps"][str(len(blanks))][1]
            place = str(len(blanks) + 1)
            parts.append({"gap": known, "place": place})
            answers = [_compiled(answer, part, language) for answer in part.answers]
            blank = {"id": known, "place": place, "kind": part.kind, "weight": part.weight}
            if part.kind == "choice":
                for row, answer in enumerate(answers):
                    answer["id"] = ids[known][str(row)][1]
                # In the order of their ids: what is right stands first where editors write.
                offered = [{"id": answer["id"], "text": answer["text"]} for answer in answers]
                blank["options"] = sorted(offered, key=lambda one: str(one["id"]))
            blanks.append(blank)
            right = [answer["said"] for answer in answers if credit_of(answer) == 1]
            keys[known] = {"case": part.case, "answers": answers, "right": right}
        shown = {
            "language": language,
            "prompt": question.prompt,
            "parts": parts,
            "blanks": blanks,
            "partial": question.partial,
            "max_length": MAX_TYPED,
        }
        return shown, {
            "blanks": keys,
            "folding": question.folding.as_json(),
            "explanation": question.explanation,
        }

    def shared(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> Any:
        lists = {
            blank["id"]: {(one["id"], one["credit"]) for one in key["blanks"][blank["id"]]["answers"]}
            for blank in shown["blanks"]
            if blank["kind"] == "choice"
        }
        return {(blank["id"], blank["kind"], blank["weight"]) for blank in shown["blanks"]}, lists, shown["partial"]

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        shares = [credit_of(answer) for blank in key["blanks"].values() for answer in blank["answers"]]
        return bool(shown["partial"]) and (len(shown["blanks"]) > 1 or any(0 < share < 1 for share in shares))

    def shuffled(self, shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
        blanks = [
            {**blank, "options": sorted(blank["options"], key=lambda one: rank(one["id"]))}
            if blank["kind"] == "choice"
            else blank
            for blank in shown["blanks"]
        ]
        return {**shown, "blanks": blanks}

    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        """Parse a field for each gap, in their order."""
        blanks = shown["blanks"]
        if any(value.strip() for value in values[len(blanks) :]):
            raise ValueError(str(NOT_AMONG))
        response: dict[str, Any] = {}
        for blank, value in zip(blanks, values, strict=False):
            text = one_line(value)
            if not text:
                continue
            if blank["kind"] == "choice":
                if text not in {option["id"] for option in blank["options"]}:
                    raise ValueError(str(NOT_AMONG))
                response[blank["id"]] = [text]
                continue
            if len(text) > shown["max_length"]:
                raise ValueError(
                    _("This answer has %(length)s characters. The maximum is %(max)s: shorten it.")
                    % {"length": len(text), "max": shown["max_length"]}
                )
            response[blank["id"]] = text
        return response or None

    def as_sent(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        sent: dict[str, Any] = {}
        for blank, value in zip(shown["blanks"], values, strict=False):
            sent[blank["id"]] = [value] if blank["kind"] == "choice" else value[:2000]
        return sent

    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        given = response if isinstance(response, dict) else {}
        folding = Folding.of(key.get("folding"))
        total = earned = NOTHING
        matched, feedback = [], []
        for blank in shown.get("blanks", ()):
            hidden = key.get("blanks", {}).get(blank["id"], {"answers": ()})
            answer, reference = _found(blank, hidden, given.get(blank["id"]), folding, shown["language"])
            share = max(credit_of(answer), NOTHING) if answer is not None else NOTHING
            total += blank["weight"]
            earned += blank["weight"] * share
            matched.append(reference)
            if answer is not None and answer["feedback"]:
                feedback.append(answer["feedback"])
        whole = bool(total) and earned == total
        share = earned / total if total and (shown.get("partial") or whole) else NOTHING
        return Outcome(
            fraction=share, correct=share == 1, matched=tuple(matched) if any(matched) else (), feedback=tuple(feedback)
        )

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        """Return '(1) 115' for each gap."""
        return tuple(
            f"({blank['place']}) {right}"
            for blank in shown["blanks"]
            if (
                right := next((one["said"] for one in key["blanks"][blank["id"]]["answers"] if credit_of(one) == 1), "")
            )
        )

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        text = "".join(
            f"{{{part['place']}}}" if "gap" in part else part["text"].replace("{", "{{").replace("}", "}}")
            for part in shown["parts"]
        )
        folding = Folding.of(key["folding"])
        return PlainQuestion(
            "blanks",
            shown["prompt"],
            explanation=key["explanation"],
            text=text,
            blanks=tuple(_plain_blank(blank, key["blanks"][blank["id"]], folding) for blank in shown["blanks"]),
            partial=shown["partial"],
        )

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        language = plain.language or "vi"
        parts: list[str | Gap] = []
        for word in re.split(r"(\{\{|\}\}|\{[0-9]+\})", plain.text):
            if word in ("{{", "}}"):
                parts.append(word[0])
            elif word.startswith("{") and word[1:-1].isdigit():
                number = int(word[1:-1])
                if not 1 <= number <= len(plain.blanks):
                    raise ValueError(_("The text names a gap that is not there: %(gap)s.") % {"gap": word})
                parts.append(_gap(plain.blanks[number - 1]))
            else:
                parts.append(word)
        named = [word for word in parts if isinstance(word, Gap)]
        if len(named) != len(plain.blanks):
            raise ValueError(_("Not every gap stands in the text exactly once."))
        text = written(parts, language)
        fits(text, MAX_TEXT)
        typed = (answer.text for blank in plain.blanks if blank.kind == "short" for answer in blank.answers)
        return {"text": text, "partial": plain.partial, "ignore_spacing": not signs_count(typed)}

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        return Interaction(type="fill-in")


def _compiled(answer: Answer, gap: Gap, language: str) -> dict[str, Any]:
    """Compile an answer of a gap. `said`: as people read it."""
    one: dict[str, Any] = {"text": answer.text, "credit": str(answer.share), "feedback": answer.feedback}
    if gap.kind == "numeric":
        number = stored_number(answer.text)
        one["said"] = written_number(number, language) if number is not None else answer.text
        one["number"], one["tolerance"] = answer.text, plain_number(answer.tolerance)
        one["off"] = written_number(answer.tolerance, language)
    else:
        one["said"] = in_words(answer.text) if gap.kind == "short" else answer.text
    if gap.kind == "choice":
        one["right"] = answer.right
    if answer.credit is not None:
        one["own"] = True
    return one


def _found(
    blank: Mapping[str, Any], hidden: Mapping[str, Any], given: Any, folding: Folding, language: str
) -> tuple[Mapping[str, Any] | None, str]:
    """Return the accepted answer that was given, and its text for a statement. Total."""
    answers: Iterable[Mapping[str, Any]] = hidden["answers"]
    if blank["kind"] == "choice":
        chosen = given[0] if isinstance(given, list) and len(given) == 1 else None
        picked = next((one for one in answers if isinstance(chosen, str) and one.get("id") == chosen), None)
        return picked, str(picked["text"]) if picked is not None else ""
    if not isinstance(given, str) or not given or len(given) > MAX_TYPED:
        return None, ""
    if blank["kind"] == "numeric":
        found = nearest(_typed_number(given, language), answers)
    else:
        found = best(given, answers, Folding(False, folding.diacritics, folding.spacing) if hidden["case"] else folding)
    return found, str(found["text"]) if found is not None else OTHER


def _typed_number(text: str, language: str) -> Fraction | None:
    try:
        return Fraction(read_number(text, language))
    except ValueError:
        return None


def _plain_blank(blank: Mapping[str, Any], hidden: Mapping[str, Any], folding: Folding) -> PlainBlank:
    if blank["kind"] == "choice":
        options = tuple(
            PlainOption(
                one["text"],
                one["right"],
                one["feedback"],
                stored_share(one["credit"], NOTHING) if "own" in one else None,
            )
            for one in hidden["answers"]
        )
        return PlainBlank("choice", options=options, weight=blank["weight"], case=hidden["case"])
    answers = tuple(
        PlainAnswer(one["text"], credit_of(one), one["feedback"], stored_number(one.get("tolerance")) or Decimal(0))
        for one in hidden["answers"]
    )
    case = hidden["case"] or (not folding.case and blank["kind"] == "short")
    return PlainBlank(blank["kind"], answers, weight=blank["weight"], case=case)


def _gap(blank: PlainBlank) -> Gap:
    if blank.kind == "choice":
        answers = [Answer(one.text, one.right, one.credit, one.feedback) for one in blank.options]
    else:
        answers = [
            Answer(
                _number(one.text) if blank.kind == "numeric" else one.text,
                True,
                None if one.credit == 1 else one.credit,
                one.feedback,
                one.tolerance,
            )
            for one in blank.answers
        ]
    if not answers:
        raise ValueError(_("A gap has no answer."))
    for answer in answers:
        fits(answer.text, MAX_TYPED)
        if answer.credit is not None and answer.credit < 0:
            raise ValueError(_("An answer in a gap costs marks, which is not possible here."))
    return Gap(blank.kind, tuple(answers), blank.weight, blank.case)


def _number(text: str) -> str:
    if stored_number(text) is None:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text})
    return text
