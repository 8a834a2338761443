"""Panel for editors about the activity that a page shows: its weight, its file, what will finish it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.panels import Panel

from bdhvs_h5p.weight import weight_of
from h5p_python_adapter import Reports, reports_of

__all__ = ["AboutPageContentPanel", "about_end"]


def about_end(name: str, *, seen: bool) -> tuple[str, bool]:
    """Return a sentence for the editor about a main library, and whether it is a warning.

    seen: one of its kind has said here that it was finished.
    """
    reports = reports_of(name)
    if reports is Reports.SCORE:
        return _("%(library)s reports completion with a score.") % {"library": name}, False
    if reports is Reports.COMPLETION:
        text = _("%(library)s reports completion without a score. Leave the pass mark empty.")
        return text % {"library": name}, False
    if reports is not Reports.UNKNOWN:
        text = _(
            "%(library)s never reports completion. Set completion below to when it is "
            "opened or when the learner confirms it."
        )
        return text % {"library": name}, True
    if seen:
        return _("%(library)s has reported completion on this site.") % {"library": name}, False
    text = _(
        "It is not known yet whether %(library)s reports completion. Complete it once as a learner before "
        "you rely on it; otherwise set completion below to when the learner confirms it."
    )
    return text % {"library": name}, True


class AboutPageContentPanel(Panel):
    """Panel on a page that shows an activity: before it is published, not after."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "bdhvs_h5p/admin/about_page.html"

        def is_shown(self) -> bool:
            return self.instance.content_id is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            content = self.instance.content
            latest = content.latest
            end, beware = "", False
            if latest is not None:
                name = latest.main_name
                end, beware = about_end(name, seen=name in self.instance.seen_to_end([name]))
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
