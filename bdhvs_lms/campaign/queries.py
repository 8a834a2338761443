"""Reads of declared data: the tree of areas with its history, and the denominator that speaks on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from bdhvs_lms.campaign.models import (
    Area,
    AreaSuccession,
    Denominator,
    Figure,
    Indicator,
    Plan,
    SteeringAssignment,
    TargetGroup,
)


def _reach(roots: Iterable[int], *, successors: bool) -> RawSQL:
    """SQL for the ids of these areas and of everything below them; with `successors`, also what became of them.

    One recursive query: the tree has at most four levels, but history makes chains, and UNION ends any cycle.
    """
    ids = sorted(set(roots))
    quote = connection.ops.quote_name
    area = quote(Area._meta.db_table)
    edges = f"SELECT parent_id AS origin, id AS target FROM {area} WHERE parent_id IS NOT NULL"  # noqa: S608
    if successors:
        succession = quote(AreaSuccession._meta.db_table)
        edges += f" UNION ALL SELECT old_id, new_id FROM {succession}"  # noqa: S608
    marks = ", ".join(["%s"] * len(ids)) or "NULL"
    return RawSQL(  # noqa: S611 - only table names and marks are put in
        f"WITH RECURSIVE reach(id) AS (SELECT id FROM {area} WHERE id IN ({marks})"  # noqa: S608
        f" UNION SELECT edge.target FROM ({edges}) edge JOIN reach ON edge.origin = reach.id) SELECT id FROM reach",
        ids,
    )


def area_and_below(area: Area) -> list[int]:
    """Ids of the area and of every area below it, of whatever time; one query. Successors are not below."""
    return list(
        Area.objects.filter(pk__in=_reach([area.pk], successors=False)).order_by("pk").values_list("pk", flat=True)
    )


def area_below_and_successors(area: Area) -> list[int]:
    """Ids of the area, everything below it, and what became of any of them, transitively; one query.

    A successor may be larger than the old unit's share of it: who asks about the old territory after its end gets
    the new units whole (areas.json, `also_includes`).
    """
    return list(
        Area.objects.filter(pk__in=_reach([area.pk], successors=True)).order_by("pk").values_list("pk", flat=True)
    )


def areas_for(user: Any) -> QuerySet[Area]:
    """Areas whose aggregates this account may see.

    A superuser: all. A member of the steering committee: the assigned areas, what is below them, and what became of
    them. Anybody else, and an inactive account: none. At most two queries.
    """
    if not (user.is_authenticated and user.is_active):
        return Area.objects.none()
    if user.is_superuser:
        return Area.objects.all()
    roots = list(SteeringAssignment.objects.filter(user_id=user.pk).values_list("area_id", flat=True))
    if not roots:
        return Area.objects.none()
    return Area.objects.filter(pk__in=_reach(roots, successors=True))


def areas_in_force(on: date) -> QuerySet[Area]:
    """Areas that exist on this day."""
    return Area.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on),
        Q(valid_to=None) | Q(valid_to__gte=on),
    )


def in_force(area: Area, on: date) -> bool:
    """Whether the area exists on this day."""
    return (area.valid_from is None or area.valid_from <= on) and (area.valid_to is None or on <= area.valid_to)


def denominator_in_force(group: TargetGroup, area: Area, on: date) -> Denominator | None:
    """The number that speaks for this group and area on this day: the newest `as_of` not after it, then the newest

    entry. None: nobody has entered one, and there is no share. Never taken from another area, group or a later day."""
    return (
        Denominator.objects.filter(group=group, area=area, as_of__lte=on)
        .order_by("-as_of", "-entered_at", "-id")
        .first()
    )


def figure_in_force(indicator: Indicator, group: TargetGroup, area: Area, on: date) -> Figure | None:
    """The outside figure that speaks on this day, whoever says it: the newest `as_of` not after it, then the newest

    entry. None: nobody has entered one. To be shown beside our own counts, never added to them."""
    return (
        Figure.objects.filter(indicator=indicator, group=group, area=area, as_of__lte=on)
        .order_by("-as_of", "-entered_at", "-id")
        .first()
    )


def figures_beside(group: TargetGroup, area: Area, on: date) -> QuerySet[Figure]:
    """Outside figures about the group in the area that speak on this day: for each indicator and source the newest.

    Indicators in alphabetical order, within one the newest first; `indicator` is selected along. One query.
    """
    same = Figure.objects.filter(
        group=OuterRef("group"),
        area=OuterRef("area"),
        indicator=OuterRef("indicator"),
        source=OuterRef("source"),
        as_of__lte=on,
    )
    later = same.filter(
        Q(as_of__gt=OuterRef("as_of"))
        | Q(as_of=OuterRef("as_of"), entered_at__gt=OuterRef("entered_at"))
        | Q(as_of=OuterRef("as_of"), entered_at=OuterRef("entered_at"), pk__gt=OuterRef("pk"))
    )
    return (
        Figure.objects.filter(group=group, area=area, as_of__lte=on)
        .filter(~Exists(later))
        .select_related("indicator")
        .order_by("indicator__key", "-as_of", "-entered_at", "-pk")
    )


def plans_for(area: Area) -> QuerySet[Plan]:
    """Plans of the area and of the areas above or before it, without replaced ones: whose targets its board shows.

    A plan of the old district is still the plan of the communes that came of it.
    """
    quote = connection.ops.quote_name
    areas, succession = quote(Area._meta.db_table), quote(AreaSuccession._meta.db_table)
    above = RawSQL(  # noqa: S611 - only table names are put in
        f"WITH RECURSIVE reach(id) AS (SELECT id FROM {areas} WHERE id = %s UNION SELECT edge.target FROM"  # noqa: S608
        f" (SELECT id AS origin, parent_id AS target FROM {areas} WHERE parent_id IS NOT NULL"
        f" UNION ALL SELECT new_id, old_id FROM {succession}) edge JOIN reach ON edge.origin = reach.id)"
        " SELECT id FROM reach",
        [area.pk],
    )
    return Plan.objects.filter(area__in=above, replaced_by=None).order_by("pk")
