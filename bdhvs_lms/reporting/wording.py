"""Phrases of reports in the reader's language. Plain text, for any output."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bdhvs_lms.base.api import format_number


def idle_words(days: int) -> str:
    """How long nothing has happened, as people say it: '9 ngày', 'hơn 2 tháng', 'hơn 1 năm'."""
    if days < 60:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if days < 365:
        months = days // 30
        return ngettext("more than %(months)d month", "more than %(months)d months", months) % {"months": months}
    years = days // 365
    return ngettext("more than %(years)d year", "more than %(years)d years", years) % {"years": years}


def last_here(days: int) -> str:
    """When somebody was here last: 'học lần cuối hôm qua'."""
    if days <= 0:
        return _("last here today")
    if days == 1:
        return _("last here yesterday")
    return _("last here %(time)s ago") % {"time": idle_words(days)}


def not_shown() -> str:
    """The same words for a number that is small and for one from which a small one could be computed."""
    return pgettext("a number", "Hidden")


def no_data() -> str:
    return _("No data yet")


def illustrative() -> str:
    return _("ILLUSTRATIVE FIGURES – NOT FOR REPORTING")


def class_words(least: int, most: int | None) -> str:
    """A number told in a class: '20–99', '10.000 trở lên'."""
    if most is None:
        return _("%(number)s or more") % {"number": format_number(least)}
    return format_number(least) if least == most else f"{format_number(least)}–{format_number(most)}"
