"""What people have gained: their marks at entry to a course beside those at exit, by competency, group and place.

Of people who have both, and down to communes. Whose numbers may be shown is decided for the whole tree and all
competencies of a group at once, beside what readings have told (`gain_table.py`). For readings: pages show what those
have frozen. Two queries beside those for areas and rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from bdhvs_lms.base.api import CALENDAR, end_of_day
from bdhvs_lms.campaign.api import Organisation, TargetGroup
from bdhvs_lms.competency.api import Competency, Evidence, PassRule, Standing, pass_rules, rows_ready
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.progress.api import Result
from bdhvs_lms.reporting.queries.gain_table import PARTS, UNIT, GainTable, Sums, ToldGains
from bdhvs_lms.reporting.queries.months import Outline
from bdhvs_lms.reporting.queries.places import AreaTree, Node
from bdhvs_lms.reporting.suppression import Tree
from bdhvs_xapi.api import Trust

MILLION = 10**6
# A sign of a person is a number below this prime: its square and the sum of a country's stay within 64 bits.
PRIME = (1 << 31) - 1
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
    SELECT ends.*, entered.activity_key AS entry_key, entered.scaled AS before,
    COALESCE(result.grade_from, '') IN ('last', 'average') AS last_counts
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
    SELECT learner_id, competency_id, entry_key, activity_key AS exit_key, before, scaled AS after, {day} AS day,
    CAST(ROUND(before * {million}) AS bigint) AS share_before, CAST(ROUND(scaled * {million}) AS bigint) AS share_after,
    (learner_id * 1664525 + 1013904223) %% {prime} AS seed
    FROM pairs WHERE newest = 1
), named AS (
    SELECT dated.*, seed * seed %% {prime} AS who FROM dated
), signed AS (
    SELECT named.*, (who * 69621 + share_before * 1103515245 + share_after * 1299827) %% {prime} AS marks FROM named
)
SELECT standing.rule_id, signed.competency_id, entry_key, exit_key,
standing.area_id, standing.assigned, organisation.area_id,
COUNT(*), SUM(share_before), SUM(share_after),
SUM(CASE WHEN after > before THEN 1 ELSE 0 END), SUM(CASE WHEN after < before THEN 1 ELSE 0 END),
SUM(marks * marks %% {prime}), SUM(who)
FROM signed
JOIN {standing} standing ON standing.learner_id = signed.learner_id
AND standing.day_from <= signed.day AND standing.day_to > signed.day
LEFT JOIN {organisation} organisation ON organisation.id = standing.organisation_id
WHERE standing.rule_id IN ({rules})
GROUP BY standing.rule_id, signed.competency_id, entry_key, exit_key,
standing.area_id, standing.assigned, organisation.area_id
"""


class Named(Protocol):
    """A competency, as it is or as a reading has it."""

    @property
    def code(self) -> str: ...
    @property
    def label_vi(self) -> str: ...
    @property
    def label_en(self) -> str: ...


@dataclass(frozen=True)
class Gain:
    """What people have gained in one competency at one node. `people` None: hidden; 0: nobody has both marks.

    Shares in percent to one decimal; `points` is the difference of the two as they are shown."""

    competency: Named
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


def competency_key(competency: Competency) -> str:
    """As addresses and readings have it: codes repeat between frameworks."""
    return f"{competency.framework.key}:{competency.code}"


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
    sql = _PAIRS.format(**quoted, day=day, million=MILLION, prime=PRIME, rules=", ".join("%s" for _rule in listed))
    moment = connection.ops.adapt_datetimefield_value(cutoff)
    with connection.cursor() as cursor:
        cursor.execute(sql, [int(Trust.SERVER_GRADED), moment, *parameters, *listed])
        return cursor.fetchall()


@dataclass(frozen=True)
class Beside:
    """Of one group what stands beside its gains."""

    told: Sequence[ToldGains] = ()
    """What readings show."""
    numbers: Sequence[Mapping[Node, int]] = ()
    """Of the board at the same moment."""


class Gains:
    """Everybody's gain as of one moment.

    `rules`: of each group the rule by which everybody's rows are written (`competency.rows_ready`): they say who was in
    the group, and where, on the day of the exit. People are counted where that place lies today.
    `beside`: by the group's key.
    """

    def __init__(
        self,
        rules: Mapping[int, PassRule],
        places: AreaTree,
        on: date,
        cutoff: datetime,
        beside: Mapping[str, Beside] | None = None,
    ) -> None:
        outline = Outline(places)
        self.tree = Tree(outline.parents)
        found: dict[int, dict[int, dict[Node, Sums]]] = {}
        activities: dict[int, dict[int, set[str]]] = {}
        group_of = {rule.pk: rule.group for rule in rules.values()}
        self.groups: list[TargetGroup] = list(group_of.values())
        for rule, competency, entry, exit_, area, assigned, work, *numbers in _rows(group_of, cutoff):
            group = group_of[rule]
            by_work = group.counted_where == TargetGroup.CountedWhere.ORGANISATION
            node = places.place(work, on) if by_work else places.place(area, on, assigned=bool(assigned))
            if node is None:
                continue
            home = next(iter(outline.gathered({node: 1})))
            at = found.setdefault(group.pk, {}).setdefault(competency, {})
            at[home] = at.get(home, Sums()) + _sums(numbers)
            keys = activities.setdefault(group.pk, {}).setdefault(competency, set())
            keys.update(UUID(str(key)).hex for key in (entry, exit_))
        named = Competency.objects.select_related("framework").order_by("framework", "position")
        known = {competency for by_competency in found.values() for competency in by_competency}
        self.competencies = list(named.filter(pk__in=known)) if known else []
        keys_of = {one.pk: competency_key(one) for one in self.competencies}
        self.by_key = {competency_key(one): one for one in self.competencies}
        self.tables: dict[int, GainTable] = {}
        """By the group's primary key; without groups of which nobody has both marks."""
        for group in self.groups:
            if group.pk in found:
                own = (beside or {}).get(group.key, Beside())
                self.tables[group.pk] = GainTable(
                    self.tree, found[group.pk], keys_of, activities[group.pk], own.told, own.numbers
                )

    def competencies_of(self, group: TargetGroup) -> list[Competency]:
        """In which anybody of the group, anywhere, has both marks."""
        table = self.tables.get(group.pk)
        return [] if table is None else [one for one in self.competencies if one.pk in table.sums]

    def at(self, group: TargetGroup, node: Node) -> list[Gain]:
        """A line for each of `competencies_of`."""
        return [self.gain(group, one, node) for one in self.competencies_of(group)]

    def gain(self, group: TargetGroup, competency: Competency, node: Node) -> Gain:
        """Of one of `competencies_of`."""
        table = self.tables[group.pk]
        sums = table.sums[competency.pk].get(node, Sums())
        if not table.may("people", competency.pk, node):
            return Gain(competency, None)
        if not sums.people:
            return Gain(competency, 0)
        before, after = (
            (Decimal(100 * total) / (MILLION * sums.people)).quantize(_TENTH) for total in (sums.before, sums.after)
        )
        if not all(table.may(name, competency.pk, node) for name in PARTS):
            return Gain(competency, sums.people, before, after)
        return Gain(competency, sums.people, before, after, sums.rose, sums.same, sums.fell)


def _sums(numbers: Iterable[Any]) -> Sums:
    people, before, after, rose, fell, marks, who = map(int, numbers)
    return Sums(people, before, after, rose, fell, people * UNIT + marks, people * UNIT + who)


def gains(
    places: AreaTree, on: date, cutoff: datetime | None = None, beside: Mapping[str, Beside] | None = None
) -> Gains:
    """What was done by `cutoff` counts, or by the end of the day `on`. `places`: a tree in which `on` is one of the

    days. `beside`: by the group's key."""
    rules = list(pass_rules())
    ready = rows_ready(rules)
    # Of a group the first whose rows are written: whichever rule, they say where everybody was.
    by_group: dict[int, PassRule] = {}
    for rule in rules:
        if rule.group.part_of_id is None and ready.get(rule.pk) == rule.pk:
            by_group.setdefault(rule.group_id, rule)
    return Gains(by_group, places, on, cutoff or end_of_day(on), beside)
