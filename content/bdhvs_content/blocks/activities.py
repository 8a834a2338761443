"""A block that names another activity of the site within a lesson: a quiz, or any page type that is an activity."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from bdhvs_content.blocks.base import CheckedStructBlock


class ActivityBlock(CheckedStructBlock):
    """Shows the activity's name, what it is and how far the learner is, and leads to its page: there it is begun, there
    its result counts. Why not in the lesson itself? Two things on one page that are done at different times have two
    marks and two attempts, and nobody could tell which of them the page's own mark means (ADR 43).

    While the activity is not offered, the lesson is read without it.
    """

    page = blocks.PageChooserBlock(
        label=_("Activity"),
        required=False,
        help_text=_("A published quiz or other activity on this site. Learners see a link to it here."),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        page = value["page"]
        if page is None:
            return {"page": _("Choose an activity.")}
        if not is_activity(page):
            return {"page": _("This page is not an activity. Choose a quiz or another activity.")}
        if not page.live:
            return {"page": _("“%(title)s” is not published. Publish it first.") % {"title": page.title}}
        return {}

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        page = value["page"]
        # Asked for all blocks of the lesson at once (`lesson_queries.lesson_context`).
        named = (parent_context or {}).get("named_activities", {})
        context["activity"] = named.get(page.pk) if page is not None else None
        return context

    class Meta:
        icon = "pick"
        label = _("Activity")
        template = "bdhvs_content/blocks/activity.html"


def is_activity(page: Any) -> bool:
    """Tell whether the page's class names an activity type."""
    return hasattr(page.specific_class or type(page), "activity_type_key")
