"""The pages above a page, read once a request for its address, its place and its restrictions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult

from bdhvs_lms.base.api import Compiled

__all__ = ["above", "find_route", "may_be_closed", "private_to_groups", "restrictions_of"]

_READ = "_bdhvs_above"
# Of the page that is served: what is private to groups anywhere, None before it was asked for.
_PRIVATE = "_bdhvs_private"
# Deeper than any tree; what an address asks for grows with the square of its words.
_MOST_WORDS = 40
_GROUPS = Q(restriction_type=PageViewRestriction.GROUPS)


def above(page: Any) -> list[Page]:
    """Return the pages from the root of the tree down to the page's parent. One query for one object."""
    found: list[Page] | None = page.__dict__.get(_READ)
    if found is None:
        found = list(page.get_ancestors().order_by("depth"))
        setattr(page, _READ, found)
    return found


def restrictions_of(page: Any) -> Any:
    """Return the same as `Page.get_view_restrictions`, which would read the pages above once more. For the page that is
    served a list, read together with what lists on it ask for (`private_to_groups`)."""
    pages = [*above(page), page]
    if any(one.alias_of_id is not None for one in pages):
        # Those of what they show.
        return Page.get_view_restrictions(page)
    closing = Q(page_id__in=[one.pk for one in pages])
    if _PRIVATE not in page.__dict__:
        return PageViewRestriction.objects.filter(closing)
    rows = list(PageViewRestriction.objects.filter(closing | _GROUPS).select_related("page"))
    setattr(page, _PRIVATE, [row for row in rows if row.restriction_type == PageViewRestriction.GROUPS])
    return [row for row in rows if row.page_id in {one.pk for one in pages}]


def private_to_groups(request: HttpRequest) -> list[PageViewRestriction]:
    """Return all restrictions of the site to groups, with their pages and groups. No query if there is none and the
    restrictions of the page that is served were read, else two at most."""
    route = getattr(request, "_wagtail_route_for_request", None)
    rows = route.page.__dict__.get(_PRIVATE) if route is not None else None
    if rows is None:
        rows = list(PageViewRestriction.objects.filter(_GROUPS).select_related("page"))
    prefetch_related_objects(rows, "groups")
    return list(rows)


def _closed_by(key: UUID) -> QuerySet[Any, Any]:
    versions = Page.objects.filter(translation_key=key, path__startswith=OuterRef("page__path"))
    # What is closed is so wherever it is shown.
    aliases = Page.objects.filter(alias_of=OuterRef("page"))
    return PageViewRestriction.objects.filter(Q(Exists(versions)) | Q(Exists(aliases))).values("pk")[:1]


_closed = Compiled(_closed_by, key=UUID)


def may_be_closed(key: UUID) -> bool:
    """Tell whether a page of this key can have `restrictions_of`: most sites have none at all. One query."""
    return bool(_closed(key=key))


def find_route(request: HttpRequest, path: str) -> None:
    """Tell Wagtail which page is served here, if it is one of those at the addresses of their slugs.

    Wagtail reads the page of each word of an address twice, one after the other. Whatever is not plain (another
    language's tree, a page that finds its own way, an address of no page) is left to it.
    """
    words = [word for word in path.split("/") if word]
    site = Site.find_for_request(request)
    if site is None or not 0 < len(words) <= _MOST_WORDS or hasattr(request, "_wagtail_route_for_request"):
        return
    root = site.root_page
    addresses = [root.url_path, *(f"{root.url_path}{'/'.join(words[: place + 1])}/" for place in range(len(words)))]
    over = [root.path[:end] for end in range(Page.steplen, len(root.path), Page.steplen)]
    rows = Page.objects.filter(Q(url_path__in=addresses) | Q(path__in=over)).select_related("locale")
    pages = sorted(rows, key=lambda page: page.depth)
    way = pages[len(over) :]
    if [page.url_path for page in way] != addresses or way[0].pk != root.pk or not way[-1].live:
        return
    if not _active(way[0]) or any(getattr(page.specific_class, "route", None) is not Page.route for page in way):
        return
    page: Any = way[-1].specific
    page.locale = way[-1].locale
    setattr(page, _READ, pages[:-1])
    setattr(page, _PRIVATE, None)
    page._cached_parent_obj = way[-2]
    request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]


def _active(page: Page) -> bool:
    """Tell whether the tree of this page is that of the reader's language."""
    try:
        language = get_supported_content_language_variant(get_language())
    except LookupError:
        return False
    return bool(page.locale.language_code == language)
