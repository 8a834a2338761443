"""The model of matching questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField

from bdhvs_content.api import CheckedStructBlock, is_blank
from bdhvs_quiz.media.blocks import MediaBlock
from bdhvs_quiz.media.described import stream_words, with_media, words_of
from bdhvs_quiz.models.bank import AFTERWARDS, ASKED
from bdhvs_quiz.models.identity import QuestionWithIds
from bdhvs_quiz.types.layout import ROW, on_demand

MIN_PAIRS = 2
MAX_PAIRS = 10
MAX_RIGHTS = 12
MAX_TEXT = 200


class PairBlock(CheckedStructBlock):
    left = blocks.CharBlock(
        label=_("What is asked"), required=False, max_length=MAX_TEXT, help_text=_("Example: “115”.")
    )
    right = blocks.CharBlock(label=_("What belongs to it"), max_length=MAX_TEXT, help_text=_("Example: “Ambulance”."))
    media = MediaBlock()

    def missing(self, value: Any) -> dict[str, Any]:
        bare = is_blank(value["left"]) and not len(value["media"])
        return {"left": _("Write what is asked, or give it an image with a description.")} if bare else {}

    class Meta:
        icon = "arrow-right"
        label = _("Pair")
        form_classname = ROW
        form_layout = on_demand("left", "right", more=["media"], heading=_("Images and audio of what is asked"))


def _asked(value: Any) -> dict[str, Any]:
    return with_media({"text": str(value["left"] or "")}, value["media"])


class PairsBlock(blocks.StreamBlock):
    pair = PairBlock()
    extra = blocks.CharBlock(label=_("Another choice, which belongs to none"), max_length=MAX_TEXT, icon="cross")

    class Meta:
        required = False


class MatchingQuestion(QuestionWithIds):
    """A matching question: each item has one choice that belongs to it. `ids`: of the choices, by the pair's block."""

    kind = "bdhvs_quiz.matching"

    pairs = StreamField(PairsBlock(), verbose_name=_("pairs"), blank=True)
    partial = models.BooleanField(
        _("each correct pair earns its share of the mark"),
        default=True,
        help_text=_("Otherwise the mark is earned only if every pair is correct. Learners are told which."),
    )

    problems_at = "pairs"
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Learners see what is asked one below the other, and choose for each from a list of all that "
                        "can belong to it, in another order. The same text may belong to several. Further choices "
                        "that belong to none make guessing harder."
                    )
                ),
                FieldPanel("pairs"),
                FieldPanel("partial"),
            ],
            heading=_("Pairs"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("matching question")
        verbose_name_plural = _("matching questions")

    def rows(self) -> list[tuple[str, str, str]]:
        """Return (block's id, what is asked, what belongs to it), in order; nothing is asked of another choice. An item
        with an
        image and no text has the image's description."""
        return [
            (block.id, words_of(_asked(block.value)), str(block.value["right"] or ""))
            if block.block_type == "pair"
            else (block.id, "", str(block.value or ""))
            for block in self.pairs or []
        ]

    def asked(self) -> list[dict[str, Any]]:
        """Return {"id", "text"} of each that is asked, with "media" where it has any."""
        pairs = [block for block in self.pairs or [] if block.block_type == "pair"]
        return [{"id": block.id, **_asked(block.value)} for block in pairs]

    def parts(self) -> dict[str, dict[str, str]]:
        # One choice for one text, however many it belongs to.
        first: dict[str, str] = {}
        for place, _left, right in self.rows():
            first.setdefault(right, place)
        return {"rights": {place: right for right, place in first.items() if right}}

    def problems(self) -> list[str]:
        rows = self.rows()
        lefts = [left for _place, left, _right in rows if left]
        rights = {right.casefold() for _place, _left, right in rows}
        problems = []
        if len(lefts) < MIN_PAIRS:
            problems.append(str(_("Add at least two pairs.")))
        if len(lefts) > MAX_PAIRS or len(rights) > MAX_RIGHTS:
            values = {"pairs": MAX_PAIRS, "choices": MAX_RIGHTS}
            problems.append(str(_("Use at most %(pairs)s pairs and %(choices)s choices.") % values))
        if rows and len(rights) < MIN_PAIRS:
            problems.append(str(_("All pairs have the same choice. Add another one.")))
        if len({left.casefold() for left in lefts}) < len(lefts):
            problems.append(str(_("The same is asked twice. Remove one.")))
        belonging = {right.casefold() for _place, left, right in rows if left}
        if any(not left and right.casefold() in belonging for _place, left, right in rows):
            problems.append(str(_("A choice that belongs to none belongs to a pair too. Remove one.")))
        return problems

    def searched(self) -> Iterable[str]:
        texts = (text for _place, left, right in self.rows() for text in (left, right) if text)
        pairs = (block.value for block in self.pairs or [] if block.block_type == "pair")
        told = (word for value in pairs for word in stream_words(value["media"]))
        return (*super().searched(), *texts, *told)
