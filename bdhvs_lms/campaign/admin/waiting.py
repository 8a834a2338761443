"""A list of what the board of targets waits for: numbers that only people can enter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from bdhvs_lms.base.api import allowed, day_of, now
from bdhvs_lms.campaign.measures import MEASURES
from bdhvs_lms.campaign.models import Area, Denominator, Figure, Indicator, Target, TargetGroup
from bdhvs_lms.campaign.queries import areas_in_force
from bdhvs_lms.plugins.api import Waiting


def numbers_missing(user: Any) -> Iterator[Waiting]:
    """Yield, for this year's targets, groups and communes without a denominator, and targets without an
    outside figure."""
    today = day_of(now())
    if allowed(user, "add_denominator"):
        count = _without_denominator(today)
        if count:
            text = ngettext(
                "%(year)d targets: %(count)d population figure is missing (one per group and commune)",
                "%(year)d targets: %(count)d population figures are missing (one per group and commune)",
                count,
            )
            yield Waiting(text % {"count": count, "year": today.year}, reverse("denominators:index"), order=40)
    if allowed(user, "add_figure"):
        of_others = Target.objects.filter(year=today.year, indicator__source_kind=Indicator.SourceKind.EXTERNAL)
        known = Figure.objects.filter(as_of__year=today.year).values("indicator")
        count = of_others.exclude(indicator__in=known).count()
        if count:
            text = ngettext(
                "%(count)d target for %(year)d has no outside figure yet",
                "%(count)d targets for %(year)d have no outside figure yet",
                count,
            )
            yield Waiting(text % {"count": count, "year": today.year}, reverse("figures:index"), order=41)


def _without_denominator(today: date) -> int:
    """Count pairs of a commune and a group that targets of this year hold against everyone in it, without a number."""
    kinds = [kind.key for kind in MEASURES.values() if kind.of_everyone]
    groups = dict(
        TargetGroup.objects.filter(targets__year=today.year, targets__measure__in=kinds)
        .distinct()
        .values_list("pk", "urban_only")
    )
    communes = dict(areas_in_force(today).filter(kind=Area.Kind.COMMUNE).values_list("pk", "urban"))
    wanted = {(group, area) for group, only in groups.items() for area, urban in communes.items() if urban or not only}
    there = Denominator.objects.filter(group__in=groups, as_of__lte=today).values_list("group", "area").distinct()
    return len(wanted.difference(there))
