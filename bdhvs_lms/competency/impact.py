"""Changes of results by an act that changes everybody's figures, told before it is done (ADR 98).

A result is whether somebody passes by the rule of a group and year, as boards count it: in that group on that day, by
what had been attained by then. Nothing is written and nobody is locked; the same functions then do it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from bdhvs_lms.base.api import day_of, end_of_day
from bdhvs_lms.campaign.api import Area, Organisation, TargetGroup
from bdhvs_lms.competency.actions import concerned_by, done_something
from bdhvs_lms.competency.deciders import CompetencyDecider
from bdhvs_lms.competency.ladders import Rules
from bdhvs_lms.competency.models import AlignmentRevision, Attainment, Competency, EvidenceRuleVersion, PassRule
from bdhvs_lms.competency.naming import competency_of
from bdhvs_lms.competency.standings import Asked, asked_by, attained_rows, stand_by
from bdhvs_lms.competency.supposing import Supposed, attained_if
from bdhvs_lms.learners.api import Learner, Place, Span, counted_spans, learners_for_actors
from bdhvs_lms.tracking.api import Writer, actor_uuid, would_be_void
from bdhvs_xapi import api as xapi

# People that are looked at together, and whose places are.
PIECE, PLACED = 100, 1000


@dataclass(frozen=True)
class Change:
    """One person's result by one group's rule of a year: passes afterwards (`gained`), or no longer."""

    group_id: int
    year: int
    learner_id: int
    area_id: int
    gained: bool


@dataclass(frozen=True)
class Line:
    """Numbers of people who gain and lose in one group, year and area."""

    group: TargetGroup
    year: int
    area: Area
    gained: int
    lost: int


@dataclass
class Impact:
    """Changes that an act would make. `looked_at` of `people` there are to be looked at: less than all where somebody
    said stop."""

    changes: list[Change] = field(default_factory=list)
    members: list[Change] = field(default_factory=list)
    """Who is in the group on the last day of the year afterwards (`gained`), or no longer; whether they pass or not."""
    looked_at: int = 0
    people: int = 0

    @property
    def complete(self) -> bool:
        return self.looked_at == self.people

    @property
    def learners(self) -> list[int]:
        """Return primary keys of those whose result changes."""
        return sorted({change.learner_id for change in self.changes})

    @property
    def concerned(self) -> list[int]:
        """Return primary keys of those for whom anything changes."""
        return sorted({change.learner_id for change in (*self.changes, *self.members)})

    def counts(self) -> list[tuple[int, int, int, int, int]]:
        """Return (group, year, area, gained, lost), in this order."""
        return _counts(self.changes)

    def member_counts(self) -> list[tuple[int, int, int, int, int]]:
        return _counts(self.members)

    def lines(self) -> list[Line]:
        """Return the counts, with what they are of. Two queries."""
        return _lines(self.counts())

    def member_lines(self) -> list[Line]:
        return _lines(self.member_counts())


def _counts(changes: Iterable[Change]) -> list[tuple[int, int, int, int, int]]:
    found: Counter[tuple[int, int, int, bool]] = Counter(
        (change.group_id, change.year, change.area_id, change.gained) for change in changes
    )
    return [(*key, found[*key, True], found[*key, False]) for key in sorted({key[:3] for key in found})]


def _lines(counts: Sequence[tuple[int, int, int, int, int]]) -> list[Line]:
    groups = TargetGroup.objects.in_bulk({row[0] for row in counts})
    areas = Area.objects.in_bulk({row[2] for row in counts})
    return [Line(groups[group], year, areas[area], gained, lost) for group, year, area, gained, lost in counts]


GoOn = Callable[[Impact], bool]


def always(_found: Impact) -> bool:
    return True


@dataclass(frozen=True)
class Counted:
    """A rule as a board asks it: by what was attained by `cutoff`, of who is in the whole group on `day`."""

    group: TargetGroup
    year: int
    asked: Asked
    cutoff: datetime
    day: date


def counted(group: TargetGroup, year: int, asked: Asked, at: datetime) -> Counted:
    day = min(day_of(at), date(year, 12, 31))
    return Counted(group, year, asked, min(at, end_of_day(day)), day)


def rules_in_force() -> list[PassRule]:
    """Return the newest rule of each group and year."""
    newest: dict[tuple[int, int], PassRule] = {}
    for rule in PassRule.objects.select_related("group").order_by("number"):
        newest[rule.group_id, rule.year] = rule
    return sorted(newest.values(), key=lambda rule: (rule.group_id, rule.year))


def counted_now(at: datetime) -> list[Counted]:
    """Return every rule in force; with each whole group's those of its parts that have none of their own."""
    rules = rules_in_force()
    own = {(rule.group_id, rule.year) for rule in rules}
    parts = list(TargetGroup.objects.filter(part_of__isnull=False).order_by("pk"))
    return [
        counted(group, rule.year, asked_by(rule), at)
        for rule in rules
        for group in (
            rule.group,
            *(one for one in parts if one.part_of_id == rule.group_id and (one.pk, rule.year) not in own),
        )
    ]


def of_pass_rule(
    *, group: TargetGroup, year: int, competencies: Iterable[Competency], level: int, at: datetime
) -> Impact:
    """Return the impact of `pass_rules.add_pass_rule` with these. Where the group had no rule for the year, all who
    pass gain; a part of a group is counted by the whole group's rule until it has its own."""
    chosen = list(competencies)
    asked: Asked = (chosen[0].framework_id, frozenset(one.code for one in chosen), level)
    rule = counted(group, year, asked, at)
    known = {one.group_id: one for one in rules_in_force() if one.year == year}
    before = known.get(group.pk) or known.get(group.part_of_id or group.pk)
    passed = set() if before is None else _passing(replace(rule, asked=asked_by(before)))
    passing = _passing(rule)
    gained = dict.fromkeys(passing - passed, True)
    changed = gained | dict.fromkeys(passed - passing, False)
    parts = [one for one in TargetGroup.objects.filter(part_of=group).order_by("pk") if one.pk not in known]
    found = Impact([one for each in (group, *parts) for one in _placed(replace(rule, group=each), changed)])
    found.looked_at = found.people = len(passed | passing)
    return found


def _passing(rule: Counted) -> set[int]:
    """Return learners who pass, in whatever group."""
    framework, codes, level = rule.asked
    rows: QuerySet[Any, Any] = Attainment.objects.filter(
        attained_at__lte=rule.cutoff,
        competency__framework=framework,
        competency__code__in=codes,
        level__gte=level,
    )
    found = rows.order_by().values("learner").annotate(found=Count("competency", distinct=True))
    return set(found.filter(found=len(codes)).values_list("learner", flat=True))


def _placed(rule: Counted, gained: Mapping[int, bool]) -> Iterator[Change]:
    """Yield changes of those of these learners who are counted in the group, with where."""
    ids = sorted(gained)
    for start in range(0, len(ids), PLACED):
        found = areas_on(rule.group, rule.day, counted_spans(ids[start : start + PLACED]))
        for pk, area_id in sorted(found.items()):
            yield Change(rule.group.pk, rule.year, pk, area_id, gained[pk])


def areas_on(group: TargetGroup, day: date, spans: Mapping[int, Mapping[int, Sequence[Span]]]) -> dict[int, int]:
    """Return by learner the area in which they are counted in the group on the day. `spans`: as `counted_spans` has
    them."""
    whole = group.part_of_id or group.pk
    places = {
        pk: span.place
        for pk, groups in spans.items()
        for span in groups.get(whole, ())
        if span.first <= day < span.until
    }
    return _areas(group, places)


def _areas(group: TargetGroup, places: Mapping[int, Place]) -> dict[int, int]:
    """Return by learner the area in which they count: where they live or, of a group that is counted so, work; of a
    part of a group only those in a town."""
    found = {pk: place.area_id for pk, place in places.items()}
    if group.counted_where == TargetGroup.CountedWhere.ORGANISATION:
        works = {pk: place.organisation_id for pk, place in places.items() if place.organisation_id is not None}
        areas = dict(Organisation.objects.filter(pk__in=set(works.values())).values_list("pk", "area"))
        found = {pk: areas[organisation] for pk, organisation in works.items()}
    towns = set(Area.objects.filter(pk__in=set(found.values()), urban=True).values_list("pk", flat=True))
    return {pk: area for pk, area in found.items() if area is not None and (area in towns or not group.urban_only)}


def of_application(
    version: EvidenceRuleVersion,
    *,
    effective_from: datetime,
    at: datetime,
    go_on: GoOn = always,
) -> Impact:
    """Return the impact of `actions.apply_to_past` with these. Nobody loses by it.

    `go_on`: asked after each hundred people, with what was found so far; False: enough, the answer is of those.
    """
    scope = version.rule.framework_id, version.rule.competency_id, version.rule.level

    def spoken_by(found: Rules) -> Rules:
        return {
            key: [
                replace(one, starts=min(one.starts, effective_from))
                if (key, one.number) == (scope, version.number)
                else one
                for one in versions
            ]
            for key, versions in found.items()
        }

    asked = counted_now(at)
    ids = list(concerned_by(version).values_list("pk", flat=True))
    found = Impact(people=len(ids))
    for start in range(0, len(ids), PIECE):
        piece = list(Learner.objects.filter(pk__in=ids[start : start + PIECE]).order_by("pk"))
        found.changes.extend(_decided(piece, spoken_by, asked))
        found.looked_at += len(ids[start : start + PIECE])
        if not go_on(found):
            break
    return found


def _decided(
    learners: Sequence[Learner], spoken_by: Callable[[Rules], Rules], asked: Collection[Counted]
) -> Iterator[Change]:
    known = {learner.actor: learner.pk for learner in learners}
    more: dict[int, list[Any]] = {}
    framework_of = dict(Competency.objects.values_list("framework__key", "framework"))
    for act in CompetencyDecider().proposed(learners, spoken_by):
        name = competency_of(act.object.iri)
        if name is not None:
            framework, code, level = name
            row = SimpleNamespace(
                competency__framework_id=framework_of[framework],
                competency__code=code,
                level=level,
                begun_at=None,
                attained_at=act.occurred_at,
                confirmed_at=None,
            )
            more.setdefault(known[act.actor], []).append(row)
    there = attained_rows(more) if more else {}
    for rule in asked:
        gained = {}
        for pk, rows in more.items():
            before = stand_by(rule.asked, there.get(pk, ())).passed_at
            after = stand_by(rule.asked, [*there.get(pk, ()), *rows]).passed_at
            if after is not None and after <= rule.cutoff and (before is None or before > rule.cutoff):
                gained[pk] = True
        yield from _placed(rule, gained)


def of_realignment(
    activity_key: UUID, from_revision: str, to_revision: str, *, at: datetime, go_on: GoOn = always
) -> Impact:
    """Return the impact of `actions.realign` with these."""
    target = AlignmentRevision.objects.get(activity_key=activity_key, revision=to_revision)
    pairs = list(target.alignments.order_by("pk").values_list("competency_id", "level"))
    ids = list(done_something(activity_key).values_list("pk", flat=True))
    return of_supposed(ids, Supposed(moved={(activity_key, from_revision): pairs}), at=at, go_on=go_on)


def of_voiding(statement_ids: Collection[UUID], *, at: datetime, go_on: GoOn = always) -> Impact:
    """Return the impact of `tracking.void_all` with these: one statement, or many."""
    wanted = frozenset(statement_ids)
    facts = xapi.facts(statement_ids=wanted) if wanted else []
    ids = _of_whom({fact.actor_key for fact in facts})
    return of_supposed(ids, Supposed(void=lambda fact: fact.statement_id in wanted), at=at, go_on=go_on)


def of_revocation(writer: Writer, *, at: datetime, go_on: GoOn = always) -> Impact:
    """Return the impact of `tracking.begin_revocation` and all that follows: everything that was written with a
    credential, or came from a source, is void, and what it voided of others counts again."""
    gone = would_be_void(writer)
    supposed = Supposed(void=lambda fact: fact.authority in gone.authorities, restored=gone.restored)
    return of_supposed(_of_whom(gone.actor_keys), supposed, at=at, go_on=go_on)


def _of_whom(actor_keys: Iterable[str]) -> list[int]:
    actors = [actor for key in actor_keys if (actor := actor_uuid(key)) is not None]
    return [learner.pk for learner in learners_for_actors(actors)]


def of_supposed(ids: Sequence[int], supposed: Supposed, *, at: datetime, go_on: GoOn = always) -> Impact:
    """Return the impact on these learners (primary keys) if that were so. `go_on`: as in `of_application`."""
    asked = counted_now(at)
    found = Impact(people=len(ids))
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        there = attained_rows(piece)
        then = attained_if(Learner.objects.filter(pk__in=piece).order_by("pk"), supposed)
        for rule in asked:
            before = {pk for pk in piece if passes(rule, there.get(pk, ()))}
            after = {pk for pk in piece if passes(rule, then.get(pk, ()))}
            differing = dict.fromkeys(after - before, True) | dict.fromkeys(before - after, False)
            found.changes.extend(_placed(rule, differing))
        found.looked_at += len(piece)
        if not go_on(found):
            break
    return found


def passes(rule: Counted, rows: Iterable[Any]) -> bool:
    passed = stand_by(rule.asked, rows).passed_at
    return passed is not None and passed <= rule.cutoff
