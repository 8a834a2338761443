"""The admin's views that call Wagtail's actions one by one, each made one transaction for pages that push facts.

Why not in the views themselves? Wagtail offers no place for it: the edit view saves the page, then sends the signal.
A view is called again inside a transaction; when publishing is refused there, nothing has happened, and what the
editor typed is saved as a draft.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks

from bdhvs_content.errors import NotPublishable
from bdhvs_content.models import FactsPageMixin

_INSIDE = "_bdhvs_content_inside"
_PUBLISHING = ("action-publish", "action-submit", "action-workflow-action", "action-restart-workflow")


def _again(request: HttpRequest) -> HttpResponseBase:
    """The view this request was meant for, once more; its hooks see that they have been here."""
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
    # Keep what was typed: the same form again, without the wish to publish.
    posted = request.POST.copy()
    for name in _PUBLISHING:
        posted.pop(name, None)
    request.POST = posted  # type: ignore[assignment]
    response = _again(request)
    messages.info(request, _("It was not published. What you typed is saved as a draft."))
    return response


@hooks.register("before_edit_page")
@hooks.register("before_delete_page")
@hooks.register("before_copy_page")
@hooks.register("before_unpublish_page")
def act_as_one(request: HttpRequest, page: Any) -> HttpResponseBase | None:
    return _as_one(request, page.specific)


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
        return redirect(action_class_instance.next_url)


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
        posted = request.POST.copy()
        for name in _PUBLISHING:
            posted.pop(name, None)
        request.POST = posted  # type: ignore[assignment]
        response = _again(request)
        messages.info(request, _("It was not published. What you typed is saved as a draft."))
        return response
