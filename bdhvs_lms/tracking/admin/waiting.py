"""A list of what waits for somebody because it does not get through to other record stores, or from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from bdhvs_lms.base.api import now
from bdhvs_lms.plugins.api import Waiting
from bdhvs_xapi import api as xapi

# What could not be taken stays in the list of its source; here it is news for so long.
LATELY = timedelta(days=7)


def record_stores(user: Any) -> Iterator[Waiting]:
    """Record stores that do not answer or are paused, and what was given up or not taken."""
    troubled = Q(active=True) & (~Q(paused="") | Q(failures__gt=0))
    if user.has_perm("bdhvs_xapi.view_target"):
        receivers = reverse("receivers:index")
        count = xapi.Target.objects.filter(troubled).count()
        if count:
            text = ngettext(
                "%(count)d receiving LRS is not receiving statements",
                "%(count)d receiving LRSs are not receiving statements",
                count,
            )
            yield Waiting(text % {"count": count}, receivers, order=10)
        count = xapi.Item.objects.filter(state=xapi.State.DEAD).count()
        if count:
            text = ngettext(
                "%(count)d statement could not be delivered: the receiving LRS rejected it",
                "%(count)d statements could not be delivered: the receiving LRSs rejected them",
                count,
            )
            yield Waiting(text % {"count": count}, receivers, order=11)
    if user.has_perm("bdhvs_xapi.view_source"):
        sources = reverse("sources:index")
        count = xapi.Source.objects.filter(troubled).count()
        if count:
            text = ngettext(
                "%(count)d source LRS cannot be fetched from",
                "%(count)d source LRSs cannot be fetched from",
                count,
            )
            yield Waiting(text % {"count": count}, sources, order=12)
        count = xapi.Rejection.objects.filter(at__gte=now() - LATELY).count()
        if count:
            text = ngettext(
                "%(count)d statement from a source LRS was rejected in the last seven days",
                "%(count)d statements from source LRSs were rejected in the last seven days",
                count,
            )
            yield Waiting(text % {"count": count}, sources, order=13)
