"""Words for what counts of several attempts."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def counted_words(method: str | None, of: int | None) -> str:
    """Return 'average of 3 attempts'; empty where an activity says nothing. `method`, `of`: of a `Result`."""
    if method == "average":
        return ngettext("average of %(count)s attempt", "average of %(count)s attempts", of or 1) % {"count": of}
    words = {"best": _("best attempt"), "last": _("last attempt"), "first": _("first attempt")}
    return words.get(method or "", "")
