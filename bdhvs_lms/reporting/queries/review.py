"""One class: who is done, who is on the way, who has not begun, and who needs help. From core rows only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Value,
    When,
)

from bdhvs_lms.base.api import day_of, end_of_day, name_order
from bdhvs_lms.classes.api import ClassGroup, TakenCourse, members, phone_hidden, sessions_held
from bdhvs_lms.courses.api import Activity, Course, Enrolment, activities_ever_in
from bdhvs_lms.learners.api import (
    Learner,
    agreed_among,
    is_waiting,
    made_up_people,
    placements_on,
    unnamed,
)
from bdhvs_lms.progress.api import Reached, Status, courses_done, reached_in, status_of

Row = TypeVar("Row")
State = Literal["needs_help", "not_begun", "in_progress", "done"]
Hindrance = Literal["", "no_consent", "not_enrolled"]

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
    counts: bool
    """Whether it counts for finishing, done or not."""


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
    hindrance: Hindrance = ""
    """What stands in the way of beginning, of whoever has not begun."""

    @cached_property
    def failed(self) -> tuple[ActivityStanding, ...]:
        return tuple(one for one in self.cells if one.failed)


@dataclass(frozen=True)
class ClassReview:
    """A class as it stands on a day, in one of its courses."""

    class_group: ClassGroup
    taken: TakenCourse
    on: date
    activities: tuple[Activity, ...]
    rows: tuple[ReviewRow, ...]
    """Worst first (`_urgency`), then by name as Vietnamese lists have it: given name first."""
    counts: dict[State, int]
    """Adds up to the number of rows."""
    made_up: bool = False
    """The site holds people made up for a demonstration: whatever shows the class is marked."""

    @property
    def course(self) -> Course:
        return self.taken.course

    @property
    def own(self) -> bool:
        """Whether the course is the class's own."""
        return self.course.pk == self.class_group.course_id


def class_review(
    class_group: ClassGroup, on: date, *, taken: TakenCourse | None = None, only: Learner | None = None
) -> ClassReview:
    """Members of that day, with results as the ledger has them now. Seven queries, whatever the size;
    one more where somebody has not begun.

    Withdrawn activities, and those that moved to another course, stay as columns while somebody has a result in them;
    they no longer count for finishing. `taken`: in which of its courses, of which the sessions since its first day
    count; None: its own. `only`: of this member alone.
    """
    taken = taken or TakenCourse(class_group.course)
    course = taken.course
    learners = _members(class_group, course, on, only)
    ids = [learner.pk for learner in learners]
    nobody = unnamed()
    elsewhere: QuerySet[Any, Any] = placements_on(on).exclude(area=class_group.area_id)
    places = dict(elsewhere.filter(person__in=ids, area__isnull=False).values_list("person", "area__name"))
    ever = list(activities_ever_in(course.key))
    results, last = reached_in([activity.key for activity in ever], ids)
    finished = courses_done(course.key, ids)
    # Who has begun has agreed: what was taken back since is said where it is in the way, on the sheet of a session.
    waiting = [learner for learner in learners if learner.pk not in last and learner.pk not in finished]
    agreed = agreed_among(waiting, end_of_day(on)) if waiting else set()
    held = sessions_held([class_group.pk], on, since=taken.opens).get(class_group.pk, 0)
    shown = _columns(course, ever, {place for _learner, place, _reached in results})
    activities = tuple(ever[place] for place in shown)
    cells = _cells(activities, shown, ids, results)
    rows = []
    for learner, known in learners.items():
        standing = standing_of(cells[learner.pk], last.get(learner.pk), learner.pk in finished, held, on)
        rows.append(
            ReviewRow(
                learner=learner,
                name=known.full_name or nobody,
                phone=known.phone or "",
                birth_year=known.birth_year,
                newcomer=known.newcomer and known.full_name is not None,
                place=places.get(learner.pk, "") if known.full_name else "",
                cells=tuple(cells[learner.pk]),
                state=standing.state,
                done=standing.done,
                required=standing.required,
                last_at=standing.last_at,
                idle_days=standing.idle_days,
                last_days=standing.last_days,
                sessions=standing.sessions,
                hindrance=_hindrance(standing, learner.pk in agreed, known.enrolled),
            )
        )
    rows.sort(key=lambda row: (_urgency(row), name_order(row.name), row.learner.pk))
    counted = Counter(row.state for row in rows)
    return ClassReview(
        class_group,
        taken,
        on,
        activities,
        tuple(rows),
        {state: counted[state] for state in WORST_FIRST},
        made_up_people(),
    )


class _Known(NamedTuple):
    """What is known of a member. `full_name` None: no person is on record; `enrolled`: in the course, by whichever of
    their records."""

    full_name: str | None
    phone: str | None
    birth_year: int | None
    newcomer: bool
    enrolled: bool


def _members(class_group: ClassGroup, course: Course, on: date, only: Learner | None) -> dict[Learner, _Known]:
    """One query."""
    rows = members(class_group, on)
    if only is not None:
        rows = rows.filter(pk=only.pk)
    enrolments = Enrolment.objects.filter(course=course)
    enrolled = Exists(enrolments.filter(learner=OuterRef("pk")))
    rows = rows.annotate(
        full_name=F("person__full_name"),
        phone=Case(When(phone_hidden(class_group), then=Value("")), default=F("person__phone")),
        birth_year=F("person__birth_year"),
        newcomer=ExpressionWrapper(is_waiting(), output_field=BooleanField()),
        enrolled=enrolled | Exists(enrolments.filter(learner__merged_into=OuterRef("pk"))),
    )
    return {learner: _Known(*(getattr(learner, name) for name in _Known._fields)) for learner in rows}


def _hindrance(standing: Standing, agreed: bool, enrolled: bool) -> Hindrance:
    if standing.state == "done" or standing.last_at is not None:
        return ""
    return "no_consent" if not agreed else "not_enrolled" if not enrolled else ""


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
    failed = result is not None and status != "done" and by_passing and result.failed
    return ActivityStanding(activity, result, status, failed, activity.required and activity.active)


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


def state_of(required: int, done: int, failed: bool, begun: bool, away: bool, finished: bool, held: int) -> State:
    """`away`: for IDLE_DAYS; `finished`: the course was completed; `held`: sessions."""
    # A finished course stays finished when an activity is added later: nothing is taken away.
    if finished or (required and done == required):
        return "done"
    if away or failed:
        return "needs_help"
    if begun:
        return "in_progress"
    return "needs_help" if held >= SESSIONS else "not_begun"


def standing_of(
    cells: Collection[ActivityStanding], last_at: datetime | None, finished: bool, held: int, on: date
) -> Standing:
    """From the learner's cells in the class's columns; `finished`: the course was completed; `held`: sessions."""
    counting = [one.status for one in cells if one.counts]
    required, done = len(counting), counting.count("done")
    failed = any(one.failed and one.activity.active for one in cells)
    idle = (on - day_of(last_at)).days if last_at is not None else 0
    state = state_of(required, done, failed, last_at is not None, idle >= IDLE_DAYS, finished, held)
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
