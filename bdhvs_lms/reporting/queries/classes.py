"""The people of a commune who count towards a target, by class: how many have begun, pass, are confirmed.

Everybody is counted in one class, the one they joined last, so that the rows add up to the commune's own numbers, which
the board shows already. Which rows may be shown beside those, and beside its villages: decision 30.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from bdhvs_lms.base.api import fold
from bdhvs_lms.campaign.api import Area, Organisation, Target, TargetGroup
from bdhvs_lms.classes.api import ClassGroup, Membership
from bdhvs_lms.competency.api import Standing
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.class_table import REST, Cells, ClassTable, Told
from bdhvs_lms.reporting.queries.group_table import RuleAt
from bdhvs_lms.reporting.queries.months import Outline
from bdhvs_lms.reporting.queries.places import AreaTree

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
class ClassRow:
    """One class; `group` None: all others, and whoever is in none."""

    group: ClassGroup | None
    told: Told


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
    """The classes of a commune, by name, the rest last. One query a year of the group, and one for the classes."""
    snapshot = board.snapshot(board.history.day_for(area, board.today))
    rule_at = snapshot.rule_at(target)
    if rule_at is None:
        return Classes()
    table = snapshot.table(target.group, own=False)
    if any(one.rule.pk not in snapshot.ready for one in table.rules):
        return Classes(ready=False)
    cells = {
        one.content: _cells(target.group, one, snapshot.ready[one.rule.pk], snapshot.places, area)
        for one in table.rules
    }
    found = ClassTable(table, area.pk, cells)
    groups = ClassGroup.objects.filter(pk__in=found.classes) if found.classes else ()
    named = sorted(groups, key=lambda one: (fold(one.name), one.pk))
    rows = [ClassRow(group, found.told(rule_at, group.pk)) for group in named]
    if rows and found.has_rest(rule_at):
        rows.append(ClassRow(None, found.told(rule_at, REST)))
    return Classes(tuple(rows))


def _cells(group: TargetGroup, rule_at: RuleAt, rows_by: int, places: AreaTree, area: Area) -> Cells:
    """Of those who are in a class."""
    inside = {node for node in places.parents if area.pk in places.upwards(node)}
    by_work = group.counted_where == TargetGroup.CountedWhere.ORGANISATION
    where = {
        (pk, assigned): node
        for pk in places.history.areas
        for assigned in ((True,) if by_work else (True, False))
        if (node := places.place(pk, rule_at.on, assigned=assigned)) in inside
    }
    found = Cells()
    areas = sorted({pk for pk, _assigned in where})
    if not areas:
        return found
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
    for class_group, area_id, assigned, *numbers in rows:
        node = where.get((area_id, bool(assigned)))
        if node is None:
            continue
        for counts, number in zip(
            (found.people, found.passed, found.confirmed, found.begun), map(int, numbers), strict=True
        ):
            counts[(class_group, node)] = counts.get((class_group, node), 0) + number
    return found
