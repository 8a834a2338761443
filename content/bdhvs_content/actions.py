"""A learner's actions in courses and lessons."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from bdhvs_content.errors import CourseEmpty
from bdhvs_lms.attempts.api import agree, enrolled_in, from_references, references
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.courses.api import Enrolment, activities_of, enrol, enrolment_of, seed_of
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import (
    VERB_EXPERIENCED,
    Act,
    LearningAct,
    clamp,
    learner_lock,
    record,
    record_act,
    statement_id,
)
from bdhvs_xapi.api import is_voided

LESSON_TYPE = "bdhvs_content.lesson"


def enrol_with_consent(learner: Learner, course_key: UUID, *, consent: bool, at: datetime) -> Enrolment:
    """Register the learner for the course, and record the learner's consent if there was none yet. Idempotent.

    Raises ConsentMissing when somebody who has to agree to the text in force has not, ever or now (for a child a parent
    or guardian: `take_consent`); CourseClosed (courses) when nobody can enrol; CourseEmpty when there is nothing to
    learn in it.
    """
    if enrolment_of(learner, course_key) is None and not activities_of(course_key).exists():
        raise CourseEmpty(course_key)
    with transaction.atomic():
        if not agree(learner, at=at, own=consent):
            raise ConsentMissing
        return enrol(learner, course_key, at=at)


def read_lesson(
    learner: Learner,
    activity_key: UUID,
    *,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
    language: str = "vi",
) -> Act:
    """Record that the learner has read the lesson: once per enrolment and published version. A repetition is the same
    act, unless its statement has been voided since: then it is a further one.

    `occurred_at`: the learner's time as the browser claims it, clamped here. Raises NotOffered, NotEnrolled,
    ConsentMissing, and PermissionError when `act_id` belongs to somebody else.
    """
    row, enrolment = enrolled_in(learner, activity_key, LESSON_TYPE)
    seed = seed_of(enrolment, learner)
    moment = clamp(occurred_at, at, not_before=enrolment.enrolled_at)
    payload = references(learner, row, moment, revision=row.revision, language=language)
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner, at)
        earlier = Act.objects.filter(
            learner__in=learner.ids,
            activity_key=activity_key,
            verb=VERB_EXPERIENCED,
            id_seed__in={enrolment.uuid, seed},
            revision=row.revision,
        ).last()
        if earlier is not None:
            if not is_voided(statement_id(_statement(earlier, learner))):
                return earlier
            # The page carries the same key as before: it cannot know.
            payload["try_no"] = earlier.payload.get("try_no", 1) + 1
            act_id = uuid5(act_id, str(payload["try_no"]))
        act, created = record_act(
            learner,
            act_id=act_id,
            verb=VERB_EXPERIENCED,
            activity_key=activity_key,
            id_seed=seed,
            revision=row.revision,
            occurred_at=moment,
            received_at=at,
            payload=payload,
        )
        if created:
            record([_statement(act, learner)], at=at)
    return act


def _statement(act: Act, learner: Learner) -> LearningAct:
    """Build the statement from the row alone: every rebuild gives the same."""
    return LearningAct(
        actor=learner.actor,
        verb=act.verb,
        id_seed=act.id_seed,
        occurred_at=act.occurred_at,
        revision=act.revision,
        try_no=act.payload.get("try_no", 1),
        **from_references(act.payload),
    )
