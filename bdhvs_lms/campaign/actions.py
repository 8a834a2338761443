"""What operators declare: denominators and whose board an area is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import require
from bdhvs_lms.campaign.models import Area, Denominator, SteeringAssignment, TargetGroup
from bdhvs_lms.campaign.queries import in_force


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
) -> Denominator:
    """Write down how many people the group has in the area on a day, and who says so.

    A better number is a further entry. Needs the permission add_denominator.

    Raises:
        PermissionDenied: the account may not.
        ValidationError: no people, no source, or the area did not exist on that day.
    """
    require(by, "add_denominator")
    source = " ".join(source.split())
    if value < 1:
        raise ValidationError(_("A denominator must be at least 1."))
    if not source:
        raise ValidationError(_("Say where the number comes from."))
    if not in_force(area, as_of):
        raise ValidationError(
            _("%(area)s did not exist on %(day)s.") % {"area": area, "day": date_format(as_of, "SHORT_DATE_FORMAT")}
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


def assign_steering(user: Any, area: Area, *, by: Any) -> SteeringAssignment:
    """Let this account see the area's board. Again is the same assignment. Needs add_steeringassignment."""
    require(by, "add_steeringassignment")
    assignment, _created = SteeringAssignment.objects.get_or_create(user=user, area=area)
    return assignment
