"""Recording what an observer saw of a task, for one person or many, and its correction.

Each person is one short transaction. The whole form is checked before the first of them. The same form sent again is
the same act: sending it once more completes what was cut off in the middle.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from bdhvs_lms.attempts.api import NotOffered, references
from bdhvs_lms.base.api import day_of, nfc
from bdhvs_lms.classes.api import ClassGroup, classes_open_to, courses_of_class, members, require_another
from bdhvs_lms.courses.api import Activity, CourseClosed, activity, enrol, enrolment_of
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import clamp, learner_lock, record, staff_actor, statement_id, void
from bdhvs_tasks.models import Grading, Observation, ObservationNote, TaskVersion, passes
from bdhvs_tasks.statements import graded
from bdhvs_xapi.api import is_voided

TASK_TYPE = "bdhvs_tasks.task"
# Why a statement was voided, in the words that the record store's pages have for it.
WRONG_RESULT, WRONG_PERSON = "wrong-result", "wrong-person"

__all__ = ["NotInClass", "Observed", "Seen", "correct", "observe", "recorded_by", "take_back", "task_of"]


class NotInClass(LookupError):
    """A person who was named is not in the class on that day."""


@dataclass(frozen=True)
class Seen:
    """An observer's record of one learner: ids of the items that were done, and a note. `uuid`: of the observation to
    make (for loaders); None: a new one."""

    learner: Learner
    done: frozenset[str]
    note: str = ""
    uuid: UUID | None = None


@dataclass(frozen=True)
class Observed:
    """Outcome of recording one learner. `already`: the same form was recorded before; this is that observation."""

    observation: Observation
    grading: Grading
    already: bool = False


def task_of(class_group: ClassGroup, activity_key: UUID, on: date) -> Activity:
    """Return the task that a course of the class offers on this day. Raises NotOffered."""
    row = activity(activity_key)
    if row is None or row.type_key != TASK_TYPE or not (row.active and row.course.active):
        raise NotOffered(activity_key)
    if row.course_id not in {course.pk for course in courses_of_class(class_group, on)}:
        raise NotOffered(activity_key)
    return row


def _require_class(class_group: ClassGroup, by: Any, at: datetime) -> None:
    if by is not None and not classes_open_to(by, day_of(at)).filter(pk=class_group.pk).exists():
        raise PermissionDenied("Only a teacher of the class records what was seen in it.")


def observe(
    class_group: ClassGroup,
    activity_key: UUID,
    seen: Sequence[Seen],
    *,
    by: Any,
    observer: UUID | None = None,
    version: int | None = None,
    act_id: UUID,
    at: datetime,
    occurred_at: datetime | None = None,
    language: str = "vi",
) -> list[Observed]:
    """Record that a teacher of the class saw its learners do the task. Learners who are not enrolled are enrolled.

    Args:
        by: the account that records; None: the machine itself (the demonstration), which names the `observer`.
        version: number of the checklist that was ticked; None: the newest.
        act_id: of the form; the same again is the same act of each person.
        occurred_at: when it was done, if not just now (clamped).

    Raises NotOffered; PermissionDenied (not a teacher of the class on that day); NotInClass; ValidationError (nobody
    observes themselves); ValueError (no such version or item, twice the same learner); PermissionError (an act id of
    another form); and, when those before are recorded, ConsentMissing.
    """
    _require_class(class_group, by, at)
    row = task_of(class_group, activity_key, day_of(at))
    versions = TaskVersion.objects.filter(activity_key=activity_key).order_by("-number")
    of = versions.first() if version is None else versions.filter(number=version).first()
    if of is None:
        raise ValueError(f"No version {version} of task {activity_key}.")
    inside = set(members(class_group, day_of(at)).values_list("pk", flat=True))
    for one in seen:
        _check(of, one.done)
        if one.learner.pk not in inside:
            raise NotInClass(one.learner.actor)
        require_another(one.learner, by)
    if len({one.learner.pk for one in seen}) < len(seen):
        raise ValueError("A learner is named twice.")
    actor = observer or staff_actor(by)
    moment = clamp(occurred_at, at)
    return [
        _observe(row, of, one, observer=actor, act_id=act_id, at=at, moment=moment, language=language) for one in seen
    ]


def _own_act(act_id: UUID, learner: Learner) -> UUID:
    return uuid.uuid5(act_id, str(learner.actor))


def recorded_by(act_id: UUID, learners: Iterable[Learner]) -> set[int]:
    """Return the primary keys of the learners whom this form recorded before. One query."""
    acts = {_own_act(act_id, learner): learner.pk for learner in learners}
    known = Grading.objects.filter(act_id__in=list(acts)).values_list("act_id", flat=True)
    return {acts[act] for act in known}


def _check(version: TaskVersion, done: Iterable[str]) -> None:
    strange = sorted(set(done) - {item["id"] for item in version.items})
    if strange:
        raise ValueError(f"Not on this checklist: {', '.join(strange)}")


def _observe(
    row: Activity,
    version: TaskVersion,
    seen: Seen,
    *,
    observer: UUID,
    act_id: UUID,
    at: datetime,
    moment: datetime,
    language: str,
) -> Observed:
    learner = seen.learner
    own_act = _own_act(act_id, learner)
    before = enrolment_of(learner, row.course.key)
    # Whom this very act enrols had not done it before.
    moment = at if before is None else max(moment, min(before.enrolled_at, at))
    new = Observation(
        learner=learner,
        version=version,
        activity_key=row.key,
        act_id=own_act,
        references=references(learner, row, moment, revision=str(version.number), language=language),
        opened_at=moment,
        opened_received_at=at,
    )
    new.uuid = seen.uuid or new.uuid
    with transaction.atomic():
        learner_lock(learner)
        require_consent(learner, at)
        same = Grading.objects.filter(act_id=own_act).select_related("attempt__version").first()
        if same is not None:
            if same.attempt.learner_id not in learner.ids or same.attempt.activity_key != row.key:
                raise PermissionError("This act belongs to something else.")
            return Observed(same.attempt, same, already=True)
        try:
            new.enrolment = enrol(learner, row.course.key, at=at)
        except CourseClosed:
            raise NotOffered(row.key) from None
        own = Observation.objects.filter(learner__in=learner.ids, activity_key=row.key)
        new.number = (own.aggregate(last=Max("number"))["last"] or 0) + 1
        new.save(force_insert=True)
        grading = _grade(new, 1, seen.done, act_id=own_act, observer=observer, at=at)
        _note(new, seen.note)
        record([graded(new, grading)], at=at)
    return Observed(new, grading)


def _grade(
    observation: Observation, seq: int, done: Iterable[str], *, act_id: UUID, observer: UUID, at: datetime
) -> Grading:
    ids = [item["id"] for item in observation.version.items if item["id"] in set(done)]
    return Grading.objects.create(
        attempt=observation,
        seq=seq,
        act_id=act_id,
        observer=observer,
        data={"done": ids},
        raw=Decimal(len(ids)),
        success=passes(observation.version.shown, ids),
        # Of what the learner did; that it was corrected later is the time of receipt.
        occurred_at=observation.opened_at,
        received_at=at,
    )


def _note(observation: Observation, text: str) -> None:
    """Store the text as the observation's note; an empty text deletes the note."""
    # PostgreSQL keeps no NUL.
    words = nfc(text).replace("\x00", "").strip()
    if words:
        ObservationNote.objects.update_or_create(observation=observation, defaults={"text": words})
    else:
        ObservationNote.objects.filter(observation=observation).delete()


def correct(
    class_group: ClassGroup,
    observation: Observation,
    done: frozenset[str],
    *,
    by: Any,
    observer: UUID | None = None,
    act_id: UUID,
    at: datetime,
    note: str = "",
) -> Grading:
    """Record a further grading in place of a wrong one, which is voided. Nothing is recorded if the same items are
    ticked again, unless an operator has voided them since; the note is replaced in any case. `by`, `observer`: as in
    `observe`.

    Raises what `take_back` raises, ValueError (no such item, or the observation was taken back), ConsentMissing.
    """
    _check(observation.version, done)
    _may_change(class_group, observation, by, at)
    own_act = uuid.uuid5(act_id, str(observation.uuid))
    with transaction.atomic():
        learner_lock(observation.learner_id)
        require_consent(observation.learner.whole, at)
        last = _last(observation)
        if last.success is None:
            raise ValueError("What was taken back is recorded anew instead.")
        same = Grading.objects.filter(act_id=own_act).first()
        if same is not None:
            # The form sent again, perhaps after a colleague's correction: that one stands.
            return same
        _note(observation, note)
        if last.done == done and not is_voided(statement_id(graded(observation, last))):
            return last
        actor = observer or staff_actor(by)
        fresh = _grade(observation, last.seq + 1, done, act_id=own_act, observer=actor, at=at)
        record([graded(observation, fresh)], at=at)
        _void(observation, last, WRONG_RESULT, by=actor, at=at)
    return fresh


def take_back(class_group: ClassGroup, observation: Observation, *, by: Any, act_id: UUID, at: datetime) -> Grading:
    """Withdraw an observation of the wrong person or task: void its statement and put nothing in its place. This works
    after consent was withdrawn too, because it only takes away. A second call changes nothing.

    Raises PermissionDenied, NotInClass, ValidationError (it is the account's own).
    """
    _may_change(class_group, observation, by, at)
    with transaction.atomic():
        learner_lock(observation.learner_id)
        last = _last(observation)
        if last.success is None:
            return last
        actor = staff_actor(by)
        _note(observation, "")
        empty = Grading.objects.create(
            attempt=observation,
            seq=last.seq + 1,
            act_id=uuid.uuid5(act_id, f"{observation.uuid}/taken-back"),
            observer=actor,
            data={"done": []},
            raw=Decimal(0),
            success=None,
            occurred_at=observation.opened_at,
            received_at=at,
        )
        _void(observation, last, WRONG_PERSON, by=actor, at=at)
    return empty


def _may_change(class_group: ClassGroup, observation: Observation, by: Any, at: datetime) -> None:
    _require_class(class_group, by, at)
    require_another(observation.learner, by)
    if not members(class_group, day_of(at)).filter(pk=observation.learner.whole.pk).exists():
        raise NotInClass(observation.learner.actor)


def _last(observation: Observation) -> Grading:
    return Grading.objects.filter(attempt=observation).latest("seq")


def _void(observation: Observation, grading: Grading, reason: str, *, by: UUID, at: datetime) -> None:
    """Record the voiding of the grading's statement, unless somebody has voided it already, in the admin."""
    known = statement_id(graded(observation, grading))
    if not is_voided(known):
        void(known, by=by, reason_code=reason, at=at)
