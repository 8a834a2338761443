"""Reads: a constant number of queries each."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.log_actions import registry as log_registry

from bdhvs_h5p.frame import PlayerPart
from bdhvs_h5p.models import (
    Completion,
    H5PActivityVersion,
    H5PAttempt,
    H5PContent,
    H5PPage,
    H5PVersion,
    Library,
    WaitingPackage,
)
from bdhvs_h5p.player.page import player_part
from bdhvs_h5p.weight import weight_of
from bdhvs_lms.base.api import fold
from bdhvs_lms.courses.api import seed_of
from h5p_python_adapter import player_there, reports_of

__all__ = [
    "InUse",
    "about_content",
    "activity_version",
    "contents",
    "found_by",
    "page_context",
    "usage_of_libraries",
    "users_of",
    "uses_of",
    "without_end",
]


class InUse(Exception):
    """The object to delete is needed: `users` are names for people."""

    def __init__(self, users: list[str]) -> None:
        super().__init__(", ".join(users))
        self.users = users


def contents() -> QuerySet[H5PContent]:
    """Return contents for lists: each with its latest version's numbers (`main_name`, `js_bytes`, `css_bytes`,
    `media_bytes`, null without one), whether a package `waits`, and on how many `page_count` pages it is."""
    latest = H5PVersion.objects.filter(content=OuterRef("pk")).order_by("-number")
    named = {
        name: Subquery(latest.values(name)[:1])
        for name in ("number", "main_name", "main_major", "main_minor", "js_bytes", "css_bytes", "media_bytes")
    }
    return H5PContent.objects.annotate(
        **named,
        weight=F("js_bytes") + F("css_bytes") + F("media_bytes"),
        waits=Exists(WaitingPackage.objects.filter(content=OuterRef("pk"))),
        page_count=Count("pages", distinct=True),
    )


def found_by(rows: QuerySet[H5PContent], words: str) -> QuerySet[H5PContent]:
    """Return those in whose name every word is found, with or without diacritics. One query more: a site has
    hundreds."""
    wanted = fold(words).split()
    titles = [(pk, fold(title)) for pk, title in H5PContent.objects.values_list("pk", "title")]
    return rows.filter(pk__in=[pk for pk, title in titles if all(word in title for word in wanted)])


def about_content(content: H5PContent, user: Any) -> dict[str, Any]:
    """Return the facts for its page in the admin: the file of today, what waits, and the pages with an older file."""
    latest = content.latest
    waiting = WaitingPackage.objects.filter(content=content).first()
    pages = H5PPage.objects.filter(content=content, live=True, alias_of=None).order_by("path")
    older = [page for page in pages if latest is not None and page.version_id != latest.pk]
    refused = None
    if waiting is None:
        entry = log_registry.get_logs_for_instance(content).filter(action="bdhvs_h5p.refuse").first()
        if entry is not None and (latest is None or entry.timestamp > latest.created_at):
            refused = {"reason": entry.data.get("reason", ""), "at": entry.timestamp}
    finder = AdminURLFinder(user)
    return {
        "version": latest,
        "weight": weight_of(latest) if latest is not None else None,
        "waiting": waiting,
        "refused": refused,
        "older_pages": [{"title": page.title, "url": finder.get_edit_url(page)} for page in older],
    }


def uses_of(content: H5PContent) -> list[str]:
    """Return titles of what keeps a content from being deleted: pages that show it, activities that learners met."""
    found = list(H5PPage.objects.filter(content=content).values_list("title", flat=True))
    met = H5PActivityVersion.objects.filter(h5p_version__content=content).order_by("-pk").first()
    if met is not None and not found:
        found.append(_("“%(title)s”, used by learners") % {"title": met})
    return found


def usage_of_libraries() -> dict[tuple[str, int, int], int]:
    """Count the contents that need each library, by (machine name, major, minor): in their latest file or in one that
    an activity has published. One query."""
    latest = H5PVersion.objects.filter(content=OuterRef("content")).order_by("-number").values("pk")[:1]
    shown = Exists(H5PActivityVersion.objects.filter(h5p_version=OuterRef("pk")))
    rows = H5PVersion.objects.filter(Q(pk=Subquery(latest)) | shown).values_list("content_id", "libraries")
    users: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    for content, libraries in rows:
        for one in libraries:
            users[one["machine_name"], one["major"], one["minor"]].add(content)
    return {key: len(found) for key, found in users.items()}


def users_of(library: Library) -> list[str]:
    """Return names of what needs a library: libraries, and contents in any of their versions."""
    wanted = library.library_id
    found = [
        str(row) for row in Library.objects.exclude(pk=library.pk) if any(wanted == one for one in row.facts.preloaded)
    ]
    key = (library.machine_name, library.major, library.minor)
    for title, libraries in H5PVersion.objects.values_list("content__title", "libraries").order_by("pk"):
        if title not in found and any((one["machine_name"], one["major"], one["minor"]) == key for one in libraries):
            found.append(title)
    return found


def activity_version(activity_key: UUID) -> H5PActivityVersion | None:
    """Return the version for a learner who begins now, with its file's row but not what is large in it. One query."""
    return (
        H5PActivityVersion.objects.filter(activity_key=activity_key)
        .select_related("h5p_version")
        .defer("h5p_version__params", "h5p_version__files", "h5p_version__h5p")
        .order_by("-number")
        .first()
    )


def without_end() -> list[tuple[H5PPage, str]]:
    """Return live pages that the course needs and that nothing finishes, published before this was asked, each with its
    main library's name. One query."""
    rows = H5PPage.objects.filter(live=True, alias_of=None, required=True, completion=Completion.EMITTED)
    rows = rows.exclude(version=None).select_related("version").defer("version__params", "version__files")
    named = [(page, page.version.main_name) for page in rows.order_by("path") if page.version is not None]
    return [(page, name) for page, name in named if reports_of(name).ends is False]


def page_context(page: Any, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the activity's own page: what it is, how heavy, and the one button that begins or resumes.
    Three queries at most beside those of every activity."""
    if given["looking"]:
        shown = activity_version(given["activity_key"])
        file = shown.h5p_version if shown is not None else None
        return {**_facts(page, file, request), "version": None, "player": _preview(page, file, request)}
    if given["preview"]:
        file = page.content.latest if page.content is not None else None
        return {**_facts(page, file, request), "version": None, "player": _preview(page, file, request)}
    key, learner = given["activity_key"], given["learner"]
    version = activity_version(key)
    more: dict[str, Any] = {"version": version, "attempts": [], "going_on": False, "best_percent": None}
    if version is None:
        return more
    more.update(_facts(page, version.h5p_version, request))
    enrolment = given["standing"].enrolment
    if learner is not None and enrolment is not None:
        rows = H5PAttempt.objects.filter(learner__in=learner.ids, activity_key=key).select_related("version")
        attempts = list(rows.order_by("-number"))
        ever = attempts[0].number if attempts else 0
        open_ones = [one for one in attempts if one.ended_received_at is None]
        going = next((one for one in open_ones if one.learner_id == learner.pk), next(iter(open_ones), None))
        best = max((one.best_scaled for one in attempts if one.best_scaled is not None), default=None)
        more["attempts"] = attempts
        more["going_on"] = going is not None and going.plays(version)
        more["best_percent"] = None if best is None else int(best * 100)
        # The page of two tabs carries one key; the page that the back button brings leads to the attempt it began.
        more["begin_act_id"] = uuid.uuid5(seed_of(enrolment, learner), f"{key}:{ever + 1}")
    return more


def _preview(page: Any, file: H5PVersion | None, request: HttpRequest) -> PlayerPart | None:
    """Return the activity as learners get it, but nothing is sent."""
    if file is None:
        return None
    return player_part(getattr(request, "asked_by", None) or request, file, title=page.title)


def _facts(page: Any, file: H5PVersion | None, request: HttpRequest) -> dict[str, Any]:
    """Return the weight and the alternative that the page tells."""
    weight = weight_of(file) if file is not None else None
    instead = page.alternative_page
    offered = instead is not None and instead.live
    return {
        "weight": weight,
        "weight_words": weight.wait if weight is not None else "",
        "player_there": player_there(),
        "alternative_url": (instead.get_url(request) or "") if offered else "",
        "alternative_title": instead.title if offered else "",
    }
