"""Numbers, days and phrases of reports, as Vietnamese and English readers write them. Plain text, for any output."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from bdhvs_lms.campaign.api import Figure, Target


def is_vietnamese() -> bool:
    return (get_language() or "vi").startswith("vi")


def number(value: int | Decimal) -> str:
    """1.240 or 84,9 in Vietnamese, 1,240 or 84.9 in English. Decimals keep the places they have."""
    text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,")) if is_vietnamese() else text


def plain(value: Decimal) -> str:
    """A limit without needless zeros: 85, 33,3."""
    short = value.normalize()
    return number(short.quantize(Decimal(1)) if short == short.to_integral_value() else short)


def day(value: date) -> str:
    """24/11/2026 in Vietnamese, 24 November 2026 in English."""
    return format_date(value, "d/m/Y" if is_vietnamese() else "j F Y")


def labelled(thing: Any, stem: str = "label") -> str:
    """`label_en` (or another text that is there in both languages) for English readers where there is one."""
    english = "" if is_vietnamese() else getattr(thing, f"{stem}_en", "")
    return str(english or getattr(thing, f"{stem}_vi"))


def goal(target: Target) -> str:
    """What the target asks for, its operator in words: 'trên 85%'."""
    values = {"value": plain(target.value)}
    if target.measure == Target.Measure.RANK:
        return _("among the first %(value)s") % values
    if target.operator == Target.Operator.GT:
        return _("over %(value)s%%") % values
    if target.operator == Target.Operator.GE:
        return _("%(value)s%% or more") % values
    if target.operator == Target.Operator.LE:
        return _("%(value)s%% or less") % values
    return f"{values['value']}%"


def figure_words(figure: Figure) -> str:
    """What an outside figure says: '870 người', '85%', 'hạng 7'."""
    if figure.rank is not None:
        return _("rank %(rank)d") % {"rank": figure.rank}
    if figure.percent is not None:
        return f"{plain(figure.percent)}%"
    numerator = figure.numerator or 0
    return ngettext("%(people)s person", "%(people)s people", numerator) % {"people": number(numerator)}


def idle_words(days: int) -> str:
    """How long nothing has happened, as people say it: '9 ngày', 'hơn 2 tháng', 'hơn 1 năm'."""
    if days < 60:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if days < 365:
        months = days // 30
        return ngettext("more than %(months)d month", "more than %(months)d months", months) % {"months": months}
    years = days // 365
    return ngettext("more than %(years)d year", "more than %(years)d years", years) % {"years": years}


def not_shown() -> str:
    """The same words for a number that is small and for one from which a small one could be computed."""
    return pgettext("a number", "Not shown")


def no_data() -> str:
    return _("No data yet")


def illustrative() -> str:
    return _("ILLUSTRATIVE FIGURES – NOT FOR REPORTING")
