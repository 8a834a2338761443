"""The admin's pages of H5P: editors' contents in the main menu, operators' libraries in a menu of their own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from bdhvs_content.api import refuse_bulk_actions, versions_of
from bdhvs_h5p.admin.contents import H5PContentViewSet
from bdhvs_h5p.admin.libraries import LibraryViewSet, WaitingViewSet
from bdhvs_h5p.models import Completion, H5PContent, H5PPage
from bdhvs_h5p.waiting import packages
from bdhvs_h5p.weight import weight_of
from bdhvs_lms.base.api import wants_json
from bdhvs_lms.plugins.api import register_waiting

register_snippet(H5PContentViewSet())
register_waiting("bdhvs_h5p.packages", packages)
# Deleting many asks nobody what uses them, and would leave their files.
refuse_bulk_actions(
    H5PContent, gettext_lazy("Open each activity to delete it there. Activities that learners have used are kept.")
)


class H5PGroup(ViewSetGroup):
    menu_label = gettext_lazy("H5P libraries")
    menu_name = "h5p"
    menu_icon = "code"
    menu_order = 330
    items = (WaitingViewSet, LibraryViewSet)


@hooks.register("register_admin_viewset")
def library_pages() -> H5PGroup:
    return H5PGroup()


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    @actions.register_action("bdhvs_h5p.approve")
    class Approved(LogFormatter):
        label = gettext_lazy("Approve H5P package")

        def format_message(self, entry: Any) -> str:
            named = ", ".join(entry.data.get("installed", [])) or "–"
            return _("Approved the package and installed: %(libraries)s") % {"libraries": named}

    @actions.register_action("bdhvs_h5p.refuse")
    class Refused(LogFormatter):
        label = gettext_lazy("Reject H5P package")

        def format_message(self, entry: Any) -> str:
            return _("Rejected the package: %(reason)s") % {"reason": entry.data.get("reason", "")}


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_how_heavy(request: HttpRequest, page: Any) -> None:
    """Warn about the weight when the draft is saved, and not only once learners wait."""
    if not isinstance(page, H5PPage) or wants_json(request):
        return
    latest = page.content.latest if page.content is not None else None
    weight = weight_of(latest) if latest is not None else None
    if weight is not None and weight.code == "heavy":
        messages.warning(
            request,
            _("This activity is %(weight)s. %(advice)s") % {"weight": weight.words, "advice": weight.advice},
        )


@hooks.register("after_publish_page")
def say_what_it_does_not_show(request: HttpRequest, page: Any) -> None:
    """Warn about a missing pass mark: packages say “finished”, hardly ever “passed”, so a competency would get no
    evidence."""
    if not isinstance(page, H5PPage) or page.pk != versions_of(page.translation_key)[0].pk:
        return
    if page.pass_percent is None and page.completion == Completion.EMITTED and page.alignments.exists():
        messages.warning(
            request,
            _(
                "Without a pass mark most activities only count as finished: nothing is recorded for the competencies "
                "that this page names. Give a pass mark, 80 percent for example."
            ),
        )
