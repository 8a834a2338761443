"""Options of a choice question. A block's id is the option's stable id: it is what a response holds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

MIN_OPTIONS = 2
MAX_OPTIONS = 8


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(
        label=_("Option"), max_length=300, help_text=_("Example: “Hang up and call the number on the card”.")
    )
    right = blocks.BooleanBlock(label=_("This is the right answer"), required=False)
    feedback = blocks.CharBlock(
        label=_("Feedback"),
        required=False,
        max_length=500,
        help_text=_("Shown after submitting to those who chose this. Say why it is right or not. May stay empty."),
    )

    class Meta:
        icon = "list-ul"
        label = _("Option")


class OptionsBlock(blocks.StreamBlock):
    option = OptionBlock()

    class Meta:
        # How many and how many right: `options.option_problems` says it better than min_num and max_num do.
        required = False


def option_problems(options: Any) -> list[str]:
    """What keeps these options from being a single-choice question, in words for the editor."""
    rows = [block.value for block in options or []]
    problems = []
    if len(rows) < MIN_OPTIONS:
        problems.append(str(_("Give at least two options to choose from.")))
    if len(rows) > MAX_OPTIONS:
        problems.append(str(_("Give at most eight options: more do not fit on a telephone.")))
    right = sum(bool(row.get("right")) for row in rows)
    if right == 0:
        problems.append(str(_("No option is marked as right: tick “This is the right answer” at one of them.")))
    elif right > 1:
        problems.append(str(_("More than one option is marked as right: leave the tick at one only.")))
    texts = [(row.get("text") or "").strip().casefold() for row in rows]
    if len(set(texts)) < len(texts):
        problems.append(str(_("Two options say the same: a learner could not tell them apart.")))
    return problems
