"""Identity of pages: an alias is its original, a translation is its source, a copy is a new page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wagtail.models import Page

from bdhvs_content.above import above


def original_of(page: Any) -> Any:
    """Return the page that an alias (of an alias …) shows; the page itself when it is none."""
    while page.alias_of_id is not None:
        page = page.alias_of
    return page


def key_of(page: Any) -> UUID:
    """Return the stable identity of what a page shows: its original's translation_key."""
    key: UUID = original_of(page).translation_key
    return key


def versions_of(key: UUID) -> list[Page]:
    """Return the page and its translations, without aliases, oldest first, with their locales: one query."""
    return list(Page.objects.filter(translation_key=key, alias_of=None).select_related("locale").order_by("pk"))


def source_of(pages: Iterable[Page]) -> Page | None:
    """Return the page the others were translated from.

    Wagtail does not record it; a translation is always made from a page that was there before, so it is the oldest.
    """
    return min(pages, key=lambda page: page.pk, default=None)


def is_translation(page: Any) -> bool:
    """Tell whether another page owns the facts of what this one shows. One query, none for a page that is not saved
    yet."""
    if not page.pk:
        return False
    return bool(Page.objects.filter(translation_key=page.translation_key, alias_of=None, pk__lt=page.pk).exists())


def titles_of(pages: Iterable[Page]) -> dict[str, str]:
    """Return the language map of the published titles."""
    return {page.locale.language_code: page.title for page in pages if page.live}


@dataclass(frozen=True)
class Place:
    """A page's place in the tree. Neither need be live; `section` is None directly below a course."""

    course: Page | None
    section: Page | None

    @property
    def offered(self) -> bool:
        """Tell whether what stands here can be learned, once it is live itself."""
        return self.course is not None and self.course.live and (self.section is None or self.section.live)


def _kind(page: Page) -> str:
    """Return the kind that the page's class names: course, section, or neither."""
    return str(getattr(page.specific_class, "place_kind", ""))


def place_of(page: Page) -> Place:
    """Return the course and section above a page. One query, none if the pages above it were read."""
    # A page that is not saved yet has no path; its parent is then told by Wagtail's form, for the preview.
    if not page.path:
        return Place(None, None)
    over = above(page)[::-1]
    parent = over[0] if over else None
    if parent is None:
        return Place(None, None)
    if _kind(parent) == "course":
        return Place(parent, None)
    if _kind(parent) == "section" and len(over) > 1 and _kind(over[1]) == "course":
        return Place(over[1], parent)
    return Place(None, None)
