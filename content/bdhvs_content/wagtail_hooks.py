"""Hooks of the admin: views that call Wagtail's actions one by one become one transaction for pages that push facts,
and editors get notices before and after.

Why not in the views themselves? Wagtail offers no place for it: the edit view saves the page, then sends the signal. A
view is called again inside a transaction; when publishing is refused there, nothing has happened, and what the editor
typed is saved as a draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, re_path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from bdhvs_content.choosing import limit_admin_api, pages_to_choose
from bdhvs_content.copies import follow
from bdhvs_content.editing import (
    after_publishing,
    numbered_notice,
    overtaken_notice,
    waits_of,
)
from bdhvs_content.errors import NotPublishable
from bdhvs_content.identity import versions_of
from bdhvs_content.models import FactsPageMixin
from bdhvs_content.recording_chooser import upload
from bdhvs_content.reports import ToCheckReport
from bdhvs_content.review import REVIEWERS, reviewers
from bdhvs_content.roles import EDITORS, editors
from bdhvs_content.sizes import size_words
from bdhvs_content.waiting import pages, report_is_for
from bdhvs_content.word_lessons.views import FromWordView, takes_lessons
from bdhvs_lms.base.api import wants_json
from bdhvs_lms.plugins.api import StaffRole, register_staff_role, register_waiting

register_staff_role(
    StaffRole(
        key="reviewer",
        label=gettext_lazy("Reviewer"),
        help=gettext_lazy("reads what editors submit, and publishes it"),
        group=REVIEWERS,
        make_group=reviewers,
        order=35,
    )
)
register_waiting("bdhvs_content.pages", pages)
register_staff_role(
    StaffRole(
        key="editor",
        label=gettext_lazy("Editor"),
        help=gettext_lazy("writes courses, lessons and questions"),
        group=EDITORS,
        make_group=editors,
        order=30,
    )
)

_INSIDE = "_bdhvs_content_inside"
_PUBLISHING = ("action-publish", "action-submit", "action-workflow-action", "action-restart-workflow")


def _again(request: HttpRequest) -> HttpResponseBase:
    """Call the view of this request once more; its hooks see that they have been here."""
    setattr(request, _INSIDE, True)
    match = request.resolver_match
    assert match is not None  # noqa: S101  a hook runs within a resolved view
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    if hasattr(response, "render") and callable(response.render):
        # Rendered here, while the transaction that it shows is open.
        response.render()
    return response


def _as_one(request: HttpRequest, page: Any) -> HttpResponseBase | None:
    if request.method != "POST" or getattr(request, _INSIDE, False):
        return None
    if not isinstance(page, FactsPageMixin):
        return None
    try:
        with transaction.atomic():
            return _again(request)
    except NotPublishable as refused:
        return _refused(request, page, refused)


def _refused(request: HttpRequest, page: Any, refused: NotPublishable) -> HttpResponseBase:
    for text in refused.messages:
        messages.error(request, text)
    if page.pk is None or not any(name in request.POST for name in _PUBLISHING):
        return redirect(request.get_full_path())
    return _as_draft(request)


def _as_draft(request: HttpRequest) -> HttpResponseBase:
    """Save what was typed as a draft: the same form again, without the wish to publish."""
    posted = request.POST.copy()
    for name in _PUBLISHING:
        posted.pop(name, None)
    request.POST = posted  # type: ignore[assignment]
    response = _again(request)
    messages.info(request, _("Not published. Your changes are saved as a draft."))
    return response


@hooks.register("before_edit_page", order=-1)
def refuse_to_overwrite(request: HttpRequest, page: Any) -> None:
    """Refuse to save over another's save: the form is shown again, with what was typed and who it was.

    Wagtail refuses that to its own quiet saving only; a press on the button replaces the other one's work unasked.
    """
    if request.method == "POST" and isinstance(page, FactsPageMixin):
        page.overtaken_notice = overtaken_notice(request, page)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_where_it_is(request: HttpRequest, page: Any) -> None:
    text = numbered_notice(page)
    if text and not wants_json(request):
        messages.info(request, text)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_what_learners_wait_for(request: HttpRequest, page: Any) -> None:
    if not wants_json(request):
        for text in waits_of(page):
            messages.info(request, text)


@hooks.register("after_publish_page")
def say_what_is_missing(request: HttpRequest, page: Any) -> None:
    if not wants_json(request):
        for text in after_publishing(page):
            messages.warning(request, text)


@hooks.register("after_publish_page")
def say_what_a_translation_brings(request: HttpRequest, page: Any) -> None:
    """Tell the editor that learners meet the original's version in every language, not what the translation's form
    holds."""
    if not getattr(page, "translation_notice", "") or page.alias_of_id is not None:
        return
    original = versions_of(page.translation_key)[0]
    if original.pk != page.pk:
        messages.warning(request, page.translation_notice % {"title": original.title})


@hooks.register("before_edit_page")
@hooks.register("before_delete_page")
@hooks.register("before_copy_page")
@hooks.register("before_unpublish_page")
def act_as_one(request: HttpRequest, page: Any) -> HttpResponseBase | None:
    return _as_one(request, page.specific)


@hooks.register("after_copy_page")
def what_is_copied_names_copies(request: HttpRequest, page: Any, new_page: Any) -> None:
    with transaction.atomic():
        follow(page, new_page)


@hooks.register("before_move_page")
def move_as_one(request: HttpRequest, page: Any, destination: Any) -> HttpResponseBase | None:
    return _as_one(request, page.specific)


@hooks.register("before_bulk_action")
def many_as_one(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponseBase | None:
    """Publish, unpublish, move or delete several pages: all of them, or none and a message."""
    if getattr(request, _INSIDE, False):
        return None
    if not any(isinstance(getattr(page, "specific", None), FactsPageMixin) for page in objects):
        return None
    try:
        with transaction.atomic():
            return _again(request)
    except NotPublishable as refused:
        for text in refused.messages:
            messages.error(request, text)
        # Without a place to return to it names its own address, which cannot be opened without pages.
        back = action_class_instance.next_url
        return HttpResponseRedirect(back if back != request.path else reverse("wagtailadmin_explore_root"))


@hooks.register("before_create_page")
def create_as_one(request: HttpRequest, parent: Any, page_class: type) -> HttpResponseBase | None:
    if request.method != "POST" or getattr(request, _INSIDE, False) or not issubclass(page_class, FactsPageMixin):
        return None
    try:
        with transaction.atomic():
            return _again(request)
    except NotPublishable as refused:
        for text in refused.messages:
            messages.error(request, text)
        return _as_draft(request)


@hooks.register("insert_editor_js")
def measure_before_sending() -> str:
    """Add the script that holds back a form too large for the server: what was typed stays on the page."""
    return format_html(
        '<script src="{}" data-limit="{}" data-text="{}"></script>',
        static("bdhvs_content/editor.js"),
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE or "",
        _(
            "Not sent: this page has too much content (over %(limit)s). Everything is still here. Remove "
            "images pasted into the text, or split the lesson in two, then save again."
        )
        % {"limit": size_words(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)},
    )


class ReportItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return report_is_for(request.user)


@hooks.register("register_reports_menu_item")
def to_check_menu_item() -> MenuItem:
    return ReportItem(
        gettext_lazy("Lessons due for a fact check"),
        reverse("bdhvs_content_to_check"),
        icon_name="calendar-check",
        order=650,
    )


@hooks.register("register_page_header_buttons")
def from_word_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if takes_lessons(page, user):
        yield Button(
            _("Add a lesson from a Word file"),
            reverse("bdhvs_content_from_word", args=[page.pk]),
            icon_name="doc-full",
            priority=16,
        )


@hooks.register("register_admin_urls")
def report_urls() -> list[Any]:
    return [
        path("bai-hoc-tu-tep-word/<int:parent_pk>/", FromWordView.as_view(), name="bdhvs_content_from_word"),
        path("reports/bai-can-kiem-lai/", ToCheckReport.as_view(), name="bdhvs_content_to_check"),
        path(
            "reports/bai-can-kiem-lai/results/",
            ToCheckReport.as_view(results_only=True),
            name="bdhvs_content_to_check_results",
        ),
    ]


@hooks.register("register_admin_urls", order=-1)
def recordings_url() -> list[Any]:
    """Replace wagtailmedia's address, so come before it."""
    address = r"^media/(?P<media_type>audio|video)/chooser/upload/$"
    return [re_path(address, upload, name="bdhvs_content_recording_upload")]


hooks.register("construct_page_chooser_queryset", pages_to_choose)
hooks.register("construct_admin_api", limit_admin_api, order=1)
