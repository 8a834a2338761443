"""One class: who is done, who is on the way, who has not begun, and who needs help. From core rows only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from bdhvs_lms.base.api import day_of, name_order
from bdhvs_lms.classes.api import ClassGroup, Membership, members, sessions_held
from bdhvs_lms.courses.api import Activity, Course, activities_ever_in
from bdhvs_lms.learners.api import Learner, Person, is_waiting, made_up_people, person_of, placements_on, unnamed
from bdhvs_lms.progress.api import CourseResult, Reached, Result, Status, courses_done, moment_of, reached_in, status_of

Row = TypeVar("Row")
State = Literal["needs_help", "not_begun", "in_progress", "done"]

WORST_FIRST: tuple[State, ...] = ("needs_help", "not_begun", "in_progress", "done")

IDLE_DAYS = 7
"""Days without activity, after starting and before finishing, from which someone needs help."""
SESSIONS = 2
"""Sessions that the class has held, from which whoever has not begun needs help too."""


@dataclass(frozen=True, eq=False)
class ActivityStanding:
    """How learners stand in one activity. Of a class those of whom the same is said share one: it is compared by
    itself, and what is made of it is made once."""

    activity: Activity
    result: Reached | None
    status: Status
    failed: bool
    """The latest attempt did not pass, and none has."""

    @property
    def counts(self) -> bool:
        """Whether it counts for finishing, done or not."""
        return self.activity.required and self.activity.active


@dataclass(frozen=True)
class ReviewRow:
    """One learner in the class's course. `state` is exclusive: each learner counts once in the first line."""

    learner: Learner
    name: str
    phone: str
    """As the learner gave it; empty when there is none, or the person has been erased."""
    birth_year: int | None
    newcomer: bool
    """Registered without help, and nobody has taken them into the lists yet: no board counts them."""
    place: str
    """The hamlet or other area where the learner counts; empty where it is the class's own, or nobody's yet."""
    cells: tuple[ActivityStanding, ...]
    state: State
    done: int
    required: int
    last_at: datetime | None
    idle_days: int | None
    """Whole days since the last activity when that is why help is needed, else None."""
    last_days: int | None
    """Whole days since the last activity; None when there has been none."""
    sessions: int | None
    """How many sessions the class has held, when that is why help is needed: somebody has not begun; else None."""

    @cached_property
    def failed(self) -> tuple[ActivityStanding, ...]:
        return tuple(one for one in self.cells if one.failed)


@dataclass(frozen=True)
class ClassReview:
    """A class as it stands on a day."""

    class_group: ClassGroup
    on: date
    activities: tuple[Activity, ...]
    rows: tuple[ReviewRow, ...]
    """Worst first (`_urgency`), then by name as Vietnamese lists have it: given name first."""
    counts: dict[State, int]
    """Adds up to the number of rows."""
    made_up: bool = False
    """The site holds people made up for a demonstration: whatever shows the class is marked."""


def class_review(class_group: ClassGroup, on: date, *, only: Learner | None = None) -> ClassReview:
    """Members of that day, with results as the ledger has them now. Eight queries, whatever the size.

    Withdrawn activities, and those that moved to another course, stay as columns while somebody has a result in them;
    they no longer count for finishing. `only`: of this member alone.
    """
    inside = members(class_group, on)
    learners = list(inside if only is None else inside.filter(pk=only.pk))
    ids = [learner.pk for learner in learners]
    course = class_group.course
    people = _people(ids)
    nobody = unnamed()
    elsewhere: QuerySet[Any, Any] = placements_on(on).exclude(area=class_group.area_id)
    places = dict(elsewhere.filter(person__in=ids, area__isnull=False).values_list("person", "area__name"))
    ever = list(activities_ever_in(course.key))
    results, last = reached_in([activity.key for activity in ever], ids)
    finished = courses_done(course.key, ids)
    held = sessions_held([class_group.pk], on).get(class_group.pk, 0)
    shown = _columns(course, ever, {place for _learner, place, _reached in results})
    activities = tuple(ever[place] for place in shown)
    cells = _cells(activities, shown, ids, results)
    rows = []
    for learner in learners:
        person = people.get(learner.pk)
        standing = standing_of(cells[learner.pk], last.get(learner.pk), learner.pk in finished, held, on)
        rows.append(
            ReviewRow(
                learner=learner,
                name=person.full_name if person else nobody,
                phone=person.phone if person else "",
                birth_year=person.birth_year if person else None,
                newcomer=person.newcomer if person else False,
                place=places.get(learner.pk, "") if person else "",
                cells=tuple(cells[learner.pk]),
                state=standing.state,
                done=standing.done,
                required=standing.required,
                last_at=standing.last_at,
                idle_days=standing.idle_days,
                last_days=standing.last_days,
                sessions=standing.sessions,
            )
        )
    rows.sort(key=lambda row: (_urgency(row), name_order(row.name), row.learner.pk))
    counted = Counter(row.state for row in rows)
    return ClassReview(
        class_group, on, activities, tuple(rows), {state: counted[state] for state in WORST_FIRST}, made_up_people()
    )


class _Known(NamedTuple):
    """What is shown of a person."""

    full_name: str
    phone: str
    birth_year: int | None
    newcomer: bool


def _people(ids: Sequence[int]) -> dict[int, _Known]:
    waiting = ExpressionWrapper(is_waiting("learner__"), output_field=BooleanField())
    rows = Person.objects.filter(learner__in=ids).annotate(newcomer=waiting)
    return {pk: _Known(*facts) for pk, *facts in rows.values_list("learner_id", *_Known._fields)}


def _columns(course: Course, ever: Sequence[Activity], used: set[int]) -> list[int]:
    """Places of those that are shown."""
    shown = []
    for place, activity in enumerate(ever):
        if activity.course_id != course.pk:
            # Offered in another course now: for this one it is as good as withdrawn. The row is not saved.
            activity.active = False
        if activity.active or place in used:
            shown.append(place)
    return shown


def _cells(
    activities: Sequence[Activity],
    shown: Sequence[int],
    learner_ids: Iterable[int],
    results: Iterable[tuple[int, int, Reached]],
) -> dict[int, list[ActivityStanding]]:
    """Of each learner one for each activity. `shown`: the places by which results name these activities."""
    nothing = [_standing_in(activity, None) for activity in activities]
    columns = {place: column for column, place in enumerate(shown)}
    cells = {learner: list(nothing) for learner in learner_ids}
    known: list[dict[int, ActivityStanding]] = [{} for _activity in activities]
    for learner, place, reached in results:
        column = columns[place]
        # Of the same facts there is one object.
        standing = known[column].get(id(reached))
        if standing is None:
            standing = known[column][id(reached)] = _standing_in(activities[column], reached)
        cells[learner][column] = standing
    return cells


def _standing_in(activity: Activity, result: Reached | None) -> ActivityStanding:
    status = status_of(activity, result)
    by_passing = activity.done_on == Activity.DoneOn.PASSED
    return ActivityStanding(
        activity, result, status, result is not None and status != "done" and by_passing and result.failed
    )


@dataclass(frozen=True)
class Standing:
    """How one learner stands in the course of a class."""

    state: State
    done: int
    required: int
    last_at: datetime | None
    idle_days: int | None
    last_days: int | None
    sessions: int | None


def standing_of(
    cells: Collection[ActivityStanding], last_at: datetime | None, finished: bool, held: int, on: date
) -> Standing:
    """From the learner's cells in the class's columns; `finished`: the course was completed; `held`: sessions."""
    required = [one for one in cells if one.counts]
    done = sum(one.status == "done" for one in required)
    failed = any(one.failed for one in cells if one.activity.active)
    return _standing(len(required), done, failed, last_at, finished, held, on)


def _standing(
    required: int, done: int, failed: bool, last_at: datetime | None, finished: bool, held: int, on: date
) -> Standing:
    idle = (on - day_of(last_at)).days if last_at is not None else 0
    state: State
    # A finished course stays finished when an activity is added later: nothing is taken away.
    if finished or (required and done == required):
        state = "done"
    elif idle >= IDLE_DAYS or failed:
        state = "needs_help"
    elif last_at is None:
        state = "needs_help" if held >= SESSIONS else "not_begun"
    else:
        state = "in_progress"
    idle_days = idle if state == "needs_help" and idle >= IDLE_DAYS else None
    sessions = held if state == "needs_help" and last_at is None else None
    return Standing(state, done, required, last_at, idle_days, idle if last_at is not None else None, sessions)


def _urgency(row: ReviewRow) -> tuple[float, ...]:
    """Smaller comes first.

    Of those who need help whoever has been away longest, then who failed in most, then who has done least; of those on
    the way whoever was here longest ago. The others only differ by name.
    """
    state = WORST_FIRST.index(row.state)
    if row.state == "needs_help":
        return (state, -(row.idle_days or 0), -len(row.failed), row.done)
    if row.state == "in_progress" and row.last_at is not None:
        return (state, row.last_at.timestamp())
    return (state,)


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
            standing = _standing(
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
