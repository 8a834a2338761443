"""One class: who is done, who is on the way, who has not begun, and who needs help. From core rows only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bdhvs_lms.classes.api import ClassGroup, members
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner, fold, names
from bdhvs_lms.progress.api import Result, Status, cell, courses_done, results_for
from bdhvs_lms.reporting.queries.targets import CALENDAR

State = Literal["needs_help", "not_begun", "in_progress", "done"]

WORST_FIRST: tuple[State, ...] = ("needs_help", "not_begun", "in_progress", "done")

IDLE_DAYS = 7
"""Days without activity, after starting and before finishing, from which someone needs help."""


@dataclass(frozen=True)
class Cell:
    """One learner in one activity."""

    activity: Activity
    result: Result | None
    status: Status
    failed: bool
    """The latest attempt did not pass, and none has."""


@dataclass(frozen=True)
class ReviewRow:
    """One learner in the class's course. `state` is exclusive: each learner counts once in the first line."""

    learner: Learner
    name: str
    cells: tuple[Cell, ...]
    state: State
    done: int
    required: int
    last_at: datetime | None
    idle_days: int | None
    """Whole days since the last activity when that is why help is needed, else None."""

    @property
    def failed(self) -> tuple[Cell, ...]:
        return tuple(one for one in self.cells if one.failed)


@dataclass(frozen=True)
class ClassReview:
    """A class as it stands on a day."""

    class_group: ClassGroup
    on: date
    activities: tuple[Activity, ...]
    rows: tuple[ReviewRow, ...]
    """Worst first, then by name as Vietnamese lists have it: given name first."""
    counts: dict[State, int]
    """Adds up to the number of rows."""


def class_review(class_group: ClassGroup, on: date) -> ClassReview:
    """Members of that day, with results as the ledger has them now. Five queries, whatever the size of the class.

    Withdrawn activities stay as columns while somebody has a result in them; they no longer count for finishing.
    """
    learners = list(members(class_group, on))
    ids = [learner.pk for learner in learners]
    course = class_group.course
    known = names(ids)
    results = results_for(course.key, ids)
    finished = courses_done(course.key, ids)
    used = {activity_key for _learner, activity_key in results}
    activities = tuple(
        activity
        for activity in Activity.objects.filter(course=course).order_by("position", "pk")
        if activity.active or activity.key in used
    )
    rows = []
    for learner in learners:
        cells = tuple(_cell(activity, results.get((learner.pk, activity.key))) for activity in activities)
        rows.append(_row(learner, known.get(learner.pk, ""), cells, learner.pk in finished, on))
    rows.sort(key=lambda row: (WORST_FIRST.index(row.state), _by_given_name(row.name), row.learner.pk))
    counted = Counter(row.state for row in rows)
    return ClassReview(class_group, on, activities, tuple(rows), {state: counted[state] for state in WORST_FIRST})


def _cell(activity: Activity, result: Result | None) -> Cell:
    status = cell(activity, result)
    failed = (
        result is not None
        and status != "done"
        and activity.done_on == Activity.DoneOn.PASSED
        and result.latest_success is False
    )
    return Cell(activity, result, status, failed)


def _row(learner: Learner, name: str, cells: tuple[Cell, ...], finished: bool, on: date) -> ReviewRow:
    required = [one for one in cells if one.activity.required and one.activity.active]
    done = sum(one.status == "done" for one in required)
    touched = [one.result.last_at for one in cells if one.result is not None]
    last_at = max(touched, default=None)
    idle = (on - last_at.astimezone(CALENDAR).date()).days if last_at is not None else 0
    state: State
    # A finished course stays finished when an activity is added later: nothing is taken away.
    if finished or (required and done == len(required)):
        state = "done"
    elif idle >= IDLE_DAYS or any(one.failed for one in cells if one.activity.active):
        state = "needs_help"
    else:
        state = "not_begun" if last_at is None else "in_progress"
    return ReviewRow(
        learner=learner,
        name=name,
        cells=cells,
        state=state,
        done=done,
        required=len(required),
        last_at=last_at,
        idle_days=idle if state == "needs_help" and idle >= IDLE_DAYS else None,
    )


def _by_given_name(name: str) -> tuple[str, str]:
    words = name.split()
    return (fold(words[-1]) if words else "", fold(name))
