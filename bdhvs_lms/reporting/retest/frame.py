"""From whom a sample is drawn: everybody counted in an area who had achieved something by the end of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, ExpressionWrapper, Q, Value, When
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency.api import Attainment, PassRule, Standing, Subject, pass_rules, rows_ready
from bdhvs_lms.learners.api import Learner, placements_on
from bdhvs_lms.reporting.queries.places import AreaHistory, AreaTree, Node, Unassigned


@dataclass(frozen=True)
class Frame:
    """`people`: actor to (learner's key, area at which the person is counted: the commune, where there is one).
    `nameless`: others who achieved it, of whom no name is on record: nobody could ask them to come."""

    people: dict[UUID, tuple[int, Area]]
    nameless: int

    @property
    def strata(self) -> dict[UUID, str]:
        """Actor to the code of that area."""
        return {actor: area.code for actor, (_pk, area) in self.people.items()}


def frame_of(subject: Subject, area: Area, on: date) -> Frame:
    """Five queries at most, whatever the number of people.

    Of a pass rule: who is in the group and counted in the area on that day, as a board counts; of a competency: who
    lives there. Raises ValidationError while the rows of a new rule are still being written.
    """
    rows = _by_rule(subject.rule, on) if subject.rule is not None else _by_competency(subject, on)
    tree = AreaTree(AreaHistory(), (on,))
    people: dict[UUID, tuple[int, Area]] = {}
    nameless = 0
    for pk, actor, named, area_id, assigned in rows:
        node = tree.place(area_id, on, assigned=assigned)
        line = [] if node is None else [_area_of(one) for one in tree.upwards(node)]
        if area.pk not in line:
            continue
        if not named:
            nameless += 1
        else:
            people[actor] = (pk, _commune(line, tree.history))
    return Frame(people, nameless)


def _area_of(node: Node) -> int:
    return node.area_id if isinstance(node, Unassigned) else node


def _commune(line: list[int], history: AreaHistory) -> Area:
    """The first commune on the way upwards; without one the area itself."""
    areas = [history.areas[pk] for pk in line]
    return next((one for one in areas if one.kind == Area.Kind.COMMUNE), areas[0])


def _named(person: str) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**{f"{person}__isnull": False}), output_field=BooleanField())


Row = tuple[int, UUID, bool, int | None, bool]
"""Learner's key, actor, whether a name is on record, area, and whether that is the person's area today."""


def _by_rule(rule: PassRule, on: date) -> Iterable[Row]:
    ready = rows_ready(pass_rules())
    if rule.pk not in ready:
        raise ValidationError(_("This rule is new and people are still being counted by it. Try again in a minute."))
    by_work = rule.group.counted_where == TargetGroup.CountedWhere.ORGANISATION
    rows = Standing.objects.filter(
        rule=ready[rule.pk], day_from__lte=on, day_to__gt=on, passed_at__lte=end_of_day(on), learner__merged_into=None
    )
    where = ("organisation__area", Value(True, output_field=BooleanField())) if by_work else ("area", "assigned")
    return rows.values_list("learner", "learner__actor", _named("learner__person"), *where)


def _by_competency(subject: Subject, on: date) -> Iterable[Row]:
    [competency] = subject.competencies
    attained = Attainment.objects.filter(
        competency=competency, level__gte=subject.level, attained_at__lte=end_of_day(on)
    ).order_by()
    places: Any = placements_on(on)
    assigned = Case(When(area=None, then=Value(False)), default=Value(True), output_field=BooleanField())
    found = places.filter(person__in=attained.values("learner"), last_area__isnull=False)
    found = found.values_list("person", "last_area", assigned)
    living = {pk: (area, now) for pk, area, now in found}
    learners = Learner.objects.filter(merged_into=None, pk__in=attained.values("learner"))
    for pk, actor, named in learners.values_list("pk", "actor", _named("person")):
        if pk in living:
            yield pk, actor, named, *living[pk]
