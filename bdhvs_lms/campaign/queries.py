"""Reads of declared data: the tree of areas with its history, and the denominator that speaks on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from bdhvs_lms.campaign.models import (
    Area,
    AreaSuccession,
    Plan,
    SteeringAssignment,
)


def _reach(roots: Iterable[int]) -> RawSQL:
    """Return SQL for the ids of these areas, of everything below them, and of what became of any of them, transitively.

    A successor may be larger than the old unit's share of it: who asks about the old territory after its end gets the
    new units whole (areas.json, `also_includes`). One recursive query: the tree has at most four levels, but history
    makes chains, and UNION ends any cycle.
    """
    ids = sorted(set(roots))
    quote = connection.ops.quote_name
    area = quote(Area._meta.db_table)
    succession = quote(AreaSuccession._meta.db_table)
    marks = ", ".join(["%s"] * len(ids)) or "NULL"
    return RawSQL(  # noqa: S611 - only table names and marks are put in
        f"WITH RECURSIVE reach(id) AS (SELECT id FROM {area} WHERE id IN ({marks})"  # noqa: S608
        f" UNION SELECT edge.target FROM (SELECT parent_id AS origin, id AS target FROM {area}"  # noqa: S608
        f" WHERE parent_id IS NOT NULL UNION ALL SELECT old_id, new_id FROM {succession}) edge"
        " JOIN reach ON edge.origin = reach.id) SELECT id FROM reach",
        ids,
    )


def areas_for(user: Any) -> QuerySet[Area]:
    """Return the areas whose aggregates this account may see.

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
    return Area.objects.filter(pk__in=_reach(roots))


def areas_around(area: Area) -> QuerySet[Area]:
    """Return the areas whose announcements are for somebody who lives in this one: the area, all above it, what these
    came out of; and for an area that is no more the same of what became of it. One recursive query."""
    quote = connection.ops.quote_name
    areas, succession = quote(Area._meta.db_table), quote(AreaSuccession._meta.db_table)
    around = RawSQL(  # noqa: S611 - only table names are put in
        "WITH RECURSIVE heirs(id) AS ("  # noqa: S608
        f"SELECT id FROM {areas} WHERE id = %s"
        f" UNION SELECT edge.new_id FROM {succession} edge JOIN heirs ON edge.old_id = heirs.id"
        "), reach(id) AS (SELECT id FROM heirs UNION SELECT edge.target FROM"
        f" (SELECT id AS origin, parent_id AS target FROM {areas} WHERE parent_id IS NOT NULL"
        f" UNION ALL SELECT new_id, old_id FROM {succession}) edge JOIN reach ON edge.origin = reach.id)"
        " SELECT id FROM reach",
        [area.pk],
    )
    return Area.objects.filter(pk__in=around)


def areas_in_force(on: date) -> QuerySet[Area]:
    """Return the areas that exist on this day."""
    return Area.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on),
        Q(valid_to=None) | Q(valid_to__gte=on),
    )


def in_force(area: Area, on: date) -> bool:
    """Tell whether the area exists on this day."""
    return (area.valid_from is None or area.valid_from <= on) and (area.valid_to is None or on <= area.valid_to)


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
