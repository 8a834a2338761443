"""The model of ordering questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField

from bdhvs_quiz.models.bank import AFTERWARDS, ASKED, Question

MIN_STEPS = 2
MAX_STEPS = 10
MAX_TEXT = 200


class StepsBlock(blocks.StreamBlock):
    step = blocks.CharBlock(label=_("Step"), max_length=MAX_TEXT, help_text=_("Example: “Switch the phone on”."))

    class Meta:
        required = False


class OrderingQuestion(Question):
    """A question that asks for the order of steps."""

    kind = "bdhvs_quiz.ordering"

    steps = StreamField(StepsBlock(), verbose_name=_("steps"), blank=True)
    partial = models.BooleanField(
        _("each step in its correct place earns its share of the mark"),
        default=True,
        help_text=_(
            "Counted by places, first to last. Otherwise the mark is earned only if all steps are in order. Learners "
            "are told which."
        ),
    )

    problems_at = "steps"
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(content=_("Write the steps in their correct order. Learners see them in another one.")),
                FieldPanel("steps"),
                FieldPanel("partial"),
            ],
            heading=_("Steps"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("ordering question")
        verbose_name_plural = _("ordering questions")

    def rows(self) -> list[tuple[str, str]]:
        """Return (block's id, step), in the correct order."""
        return [(block.id, str(block.value or "")) for block in self.steps or []]

    def problems(self) -> list[str]:
        texts = [text for _known, text in self.rows()]
        if len(texts) < MIN_STEPS:
            return [str(_("Add at least two steps."))]
        problems = []
        if len(texts) > MAX_STEPS:
            problems.append(str(_("Use at most %(count)s steps.") % {"count": MAX_STEPS}))
        if len({text.casefold() for text in texts}) < len(texts):
            problems.append(str(_("Two steps have the same text. Learners could not tell them apart.")))
        return problems

    def searched(self) -> Iterable[str]:
        return (*super().searched(), *(text for _known, text in self.rows()))
