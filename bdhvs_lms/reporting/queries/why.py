"""An explanation as a page shows it: each row with what can be opened, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from bdhvs_lms.competency.api import Competency, EvidenceRow, Explanation, taught
from bdhvs_lms.courses.api import Activity, enrolments_of
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.progress.api import results_of, status_of
from bdhvs_xapi import api as xapi

# Things to do that a page suggests, of each kind.
SUGGESTED = 3


@dataclass(frozen=True)
class Place:
    """Where something is found. `attempt`: it is the answers of that time, not the activity as it is now."""

    address: str
    attempt: bool = True


Address = Callable[[EvidenceRow], Place | None]


@dataclass(frozen=True)
class Opened:
    """A row, and where the reader finds it: the attempt or the activity, the statement in the record store."""

    row: EvidenceRow
    place: Place | None
    statement: str

    def __getattr__(self, name: str) -> Any:
        # Templates say `row.title`, whoever reads it.
        return getattr(self.row, name)


def opened(rows: Iterable[EvidenceRow], address: Address, user: Any = None) -> list[Opened]:
    """`user`: who may read statements gets each row's. No query beyond the user's rights."""
    may = user is not None and user.has_perm("bdhvs_xapi.view_statement")
    return [
        Opened(row, address(row), reverse("statements:statement", args=[row.statement_id]) if may else "")
        for row in rows
    ]


def own_address(row: EvidenceRow) -> Place | None:
    """The learner's own result where the plugin has a page for it, else the activity's page while it is offered."""
    kind = activity_types.get(row.activity.type_key) if row.activity is not None else None
    if kind is None or row.activity is None:
        return None
    # What others recorded names attempts of their own.
    if kind.result_view and row.registration is not None and not row.presence and row.trust >= xapi.Trust.SERVER_GRADED:
        return Place(reverse(kind.result_view, args=[row.registration]))
    if not row.activity.active:
        return None
    return Place(reverse("bdhvs_lms:open-activity", args=[row.activity.key]), attempt=False)


@dataclass(frozen=True)
class Next:
    """What helps to achieve it: to read first, then to pass."""

    read: tuple[Activity, ...]
    passed: tuple[Activity, ...]


def next_of(learner: Learner, competency: Competency, level: int, explanation: Explanation) -> Next:
    """Offered activities that teach it at this level, in the learner's own courses first; what is done already only
    where nothing else is left to pass. Nothing where it is attained. Five queries at most."""
    if explanation.status not in ("none", "in_progress"):
        return Next((), ())
    own = {row.course_id: place for place, row in enumerate(enrolments_of(learner))}
    teaching = [one.activity for one in taught([competency.pk]) if one.level >= level]
    teaching.sort(key=lambda one: own.get(one.course_id, len(own)))
    results = results_of(learner, [one.key for one in teaching])
    todo = [one for one in teaching if status_of(one, results.get(one.key)) != "done"]

    def of(rows: list[Activity], done_on: str) -> tuple[Activity, ...]:
        return tuple(one for one in rows if one.done_on == done_on and activity_types.get(one.type_key))[:SUGGESTED]

    passable = of(todo, Activity.DoneOn.PASSED) or of(teaching, Activity.DoneOn.PASSED)
    return Next(of(todo, Activity.DoneOn.COMPLETED), passable)
