"""A question to check oneself. Nothing is recorded and no script is needed: each answer opens and says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from bdhvs_content.blocks.aloud import ReadAloud
from bdhvs_content.blocks.base import CheckedStructBlock, is_blank

MIN_OPTIONS, MAX_OPTIONS = 2, 6


class CheckOptionBlock(CheckedStructBlock):
    text = blocks.CharBlock(label=_("Answer"), required=False, max_length=250)
    right = blocks.BooleanBlock(label=_("This answer is correct"), required=False)
    feedback = blocks.TextBlock(
        label=_("Feedback"),
        required=False,
        max_length=600,
        rows=2,
        help_text=_("Shown when the answer is opened. Example: “A bank never asks for the code.”"),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        return {"text": _("Enter an answer.")} if is_blank(value["text"]) else {}

    class Meta:
        icon = "radio-full"
        label = _("Answer")


class CheckBlock(ReadAloud, CheckedStructBlock):
    question = blocks.TextBlock(
        label=_("Question"),
        required=False,
        max_length=600,
        rows=2,
        help_text=_("Example: “A caller asks for the code in a text message. What do you do?”"),
    )
    options = blocks.ListBlock(CheckOptionBlock(), label=_("Answers"))
    explanation = blocks.TextBlock(
        label=_("Explanation"),
        required=False,
        max_length=1000,
        rows=2,
        help_text=_("Optional. Why the correct answer is correct; shown with it."),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        options = value["options"]
        if is_blank(value["question"]):
            errors["question"] = _("Enter a question.")
        if len(options) < MIN_OPTIONS:
            errors["options"] = _("Add answers. A question needs at least two.")
        elif len(options) > MAX_OPTIONS:
            errors["options"] = _("Remove answers. Use at most six so that learners read them all.")
        elif not any(option["right"] for option in options):
            errors["options"] = _("Mark the correct answer. None is marked yet.")
        return errors

    def read_out(self, value: Any) -> Iterator[str]:
        # Not what opens below an answer: that would be heard before anybody has chosen.
        yield escape(value["question"])
        for option in value["options"]:
            yield escape(option["text"])

    class Meta:
        icon = "help"
        label = _("Check-yourself question")
        template = "bdhvs_content/blocks/check.html"
