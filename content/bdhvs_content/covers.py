"""Reads of what courses show of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from bdhvs_content.identity import key_of
from bdhvs_content.models import CoursePage
from bdhvs_content.sites import several_languages


@dataclass(frozen=True)
class Cover:
    """A course's cover, the same in every language: a drawing, or an image with its words."""

    drawing_template: str
    picture: Any
    """None: the drawing."""
    alt: str
    minutes: int | None
    """Of one lesson, roughly."""
    placement: UUID | None = None
    """Key of the quiz for whoever knows it already; it may be none of this course's any more."""


def covers_of(courses: Iterable[Any], *, preview: bool = False) -> dict[UUID, Cover]:
    """Return covers by translation_key of the pages, which may be aliases or translations. Drawing, image and minutes
    are those of the page that the course was translated from; each language has its own words for the image. Three
    queries at most; none for originals without an image, on a site of one language.

    `preview`: the pages are drafts, whose own words count before what is published.
    """
    pages = list(courses)
    keys = {page.translation_key: key_of(page) for page in pages}
    alone = not several_languages() and all(page.alias_of_id is None for page in pages)
    rows = CoursePage.objects.filter(translation_key__in=() if alone else keys.values(), alias_of=None)
    # The oldest last: it owns the facts.
    sources: dict[UUID, Any] = {row.translation_key: row for row in rows.select_related("picture").order_by("-pk")}
    found = {}
    for page in pages:
        source = sources.get(keys[page.translation_key], page)
        if preview and source.pk in (page.pk, None):
            source = page
        found[page.translation_key] = Cover(
            drawing_template=source.drawing_template,
            picture=source.picture,
            alt=page.picture_alt or source.picture_alt,
            minutes=source.minutes,
            placement=source.placement,
        )
    # Wagtail would ask for each rendition on its own.
    prefetch_related_objects([cover.picture for cover in found.values() if cover.picture], "renditions")
    return found
