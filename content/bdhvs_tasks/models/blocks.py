"""Blocks of a task in its editor's form: steps to do, and the observer's checklist."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from bdhvs_content.api import CheckedStructBlock, StepBlock, composed, is_blank

MOST_STEPS, MOST_ITEMS = 20, 15


class _Composed(blocks.StreamBlock):
    def get_prep_value(self, value: Any) -> Any:
        # The one way into the database, for page rows and revisions alike.
        return composed(super().get_prep_value(value))


class StepsBody(_Composed):
    step = StepBlock()

    class Meta:
        required = False  # the page says in better words that something is missing
        max_num = MOST_STEPS


class ItemBlock(CheckedStructBlock):
    """An item of the checklist. Observations and statements name it by its block id, which Wagtail keeps as long as the
    block lives."""

    text = blocks.CharBlock(
        label=_("What is seen"),
        required=False,
        max_length=150,
        help_text=_("One thing that can be seen or heard. Example: “Turns on Wi-Fi without help.”"),
    )
    required = blocks.BooleanBlock(
        label=_("required to pass"),
        required=False,
        default=True,
        help_text=_("Untick what is good to see but not needed. See also “Completion” below."),
    )
    help = blocks.CharBlock(
        label=_("When is it done?"),
        required=False,
        max_length=250,
        help_text=_(
            "Optional, for whoever is not sure. Example: “Done if the person needed one reminder; not done if you "
            "pressed the button yourself.”"
        ),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        return {"text": _("Enter what the observer has to see.")} if is_blank(value["text"]) else {}

    class Meta:
        icon = "tick-inverse"
        label = _("Checklist item")


class ChecklistBody(_Composed):
    item = ItemBlock()

    class Meta:
        required = False
        max_num = MOST_ITEMS
