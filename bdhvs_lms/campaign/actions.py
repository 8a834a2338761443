"""Declarations of operators: denominators, outside figures, and whose board an area is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, format_number, nfc, require
from bdhvs_lms.campaign.measures import MOST_PEOPLE, by_field
from bdhvs_lms.campaign.models import (
    Area,
    Denominator,
    Figure,
    Indicator,
    SteeringAssignment,
    TargetGroup,
)
from bdhvs_lms.campaign.queries import in_force

# Of the columns `source`.
SOURCE_LENGTH = 300


def _clean_source(source: str) -> str:
    source = nfc(" ".join(source.split()))
    if not source:
        raise ValidationError({"source": _("Enter the source of the number.")})
    if len(source) > SOURCE_LENGTH:
        raise ValidationError({"source": _("The source can have at most 300 characters.")})
    return source


def _existed(area: Area, day: date) -> None:
    if not in_force(area, day):
        raise ValidationError(
            {
                "area": _("%(area)s did not exist on %(day)s.")
                % {"area": area, "day": date_format(day, "SHORT_DATE_FORMAT")}
            }
        )


def _not_too_many(**numbers: int | None) -> None:
    """Refuse numbers for which no column of the database has room: two thousand million; no country here needs half of
    it."""
    for name, value in numbers.items():
        if value is not None and value > MOST_PEOPLE:
            raise ValidationError({name: _("This number is too large for a population.")})


def _not_in_the_future(as_of: date, at: datetime) -> None:
    if as_of > day_of(at):
        raise ValidationError({"as_of": _("The date of a figure must not be in the future.")})


def last_number(entries: Iterable[tuple[date, int]], as_of: date) -> tuple[date, int] | None:
    """Return the number that the one of this day comes after, of one group's in one area, in the order in which they
    were
    entered: that of the newest day up to it, else of the first day after it."""
    known = dict(entries)
    before = max((day for day in known if day <= as_of), default=None)
    day = min(known, default=None) if before is None else before
    return None if day is None else (day, known[day])


def far_from(last: int, value: int) -> bool:
    """Tell whether it is more than half as much again, or less than half.

    How many adults, pupils or officials an area has changes by some percent a year. A digit too many or too few, or the
    number of another group or of the whole district, is off by more.
    """
    return value * 2 > last * 3 or value * 2 < last


def remark(last: tuple[date, int], value: int) -> str:
    """Say that a number is far from the last one."""
    return _("%(value)s people, but %(last)s on %(day)s.") % {
        "value": format_number(value),
        "last": format_number(last[1]),
        "day": date_format(last[0], "SHORT_DATE_FORMAT"),
    }


def remark_on(group: TargetGroup, area: Area, as_of: date, value: int) -> str:
    """Return the remark on this number; empty: nothing. What was made up for a demonstration is left out."""
    entries = Denominator.objects.filter(group=group, area=area, illustrative=False).order_by("entered_at", "pk")
    last = last_number(entries.values_list("as_of", "value"), as_of)
    return "" if last is None or not far_from(last[1], value) else remark(last, value)


def enter_denominator(
    *,
    group: TargetGroup,
    area: Area,
    as_of: date,
    value: int,
    source: str,
    at: datetime,
    by: Any,
    illustrative: bool = False,
    sure: bool = False,
) -> Denominator:
    """Write down how many people the group has in the area on a day, and who says so.

    A better number is a further entry. Needs the permission add_denominator.

    Args:
        sure: that the number is far from the last one (`far_from`) has been seen, and it is right.

    Raises:
        PermissionDenied: the account may not.
        ValidationError: no people, no source, a day that has not come yet or on which the area did not exist; `sure`:
            the number is far from the last one.
    """
    require(by, "add_denominator")
    source = check_denominator(
        group=group, area=area, as_of=as_of, value=value, source=source, at=at, sure=sure or illustrative
    )
    return Denominator.objects.create(
        group=group,
        area=area,
        as_of=as_of,
        value=value,
        source=source,
        illustrative=illustrative,
        entered_at=at,
        entered_by=by,
    )


def check_denominator(
    *, group: TargetGroup, area: Area, as_of: date, value: int, source: str, at: datetime, sure: bool = False
) -> str:
    """Return the source as it is kept. Raises ValidationError as `enter_denominator`."""
    source = _clean_source(source)
    if value < 1:
        raise ValidationError({"value": _("The population must be at least 1.")})
    _not_too_many(value=value)
    _not_in_the_future(as_of, at)
    _existed(area, as_of)
    text = "" if sure else remark_on(group, area, as_of, value)
    if text:
        raise ValidationError({"sure": text})
    return source


def check_figure(*, numerator: int | None, base: int | None, percent: Decimal | None, rank: int | None) -> None:
    """Check that these numbers can be of one figure. Raises ValidationError, by field where there is one."""
    numbers = {"numerator": numerator, "percent": percent, "rank": rank}
    if all(number is None for number in numbers.values()):
        raise ValidationError(_("Enter the number of people, the share or the rank."))
    if percent is not None and numerator is not None:
        raise ValidationError(
            {
                "percent": _(
                    "Enter a share only if the source gives no number of people; otherwise the share is calculated."
                )
            }
        )
    for name, kind in by_field().items():
        number = numbers[name]
        if number is not None and not kind.least <= number <= kind.most:
            raise ValidationError({name: kind.beyond})
    _not_too_many(base=base)
    if base is not None and base < 1:
        raise ValidationError({"base": _("Enter a number of at least 1.")})
    if base is not None and numerator is not None and numerator > base:
        raise ValidationError(
            {"base": _("The number of people is larger than the population counted. Check both numbers.")}
        )


def enter_figure(
    *,
    indicator: Indicator,
    group: TargetGroup,
    area: Area,
    as_of: date,
    source: str,
    at: datetime,
    by: Any,
    numerator: int | None = None,
    base: int | None = None,
    percent: Decimal | None = None,
    rank: int | None = None,
    note: str = "",
    illustrative: bool = False,
) -> Figure:
    """Write down what another body counted, asked or published. A better figure is a further entry.

    Args:
        numerator: how many people, and `base`: among how many the source counted them. Not our denominator.
        percent: 0 to 100, only where the source gives a share and no count.
        rank: 1 is the first place.

    Needs the permission add_figure.

    Raises:
        PermissionDenied: the account may not.
        ValidationError: no number at all, numbers that cannot be together, no source, a day that has not come yet,
            or on which the area did not exist. By field.
    """
    require(by, "add_figure")
    source = _clean_source(source)
    check_figure(numerator=numerator, base=base, percent=percent, rank=rank)
    _not_in_the_future(as_of, at)
    _existed(area, as_of)
    return Figure.objects.create(
        indicator=indicator,
        group=group,
        area=area,
        as_of=as_of,
        numerator=numerator,
        base=base,
        percent=percent,
        rank=rank,
        source=source,
        note=note.strip(),
        illustrative=illustrative,
        entered_at=at,
        entered_by=by,
    )


def end_steering(assignment: SteeringAssignment, *, by: Any) -> None:
    """End this account's sight of the area's board. Needs delete_steeringassignment."""
    require(by, "delete_steeringassignment")
    assignment.delete()


def assign_steering(user: Any, area: Area, *, by: Any) -> SteeringAssignment:
    """Let this account see the area's board. Again is the same assignment. Needs add_steeringassignment."""
    require(by, "add_steeringassignment")
    assignment, _created = SteeringAssignment.objects.get_or_create(user=user, area=area)
    return assignment
