"""Notice before pages are deleted, unpublished or moved: how many people have results there, and what becomes of them.
It stands on Wagtail's pages for one page and for many, which have no place of their own for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, get_page_models

from bdhvs_content.identity import place_of
from bdhvs_content.models import ActivityPageMixin, CatalogPage, CoursePage
from bdhvs_lms.attempts.api import attempts_at
from bdhvs_lms.progress.api import Result

ONE = {
    "wagtailadmin_pages:delete": "delete",
    "wagtailadmin_pages:unpublish": "unpublish",
    "wagtailadmin_pages:move_confirm": "move",
}
MANY = ("delete", "unpublish", "move")


def touched_notice(request: HttpRequest, context: dict[str, Any]) -> str:
    """Return a sentence or two for one of those pages, from its template's context; empty: it is none of them, or
    nobody has results there."""
    match = request.resolver_match
    if match is None:
        return ""
    if match.view_name == "wagtail_bulk_action":
        action = match.kwargs.get("action", "")
        of_pages = (match.kwargs.get("app_label"), match.kwargs.get("model_name")) == ("wagtailcore", "page")
        if not of_pages or action not in MANY:
            return ""
        return lost_with([item["item"] for item in context.get("items", ())], action)
    action = ONE.get(match.view_name, "")
    page = context.get("page_to_move") or context.get("page")
    return lost_with([page], action, context.get("destination")) if action and page is not None else ""


def lost_with(pages: Sequence[Page], action: str, destination: Page | None = None) -> str:
    """Return what deleting, unpublishing or moving these pages does to people's results; empty: nobody has any."""
    if action == "move":
        # A course takes all its results along; within one, a lesson does.
        pages = [page for page in pages if not issubclass(page.specific_class or Page, CoursePage | CatalogPage)]
        if destination is not None:
            to = _course_of(destination)
            pages = [page for page in pages if _course_of(page) != to]
    keys = activity_keys(pages, live=action == "unpublish")
    people = Result.objects.filter(activity_key__in=keys).values("learner").distinct().count() if keys else 0
    if not people:
        return ""
    who = ngettext(
        "%(count)s learner has results in what is selected",
        "%(count)s learners have results in what is selected",
        people,
    ) % {"count": people}
    attempts = attempts_at(keys)
    if attempts:
        tries = ngettext("%(count)s attempt", "%(count)s attempts", attempts) % {"count": attempts}
        who = f"{who} ({tries})"
    return f"{who}. {_becomes(action)}"


def _becomes(action: str) -> str:
    if action == "delete":
        return _(
            "Results are kept and remain in reports, but no one will be able to open it. To hide it temporarily, "
            "unpublish it instead."
        )
    if action == "unpublish":
        return _("Results are kept. Learners cannot open it until it is published again.")
    return _(
        "Results are kept. In another course it no longer counts towards the course that it leaves, and learners "
        "have to enrol in the new one to go on."
    )


def activity_keys(pages: Collection[Page], *, live: bool = False) -> list[UUID]:
    """Return the keys of the activities at and below these pages (live ones only with `live`) that results are kept
    under. A deleted translation is not among them: its original stays. One query."""
    kinds = [model for model in get_page_models() if issubclass(model, ActivityPageMixin)]
    below = tuple(page.path for page in pages)
    rows = Page.objects.exact_type(*kinds).filter(alias_of=None).order_by("pk")
    speaks: dict[UUID, tuple[str, bool]] = {}
    for key, path, is_live in rows.values_list("translation_key", "path", "live"):
        # The oldest was there before it was translated.
        speaks.setdefault(key, (path, is_live))
    return [key for key, (path, is_live) in speaks.items() if path.startswith(below) and (is_live or not live)]


def _course_of(page: Page) -> int | None:
    if issubclass(page.specific_class or Page, CoursePage):
        return int(page.pk)
    course = place_of(page).course
    return None if course is None else int(course.pk)
