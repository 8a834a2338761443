"""Times of a quiz in words for a learner."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bdhvs_quiz.timing import Closed, NotNow, NotOpenYet


def not_now_text(reason: NotNow) -> str:
    """Why it cannot be begun, and when it can."""
    when = date_format(localtime(reason.when), "H:i, d/m/Y")
    if isinstance(reason, NotOpenYet):
        return _("It opens at %(when)s.") % {"when": when}
    if isinstance(reason, Closed):
        return _("It closed at %(when)s.") % {"when": when}
    return _("You can start the next attempt at %(when)s. Review the lessons until then.") % {"when": when}
