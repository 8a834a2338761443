"""What a course offers, in the order of its pages: depth first, section by section."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page, get_page_models

from bdhvs_content.models import ActivityPageMixin, SectionPage


def offered_in(course: Page, *, aliases: bool = False) -> list[Page]:
    """The activities' pages that a live course offers: live ones, directly below it or below a live section. One query.

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
    """The course's live sections, in order. One query."""
    return list(SectionPage.objects.child_of(course).live().order_by("path"))
