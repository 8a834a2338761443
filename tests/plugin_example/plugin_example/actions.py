"""Writes. Each takes its time as an argument and owns its transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bdhvs_lms.attempts.api import NotEnrolled
from bdhvs_lms.base.api import nfc
from bdhvs_lms.competency.api import competency_refs, push_alignment
from bdhvs_lms.courses.api import ActivityFacts, activity, activity_ref, course_ref, enrolment_of, push_activity
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import (
    CLIENT,
    OBSERVER,
    VERB_COMPLETED,
    VERB_FAILED,
    VERB_PASSED,
    LearningAct,
    ResultFacts,
    clamp,
    learner_lock,
    record,
    record_act,
)
from plugin_example.activity import PracticeActivity
from plugin_example.models import PracticeNote, PracticeRecord, PracticeTask

Alignment = tuple[int, int]
"""(id of a competency, level)."""


class NoSuchTask(LookupError):
    """There is no such task, or (for a learner) it is no longer offered."""


def create_task(
    course_key: UUID,
    title: str,
    at: datetime,
    *,
    alignments: Iterable[Alignment] = (),
    instructions: str = "",
    language: str = "vi",
    position: int = 0,
    required: bool = True,
    key: UUID | None = None,
) -> PracticeTask:
    """Publish a task in a course that was pushed before.

    Raises bdhvs_lms.courses.api.Course.DoesNotExist; ValueError without a title or for a level that is not there.
    """
    task = PracticeTask(
        key=key or uuid.uuid4(), course_key=course_key, title=nfc(title).strip(), instructions=nfc(instructions)
    )
    task.language = language
    if not task.title:
        raise ValueError("A task needs a title.")
    with transaction.atomic():
        task.save()
        _push(task, alignments, at, position=position, required=required)
    return task


def revise_task(
    task_key: UUID, *, at: datetime, alignments: Iterable[Alignment], title: str | None = None
) -> PracticeTask:
    """Publish the task anew: a further revision with its own alignment; older records keep theirs.

    Raises NoSuchTask; ValueError as create_task does.
    """
    with transaction.atomic():
        task = PracticeTask.objects.select_for_update().filter(key=task_key).first()
        facts = activity(task_key)
        if task is None or facts is None:
            raise NoSuchTask(f"No task {task_key}.")
        task.revision += 1
        if title is not None:
            task.title = nfc(title).strip()
        task.save()
        _push(task, alignments, at, position=facts.position, required=facts.required)
    return task


def _push(task: PracticeTask, alignments: Iterable[Alignment], at: datetime, *, position: int, required: bool) -> None:
    push_activity(
        task.course_key,
        ActivityFacts(
            key=task.key,
            type_key=PracticeActivity.key,
            plugin="plugin_example",
            titles={task.language: task.title},
            done_on=PracticeActivity.done_on,
            revision=str(task.revision),
            position=position,
            required=required,
        ),
        at=at,
    )
    push_alignment(task.key, str(task.revision), alignments, at=at)


def tick_off(
    learner: Learner,
    task_key: UUID,
    *,
    passed: bool,
    observer: UUID,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
    revision: str | None = None,
    note: str = "",
) -> PracticeRecord:
    """An observer saw the learner do it (`passed`) or fail. The same `act_id` again is the same observation.

    Who is not enrolled may be seen doing it all the same: in a village hall nobody asks first. Who has not agreed
    that learning data are kept may not.

    Args:
        observer: opaque actor of who watched; goes into the statement as the instructor.
        act_id: from the form that was filled in; each observation is an attempt of its own.
        occurred_at: when it was done, if not just now (clamped).
        revision: of the task that the form showed; None: the current one.
        note: words about it; they stay in this plugin's erasable table and enter no statement.

    Raises NoSuchTask; ConsentMissing; PermissionError when the act_id was another learner's or another task's.
    """
    facts = activity(task_key)
    task = PracticeTask.objects.filter(key=task_key).first()
    if facts is None or task is None:
        raise NoSuchTask(f"No task {task_key}.")
    which = facts.revision if revision is None else revision
    other = tuple(competency_refs(task_key, which))
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner, at)
        row, created = PracticeRecord.objects.get_or_create(
            act_id=act_id,
            defaults={
                "learner": learner,
                "task": task,
                "passed": passed,
                "observer": observer,
                "revision": which,
                "occurred_at": clamp(occurred_at, at),
                "received_at": at,
            },
        )
        if row.learner_id != learner.pk or row.task_id != task.pk:
            raise PermissionError("This observation was of somebody or something else.")
        if not created:
            return row
        text = nfc(note).strip()
        if text:
            PracticeNote.objects.create(record=row, text=text)
        act = LearningAct(
            actor=learner.actor,
            verb=VERB_PASSED if row.passed else VERB_FAILED,
            object=activity_ref(facts),
            id_seed=row.act_id,
            registration=row.act_id,
            occurred_at=row.occurred_at,
            revision=row.revision,
            result=ResultFacts(success=row.passed, completion=True),
            parent=(course_ref(facts.course),),
            grouping=(course_ref(facts.course),),
            other=other,
            instructor=row.observer,
            authority=OBSERVER,
        )
        record([act], at=at)
    return row


def say_done(
    learner: Learner, task_key: UUID, *, act_id: UUID, at: datetime, occurred_at: datetime | None = None
) -> bool:
    """The learner says that it is done: client-reported, shown to the observer, proof of nothing.

    Returns whether it was news. Raises NoSuchTask; NotEnrolled; ConsentMissing; PermissionError when the act_id was
    another learner's.
    """
    facts = activity(task_key)
    if facts is None or not facts.active or not PracticeTask.objects.filter(key=task_key).exists():
        raise NoSuchTask(f"No task {task_key}.")
    if enrolment_of(learner, facts.course.key) is None:
        raise NotEnrolled(task_key)
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner, at)
        act, created = record_act(
            learner,
            act_id=act_id,
            verb=VERB_COMPLETED,
            activity_key=task_key,
            id_seed=act_id,
            revision=facts.revision,
            occurred_at=clamp(occurred_at, at),
            received_at=at,
        )
        if created:
            record(
                [
                    LearningAct(
                        actor=learner.actor,
                        verb=act.verb,
                        object=activity_ref(facts),
                        id_seed=act.id_seed,
                        registration=act.id_seed,
                        occurred_at=act.occurred_at,
                        revision=act.revision,
                        result=ResultFacts(completion=True),
                        parent=(course_ref(facts.course),),
                        grouping=(course_ref(facts.course),),
                        authority=CLIENT,
                    )
                ],
                at=at,
            )
    return created
