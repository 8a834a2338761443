"""What became of a sample: who was tested again and showed it still, who was not and why. From marks and named acts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils.timezone import get_default_timezone

from bdhvs_lms.base.api import day_of, end_of_day
from bdhvs_lms.competency.api import RetestMark, Subject, aligned_competencies, subjects_of
from bdhvs_lms.courses.api import Activity
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


def outcomes(sample: RetestSample, members: Iterable[RetestMember]) -> dict[int, Outcome]:
    """By the member's key. `members`: of this sample, with `learner`. Four queries, whatever their number."""
    people = {one.pk: one.learner.merged_into_id or one.learner_id for one in members}
    absent: dict[int, str] = {}
    rows = RetestAbsence.objects.filter(member__in=people).order_by("noted_at", "pk")
    for member, kind in rows.values_list("member", "kind"):
        absent[member] = kind
    sat = _first_sittings(sample, set(people.values()))
    found: dict[int, Outcome] = {}
    for pk, learner in people.items():
        tested_at, still = sat.get(learner, (None, False))
        found[pk] = Outcome(tested_at, still, absent.get(pk, ""))
    return found


def _first_sittings(sample: RetestSample, learners: set[int]) -> dict[int, tuple[datetime, bool]]:
    """By learner the first test of the sample's time that asked about all of it: when, and whether all was shown."""
    subject = subject_in(sample)
    asked = {one.pk for one in subject.competencies}
    start = datetime.combine(day_of(sample.drawn_at), time(), get_default_timezone())
    rows = RetestMark.objects.filter(
        activity_key=sample.activity_key,
        learner__in=learners,
        competency__in=asked,
        level__gte=subject.level,
        occurred_at__gte=start,
        occurred_at__lte=end_of_day(sample.until),
    ).order_by("occurred_at", "statement_id")
    sittings: dict[tuple[int, datetime, UUID], dict[int, bool]] = defaultdict(dict)
    for learner, moment, statement, competency, success in rows.values_list(
        "learner", "occurred_at", "statement_id", "competency", "success"
    ):
        sittings[learner, moment, statement][competency] = bool(success)
    found: dict[int, tuple[datetime, bool]] = {}
    for (learner, moment, _statement), shown in sittings.items():
        if shown.keys() == asked:
            found.setdefault(learner, (moment, all(shown.values())))
    return found


def tally(sample: RetestSample) -> Tally:
    """As it stands now. Six queries."""
    members = list(sample.members.select_related("learner"))
    found = outcomes(sample, members).values()
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


def over(sample: RetestSample, today: date) -> bool:
    return today > sample.until
