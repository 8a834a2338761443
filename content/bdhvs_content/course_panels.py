"""Panels of a course's form about the lessons below it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from wagtail.admin.panels import HelpPanel

from bdhvs_content.identity import key_of


class OpenLessonsPanel(HelpPanel):
    """List of the course's lessons that anybody may read; each is opened or closed in its own form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("template", "bdhvs_content/admin/open_lessons.html")
        super().__init__(**kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            course, lesson = self.instance, apps.get_model("bdhvs_content", "LessonPage")
            pages = lesson.objects.descendant_of(course).live().select_related("alias_of") if course.pk else []
            keys = {page.pk: key_of(page) for page in pages}
            opened = lesson.opened(keys.values()) if keys else set()
            context["lessons"] = [page for page in pages if keys[page.pk] in opened]
            return context
