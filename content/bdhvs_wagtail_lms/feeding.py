"""Records what wagtail-lms says was completed, as statements about the learner whom the account belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db import transaction
from wagtail_lms.models import CourseEnrollment, H5PLessonCompletion, SCORMAttempt, SCORMLessonPage

from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.courses.api import CourseClosed, activity, activity_ref, course_ref, enrol
from bdhvs_lms.learners.api import learner_for_user, require_consent
from bdhvs_lms.tracking.api import (
    CLIENT,
    VERB_COMPLETED,
    LearningAct,
    ResultFacts,
    clamp,
    learner_lock,
    record,
    record_act,
)

__all__ = ["Completion", "completions", "enrolled", "feed", "of_attempt", "of_lesson", "sources"]

# Of the acts of this app, which a second feeding finds again. Not of statements: their ids have a key.
NAMESPACE = UUID("6f1f3a5e-0d5b-5c39-9d8e-3a7f2b9f4c11")


class Completion(NamedTuple):
    """A lesson that an account completed, as wagtail-lms says."""

    user: Any
    lesson: UUID
    source: str
    """The row that says so: 'h5p:12', 'scorm:3:<lesson>'."""
    at: datetime
    scaled: float | None = None


def of_lesson(row: Any) -> Completion:
    return Completion(row.user, row.lesson.translation_key, f"h5p:{row.pk}", row.completed_at)


def of_attempt(row: Any) -> Iterator[Completion]:
    """Yield a completion of each live lesson that plays the SCORM attempt's package in a course of the account's."""
    if row.completion_status != "completed" and row.success_status != "passed":
        return
    courses = CourseEnrollment.objects.filter(user_id=row.user_id).select_related("course")
    paths = [one.course.path for one in courses]
    for lesson in SCORMLessonPage.objects.live().filter(scorm_package_id=row.scorm_package_id, alias_of=None):
        if any(lesson.path.startswith(path) for path in paths):
            source = f"scorm:{row.pk}:{lesson.translation_key}"
            yield Completion(row.user, lesson.translation_key, source, row.last_accessed, row.score_scaled)


def enrolled(row: Any, *, at: datetime) -> bool:
    """Record the enrolment of who enrolled there; False for an account without a learner, or without a yes."""
    learner = learner_for_user(row.user)
    if learner is None:
        return False
    with transaction.atomic():
        learner_lock(learner)
        try:
            require_consent(learner, at)
            enrol(learner, row.course.translation_key, at=at)
        except (ConsentMissing, CourseClosed):
            return False
    return True


def feed(done: Completion, *, at: datetime) -> bool:
    """Record one completion, once. False when it is recorded already, or cannot be: no learner, no yes, no such lesson.

    The time is that of wagtail-lms's row, clamped; trust is that of a browser's claim.
    """
    learner = learner_for_user(done.user)
    facts = activity(done.lesson)
    if learner is None or facts is None:
        return False
    key = uuid5(NAMESPACE, f"{learner.actor}:{done.source}")
    with transaction.atomic():
        learner_lock(learner)
        try:
            require_consent(learner, at)
        except ConsentMissing:
            return False
        act, created = record_act(
            learner,
            act_id=key,
            verb=VERB_COMPLETED,
            activity_key=done.lesson,
            id_seed=key,
            revision=facts.revision,
            occurred_at=clamp(done.at, at),
            received_at=at,
            payload={"scaled": done.scaled},
        )
        if created:
            scaled = act.payload["scaled"]
            result = ResultFacts(
                completion=True,
                scaled=None if scaled is None or not -1 <= scaled <= 1 else Decimal(str(round(scaled, 4))),
            )
            record(
                [
                    LearningAct(
                        actor=learner.actor,
                        verb=act.verb,
                        object=activity_ref(facts),
                        id_seed=act.id_seed,
                        occurred_at=act.occurred_at,
                        revision=act.revision,
                        result=result,
                        parent=(course_ref(facts.course),),
                        grouping=(course_ref(facts.course),),
                        authority=CLIENT,
                    )
                ],
                at=at,
            )
    return created


def sources() -> int:
    """Count the rows that `completions` goes through."""
    return int(H5PLessonCompletion.objects.count() + SCORMAttempt.objects.count())


def completions() -> Iterator[list[Completion]]:
    """Yield what each row of wagtail-lms says was completed, the oldest first, in pieces: no list of all is held."""
    for row in H5PLessonCompletion.objects.order_by("pk").select_related("user", "lesson").iterator(chunk_size=500):
        yield [of_lesson(row)]
    for attempt in SCORMAttempt.objects.order_by("pk").select_related("user").iterator(chunk_size=500):
        yield [*of_attempt(attempt)]
