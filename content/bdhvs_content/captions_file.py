"""Captions as a file for the player."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_content.blocks import captions_of
from bdhvs_content.captions.writing import as_webvtt
from bdhvs_content.identity import versions_of
from bdhvs_content.models import LessonPage
from bdhvs_content.queries import page_for
from bdhvs_content.web import refuse_private


@never_cache
@require_safe
def captions(request: HttpRequest, activity_key: UUID, block_id: UUID) -> HttpResponse:
    """Serve the captions of one film of a lesson as WebVTT, to everybody who may read the lesson; of a draft to
    everybody who may change it."""
    refuse_private(request, activity_key)
    for page in _shown(request, activity_key):
        cues = captions_of(page.body, str(block_id))
        if cues:
            return HttpResponse(as_webvtt(cues), content_type="text/vtt; charset=utf-8")
    raise Http404(_("There are no captions here."))


def _shown(request: HttpRequest, key: UUID) -> Iterator[Any]:
    live = page_for(key)
    page = live.specific if live is not None else None
    if isinstance(page, LessonPage) and page.get_context(request)["open"]:
        yield page
    if request.user.has_perm("wagtailadmin.access_admin"):
        for version in versions_of(key):
            if version.permissions_for_user(request.user).can_edit():
                draft = version.get_latest_revision_as_object()
                if isinstance(draft, LessonPage):
                    yield draft
