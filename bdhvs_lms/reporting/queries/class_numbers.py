"""How many learners of many classes stand how: what the list of classes shows, nobody by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Case, CharField, Count, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from bdhvs_lms.classes.api import ClassGroup, Membership, sessions_held
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import person_of
from bdhvs_lms.progress.api import CourseResult, Result, moment_of
from bdhvs_lms.reporting.queries.review import WORST_FIRST, State, standing_from

Row = TypeVar("Row")


class Role(NamedTuple):
    """What an activity is in a course, for how somebody stands there."""

    course_id: int
    counts: bool
    """Required, and still offered there."""
    active: bool
    by_passing: bool


def class_numbers(classes: Sequence[ClassGroup], on: date) -> dict[int, dict[State, int]]:
    """Of each class (by primary key) how many members stand how, as `class_review` counts them; nobody by name.

    Six queries, whatever the number of classes and their size. The database counts: of a learner some rows a course
    are read, however many activities it has.
    """
    members_of: dict[int, set[int]] = {group.pk: set() for group in classes}
    inside = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), class_group__in=classes, valid_from__lte=on
    )
    for group_id, learner_id in inside.values_list("class_group_id", person_of()):
        members_of[group_id].add(learner_id)
    courses = {group.course_id: group.course for group in classes}
    wanted = {learner for learners in members_of.values() for learner in learners}
    roles = _roles(courses)
    required = Counter(role.course_id for played in roles.values() for role in played if role.counts)
    tallies = _tallies(roles, wanted)
    finished = {
        (row.learner_id, row.course_key)
        for row in _in_pieces(CourseResult.objects.filter(course_key__in=[one.key for one in courses.values()]), wanted)
    }
    held = sessions_held([group.pk for group in classes], on)
    found = {}
    nothing = _Tally()
    for group in classes:
        states: Counter[State] = Counter()
        for learner in members_of[group.pk]:
            tally = tallies.get((learner, group.course_id), nothing)
            is_finished = (learner, group.course.key) in finished
            standing = standing_from(
                required[group.course_id],
                tally.done,
                tally.failed,
                tally.last_at,
                is_finished,
                held.get(group.pk, 0),
                on,
            )
            states[standing.state] += 1
        found[group.pk] = {state: states[state] for state in WORST_FIRST}
    return found


def _roles(courses: Collection[int]) -> dict[UUID, tuple[Role, ...]]:
    """Of every activity that these courses (by primary key) offer or offered, by key. Three queries at most."""
    found: dict[UUID, list[Role]] = {}
    for activity in Activity.objects.filter(course__in=courses):
        by_passing = activity.done_on == Activity.DoneOn.PASSED
        role = Role(activity.course_id, activity.required and activity.active, activity.active, by_passing)
        found.setdefault(activity.key, []).append(role)
    for activity in Activity.objects.filter(former_courses__in=courses).distinct().prefetch_related("former_courses"):
        by_passing = activity.done_on == Activity.DoneOn.PASSED
        for former in activity.former_courses.all():
            if former.pk in courses and former.pk != activity.course_id:
                # Offered in another course now: for the former one as good as withdrawn.
                found.setdefault(activity.key, []).append(Role(former.pk, False, False, by_passing))
    return {key: tuple(sorted(roles)) for key, roles in found.items()}


@dataclass
class _Tally:
    """What one learner has reached in one course."""

    done: int = 0
    failed: bool = False
    last: str = ""
    """As the database writes it."""

    @property
    def last_at(self) -> datetime | None:
        return moment_of(self.last) if self.last else None


def _tallies(roles: Mapping[UUID, tuple[Role, ...]], learner_ids: set[int]) -> dict[tuple[int, int], _Tally]:
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
        Result.objects.filter(activity_key__in=list(roles))
        .annotate(kind=kind)
        .values_list("learner_id", "kind")
        .annotate(
            passed=Count("passed_at"),
            completed=Count("completed_at"),
            failures=Count("pk", filter=failed),
            # A time is made of the latest only.
            last=Cast(Max("last_at"), CharField()),
        )
        .order_by()
    )
    for learner, place, passed, completed, failures, last in _in_pieces(rows, learner_ids):
        for role in kinds[place]:
            tally = found.get((learner, role.course_id))
            if tally is None:
                tally = found[learner, role.course_id] = _Tally()
            if role.counts:
                tally.done += passed if role.by_passing else completed
            tally.failed |= role.active and role.by_passing and failures > 0
            tally.last = max(tally.last, last)
    return found


def _in_pieces(rows: QuerySet[Any, Row], learner_ids: set[int]) -> Iterator[Row]:
    """Rows of these learners; one query for 5,000 of them, which every build of SQLite takes in one statement."""
    ids = sorted(learner_ids)
    for start in range(0, len(ids), 5_000):
        yield from rows.filter(learner__in=ids[start : start + 5_000])
