"""Actions of a class's teacher for one of its learners."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.attempts.api import ExtraAttempt, from_references, give_extra_attempt, give_extra_time, references
from bdhvs_lms.base.api import day_of, one_line
from bdhvs_lms.classes.actions import require_another, require_teacher
from bdhvs_lms.classes.models import MOST_WORDS, ClassGroup, ClassNote, CompletionMark
from bdhvs_lms.classes.queries import courses_of_class, is_member, members
from bdhvs_lms.courses.api import Activity, enrol
from bdhvs_lms.learners.api import Learner, agreed_among
from bdhvs_lms.tracking.api import (
    OBSERVER,
    REASON_TAKEN_BACK,
    VERB_COMPLETED,
    LearningAct,
    ResultFacts,
    activity_iri,
    counts,
    facts_about,
    learner_lock,
    record,
    staff_actor,
    statement_id,
    void,
)
from bdhvs_xapi.api import is_voided


def _require(class_group: ClassGroup, learner: Learner, by: Any, at: datetime) -> None:
    """Raise PermissionDenied unless `by` teaches the class; ValidationError for somebody who is not in it."""
    require_teacher(class_group, by, at)
    if not is_member(class_group, learner, day_of(at)):
        raise ValidationError(_("This person is not in the class."))


def _words(text: str, missing: str) -> str:
    """Clean the text; its lines stay. Raises ValidationError for an empty or too long text."""
    words = "\n".join(one_line(line) for line in text.splitlines()).strip()
    if not words:
        raise ValidationError(missing)
    if len(words) > MOST_WORDS:
        raise ValidationError(_("Use %(most)d characters at most.") % {"most": MOST_WORDS})
    return words


def write_note(
    class_group: ClassGroup, learner: Learner, text: str, *, act_id: UUID, by: Any, at: datetime
) -> ClassNote:
    """Write a note about the learner, for the teachers of this class. The same form again is the same note.

    Raises PermissionDenied, ValidationError.
    """
    _require(class_group, learner, by, at)
    values = {"text": _words(text, _("Write a note first.")), "by": by, "written_at": at}
    note, _created = ClassNote.objects.get_or_create(
        act_id=act_id, defaults={"class_group": class_group, "learner": learner, **values}
    )
    return note


def delete_note(class_group: ClassGroup, learner: Learner, number: int, *, by: Any, at: datetime) -> None:
    """Delete a note; any teacher of the class may. A note that is gone already stays gone. Raises PermissionDenied,
    ValidationError."""
    _require(class_group, learner, by, at)
    ClassNote.objects.filter(pk=number, class_group=class_group, learner__in=learner.ids).delete()


def to_mark(class_group: ClassGroup) -> list[Activity]:
    """Return the activities that a teacher may mark complete: active in the class's courses and finished by completing.
    Two queries."""
    courses = [course.pk for course in courses_of_class(class_group)]
    rows = Activity.objects.filter(course__in=courses, active=True, done_on=Activity.DoneOn.COMPLETED)
    return list(rows.select_related("course").order_by("course", "position", "pk"))


def mark_complete(
    class_group: ClassGroup,
    learner: Learner,
    activity_key: UUID,
    reason: str,
    *,
    act_id: UUID,
    by: Any,
    at: datetime,
) -> CompletionMark:
    """Record that the learner has completed the activity, and why. The same form again is the same mark.

    Raises PermissionDenied; ValidationError for somebody who has not consented, for an activity that completing does
    not finish or that is completed already, for no reason.
    """
    _require(class_group, learner, by, at)
    words = _words(reason, _("Write a reason first."))
    require_another(learner, by)
    row = next((one for one in to_mark(class_group) if one.key == activity_key), None)
    if row is None:
        raise ValidationError(_("Choose a lesson from the list."))
    payload = references(learner, row, at, revision=row.revision, language="vi")
    with transaction.atomic():
        learner_lock(learner)
        same = CompletionMark.objects.filter(act_id=act_id).first()
        if same is not None:
            return same
        if learner.pk not in agreed_among([learner], at):
            raise ValidationError(_("Nothing can be recorded without this person's consent."))
        # What an operator has voided since does not stand in the way of saying it again.
        for earlier in CompletionMark.objects.filter(learner=learner, activity_key=row.key, voided_at=None):
            if is_voided(statement_id(statement_of(earlier))):
                CompletionMark.objects.filter(pk=earlier.pk).update(voided_at=at)
        completed = facts_about(learner, activities=[activity_iri(row.key)], verbs=[VERB_COMPLETED])
        if any(counts(fact) for fact in completed):
            raise ValidationError(_("This is completed already."))
        enrol(learner, row.course.key, at=at)
        mark = CompletionMark.objects.create(
            class_group=class_group,
            learner=learner,
            activity_key=row.key,
            revision=row.revision,
            by=by,
            instructor=staff_actor(by) if by is not None else None,
            reason=words,
            payload=payload,
            occurred_at=at,
            act_id=act_id,
        )
        record([statement_of(mark)], at=at)
    return mark


def statement_of(mark: CompletionMark) -> LearningAct:
    """Build the statement of a mark from its row alone, without the reason: building it again gives the same."""
    about = from_references(mark.payload)
    return LearningAct(
        actor=mark.learner.actor,
        verb=VERB_COMPLETED,
        id_seed=mark.uuid,
        occurred_at=mark.occurred_at,
        revision=mark.revision,
        instructor=mark.instructor,
        authority=OBSERVER,
        result=ResultFacts(completion=True),
        # The course, which comes first.
        parent=about["grouping"][:1],
        **about,
    )


def take_back_mark(class_group: ClassGroup, learner: Learner, number: int, *, by: Any, at: datetime) -> None:
    """Withdraw a mark, and with it what rested on it alone. A repeated call changes nothing. Raises PermissionDenied,
    ValidationError."""
    _require(class_group, learner, by, at)
    with transaction.atomic():
        learner_lock(learner)
        marks = CompletionMark.objects.filter(class_group=class_group, learner__in=learner.ids, voided_at=None)
        mark = marks.select_related("learner").filter(pk=number).first()
        if mark is None:
            return
        known = statement_id(statement_of(mark))
        # An operator may have voided it before.
        if not is_voided(known):
            void(known, by=staff_actor(by) if by is not None else UUID(int=0), reason_code=REASON_TAKEN_BACK, at=at)
        mark.voided_at = at
        mark.save(update_fields=["voided_at"])


def allow_attempt(
    class_group: ClassGroup, learner: Learner, activity_key: UUID, *, act_id: UUID, by: Any, at: datetime
) -> ExtraAttempt:
    """Give one attempt more than the activity allows. The same form again is the same attempt.

    Raises PermissionDenied; ValidationError for an activity that the class does not have or that has no limit.
    """
    _require(class_group, learner, by, at)
    limited = Activity.objects.filter(course__in=courses_of_class(class_group), active=True, attempts_allowed__gt=0)
    if not limited.filter(key=activity_key).exists():
        raise ValidationError(_("Choose a quiz from the list."))
    return give_extra_attempt(learner, activity_key, act_id=act_id, by=by, at=at)


EXTRA_TIME = 50
"""Percent that one press of the button gives: half as much again, as examinations do."""


def allow_time(
    class_group: ClassGroup,
    learner: Learner | None,
    activity_key: UUID,
    percent: int,
    *,
    act_id: UUID,
    by: Any,
    at: datetime,
) -> int:
    """Give so many percent more time in a timed activity, to one learner or (None) to everybody in the class on that
    day; 0 takes it back. The same form again is the same. Returns for how many.

    Raises PermissionDenied; ValidationError for an activity that the class does not have or that has no time limit.
    """
    if learner is not None:
        _require(class_group, learner, by, at)
    else:
        require_teacher(class_group, by, at)
    timed = Activity.objects.filter(course__in=courses_of_class(class_group), active=True, time_limit__isnull=False)
    if percent not in (0, EXTRA_TIME) or not timed.filter(key=activity_key).exists():
        raise ValidationError(_("Choose a quiz from the list."))
    people = [learner] if learner is not None else [one.whole for one in members(class_group, day_of(at))]
    for one in people:
        give_extra_time(one, activity_key, percent, act_id=uuid5(act_id, str(one.actor)), by=by, at=at)
    return len(people)
