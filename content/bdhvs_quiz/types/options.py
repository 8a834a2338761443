"""Common parts of the types whose answers are chosen among options.

An option's block id is its stable id: it is what a response holds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Literal

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField

from bdhvs_content.api import CheckedStructBlock, is_blank
from bdhvs_lms.plugins.api import Interaction, Outcome, PaperBox, PlainMedia, PlainOption, PlainQuestion, QuestionType
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.media.blocks import MediaBlock
from bdhvs_quiz.media.described import stream_words, with_media, words_of
from bdhvs_quiz.media.plain import media_blocks_of, plain_media
from bdhvs_quiz.models.bank import AFTERWARDS, ASKED, Question
from bdhvs_quiz.types.layout import ROW, on_demand
from bdhvs_quiz.types.numbers import ShareBlock
from question_files.numbers import stored_share

MIN_OPTIONS = 2
MAX_OPTIONS = 8
MAX_TEXT = 300
MAX_FEEDBACK = 500
MARKS = "ABCDEFGH"
WRONG, RIGHT = Decimal(0), Decimal(1)
NO_TEXT = _("An option has no text. Write it, or give it an image with a description.")
NOT_AMONG = _("That answer is not one of the options. Choose again.")


class OptionBlock(CheckedStructBlock):
    text = blocks.CharBlock(
        label=_("Option"),
        required=False,
        max_length=MAX_TEXT,
        help_text=_("Example: “Hang up and call the number on the card”."),
    )
    right = blocks.BooleanBlock(label=_("This is the correct answer"), required=False)
    feedback = blocks.CharBlock(
        label=_("Feedback"),
        required=False,
        max_length=MAX_FEEDBACK,
        help_text=_(
            "Optional. Shown after submission to learners who chose this option. "
            "Explain why it is correct or incorrect."
        ),
    )

    credit = ShareBlock(
        label=_("Share of the mark"),
        least=-1,
        help_text=_("Empty: as the question says. Example: “50 %”; “-25 %” costs a quarter."),
    )
    media = MediaBlock()

    def missing(self, value: Any) -> dict[str, Any]:
        return {"text": NO_TEXT} if is_blank(value["text"]) and not len(value["media"]) else {}

    class Meta:
        icon = "list-ul"
        label = _("Option")
        form_classname = ROW
        form_layout = on_demand(
            "text",
            "right",
            more=["feedback", "credit", "media"],
            heading=_("Feedback, share of the mark, images and audio"),
        )


class OptionsBlock(blocks.StreamBlock):
    option = OptionBlock()

    class Meta:
        # How many and how many right: `problems` of a question says it better than min_num and max_num do.
        required = False


def _too_few_or_many(rows: list[Any]) -> list[str]:
    if len(rows) < MIN_OPTIONS:
        return [str(_("Add at least two options."))]
    if len(rows) > MAX_OPTIONS:
        return [str(_("Use at most eight options. More do not fit on a phone screen."))]
    return []


def _words(row: Any) -> str:
    return words_of({"text": row.get("text"), **with_media({}, row.get("media"))})


def _empty(rows: list[Any]) -> list[str]:
    if all(_words(row).strip() for row in rows):
        return []
    return [str(NO_TEXT)]


def _alike(rows: list[Any]) -> list[str]:
    # Diacritics tell options apart (“ma” and “má”), capitals and double spaces do not.
    same = Folding(case=True, diacritics=False, spacing=False)
    texts = [same(_words(row)) for row in rows]
    if len(set(texts)) < len(texts):
        return [str(_("Two options have the same text. Learners could not tell them apart."))]
    return []


class OptionsQuestion(Question):
    """A question with options of which some are right; `right_problems` of each type checks how many."""

    options = StreamField(OptionsBlock(), verbose_name=_("options"), blank=True)

    problems_at = "options"

    class Meta:
        abstract = True

    def right_problems(self, right: int, options: int) -> list[str]:
        raise NotImplementedError

    def problems(self) -> list[str]:
        rows = [block.value for block in self.options or []]
        right = sum(bool(row.get("right")) for row in rows)
        few = _too_few_or_many(rows)
        more = [*_empty(rows), *_alike(rows), *self.credit_problems(rows)]
        return [*few, *self.right_problems(right, len(rows)), *more]

    def credit_problems(self, rows: list[Any]) -> list[str]:
        """Return the problems of the options' own shares of the mark."""
        return []

    def searched(self) -> Iterable[str]:
        texts = (str(block.value.get("text") or "") for block in self.options)
        told = (words for block in self.options for words in stream_words(block.value.get("media")))
        return (*super().searched(), *texts, *told)


def options_panels(hint: str | Promise, *more: Any) -> list[Any]:
    chosen = MultiFieldPanel([HelpPanel(content=hint), FieldPanel("options"), *more], heading=_("Options"))
    return [ASKED, chosen, AFTERWARDS]


class OptionsType(QuestionType):
    """`shown`: {"language", "prompt", "options": [{"id", "text"}], with "media" where an option has any};
    `key`: {"right", "feedback": {option id: text},
    "explanation", "credits": {option id: '1/2'} where options have shares of their own}."""

    as_plain: ClassVar[Literal["single", "multiple"]]

    def right_of(self, ids: list[str]) -> Any:
        """Return the ids of the right options in the form of the key."""
        return ids

    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {
            "language": question.locale.language_code,
            "prompt": question.prompt,
            "options": [
                with_media({"id": block.id, "text": block.value["text"]}, block.value["media"])
                for block in question.options
            ],
        }
        key = {
            "right": self.right_of([block.id for block in question.options if block.value["right"]]),
            "feedback": {block.id: block.value["feedback"] for block in question.options if block.value["feedback"]},
            "explanation": question.explanation,
        }
        credits = {block.id: block.value["credit"] for block in question.options if block.value["credit"]}
        if credits and self.own_credits(question):
            key["credits"] = credits
        return shown, key

    def own_credits(self, question: Any) -> bool:
        """Tell whether the options' own shares count."""
        return True

    def shared(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> Any:
        right = {key["right"]} if isinstance(key["right"], str) else set(key["right"] or ())
        return {option["id"] for option in shown["options"]}, right, key.get("credits", {}), shown.get("marking", "")

    def shuffled(self, shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
        return {**shown, "options": sorted(shown["options"], key=lambda option: rank(option["id"]))}

    def paper_boxes(self, shown: Mapping[str, Any]) -> tuple[PaperBox, ...]:
        return tuple(PaperBox(option["id"], mark) for option, mark in zip(shown["options"], MARKS, strict=False))

    def outcome(self, key: Mapping[str, Any], chosen: Sequence[str], share: Fraction) -> Outcome:
        texts = [key.get("feedback", {}).get(option_id) for option_id in chosen]
        return Outcome(
            fraction=share,
            correct=share == 1,
            matched=tuple(chosen),
            feedback=tuple(text for text in texts if text),
        )

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        right, feedback, credits = key["right"], key.get("feedback", {}), key.get("credits", {})
        options = tuple(
            PlainOption(
                option["text"],
                option["id"] == right if isinstance(right, str) else option["id"] in (right or ()),
                feedback.get(option["id"], ""),
                stored_share(credits[option["id"]], Fraction(0)) if option["id"] in credits else None,
                plain_media(option.get("media", ())),
            )
            for option in shown["options"]
        )
        return PlainQuestion(self.as_plain, shown["prompt"], options, explanation=key["explanation"])

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        # How many there are and how many are right, `problems` says of a draft too.
        for option in plain.options:
            fits(option.text, MAX_TEXT)
            fits(option.feedback, MAX_FEEDBACK)
        options = (
            {
                "text": option.text,
                "right": option.right,
                "feedback": option.feedback,
                "credit": "" if option.credit is None else str(option.credit),
                "media": media_blocks_of(option.media, keep),
            }
            for option in plain.options
        )
        return {"options": option_blocks(options, lambda _place: str(uuid.uuid4()))}

    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        language = shown["language"]
        return Interaction(
            type="choice",
            components={"choices": [(option["id"], {language: words_of(option)}) for option in shown["options"]]},
        )


def fits(text: str, most: int) -> None:
    """Raise ValueError, with words for the editor, if a text of a file is longer than a field of the bank."""
    if len(text) > most:
        raise ValueError(
            gettext("“%(text)s” has %(length)s characters, the maximum is %(max)s.")
            % {"text": Truncator(text).chars(40), "length": len(text), "max": most}
        )


def option_blocks(options: Iterable[Mapping[str, Any]], id_of: Callable[[object], str]) -> list[dict[str, Any]]:
    """Return options as the StreamField stores them."""
    return [
        {
            "type": "option",
            "id": id_of(place),
            "value": {
                "text": option["text"],
                "right": option["right"],
                "feedback": option.get("feedback", ""),
                "credit": option.get("credit", ""),
                "media": option.get("media", []),
            },
        }
        for place, option in enumerate(options)
    ]
