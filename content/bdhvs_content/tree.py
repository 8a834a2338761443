"""Activities of a course, in the order of its pages: depth first, section by section."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from wagtail.models import Page, get_page_models

from bdhvs_content.above import private_to_groups
from bdhvs_content.models import ActivityPageMixin, SectionPage


def offered_in(course: Page, *, aliases: bool = False) -> list[Page]:
    """Return the activities' pages that a live course offers: live ones, directly below it or below a live section. One
    query.

    `aliases`: also pages that show an original of elsewhere (`alias_of` is there).
    """
    kinds = [model for model in get_page_models() if issubclass(model, ActivityPageMixin)]
    pages = list(course.get_descendants().exact_type(*kinds, SectionPage).select_related("alias_of").order_by("path"))
    hidden = tuple(page.path for page in pages if page.specific_class is SectionPage and not page.live)
    return [
        page
        for page in pages
        if page.live
        and page.specific_class is not SectionPage
        and (aliases or page.alias_of_id is None)
        and not page.path.startswith(hidden)
    ]


def sections_of(course: Page) -> list[Any]:
    """Return the course's live sections, in order. One query."""
    return list(SectionPage.objects.child_of(course).live().order_by("path"))


def shown_to(request: HttpRequest, pages: Iterable[Page]) -> list[Page]:
    """Remove pages that are private to groups of which this visitor is no member: a list must not tell their titles.

    Pages behind a password or sign-in stay: that is how one gets in. Once in a request one query at most without such
    pages on the site (`private_to_groups`), else three.
    """
    closed = getattr(request, _CLOSED, None)
    if closed is None:
        closed = _closed_to(request)
        setattr(request, _CLOSED, closed)
    return [page for page in pages if not page.path.startswith(closed)]


# What a request remembers of it: a page has several lists.
_CLOSED = "_bdhvs_closed_paths"


def _closed_to(request: HttpRequest) -> tuple[str, ...]:
    rows = private_to_groups(request)
    user = getattr(request, "user", None)
    if not rows or getattr(request, "is_preview", False) or getattr(user, "is_superuser", False):
        return ()
    known = user if user is not None and user.is_authenticated else None
    mine = set(known.groups.values_list("pk", flat=True)) if known is not None else set()
    return tuple(row.page.path for row in rows if not mine & {group.pk for group in row.groups.all()})
