"""One learner of a class, as the class's teacher sees the learner: what was done, when, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import pgettext

from bdhvs_lms.attempts.api import extra_attempts, extra_times
from bdhvs_lms.base.api import format_number
from bdhvs_lms.classes.api import ClassGroup, ClassSession, TakenCourse, attended_by
from bdhvs_lms.courses.api import Activity, Course, activities_ever_in_any
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.queries.review import ClassReview, ReviewRow, class_review
from bdhvs_lms.tracking.api import (
    OBSERVER,
    VERB_ATTENDED,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_INITIALIZED,
    VERB_PASSED,
    activity_iri,
    activity_key,
    course_iri,
    how_often,
    newest_about,
    session_iri,
)
from bdhvs_xapi import api as xapi

# The strongest first: of one moment and thing the timeline says one.
VERBS = (VERB_PASSED, VERB_FAILED, VERB_COMPLETED, VERB_EXPERIENCED, VERB_ATTENDED, VERB_INITIALIZED)
ANSWERED_BEFORE = (VERB_PASSED, VERB_FAILED, VERB_COMPLETED)
SHOWN = 60
"""Statements that a page of a timeline is made of; an attempt has three or four."""


@dataclass(frozen=True)
class Moment:
    """Something that the learner did, in an activity, in a whole course or at a session."""

    at: datetime
    words: str
    style: str
    activity: Activity | None
    course: Course | None
    session: ClassSession | None
    points: str
    trust: int
    observed: bool
    """A teacher said so."""
    attempt: UUID | None
    """Whose answers can be looked at."""


@dataclass(frozen=True)
class Limited:
    """A quiz that may be taken so many times: `used` and `allowed`, with what the learner was given beyond."""

    activity: Activity
    used: int
    allowed: int


def person_in(class_group: ClassGroup, learner: Learner, on: date, taken: TakenCourse) -> tuple[ClassReview, ReviewRow]:
    """The class's review in this course, with this learner's row alone."""
    review = class_review(class_group, on, taken=taken, only=learner)
    return review, review.rows[0]


Place = tuple[datetime, UUID]
"""Time and id of the statement with which a page of a timeline ends."""


@dataclass(frozen=True)
class Timeline:
    """A page of it, the newest first. `ends` None: nothing comes before."""

    moments: tuple[Moment, ...]
    ends: Place | None


def timeline(
    learner: Learner, class_group: ClassGroup, courses: Sequence[Course], *, before: Place | None = None
) -> Timeline:
    """What the learner did in these courses of the class, and the sessions and visits of the class; of what came before
    the end of another page. Three queries."""
    known = {one.key: one for one in activities_ever_in_any(course.pk for course in courses)}
    taken = {course_iri(one.key): one for one in courses}
    sessions = {session_iri(one.uuid): one for one in attended_by(class_group, learner)}
    iris = [*taken, *sessions, *(activity_iri(key) for key in known)]
    facts = newest_about(learner, activities=iris, verbs=VERBS, limit=SHOWN + 1, before=before)
    shown, more = facts[:SHOWN], facts[SHOWN:]
    if more:
        # Of one moment and thing one is said: a moment is not parted, unless it fills the page.
        whole = [fact for fact in shown if fact.occurred_at > more[0].occurred_at]
        shown = whole or shown
    strongest: dict[tuple[str | None, datetime], xapi.Fact] = {}
    for fact in shown:
        about = (fact.object_id, fact.occurred_at)
        before_it = strongest.setdefault(about, fact)
        if VERBS.index(fact.verb) < VERBS.index(before_it.verb):
            strongest[about] = fact
    moments = tuple(_moment(fact, known, taken, sessions) for fact in strongest.values())
    return Timeline(moments, (shown[-1].occurred_at, shown[-1].statement_id) if more else None)


def _moment(
    fact: xapi.Fact,
    known: Mapping[UUID, Activity],
    taken: Mapping[str, Course],
    sessions: Mapping[str, ClassSession],
) -> Moment:
    key = activity_key(fact.object_id)
    words, style = {
        VERB_PASSED: (pgettext("timeline", "passed"), "done"),
        VERB_FAILED: (pgettext("timeline", "not passed yet"), "help"),
        VERB_COMPLETED: (pgettext("timeline", "completed"), "done"),
        VERB_EXPERIENCED: (pgettext("timeline", "read or watched"), "done"),
        VERB_ATTENDED: (pgettext("timeline", "was there"), "done"),
        VERB_INITIALIZED: (pgettext("timeline", "started"), "doing"),
    }[fact.verb]
    result = fact.statement.get("result", {})
    score = result.get("score", {})
    points = ""
    if fact.raw is not None and "max" in score:
        points = f"{_number(score['raw'])}/{_number(score['max'])}"
    # What was ticked off at once has its items in one response; answers are statements of their own.
    has_answers = fact.registration is not None and fact.verb in ANSWERED_BEFORE and "response" not in result
    return Moment(
        at=fact.occurred_at,
        words=words,
        style=style,
        activity=known.get(key) if key is not None else None,
        course=taken.get(fact.object_id or ""),
        session=sessions.get(fact.object_id or ""),
        points=points,
        trust=fact.trust,
        observed=fact.authority == OBSERVER,
        attempt=fact.registration if has_answers else None,
    )


def _number(value: object) -> str:
    return format_number(Decimal(str(value)), short=True)


@dataclass(frozen=True)
class Timed:
    """An activity with a time limit. `percent`: of more time that the learner has."""

    activity: Activity
    percent: int


def times_of(learner: Learner, activities: Iterable[Activity]) -> list[Timed]:
    """Of these activities those with a time limit. One query, none where nothing is timed."""
    timed = [one for one in activities if one.time_limit and one.active]
    given = extra_times(learner, *(one.key for one in timed)) if timed else {}
    return [Timed(one, given.get(one.key, 0)) for one in timed]


def limits_of(learner: Learner, activities: Iterable[Activity]) -> list[Limited]:
    """Of these activities those with a limit of attempts. Two queries, none where nothing is limited."""
    limited = {activity_iri(one.key): one for one in activities if one.attempts_allowed and one.active}
    if not limited:
        return []
    begun = how_often(learner, list(limited), verb=VERB_INITIALIZED)
    extra = extra_attempts(learner, *(one.key for one in limited.values()))
    return [
        Limited(one, begun.get(iri, 0), one.attempts_allowed + extra.get(one.key, 0)) for iri, one in limited.items()
    ]
