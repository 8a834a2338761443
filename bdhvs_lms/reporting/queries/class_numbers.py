"""How many learners of many classes stand how: what the list of classes shows, nobody by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Count, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from bdhvs_lms.base.api import start_of_day
from bdhvs_lms.classes.api import ClassGroup, Membership, sessions_held
from bdhvs_lms.courses.api import Activity, activities_ever_in_any
from bdhvs_lms.learners.api import person_of
from bdhvs_lms.progress.api import CourseResult, Result, moment_text
from bdhvs_lms.reporting.queries.review import IDLE_DAYS, WORST_FIRST, State, state_of


class Role(NamedTuple):
    """What an activity is in a course, for how somebody stands there."""

    course_id: int
    counts: bool
    """Required, and still offered there."""
    active: bool
    by_passing: bool


def class_numbers(classes: Sequence[ClassGroup], on: date) -> dict[int, dict[State, int]]:
    """Of each class (by primary key) how many members stand how, as `class_review` counts them; nobody by name.

    Five queries, whatever the number of classes and their size. The database counts: of a learner some rows a course
    are read, however many activities it has; and it finds the learners itself, whose numbers are not sent to it.
    """
    inside = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), class_group__in=[group.pk for group in classes], valid_from__lte=on
    )
    learners: QuerySet[Any, Any] = inside.values(person=person_of())
    members_of: dict[int, set[int]] = {group.pk: set() for group in classes}
    for group_id, learner_id in inside.values_list("class_group_id", person_of()):
        members_of[group_id].add(learner_id)
    courses = {group.course_id: group.course for group in classes}
    roles = _roles(courses)
    required = Counter(role.course_id for played in roles.values() for role in played if role.counts)
    tallies = _tallies(roles, learners)
    completed = CourseResult.objects.filter(course_key__in=[one.key for one in courses.values()], learner__in=learners)
    finished = set(completed.values_list("learner_id", "course_key"))
    held = sessions_held([group.pk for group in classes], on)
    # Who was here last before this day has been away for IDLE_DAYS.
    first = moment_text(start_of_day(on - timedelta(days=IDLE_DAYS - 1)))
    found = {}
    nothing = _Tally()
    for group in classes:
        states: Counter[State] = Counter()
        course, key, sessions = group.course_id, group.course.key, held.get(group.pk, 0)
        for learner in members_of[group.pk]:
            tally = tallies.get((learner, course), nothing)
            begun, away, is_done = bool(tally.last), "" < tally.last < first, (learner, key) in finished
            states[state_of(required[course], tally.done, tally.failed, begun, away, is_done, sessions)] += 1
        found[group.pk] = {state: states[state] for state in WORST_FIRST}
    return found


def _roles(courses: Collection[int]) -> dict[UUID, tuple[Role, ...]]:
    """Of every activity that these courses (by primary key) offer or offered, by key. One query."""
    found: dict[UUID, set[Role]] = defaultdict(set)
    ever = activities_ever_in_any(courses)
    facts = ever.values_list("key", "course_id", "required", "active", "done_on", "former_courses")
    for key, course, required, active, done_on, former in facts:
        by_passing = done_on == Activity.DoneOn.PASSED
        if course in courses:
            found[key].add(Role(course, required and active, active, by_passing))
        if former in courses and former != course:
            # Offered in another course now: for the former one as good as withdrawn.
            found[key].add(Role(former, False, False, by_passing))
    return {key: tuple(sorted(roles)) for key, roles in found.items()}


@dataclass
class _Tally:
    """What one learner has reached in one course."""

    done: int = 0
    failed: bool = False
    last: str = ""
    """When they were there last, as the database writes it; empty: never."""


def _tallies(roles: Mapping[UUID, tuple[Role, ...]], learners: QuerySet[Any, Any]) -> dict[tuple[int, int], _Tally]:
    """By learner and course. One query, which gives one row a learner for all activities that are the same in the same
    courses: mostly two or three of a course."""
    keys: dict[tuple[Role, ...], list[UUID]] = defaultdict(list)
    for key, played in roles.items():
        keys[played].append(key)
    kinds = list(keys)
    kind = Case(
        *(When(activity_key__in=keys[played], then=Value(place)) for place, played in enumerate(kinds)),
        output_field=IntegerField(),
    )
    failed = Q(passed_at=None, failed_at__isnull=False)
    found: dict[tuple[int, int], _Tally] = {}
    rows = (
        Result.objects.filter(activity_key__in=list(roles), learner__in=learners)
        .annotate(kind=kind)
        .values_list("learner_id", "kind")
        .annotate(
            passed=Count("passed_at"),
            completed=Count("completed_at"),
            failures=Count("pk", filter=failed),
            last=Cast(Max("last_at"), CharField()),
        )
        .order_by()
    )
    for learner, place, passed, completed, failures, last in rows:
        for role in kinds[place]:
            tally = found.get((learner, role.course_id))
            if tally is None:
                tally = found[learner, role.course_id] = _Tally()
            if role.counts:
                tally.done += passed if role.by_passing else completed
            tally.failed |= role.active and role.by_passing and failures > 0
            tally.last = max(tally.last, last)
    return found
