"""Options of a choice question and accepted answers of a short-text question, and what is wrong with them.

An option's block id is its stable id: it is what a response holds.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from bdhvs_quiz.folding import Folding

MIN_OPTIONS = 2
MAX_OPTIONS = 8
MAX_ACCEPTED = 20
MAX_TYPED = 200
"""Characters of a short answer."""


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(
        label=_("Option"), max_length=300, help_text=_("Example: “Hang up and call the number on the card”.")
    )
    right = blocks.BooleanBlock(label=_("This is the correct answer"), required=False)
    feedback = blocks.CharBlock(
        label=_("Feedback"),
        required=False,
        max_length=500,
        help_text=_(
            "Optional. Shown after submission to learners who chose this option. "
            "Explain why it is correct or incorrect."
        ),
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
    right = sum(bool(row.get("right")) for row in rows)
    problems = [*_too_few_or_many(rows)]
    if right == 0:
        problems.append(str(_("No option is marked as correct. Tick “This is the correct answer” for one option.")))
    elif right > 1:
        problems.append(str(_("More than one option is marked as correct. Keep only one ticked.")))
    return [*problems, *_alike(rows)]


def _too_few_or_many(rows: list[Any]) -> list[str]:
    if len(rows) < MIN_OPTIONS:
        return [str(_("Add at least two options."))]
    if len(rows) > MAX_OPTIONS:
        return [str(_("Use at most eight options. More do not fit on a phone screen."))]
    return []


def _alike(rows: list[Any]) -> list[str]:
    # Diacritics tell options apart (“ma” and “má”), capitals and double spaces do not.
    same = Folding(case=True, diacritics=False, spacing=False)
    texts = [same(row.get("text") or "") for row in rows]
    if len(set(texts)) < len(texts):
        return [str(_("Two options have the same text. Learners could not tell them apart."))]
    return []


def several_problems(options: Any) -> list[str]:
    """The same for a multiple-choice question."""
    rows = [block.value for block in options or []]
    right = sum(bool(row.get("right")) for row in rows)
    problems = [*_too_few_or_many(rows)]
    if right == 0:
        problems.append(
            str(_("No option is marked as correct. Tick “This is the correct answer” for every correct option."))
        )
    elif rows and right == len(rows):
        problems.append(str(_("All options are marked as correct. Add an incorrect one or untick one.")))
    return [*problems, *_alike(rows)]


class AcceptedBlock(blocks.StreamBlock):
    answer = blocks.CharBlock(label=_("Accepted answer"), max_length=MAX_TYPED)

    class Meta:
        required = False


def accepted_problems(accepted: Any, folding: Folding) -> list[str]:
    """What keeps these answers from being a short-text question, in words for the editor."""
    texts = [str(block.value or "") for block in accepted or []]
    if not any(folding(text) for text in texts):
        return [str(_("Add an accepted answer. Without one, every answer would be incorrect."))]
    problems = []
    if len(texts) > MAX_ACCEPTED:
        problems.append(str(_("Use at most %(count)s accepted answers.") % {"count": MAX_ACCEPTED}))
    seen: dict[str, str] = {}
    for text in texts:
        if folding(text) in seen:
            values = {"one": seen[folding(text)], "other": text}
            problems.append(
                str(_("“%(one)s” and “%(other)s” are the same answer with these settings. Remove one.") % values)
            )
        seen.setdefault(folding(text), text)
    return problems
