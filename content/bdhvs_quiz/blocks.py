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
    right = sum(bool(row.get("right")) for row in rows)
    problems = [*_too_few_or_many(rows)]
    if right == 0:
        problems.append(str(_("No option is marked as right: tick “This is the right answer” at one of them.")))
    elif right > 1:
        problems.append(str(_("More than one option is marked as right: leave the tick at one only.")))
    return [*problems, *_alike(rows)]


def _too_few_or_many(rows: list[Any]) -> list[str]:
    if len(rows) < MIN_OPTIONS:
        return [str(_("Give at least two options to choose from."))]
    if len(rows) > MAX_OPTIONS:
        return [str(_("Give at most eight options: more do not fit on a telephone."))]
    return []


def _alike(rows: list[Any]) -> list[str]:
    # Diacritics tell options apart (“ma” and “má”), capitals and double spaces do not.
    same = Folding(case=True, diacritics=False, spacing=False)
    texts = [same(row.get("text") or "") for row in rows]
    if len(set(texts)) < len(texts):
        return [str(_("Two options say the same: a learner could not tell them apart."))]
    return []


def several_problems(options: Any) -> list[str]:
    """The same for a multiple-choice question."""
    rows = [block.value for block in options or []]
    right = sum(bool(row.get("right")) for row in rows)
    problems = [*_too_few_or_many(rows)]
    if right == 0:
        problems.append(str(_("No option is marked as right: tick “This is the right answer” at every right one.")))
    elif rows and right == len(rows):
        problems.append(str(_("Every option is marked as right: add one that is not, or take a tick away.")))
    return [*problems, *_alike(rows)]


class AcceptedBlock(blocks.StreamBlock):
    answer = blocks.CharBlock(label=_("Accepted answer"), max_length=MAX_TYPED)

    class Meta:
        required = False


def accepted_problems(accepted: Any, folding: Folding) -> list[str]:
    """What keeps these answers from being a short-text question, in words for the editor."""
    texts = [str(block.value or "") for block in accepted or []]
    if not any(folding(text) for text in texts):
        return [str(_("No accepted answer is given: without one every answer would be wrong."))]
    problems = []
    if len(texts) > MAX_ACCEPTED:
        problems.append(str(_("Give at most %(count)s accepted answers.") % {"count": MAX_ACCEPTED}))
    seen: dict[str, str] = {}
    for text in texts:
        if folding(text) in seen:
            values = {"one": seen[folding(text)], "other": text}
            problems.append(
                str(_("“%(one)s” and “%(other)s” are the same answer under these settings: keep one.") % values)
            )
        seen.setdefault(folding(text), text)
    return problems
