"""Reads of announcements: who is shown which, and who may copy their texts. A constant number of queries each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from bdhvs_content.announcement_models import AnnouncementIndexPage, AnnouncementPage
from bdhvs_content.announcement_texts import texts_of
from bdhvs_content.queries import fitting, learner_of
from bdhvs_content.tree import shown_to
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign.api import areas_around
from bdhvs_lms.classes.api import classes_of_teacher
from bdhvs_lms.learners.api import Learner, area_of

MOST = 100
"""Announcements in a list: those that came before these are found by their links until they are over."""
FEW = 3
"""On a page that is about something else."""


@dataclass(frozen=True)
class Notice:
    """An announcement in a list, in the reader's language if it exists."""

    page: AnnouncementPage
    source: AnnouncementPage
    url: str

    @property
    def areas(self) -> list[str]:
        """Return names; empty: for everyone. Read for all of a list at once."""
        return [area.name for area in self.source.areas.all()]


def current(on: date) -> QuerySet[AnnouncementPage]:
    """Return the published announcements of this day, newest first: of each the page that the others were translated
    from."""
    older = AnnouncementPage.objects.filter(
        translation_key=OuterRef("translation_key"), alias_of=None, pk__lt=OuterRef("pk")
    )
    begun = Q(shown_from=None) | Q(shown_from__lte=on)
    since = Coalesce(F("shown_from"), TruncDate("first_published_at"))
    return (
        AnnouncementPage.objects.live()
        .filter(begun, ~Exists(older), alias_of=None, shown_until__gte=on)
        .order_by(since.desc(), F("first_published_at").desc(), "-pk")
    )


def for_areas(pages: QuerySet[AnnouncementPage], area_ids: Iterable[int]) -> QuerySet[AnnouncementPage]:
    """Return those of the announcements that are for everyone or for any of these areas."""
    ticked = AnnouncementPage.areas.through.objects.filter(announcementpage=OuterRef("pk"))
    return pages.filter(~Exists(ticked) | Exists(ticked.filter(area__in=list(area_ids))))


def works_here(request: HttpRequest, on: date) -> bool:
    """Tell whether the reader writes announcements or passes them on: an account of the admin, a teacher of that day.
    One query, none for visitors and sessions without an account."""
    user = request.user
    if not (user.is_authenticated and user.is_active) or getattr(request, "is_preview", False):
        return False
    return user.has_perm("wagtailadmin.access_admin") or classes_of_teacher(user, on).exists()


def notices(request: HttpRequest, *, few: bool = False) -> list[Notice]:
    """Return the reader's announcements, newest first. A learner is shown those for everyone and for the own area;
    staff (`works_here`) and visitors all. With `few` at most three, and to a visitor only those for everyone. Six
    queries at most with `few`, else ten."""
    on = day_of(now())
    learner = learner_of(request)
    found = current(on).select_related("locale")
    if learner is not None and (few or not works_here(request, on)):
        found = for_areas(found, _around(learner, on))
    elif few:
        found = for_areas(found, [])
    sources = shown_to(request, (found if few else found.prefetch_related("areas"))[:MOST])
    sources = sources[:FEW] if few else sources
    return [Notice(page, source, page.get_url(request) or "") for page, source in _translated(sources)]


def _around(learner: Learner, on: date) -> list[int]:
    area = area_of(learner, on)
    return list(areas_around(area).values_list("pk", flat=True)) if area is not None else []


def _translated(sources: list[Any]) -> list[tuple[AnnouncementPage, AnnouncementPage]]:
    """Return pairs of each page (in the reader's language or as it was written) and its source page. One query."""
    keys = [source.translation_key for source in sources]
    versions: dict[Any, list[AnnouncementPage]] = {source.translation_key: [source] for source in sources}
    others = AnnouncementPage.objects.live().filter(translation_key__in=keys, alias_of=None)
    for page in others.exclude(pk__in=[source.pk for source in sources]).select_related("locale"):
        versions[page.translation_key].append(page)
    return [(fitting(versions[source.translation_key])[0], source) for source in sources]


def announcements_address(request: HttpRequest | None = None) -> str | None:
    """Return the address of the list in the reader's language, or of the first there is; None without one. Two
    queries."""
    pages = fitting(list(AnnouncementIndexPage.objects.live().select_related("locale")))
    return next((address for page in pages if (address := page.get_url(request))), None)


def index_context(page: Any, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return `notices` (`.page`, `.url`, `.areas`) and `learner`, which is None if the notices are of all areas."""
    own = learner_of(request) if not works_here(request, day_of(now())) else None
    return {"notices": notices(request), "learner": own}


def announcement_context(page: Any, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return `areas` (names; none: for everyone), `over`, `to_come`, `source` (whose days they are), `index_url`, and
    `texts` for staff who pass them on. Raises Http404 for a visitor before its first day."""
    on = day_of(now())
    preview = bool(getattr(request, "is_preview", False))
    source = page if preview else page.source
    works = works_here(request, on)
    to_come = not preview and page.is_to_come(on)
    if to_come and not works:
        raise Http404(_("This content is not available at the moment."))
    parent = page.get_parent() if page.path else None
    return {
        "source": source,
        "areas": [area.name for area in source.areas.all()],
        "over": not preview and page.is_over(on),
        "to_come": to_come,
        "index_url": parent.get_url(request) if parent is not None and parent.live else "",
        "texts": texts_of(page, request) if works else None,
    }
