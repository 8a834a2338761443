"""What a learner does with courses and lessons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from bdhvs_content.errors import CourseEmpty, NotEnrolled, NotOffered
from bdhvs_lms.audit.api import CONSENT_VERSION, ConsentMissing, has_consent, record_consent, require_consent
from bdhvs_lms.base.api import day_of
from bdhvs_lms.classes.api import class_refs
from bdhvs_lms.competency.api import alignments_for, competency_ref
from bdhvs_lms.courses.api import (
    Activity,
    Enrolment,
    activities_of,
    activity,
    activity_ref,
    course_ref,
    enrol,
    enrolment_of,
)
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    VERB_EXPERIENCED,
    Act,
    LearningAct,
    ObjectRef,
    clamp,
    learner_lock,
    record,
    record_act,
    statement_id,
)
from bdhvs_xapi.api import is_voided

LESSON_TYPE = "bdhvs_content.lesson"


def enrol_with_consent(
    learner: Learner, course_key: UUID, *, consent: bool, at: datetime, text_version: str | None = None
) -> Enrolment:
    """Enrol, and write down the learner's yes if it was not there yet. Idempotent.

    Args:
        text_version: of the text that the yes is for; None: the one in force.

    Raises ConsentMissing when there is no yes to that text, ever or now; CourseClosed (courses) when nobody can enrol;
    CourseEmpty when there is nothing to learn in it.
    """
    if enrolment_of(learner, course_key) is None and not activities_of(course_key).exists():
        raise CourseEmpty(course_key)
    with transaction.atomic():
        if not agree(learner, at=at, text_version=text_version, consent=consent):
            raise ConsentMissing
        return enrol(learner, course_key, at=at)


def agree(learner: Learner, *, at: datetime, text_version: str | None = None, consent: bool = True) -> bool:
    """Write down the learner's yes, unless the last answer is a yes to this text already. Whether there is one now."""
    version = CONSENT_VERSION if text_version is None else text_version
    with transaction.atomic():
        learner_lock(learner)
        if has_consent(learner.actor, text_version=version):
            return True
        if consent:
            record_consent(learner.actor, given=True, at=at, text_version=version)
        return consent


def enrolled_in(learner: Learner, activity_key: UUID, type_key: str) -> tuple[Activity, Enrolment]:
    """The activity and the learner's enrolment in its course.

    Raises NotOffered (no such activity of this type) and NotEnrolled.
    """
    row = activity(activity_key)
    if row is None or row.type_key != type_key:
        raise NotOffered(activity_key)
    enrolment = enrolment_of(learner, row.course.key)
    if enrolment is None:
        raise NotEnrolled
    return row, enrolment


def competency_refs(activity_key: UUID, revision: str) -> tuple[ObjectRef, ...]:
    """What this revision is aligned with, as statements name it (`context.other`)."""
    return tuple(competency_ref(competency, level) for competency, level in alignments_for(activity_key, revision))


def ref_to_json(ref: ObjectRef) -> dict[str, Any]:
    """A reference as plain JSON, for the act row that a statement is built from."""
    return {"iri": ref.iri, "type": ref.type_iri, "names": dict(ref.names)}


def ref_from_json(data: Mapping[str, Any]) -> ObjectRef:
    return ObjectRef(data["iri"], data["type"], data["names"])


def refs_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[ObjectRef, ...]:
    return tuple(ref_from_json(row) for row in rows)


def grouping(learner: Learner, row: Activity, moment: datetime) -> list[dict[str, Any]]:
    """What an act stands in (`context.grouping`), as JSON: the course, and the class in which the learner takes it."""
    classes = class_refs(learner, row.course, day_of(moment))
    return [ref_to_json(ref) for ref in (course_ref(row.course), *classes)]


def read_lesson(
    learner: Learner,
    activity_key: UUID,
    *,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
    language: str = "vi",
) -> Act:
    """The learner says that the lesson is read: once per enrolment and published version; again is the same act, unless
    what it recorded has been voided since: then it is a further one.

    `occurred_at`: the learner's time as the browser claims it, clamped here. Raises NotOffered, NotEnrolled,
    ConsentMissing, and PermissionError when `act_id` belongs to somebody else.
    """
    row, enrolment = enrolled_in(learner, activity_key, LESSON_TYPE)
    moment = clamp(occurred_at, at, not_before=enrolment.enrolled_at)
    payload = {
        "object": ref_to_json(activity_ref(row)),
        "grouping": grouping(learner, row, moment),
        "other": [ref_to_json(ref) for ref in competency_refs(activity_key, row.revision)],
        "language": language,
    }
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner.actor)
        earlier = Act.objects.filter(
            learner=learner,
            activity_key=activity_key,
            verb=VERB_EXPERIENCED,
            first=enrolment.uuid,
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
            first=enrolment.uuid,
            revision=row.revision,
            occurred_at=moment,
            received_at=at,
            payload=payload,
        )
        if created:
            record([_statement(act, learner)], at=at)
    return act


def _statement(act: Act, learner: Learner) -> LearningAct:
    """From the row alone: whoever builds it again gets the same."""
    return LearningAct(
        actor=learner.actor,
        verb=act.verb,
        object=ref_from_json(act.payload["object"]),
        first=act.first,
        occurred_at=act.occurred_at,
        revision=act.revision,
        try_no=act.payload.get("try_no", 1),
        grouping=refs_from_json(act.payload["grouping"]),
        other=refs_from_json(act.payload["other"]),
        language=act.payload["language"],
    )
