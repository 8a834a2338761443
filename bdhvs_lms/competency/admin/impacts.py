"""Whose result would change, on a page with a yes, before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import allowed
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency.impact import Impact
from bdhvs_lms.learners.api import Learner, names

# Names on the page; the table counts all.
NAMED = 50


class Told:
    """What is shown of an impact. The yes is of these counts: others meanwhile, and it is asked for again."""

    def __init__(self, found: Impact, user: Any) -> None:
        self.found, self._user = found, user

    @property
    def people(self) -> int:
        return len(self.found.learners)

    @property
    def yes(self) -> str:
        return ".".join(f"{gained}-{lost}" for *_about, gained, lost in self.found.counts()) or "0"

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        counts = self.found.counts()
        groups = TargetGroup.objects.in_bulk({row[0] for row in counts})
        areas = Area.objects.in_bulk({row[2] for row in counts})
        return [
            {"group": groups[group], "year": year, "area": areas[area], "gained": gained, "lost": lost}
            for group, year, area, gained, lost in counts
        ]

    @cached_property
    def named(self) -> list[tuple[int, str]]:
        """(primary key, name) of the first; nobody for who may not see names."""
        if not allowed(self._user, "view_person"):
            return []
        return sorted(names(self.found.learners[:NAMED]).items())

    def log(self, at: datetime) -> None:
        if self.named:
            shown = Learner.objects.filter(pk__in=[pk for pk, _name in self.named])
            log_access(user=self._user, actors=list(shown.values_list("actor", flat=True)), page="impact", at=at)


def typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What was sent, to be sent again with the yes."""
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", "yes", "edit"):
            yield from ((name, str(value)) for value in values)


def ask(request: HttpRequest, found: Impact, at: datetime, context: dict[str, Any]) -> HttpResponse | None:
    """The page that asks; None: the yes to just this came along."""
    told = Told(found, request.user)
    if found.complete and request.POST.get("yes") == told.yes:
        return None
    told.log(at)
    more = {"told": told, "typed": list(typed(request)), "action_url": request.path}
    return TemplateResponse(request, "bdhvs_lms/admin/impact.html", {**context, **more})
