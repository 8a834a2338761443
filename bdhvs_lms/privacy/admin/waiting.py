"""Requests about personal data that have to be answered within two working days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from bdhvs_lms.base.api import allowed
from bdhvs_lms.plugins.api import Waiting
from bdhvs_lms.privacy.admin.requests import waiting_count


def data_requests(user: Any) -> Iterator[Waiting]:
    """How many are open, and how many of them overdue. One query."""
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
