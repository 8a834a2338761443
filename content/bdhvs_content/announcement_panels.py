"""Panel of an announcement's form that shows the texts made from it."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import HelpPanel

from bdhvs_content.announcement_texts import texts_of


class TextsPanel(HelpPanel):
    """The texts for Zalo and the loudspeaker, made from the last save, to read and to copy."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("template", "bdhvs_content/admin/announcement_texts.html")
        super().__init__(**kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            context["texts"] = texts_of(page, self.request) if page.pk else None
            return context
