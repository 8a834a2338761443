"""What an editor is told about the activity, above what can be changed: its weight, its file, what waits."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from wagtail.admin.panels import Panel

from bdhvs_h5p.weight import weight_of

__all__ = ["AboutContentPanel", "AboutPageContentPanel"]


class AboutContentPanel(Panel):
    """On the page of an uploaded activity."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "bdhvs_h5p/admin/about_content.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from bdhvs_h5p.queries import about_content

            return {**super().get_context_data(parent_context), **about_content(self.instance, self.request.user)}


class AboutPageContentPanel(Panel):
    """On a page that shows one: before it is published, not after."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "bdhvs_h5p/admin/about_page.html"

        def is_shown(self) -> bool:
            return self.instance.content_id is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from bdhvs_h5p.ends import about_end  # it reads the models that this panel belongs to

            content = self.instance.content
            latest = content.latest
            end, beware = about_end(latest) if latest is not None else ("", False)
            live = type(self.instance).objects.filter(pk=self.instance.pk, live=True).select_related("version").first()
            shown = live.version if live is not None and live.content_id == content.pk else None
            return {
                **super().get_context_data(parent_context),
                "content": content,
                "weight": weight_of(latest) if latest is not None else None,
                "end": end,
                "end_warns": beware,
                "edit_url": reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:edit", args=[quote(content.pk)]),
                "newer": latest is not None and shown is not None and latest.pk != shown.pk,
            }
