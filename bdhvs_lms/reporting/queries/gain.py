"""What people have gained: their marks at entry to a course beside those at exit, by competency, group and place.

Of people who have both, and down to communes. Whose numbers may be shown is decided for the whole tree and all
competencies of a group at once (docs/adr/0030 and that of the gain). Two queries beside those for areas and rules.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db import connection

from bdhvs_lms.base.api import CALENDAR, end_of_day
from bdhvs_lms.campaign.api import Organisation, TargetGroup
from bdhvs_lms.competency.api import Competency, Evidence, PassRule, Standing, pass_rules, rows_ready
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.progress.api import Result
from bdhvs_lms.reporting.queries.months import Outline
from bdhvs_lms.reporting.queries.places import AreaTree, Node
from bdhvs_lms.reporting.suppression import Counts, Form, Tree, difference, shown_nodes, single
from bdhvs_xapi.api import Trust

MILLION = 10**6
_TENTH = Decimal("0.1")

# At entry the first attempt speaks: what people knew before. At exit the one that counts by the quiz's own method, of
# those made after it: the best, where a quiz says nothing else. Of several courses the one left last.
_PAIRS = """
WITH ends AS (
    SELECT evidence.learner_id, evidence.competency_id, evidence.activity_key, evidence.statement_id,
    evidence.occurred_at, evidence.scaled, activity.course_id, activity.role
    FROM {evidence} evidence JOIN {activity} activity ON activity.key = evidence.activity_key
    WHERE activity.role <> '' AND NOT evidence.presence AND evidence.scaled IS NOT NULL AND evidence.trust >= %s
    AND evidence.occurred_at <= %s
), entered AS (
    SELECT * FROM (
        SELECT ends.*, ROW_NUMBER() OVER (
            PARTITION BY learner_id, competency_id, course_id ORDER BY occurred_at, statement_id
        ) AS place FROM ends WHERE role = 'entry'
    ) numbered WHERE place = 1
), later AS (
    SELECT ends.*, entered.scaled AS before, COALESCE(result.grade_from, '') IN ('last', 'average') AS last_counts
    FROM ends
    JOIN entered ON entered.learner_id = ends.learner_id AND entered.competency_id = ends.competency_id
    AND entered.course_id = ends.course_id AND entered.occurred_at < ends.occurred_at
    LEFT JOIN {result} result ON result.learner_id = ends.learner_id AND result.activity_key = ends.activity_key
    WHERE ends.role = 'exit'
), left_behind AS (
    SELECT later.*, ROW_NUMBER() OVER (
        PARTITION BY learner_id, competency_id, course_id
        ORDER BY CASE WHEN last_counts THEN 0 ELSE -scaled END,
        CASE WHEN last_counts THEN occurred_at END DESC, occurred_at, statement_id
    ) AS place FROM later
), pairs AS (
    SELECT left_behind.*, ROW_NUMBER() OVER (
        PARTITION BY learner_id, competency_id ORDER BY occurred_at DESC, course_id
    ) AS newest FROM left_behind WHERE place = 1
), dated AS (
    SELECT learner_id, competency_id, before, scaled AS after, {day} AS day FROM pairs WHERE newest = 1
)
SELECT standing.rule_id, dated.competency_id, standing.area_id, standing.assigned, organisation.area_id,
COUNT(*), SUM(ROUND(before * {million})), SUM(ROUND(after * {million})),
SUM(CASE WHEN after > before THEN 1 ELSE 0 END), SUM(CASE WHEN after < before THEN 1 ELSE 0 END)
FROM dated
JOIN {standing} standing ON standing.learner_id = dated.learner_id
AND standing.day_from <= dated.day AND standing.day_to > dated.day
LEFT JOIN {organisation} organisation ON organisation.id = standing.organisation_id
WHERE standing.rule_id IN ({rules})
GROUP BY standing.rule_id, dated.competency_id, standing.area_id, standing.assigned, organisation.area_id
"""


@dataclass(frozen=True)
class Sums:
    """Of the people counted at a node: how many, their marks in millionths, and how many rose or fell."""

    people: int = 0
    before: int = 0
    after: int = 0
    rose: int = 0
    fell: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))


@dataclass(frozen=True)
class Gain:
    """What people have gained in one competency at one node. `people` None: hidden; 0: nobody has both marks.

    Shares in percent to one decimal; `points` is the difference of the two as they are shown."""

    competency: Competency
    people: int | None
    before: Decimal | None = None
    after: Decimal | None = None
    rose: int | None = None
    """None, and so the two others: hidden."""
    same: int | None = None
    fell: int | None = None

    @property
    def points(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


def _day_sql() -> tuple[str, tuple[Any, ...]]:
    sql, parameters = connection.ops.datetime_cast_date_sql("occurred_at", (), str(CALENDAR))
    return sql, tuple(parameters)


def _rows(rules: Iterable[int], cutoff: datetime) -> list[tuple[Any, ...]]:
    listed = sorted(rules)
    if not listed:
        return []
    day, parameters = _day_sql()
    models = (Evidence, Activity, Result, Standing, Organisation)
    quoted = {model.__name__.lower(): connection.ops.quote_name(model._meta.db_table) for model in models}
    sql = _PAIRS.format(**quoted, day=day, million=MILLION, rules=", ".join("%s" for _rule in listed))
    moment = connection.ops.adapt_datetimefield_value(cutoff)
    with connection.cursor() as cursor:
        cursor.execute(sql, [int(Trust.SERVER_GRADED), moment, *parameters, *listed])
        return cursor.fetchall()


class Gains:
    """Everybody's gain as of one moment.

    `rules`: of each group the rule by which everybody's rows are written (`competency.rows_ready`): they say who was in
    the group, and where, on the day of the exit. People are counted where that place lies today.
    """

    def __init__(self, rules: Mapping[int, PassRule], places: AreaTree, on: date, cutoff: datetime) -> None:
        outline = Outline(places)
        self._parents, self._tree = outline.parents, Tree(outline.parents)
        found: dict[int, dict[int, dict[Node, Sums]]] = {}
        group_of = {rule.pk: rule.group for rule in rules.values()}
        self.groups: list[TargetGroup] = list(group_of.values())
        for rule, competency, area, assigned, work, *numbers in _rows(group_of, cutoff):
            group = group_of[rule]
            by_work = group.counted_where == TargetGroup.CountedWhere.ORGANISATION
            node = places.place(work, on) if by_work else places.place(area, on, assigned=bool(assigned))
            if node is None:
                continue
            home = next(iter(outline.gathered({node: 1})))
            at = found.setdefault(group.pk, {}).setdefault(competency, {})
            at[home] = at.get(home, Sums()) + Sums(*map(int, numbers))
        named = Competency.objects.select_related("framework").order_by("framework", "position")
        known = {competency for by_competency in found.values() for competency in by_competency}
        self.competencies = list(named.filter(pk__in=known)) if known else []
        self._groups = {group: _Table(self._parents, self._tree, rows) for group, rows in found.items()}

    def competencies_of(self, group: TargetGroup) -> list[Competency]:
        """In which anybody of the group, anywhere, has both marks."""
        table = self._groups.get(group.pk)
        return [] if table is None else [one for one in self.competencies if one.pk in table.sums]

    def at(self, group: TargetGroup, node: Node) -> list[Gain]:
        """A line for each of `competencies_of`."""
        return [self._groups[group.pk].gain(one, node) for one in self.competencies_of(group)]


class _Table:
    """One group: sums by competency and node, and where they may be shown."""

    def __init__(
        self, parents: Mapping[Node, Node | None], tree: Tree, sums: Mapping[int, Mapping[Node, Sums]]
    ) -> None:
        self.sums: dict[int, dict[Node, Sums]] = {}
        values: dict[Hashable, dict[Node, int]] = {}
        forms: list[Form] = []
        within: dict[Hashable, Hashable] = {}
        for competency, own in sorted(sums.items()):
            everywhere: dict[Node, Sums] = {}
            for node, one in own.items():
                at: Node | None = node
                while at is not None:
                    everywhere[at] = everywhere.get(at, Sums()) + one
                    at = parents[at]
            self.sums[competency] = everywhere
            people, rose, fell, same = ((name, competency) for name in ("people", "rose", "fell", "same"))
            values[people] = {node: one.people for node, one in own.items()}
            values[rose] = {node: one.rose for node, one in own.items()}
            values[fell] = {node: one.fell for node, one in own.items()}
            values[same] = {node: one.people - one.rose - one.fell for node, one in own.items()}
            forms += [single(measure) for measure in (people, rose, fell, same)]
            # What is left of everybody when one or two of the three are taken away.
            forms += [difference(people, part) for part in (rose, fell, same)]
            forms += [
                Form(((people, 1), (one, -1), (two, -1)), two) for one, two in combinations((rose, fell, same), 2)
            ]
            within |= dict.fromkeys((rose, fell, same), people)
        # One quiz often speaks for several competencies: who is counted in one of them only would be told by the rest.
        for first, second in combinations(sorted(sums), 2):
            forms += [difference((name, first), (name, second)) for name in ("people", "rose", "fell", "same")]
        everybody = {measure: values[("people", measure[1])] for measure in values}  # type: ignore[index]
        self._shown = shown_nodes(Counts(parents, everybody, values, forms, within)) if values else {}

    def gain(self, competency: Competency, node: Node) -> Gain:
        sums = self.sums[competency.pk].get(node, Sums())
        if not sums.people:
            return Gain(competency, 0)
        if not self._may("people", competency, node):
            return Gain(competency, None)
        before, after = (
            (Decimal(100 * total) / (MILLION * sums.people)).quantize(_TENTH) for total in (sums.before, sums.after)
        )
        same = sums.people - sums.rose - sums.fell
        parts = (sums.rose, same, sums.fell)
        if not all(self._may(name, competency, node) for name in ("rose", "same", "fell")):
            parts = (None, None, None)  # type: ignore[assignment]
        return Gain(competency, sums.people, before, after, *parts)

    def _may(self, name: str, competency: Competency, node: Node) -> bool:
        return node in self._shown[(name, competency.pk)]


def gains(places: AreaTree, on: date) -> Gains:
    """What was done by the end of the day `on` counts. `places`: a tree in which `on` is one of the days."""
    rules = list(pass_rules())
    ready = rows_ready(rules)
    # Of a group the first whose rows are written: whichever rule, they say where everybody was.
    by_group: dict[int, PassRule] = {}
    for rule in rules:
        if rule.group.part_of_id is None and ready.get(rule.pk) == rule.pk:
            by_group.setdefault(rule.group_id, rule)
    return Gains(by_group, places, on, end_of_day(on))
