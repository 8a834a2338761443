"""Requests about personal data that have to be answered within two working days; whom teachers found on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from bdhvs_lms.base.api import allowed
from bdhvs_lms.classes.api import found_blank
from bdhvs_lms.plugins.api import Waiting
from bdhvs_lms.privacy.admin.requests import waiting_count


def data_requests(user: Any) -> Iterator[Waiting]:
    """Yield how many requests are open, and how many of them overdue. One query."""
    if not allowed(user, "change_datarequest"):
        return
    count, late = waiting_count()
    if not count:
        return
    text = ngettext(
        "%(count)d request about personal data is to be answered",
        "%(count)d requests about personal data are to be answered",
        count,
    ) % {"count": count}
    if late:
        text += ngettext(" (%(count)d overdue)", " (%(count)d overdue)", late) % {"count": late}
    yield Waiting(text, f"{reverse('data-requests:index')}?state=open", order=5)


def found_on_record(user: Any) -> Iterator[Waiting]:
    """Yield how many a teacher took into a class by a name on record, and nobody has seen sign in since. One query."""
    if not allowed(user, "view_accesslog"):
        return
    if count := found_blank().count():
        text = ngettext(
            "%(count)d person whom a teacher found on record has not signed in yet",
            "%(count)d people whom teachers found on record have not signed in yet",
            count,
        )
        yield Waiting(text % {"count": count}, f"{reverse('accesses:index')}?page=class-found", order=33)
