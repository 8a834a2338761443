"""The people of a commune who count towards a target, by class: how many have begun, pass, are confirmed.

Everybody is counted in one class, the one they joined last, so that the rows add up to the commune's own numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from django.db import connection

from bdhvs_lms.base.api import fold
from bdhvs_lms.campaign.api import Area, Organisation, Target, TargetGroup
from bdhvs_lms.classes.api import ClassGroup, Membership
from bdhvs_lms.competency.api import Standing
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.group_table import RuleAt
from bdhvs_lms.reporting.queries.months import Outline
from bdhvs_lms.reporting.queries.places import AreaTree
from bdhvs_lms.reporting.small_numbers import fold_small, is_shown

REST = 0
"""Whoever is in no class; no class has this primary key."""

_BY_CLASS = """
WITH joined AS (
    SELECT COALESCE(learner.merged_into_id, membership.learner_id) AS person, membership.class_group_id,
    ROW_NUMBER() OVER (
        PARTITION BY COALESCE(learner.merged_into_id, membership.learner_id)
        ORDER BY membership.valid_from DESC, membership.id DESC
    ) AS place
    FROM {membership} membership JOIN {learner} learner ON learner.id = membership.learner_id
    WHERE membership.valid_from <= %s AND (membership.valid_to IS NULL OR membership.valid_to >= %s)
)
SELECT joined.class_group_id, {area}, {assigned}, COUNT(*),
SUM(CASE WHEN standing.passed_at <= %s THEN 1 ELSE 0 END),
SUM(CASE WHEN standing.confirmed_at <= %s THEN 1 ELSE 0 END),
SUM(CASE WHEN standing.begun_at <= %s THEN 1 ELSE 0 END)
FROM {standing} standing
JOIN joined ON joined.person = standing.learner_id AND joined.place = 1
LEFT JOIN {organisation} organisation ON organisation.id = standing.organisation_id
WHERE standing.rule_id = %s AND standing.day_from <= %s AND standing.day_to > %s AND {area} IN ({areas})
GROUP BY joined.class_group_id, {area}, {assigned}
"""


@dataclass(frozen=True)
class ClassCounts:
    """The people of a target's group in a class, and how many of them have begun, pass, are confirmed."""

    people: int = 0
    passed: int = 0
    confirmed: int = 0
    begun: int = 0

    @property
    def learning(self) -> int:
        return self.begun - self.passed


@dataclass(frozen=True)
class ClassRow:
    """A class, or several small ones on one line."""

    group: ClassGroup | None
    """None: whoever is in none, or the line of small ones."""
    counts: ClassCounts | None
    """None: not shown, because all of them are few."""
    small: bool = False


@dataclass(frozen=True)
class Classes:
    """`ready` False: what is counted is still being written down. No rows: nobody of the group is in a class here."""

    rows: tuple[ClassRow, ...] = ()
    ready: bool = True


def has_classes(board: Board, target: Target, area: Area) -> bool:
    """Whether people of this area are told by class: of a commune, and not of a part of a group (as for months)."""
    if target.group.part_of_id is not None:
        return False
    places = board.snapshot(board.history.day_for(area, board.today)).places
    outline = Outline(places)
    return area.pk in outline.parents and area.pk not in set(outline.parents.values())


def classes_of(board: Board, target: Target, area: Area) -> Classes:
    """Return the classes of a commune by name, then whoever is in none, then the line of small ones."""
    snapshot = board.snapshot(board.history.day_for(area, board.today))
    rule_at = snapshot.rule_at(target)
    if rule_at is None:
        return Classes()
    if rule_at.rule.pk not in snapshot.ready:
        return Classes(ready=False)
    table = snapshot.table(target.group, own=False)
    counts = _counts(target.group, rule_at, snapshot.ready[rule_at.rule.pk], snapshot.places, area)
    if not counts:
        return Classes()
    everybody = ClassCounts(
        table.known[rule_at.passed].get(area.pk, 0),
        *(table.totals[one].get(area.pk, 0) for one in (rule_at.passed, rule_at.confirmed, rule_at.begun)),
    )
    taken = _added(counts.values())
    rest = ClassCounts(*(number - less for number, less in zip(astuple(everybody), astuple(taken), strict=True)))
    if rest.people:
        counts[REST] = rest
    together = fold_small({key: one.people for key, one in counts.items()})
    groups = sorted(
        ClassGroup.objects.filter(pk__in=counts.keys() - together), key=lambda one: (fold(one.name), one.pk)
    )
    rows = [ClassRow(group, counts[group.pk]) for group in groups]
    if REST in counts and REST not in together:
        rows.append(ClassRow(None, counts[REST]))
    if together:
        line = _added(counts[key] for key in together)
        rows.append(ClassRow(None, line if is_shown(line.people) else None, small=True))
    return Classes(tuple(rows))


def _added(counts: Iterable[ClassCounts]) -> ClassCounts:
    return ClassCounts(*map(sum, zip(*map(astuple, counts), strict=True)))


def _counts(group: TargetGroup, rule_at: RuleAt, rows_by: int, places: AreaTree, area: Area) -> dict[int, ClassCounts]:
    """Count those who are in a class, by its primary key. One query."""
    inside = {node for node in places.parents if area.pk in places.upwards(node)}
    by_work = group.counted_where == TargetGroup.CountedWhere.ORGANISATION
    here = {
        (pk, assigned)
        for pk in places.history.areas
        for assigned in ((True,) if by_work else (True, False))
        if places.place(pk, rule_at.on, assigned=assigned) in inside
    }
    areas = sorted({pk for pk, _assigned in here})
    if not areas:
        return {}
    quoted = {
        model.__name__.lower(): connection.ops.quote_name(model._meta.db_table)
        for model in (Membership, Learner, Standing, Organisation)
    }
    sql = _BY_CLASS.format(
        **quoted,
        area="organisation.area_id" if by_work else "standing.area_id",
        assigned="TRUE" if by_work else "standing.assigned",
        areas=", ".join("%s" for _pk in areas),
    )
    day = connection.ops.adapt_datefield_value(rule_at.on)
    moment = connection.ops.adapt_datetimefield_value(rule_at.cutoff)
    with connection.cursor() as cursor:
        cursor.execute(sql, [day, day, moment, moment, moment, rows_by, day, day, *areas])
        rows = cursor.fetchall()
    found: dict[int, ClassCounts] = {}
    for class_group, area_id, assigned, *numbers in rows:
        if (area_id, bool(assigned)) in here:
            found[class_group] = _added((found.get(class_group, ClassCounts()), ClassCounts(*map(int, numbers))))
    return found
