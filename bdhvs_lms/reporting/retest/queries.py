"""What became of a sample: who was tested again and showed it still, who was not and why. From marks and named acts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import get_default_timezone

from bdhvs_lms.base.api import day_of, end_of_day
from bdhvs_lms.classes.api import ClassGroup, members
from bdhvs_lms.competency.api import RetestMark, Subject, aligned_competencies, subjects_of
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import person_of
from bdhvs_lms.reporting.retest.drawing import digest_of, draw
from bdhvs_lms.reporting.retest.frame import frame_of
from bdhvs_lms.reporting.retest.models import RetestAbsence, RetestMember, RetestSample


@dataclass(frozen=True)
class Outcome:
    """Of one person of a sample. `tested_at` None: not tested; then `absent` says why, "": nothing was noted."""

    tested_at: datetime | None = None
    still: bool = False
    absent: str = ""

    @property
    def settled(self) -> bool:
        return self.tested_at is not None or bool(self.absent)


@dataclass(frozen=True)
class Tally:
    """Of a whole sample. `absent`: by reason, "" for people of whom nothing is noted."""

    drawn: int
    tested: int
    still: int
    absent: dict[str, int]


def subjects_in(samples: Iterable[RetestSample]) -> list[Subject]:
    """What the people of each sample had achieved. Four queries.

    Rules, competencies and levels are never deleted while a sample names them."""
    keys = [f"r{one.pass_rule_id}" if one.pass_rule_id else f"c{one.competency_id}-{one.level}" for one in samples]
    found = subjects_of(keys)
    return [found[key] for key in keys]


def subject_in(sample: RetestSample) -> Subject:
    """What the people of the sample had achieved. Two queries."""
    return subjects_in([sample])[0]


def outcomes(samples: Iterable[RetestSample], members: Iterable[RetestMember]) -> dict[int, Outcome]:
    """By the member's key. `members`: of these samples, with `learner`. Six queries, whatever the number of either."""
    near = list(members)
    absent: dict[int, str] = {}
    rows = RetestAbsence.objects.filter(member__in=[one.pk for one in near]).order_by("noted_at", "pk")
    for member, kind in rows.values_list("member", "kind"):
        absent[member] = kind
    sat = _first_sittings(list(samples), {_person(one) for one in near})
    found: dict[int, Outcome] = {}
    for one in near:
        tested_at, still = sat.get((one.sample_id, _person(one)), (None, False))
        found[one.pk] = Outcome(tested_at, still, absent.get(one.pk, ""))
    return found


def _person(member: RetestMember) -> int:
    return int(member.learner.merged_into_id or member.learner_id)


def _first_sittings(samples: list[RetestSample], learners: set[int]) -> dict[tuple[int, int], tuple[datetime, bool]]:
    """By sample and learner the first test of the sample's time that asked about all of it: when, and whether all was
    shown."""
    if not samples or not learners:
        return {}
    rows = RetestMark.objects.filter(
        activity_key__in={one.activity_key for one in samples},
        learner__in=learners,
        occurred_at__gte=min(_start(one) for one in samples),
        occurred_at__lte=max(end_of_day(one.until) for one in samples),
    ).order_by("occurred_at", "statement_id")
    names = ("activity_key", "learner", "occurred_at", "statement_id", "competency", "level", "success")
    marks: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *mark in rows.values_list(*names):
        marks[key].append(tuple(mark))
    found: dict[tuple[int, int], tuple[datetime, bool]] = {}
    for sample, subject in zip(samples, subjects_in(samples), strict=True):
        asked = {one.pk for one in subject.competencies}
        sittings: dict[tuple[int, datetime, UUID], dict[int, bool]] = defaultdict(dict)
        for learner, moment, statement, competency, level, success in marks[sample.activity_key]:
            if competency in asked and level >= subject.level and _start(sample) <= moment <= end_of_day(sample.until):
                sittings[learner, moment, statement][competency] = bool(success)
        for (learner, moment, _statement), shown in sittings.items():
            if shown.keys() == asked:
                found.setdefault((sample.pk, learner), (moment, all(shown.values())))
    return found


def _start(sample: RetestSample) -> datetime:
    return datetime.combine(day_of(sample.drawn_at), time(), get_default_timezone())


def tally(sample: RetestSample) -> Tally:
    """As it stands now. Six queries."""
    members = list(sample.members.select_related("learner"))
    found = outcomes([sample], members).values()
    missing = Counter(one.absent for one in found if one.tested_at is None)
    return Tally(
        drawn=len(members),
        tested=len(members) - missing.total(),
        still=sum(one.still for one in found),
        absent=dict(sorted(missing.items())),
    )


def retests_for(*subjects: Subject) -> list[tuple[Subject, Activity]]:
    """Of each subject the retests, as they are published, that ask about all of it at its level. Two queries."""
    offered = list(Activity.objects.filter(role=Activity.Role.RETEST, active=True).select_related("course"))
    offered.sort(key=lambda row: (row.course_id, row.position, row.pk))
    aligned = aligned_competencies((one.key, one.revision) for one in offered)
    return [
        (subject, one)
        for subject in subjects
        for one in offered
        if {each.pk for each in subject.competencies}
        <= {pk for pk, level in aligned.get((one.key, one.revision), ()) if level >= subject.level}
    ]


@dataclass(frozen=True)
class Checked:
    """Whether a sample can be drawn again to the same people. `frame_agrees` False: the people who had achieved it by
    that day are others by now (late records, corrections, erased names); then `agrees` says nothing."""

    frame_agrees: bool
    agrees: bool


def check_draw(sample: RetestSample) -> Checked:
    """Draw again by the stored seed."""
    frame = frame_of(subject_in(sample), sample.area, sample.as_of).strata
    if digest_of(frame) != sample.frame_digest:
        return Checked(False, False)
    again = draw(frame, sample.size, bytes.fromhex(sample.seed), strata=sample.method == RetestSample.Method.STRATIFIED)
    drawn = list(sample.members.order_by("number").values_list("learner__actor", flat=True))
    return Checked(True, drawn == again)


def named(found: QuerySet[RetestMember]) -> QuerySet[Any]:
    """Those who have a name on record, with it; `person`: the key of the record that speaks for them."""
    known = Q(learner__person__isnull=False) | Q(learner__merged_into__person__isnull=False)
    with_names = found.filter(known).annotate(person=person_of())
    return with_names.select_related("learner__person", "learner__merged_into__person", "area")


def going_in(group: ClassGroup, on: date) -> QuerySet[Any]:
    """Members of a class on this day who were drawn for a retest that is not closed, with `sample`. One query."""
    found = named(RetestMember.objects.filter(sample__closings=None))
    found = found.filter(person__in=members(group, on).values("pk")).select_related("sample__area")
    return found.order_by("sample__until", "sample", "number")


def to_test(group: ClassGroup, activity_key: UUID, on: date) -> set[int]:
    """Keys of the learners of a class who were drawn for this retest and were not tested yet. At most seven queries."""
    drawn = list(going_in(group, on).filter(sample__activity_key=activity_key, sample__until__gte=on))
    if not drawn:
        return set()
    found = outcomes({one.sample_id: one.sample for one in drawn}.values(), drawn)
    return {_person(one) for one in drawn if found[one.pk].tested_at is None}


def over(sample: RetestSample, today: date) -> bool:
    return today > sample.until
