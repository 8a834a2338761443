"""Reads for a lesson's body: its pictures and the activities that it names."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from wagtail.models import Page

from bdhvs_content.blocks import activities_in, pictures_of
from bdhvs_content.identity import key_of
from bdhvs_content.printing import printable
from bdhvs_content.queries import Entry, learner_of
from bdhvs_content.speech.offer import aloud_in
from bdhvs_content.tree import shown_to
from bdhvs_lms.courses.api import activities
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.progress.api import reported, results_of, status_of


def lesson_context(page: Any, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return the lesson's blocks, each with whether its first picture is loaded at once (the first of the page is, the
    others when they come near) and its audio. Pictures and their renditions in three queries, activities that it names
    in three, speech in one, however many there are."""
    first = next((place for place, _image in pictures_of(page.body)), None)
    images = [image for _place, image in pictures_of(page.body)]
    # Wagtail would ask for each rendition on its own.
    prefetch_related_objects(images, "renditions")
    aloud = aloud_in(page) if given.get("open") else {}
    return {
        "blocks": [
            (child, place == first, aloud.get(place))
            for place, child in enumerate(page.body)
            if child.block_type != "reading"
        ],
        "can_listen": bool(aloud),
        "has_table": any(child.block_type == "table" for child in page.body),
        "can_print": bool(given.get("open") and not given.get("preview") and printable(page.body)),
        "named_activities": _named_activities(shown_to(request, activities_in(page.body)), request),
    }


def _named_activities(pages: list[Page], request: HttpRequest) -> dict[int, Entry]:
    """Return entries by page for those offered now, as the core knows: there, what is not offered is withdrawn."""
    if not pages:
        return {}
    learner = learner_of(request)
    keys = {page.pk: key_of(page) for page in pages}
    rows = activities(keys.values())
    results = results_of(learner, keys.values()) if learner is not None else {}
    found = {}
    for page in pages:
        row = rows.get(keys[page.pk])
        if row is None or row.type_key not in activity_types or not (row.active and row.course.active and page.live):
            continue
        found[page.pk] = Entry(
            title=page.title,
            url=page.get_url(request) or "",
            type_key=row.type_key,
            status=status_of(row, results.get(row.key)),
            path=page.path,
            reported=reported(row, results.get(row.key)),
        )
    return found
