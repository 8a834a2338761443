"""One learner of a class, as the class's teacher sees the learner: what was done, when, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import pgettext

from bdhvs_lms.attempts.api import extra_attempts
from bdhvs_lms.base.api import format_number
from bdhvs_lms.classes.api import ClassGroup, TakenCourse
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.queries.review import ClassReview, ReviewRow, class_review
from bdhvs_lms.tracking.api import (
    OBSERVER,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_INITIALIZED,
    VERB_PASSED,
    activity_iri,
    activity_key,
    course_iri,
    newest_about,
)
from bdhvs_xapi import api as xapi

# The strongest first: of one moment and thing the timeline says one.
VERBS = (VERB_PASSED, VERB_FAILED, VERB_COMPLETED, VERB_EXPERIENCED, VERB_INITIALIZED)
SHOWN = 60
"""Statements that a timeline is made of; an attempt has three or four."""


@dataclass(frozen=True)
class Moment:
    """Something that the learner did. `title`: of what, None: the whole course."""

    at: datetime
    words: str
    style: str
    activity: Activity | None
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


def timeline(learner: Learner, course_key: UUID, activities: Iterable[Activity]) -> list[Moment]:
    """In a course, the newest first. One query."""
    known = {one.key: one for one in activities}
    iris = [course_iri(course_key), *(activity_iri(key) for key in known)]
    facts = newest_about(learner, activities=iris, verbs=VERBS, limit=SHOWN)
    strongest: dict[tuple[str | None, datetime], xapi.Fact] = {}
    for fact in facts:
        before = strongest.setdefault((fact.object_id, fact.occurred_at), fact)
        if VERBS.index(fact.verb) < VERBS.index(before.verb):
            strongest[fact.object_id, fact.occurred_at] = fact
    return [_moment(fact, known) for fact in strongest.values()]


def _moment(fact: xapi.Fact, known: dict[UUID, Activity]) -> Moment:
    key = activity_key(fact.object_id)
    words, style = {
        VERB_PASSED: (pgettext("timeline", "passed"), "done"),
        VERB_FAILED: (pgettext("timeline", "not passed yet"), "help"),
        VERB_COMPLETED: (pgettext("timeline", "completed"), "done"),
        VERB_EXPERIENCED: (pgettext("timeline", "read or watched"), "done"),
        VERB_INITIALIZED: (pgettext("timeline", "started"), "doing"),
    }[fact.verb]
    score = fact.statement.get("result", {}).get("score", {})
    points = ""
    if fact.raw is not None and "max" in score:
        points = f"{_number(score['raw'])}/{_number(score['max'])}"
    has_answers = fact.registration is not None and fact.verb in (VERB_PASSED, VERB_FAILED, VERB_COMPLETED)
    return Moment(
        at=fact.occurred_at,
        words=words,
        style=style,
        activity=known.get(key) if key is not None else None,
        points=points,
        trust=fact.trust,
        observed=fact.authority == OBSERVER,
        attempt=fact.registration if has_answers else None,
    )


def _number(value: object) -> str:
    return format_number(Decimal(str(value)), short=True)


def limits_of(learner: Learner, activities: Iterable[Activity]) -> list[Limited]:
    """Of these activities those with a limit of attempts. Two queries for each: a course has one or two."""
    found = []
    for one in activities:
        if one.attempts_allowed and one.active:
            begun = newest_about(learner, activities=[activity_iri(one.key)], verbs=[VERB_INITIALIZED], limit=1_000)
            found.append(Limited(one, len(begun), one.attempts_allowed + extra_attempts(learner, one.key)))
    return found
