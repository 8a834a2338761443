"""Why the numbers of the areas below one do not add up to its own, in sentences: whoever adds them asks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from bdhvs_lms.base.api import format_day, format_number
from bdhvs_lms.reporting.queries.targets import TargetRow


def why_it_differs(row: TargetRow, below: Sequence[TargetRow]) -> list[str]:
    """Of a target in an area and in the areas below it. Empty where everything that is shown adds up."""
    found = []
    own, parts = row.denominator, [one.denominator for one in below if one.denominator is not None]
    total = sum(one.value for one in parts)
    if own is not None and parts and row.reports is None and row.target.kind.of_everyone and total != own.value:
        days = sorted({one.as_of for one in parts})
        sources = ", ".join(dict.fromkeys(one.source for one in parts))
        found.append(
            _(
                "The populations entered for the areas add up to %(total)s, the one of the whole area is %(own)s: the "
                "areas' are of %(days)s (%(sources)s), the whole area's is of %(day)s (%(source)s)."
            )
            % {
                "total": format_number(total),
                "own": format_number(own.value),
                "days": ", ".join(map(format_day, days)),
                "sources": sources,
                "day": format_day(own.as_of),
                "source": own.source,
            }
        )
        if len(parts) < sum(one.area is not None for one in below):
            found.append(_("No population has been entered for some of the areas."))
    if any(one.hidden for one in below) and not row.suppressed:
        found.append(_("People of areas whose numbers are hidden are in the number of the whole area."))
    return found
