"""In which languages a page of Wagtail's is there, and at which addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

__all__ = ["languages_apart", "page_translations"]


def languages_apart(request: HttpRequest) -> set[str]:
    """Languages whose pages are a tree of their own on this site. Wagtail keeps them: no query."""
    # The theme is for projects without Wagtail too, which have no pages of its.
    from wagtail.models import Site

    site = Site.find_for_request(request)
    return {root.language_code for root in Site.get_site_root_paths() if site is not None and root.site_id == site.pk}


def page_translations(page: Any, request: HttpRequest) -> dict[str, str]:
    """Addresses of the live translations of a Wagtail page: their slugs differ, so no address can be derived. A query;
    none where no site has pages in a second language."""
    if page is None or not hasattr(page, "get_translations") or not page.pk:
        return {}
    # As above.
    from wagtail.models import Site

    if len({root.language_code for root in Site.get_site_root_paths()}) < 2:
        return {}
    found = page.get_translations().filter(live=True).select_related("locale")
    addresses = {translation.locale.language_code: translation.get_url(request) for translation in found}
    return {code: address for code, address in addresses.items() if address}
