"""A learner's own record: the courses taken and how far they are, what was shown, and what is missing for the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import get_language

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.classes.api import ClassGroup, taken_by_classes
from bdhvs_lms.competency.api import (
    Competency,
    Framework,
    FrameworkLevel,
    Outlook,
    PassRule,
    aligned_competencies,
    outlooks_of,
)
from bdhvs_lms.courses.api import Activity, Course, enrolments_of
from bdhvs_lms.learners.api import Learner, belongings_of
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.progress.api import CourseResult, Result, results_of, status_of
from bdhvs_xapi import api as xapi


@dataclass(frozen=True)
class CourseProgress:
    """One course of a learner. `done` and `total` count what is required now; `finished_at` stays when something is
    added."""

    course: Course
    enrolled_at: datetime | None
    """None: not enrolled yet, but it is what a class of the learner's takes."""
    done: int
    total: int
    finished_at: datetime | None
    finished_by_report: bool
    """Finished by what devices say, and by nothing that is trusted more."""
    last_at: datetime | None
    """When the learner last did something of what is required now; None: not begun."""
    open_activities: tuple[Activity, ...]
    """What is required and not done, in the course's order; empty when the course is no longer offered."""
    classes: tuple[ClassGroup, ...]
    """Of the learner's classes those that take the course now, the one that began last first."""

    @property
    def next_activity(self) -> Activity | None:
        """The first required activity that is not done; None when all are, or the course is no longer offered."""
        return self.open_activities[0] if self.open_activities else None


def courses_of(learner: Learner, on: date) -> list[CourseProgress]:
    """The learner's courses: those with something left first. Of these, and of the others, the course of the learner's
    class of that day first (of several classes: the one that began last), enrolled in or not; then the one last worked
    on, then newest enrolment first. Five queries."""
    taken: dict[int, tuple[Course, datetime | None]] = {
        enrolment.course_id: (enrolment.course, enrolment.enrolled_at) for enrolment in enrolments_of(learner)
    }
    classes: dict[int, list[ClassGroup]] = defaultdict(list)
    for group, course_id, _key in taken_by_classes(learner, on):
        classes[course_id].append(group)
    rank = {course_id: place for place, course_id in enumerate(classes)}
    offered: dict[int, list[Activity]] = defaultdict(list)
    required_ones = Activity.objects.filter(course__in={*taken, *classes}, active=True, required=True)
    for activity in required_ones.select_related("course").order_by("position", "pk"):
        offered[activity.course_id].append(activity)
    for course_id in classes:
        if course_id not in taken and offered[course_id]:
            taken[course_id] = (offered[course_id][0].course, None)
    results = results_of(learner, [activity.key for required in offered.values() for activity in required])
    finished = {
        row.course_key: row
        for row in CourseResult.objects.filter(
            learner=learner, course_key__in=[course.key for course, _enrolled_at in taken.values()]
        )
    }
    progress = []
    for course_id, (course, enrolled_at) in taken.items():
        required = offered[course_id]
        if enrolled_at is None and not (course.active and required):
            continue  # there is nothing to begin
        end = finished.get(course.key)
        open_ones = [one for one in required if status_of(one, results.get(one.key)) != "done"]
        progress.append(
            CourseProgress(
                course=course,
                enrolled_at=enrolled_at,
                done=len(required) - len(open_ones),
                total=len(required),
                finished_at=end.completed_at if end is not None else None,
                finished_by_report=end is not None and end.trust == xapi.Trust.CLIENT_REPORTED,
                last_at=_last(required, results),
                open_activities=tuple(open_ones) if course.active else (),
                classes=tuple(classes.get(course_id, ())),
            )
        )

    def place(one: CourseProgress) -> tuple[bool, int, float]:
        worked_on = one.last_at.timestamp() if one.last_at else 0
        return not one.open_activities, rank.get(one.course.pk, len(rank)), -worked_on

    # Stable: among equals the newest enrolment stays first.
    return sorted(progress, key=place)


def _last(required: Sequence[Activity], results: Mapping[UUID, Result]) -> datetime | None:
    return max((results[one.key].last_at for one in required if one.key in results), default=None)


def address_of(activity: Activity | None) -> str | None:
    """Where the learner goes on. That is no report, so the plugin is asked; without it there is no address."""
    kind = activity_types.get(activity.type_key) if activity is not None else None
    return kind.address(activity.key, get_language() or "vi") if kind is not None and activity is not None else None


@dataclass(frozen=True)
class Gap:
    """Competencies for which the same is missing: what to do, and what in the learner's courses may fill it."""

    advice: str
    activities: tuple[Activity, ...]
    outlooks: tuple[Outlook, ...]


@dataclass(frozen=True)
class FrameworkRecord:
    """What a learner has shown by one framework, of each competency the highest level, and what is under way."""

    framework: Framework
    shown: tuple[Outlook, ...]
    gaps: tuple[Gap, ...]


def shown_by(learner: Learner, courses: Iterable[CourseProgress]) -> list[FrameworkRecord]:
    """By framework, in the order in which frameworks were loaded. Nine queries at most."""
    outlooks = outlooks_of(learner)
    helping = _helping([one for progress in courses for one in progress.open_activities])
    frameworks: dict[int, Framework] = {}
    shown: dict[int, dict[int, Outlook]] = defaultdict(dict)
    gaps: dict[int, dict[tuple[str, tuple[Activity, ...]], list[Outlook]]] = defaultdict(lambda: defaultdict(list))
    for outlook in outlooks:
        competency = outlook.attainment.competency
        frameworks.setdefault(competency.framework_id, competency.framework)
        if outlook.attained:
            # Levels come in order: the higher one replaces the lower.
            shown[competency.framework_id][competency.pk] = outlook
        else:
            steps = tuple(
                activity for activity, level in helping.get(competency.pk, ()) if level >= outlook.attainment.level
            )
            gaps[competency.framework_id][(outlook.advice, steps)].append(outlook)
    return [
        FrameworkRecord(
            framework=framework,
            shown=tuple(shown[pk].values()),
            gaps=tuple(Gap(advice, steps, tuple(rows)) for (advice, steps), rows in gaps[pk].items()),
        )
        for pk, framework in frameworks.items()
    ]


def _helping(activities: Sequence[Activity]) -> dict[int, list[tuple[Activity, int]]]:
    """Competency id to the activities that show it once passed, each with the level. Being there shows nothing."""
    passable = [one for one in activities if one.done_on == Activity.DoneOn.PASSED]
    aligned = aligned_competencies((one.key, one.revision) for one in passable) if passable else {}
    helping: dict[int, list[tuple[Activity, int]]] = defaultdict(list)
    for activity in passable:
        for competency_id, level in aligned.get((activity.key, activity.revision), ()):
            helping[competency_id].append((activity, level))
    return helping


@dataclass(frozen=True)
class TowardsTarget:
    """What a year's pass rule of one of the learner's groups asks for, and what of it is missing."""

    group: TargetGroup
    rule: PassRule
    level: FrameworkLevel | None
    needed: int
    missing: tuple[Competency, ...]
    """Those the framework knows. A rule that names others leaves `lacking` above their number: nobody passes it."""
    have: int
    helping: Mapping[int, Activity] = field(default_factory=dict)
    """By competency: what in the learner's courses is not done yet and would show it."""

    @property
    def steps(self) -> list[tuple[Competency, Activity | None]]:
        return [(one, self.helping.get(one.pk)) for one in self.missing]

    @property
    def lacking(self) -> int:
        return self.needed - self.have


def towards_targets(
    learner: Learner, records: Iterable[FrameworkRecord], on: date, courses: Iterable[CourseProgress] = ()
) -> list[TowardsTarget]:
    """For the learner's groups of that day, by the newest pass rule of its year; groups without a rule are left out.
    Four queries at most, and three for what in these courses helps."""
    groups = {row.group_id: row.group for row in belongings_of(learner, on)}
    rules: dict[int, PassRule] = {}
    for rule in PassRule.objects.filter(group__in=groups, year=on.year).select_related("framework").order_by("number"):
        rules[rule.group_id] = rule
    if not rules:
        return []
    frameworks = {rule.framework_id for rule in rules.values()}
    competencies = Competency.objects.filter(framework__in=frameworks).select_related("framework")
    by_code = {(one.framework_id, one.code): one for one in competencies}
    levels = {
        (level.framework_id, level.number): level for level in FrameworkLevel.objects.filter(framework__in=frameworks)
    }
    attained = {
        outlook.attainment.competency_id: outlook.attainment.level for record in records for outlook in record.shown
    }
    helping = _helping([one for progress in courses for one in progress.open_activities])
    found = []
    for group_id, rule in sorted(rules.items()):
        codes = [code for code in dict.fromkeys(rule.all_of) if (rule.framework_id, code) in by_code]
        wanted = sorted((by_code[(rule.framework_id, code)] for code in codes), key=lambda one: one.position)
        missing = tuple(one for one in wanted if attained.get(one.pk, 0) < rule.level)
        found.append(
            TowardsTarget(
                group=groups[group_id],
                rule=rule,
                level=levels.get((rule.framework_id, rule.level)),
                needed=len(set(rule.all_of)),
                missing=missing,
                have=len(wanted) - len(missing),
                helping={
                    one.pk: activity
                    for one in missing
                    for activity, level in reversed(helping.get(one.pk, []))
                    if level >= rule.level
                },
            )
        )
    return found
