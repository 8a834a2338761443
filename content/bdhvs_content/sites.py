"""The visitor's Site among several of Wagtail's, for addresses that are needed without a request at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest
from wagtail.models import Page, Site

__all__ = ["address_of", "answering", "is_here", "several_languages"]

_current: ContextVar[HttpRequest | None] = ContextVar("bdhvs_content_request", default=None)


@contextmanager
def answering(request: HttpRequest) -> Iterator[None]:
    """Keep the request at hand while it is answered."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


def _several() -> bool:
    # Wagtail keeps them: no query.
    return len({root.site_id for root in Site.get_site_root_paths()}) > 1


def several_languages() -> bool:
    """Tell whether any Site has pages in a second language: without, no page is a translation. No query, as above."""
    return len({root.language_code for root in Site.get_site_root_paths()}) > 1


def address_of(page: Page) -> str | None:
    """Return a path if the page is on the visitor's Site or there is only one, else the address with the host of its
    Site; None for a page of no Site. At most a query for the visitor's Site, once a request."""
    address: str | None = page.get_url(_current.get() if _several() else None)
    return address


def is_here(page: Page) -> bool:
    """Tell whether the page is on the visitor's Site; with one Site, or without a request, every page is."""
    request = _current.get()
    if request is None or not _several():
        return True
    site, parts = Site.find_for_request(request), page.get_url_parts(request)
    return site is None or parts is None or parts[0] == site.pk
