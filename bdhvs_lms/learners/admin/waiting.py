"""People who count nowhere until somebody says where they live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Subquery
from django.urls import reverse
from django.utils.translation import ngettext

from bdhvs_lms.base.api import allowed, day_of, now
from bdhvs_lms.learners.admin.people_list import ENDED, UNPLACED
from bdhvs_lms.learners.claims import unclaimed
from bdhvs_lms.learners.models import Person
from bdhvs_lms.learners.queries import is_waiting, newest_placement
from bdhvs_lms.plugins.api import Waiting


def people_without_area(user: Any) -> Iterator[Waiting]:
    """Yield how many people nobody has placed, and how many live in an area that has ended."""
    if not allowed(user, "change_person"):
        return
    today = day_of(now())
    newest = newest_placement(today)
    # Whom nobody has taken into the lists wait for that first.
    known = Person.objects.filter(~is_waiting("learner__"), learner__merged_into=None)
    counts = known.annotate(
        place=Subquery(newest.values("area")[:1]), until=Subquery(newest.values("area__valid_to")[:1])
    ).aggregate(nowhere=Count("pk", filter=Q(place=None)), ended=Count("pk", filter=Q(until__lt=today)))
    people = reverse("people:index")
    if count := counts["nowhere"]:
        text = ngettext(
            "%(count)d person has no area and is not counted in any commune",
            "%(count)d people have no area and are not counted in any commune",
            count,
        )
        yield Waiting(text % {"count": count}, f"{people}?{urlencode({'area': UNPLACED})}", order=30)
    if count := counts["ended"]:
        text = ngettext(
            "%(count)d person is still in an abolished area",
            "%(count)d people are still in abolished areas",
            count,
        )
        yield Waiting(text % {"count": count}, f"{people}?{urlencode({'area': ENDED})}", order=31)


def unclaimed_people(user: Any) -> Iterator[Waiting]:
    """Yield how many registered without help and count nowhere until somebody takes them into the lists. One query."""
    if not allowed(user, "view_selfregistration"):
        return
    if count := unclaimed().count():
        text = ngettext(
            "%(count)d person registered without help and is in no list yet",
            "%(count)d people registered without help and are in no list yet",
            count,
        )
        yield Waiting(text % {"count": count}, reverse("newcomers:index"), order=32)
