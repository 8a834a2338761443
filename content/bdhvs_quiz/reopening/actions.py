"""Opening an attempt again: its statements are taken out of force, and the learner goes on with the answers."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bdhvs_lms.attempts.api import extra_times
from bdhvs_lms.base.api import day_of
from bdhvs_lms.classes.api import ClassGroup, courses_of_class, members, require_another, require_teacher
from bdhvs_lms.courses.api import activity
from bdhvs_lms.learners.api import Learner, agreed_among
from bdhvs_lms.plugins.api import question_types
from bdhvs_lms.tracking.api import learner_lock, staff_actor, statement_id, void_all
from bdhvs_quiz.actions import keep_step
from bdhvs_quiz.counting import LAST
from bdhvs_quiz.models import Attempt, AttemptStep, Reopening
from bdhvs_quiz.queries import attempts_of
from bdhvs_quiz.statements import concluded, said_of
from bdhvs_quiz.steps import last_step
from bdhvs_quiz.timing import due_again
from bdhvs_quiz.weighing import method_again, settle
from bdhvs_xapi.api import voided_among

REASON = "reopened"
"""Code of the voidings."""


def attempt_in(group: ClassGroup, learner: Learner, attempt_uuid: UUID, at: datetime) -> Attempt | None:
    """Return the learner's attempt at a quiz of the class's courses; None: there is none such. Three queries."""
    found = (
        Attempt.objects.filter(uuid=attempt_uuid, learner__in=learner.ids, taken_back_at=None)
        .select_related("version", "learner__merged_into", "graded_by")
        .first()
    )
    row = activity(found.activity_key) if found is not None else None
    offered = {course.pk for course in courses_of_class(group, day_of(at))}
    return found if row is not None and row.active and row.course_id in offered else None


def obstacle(attempt: Attempt, at: datetime) -> str:
    """Return why it cannot be opened again, in words; empty: it can. Six queries at most."""
    if attempt.submitted_at is None:
        return _("This attempt is open: the learner can go on with it.")
    if "observer" in attempt.references:
        return _("It was taken on paper. Correct what was entered of the sheet.")
    person = attempt.learner.whole
    if attempts_of(person, attempt.activity_key).filter(submitted_at=None).exists():
        return _("Another attempt at this quiz is open. It has to be submitted first.")
    if person.pk not in agreed_among([person], at):
        return _("This person has not agreed that learning data is kept.")
    if missing := [one["type"] for one in attempt.questions if one["type"] not in question_types]:
        return _("Plugin missing: %(key)s. Tell the site operator.") % {"key": missing[0]}
    if voided_among([statement_id(act) for act in concluded(attempt, {})]):
        return _("An operator has taken this result out of force.")
    if attempt.passed and method_again(attempt) == LAST and _later(attempt).exists():
        return _("Only the last attempt counts. This one was passed, and submitting it again could not give that back.")
    return ""


def _later(attempt: Attempt) -> QuerySet[Attempt]:
    """Return the person's attempts at the same quiz that were begun after it."""
    return attempts_of(attempt.learner.whole, attempt.activity_key).filter(opened_at__gt=attempt.opened_at)


def again_until(attempt: Attempt, at: datetime) -> datetime | None:
    """Return when the attempt ends if it is opened again now; None: never. A query if there is a time limit."""
    rules, key = attempt.version.shown, attempt.activity_key
    extra = extra_times(attempt.learner, key).get(key, 0) if rules.get("time_limit") else 0
    return due_again(rules, at, extra)


def reopen(
    group: ClassGroup, learner: Learner, attempt_uuid: UUID, reason: str, *, by: Any, act_id: UUID, at: datetime
) -> Attempt:
    """Open an attempt again with the answers as they were handed in; it counts for nothing until it is handed in again.

    It is the same attempt: none of those allowed is used. The same form again is the same act.
    Raises PermissionDenied, and ValidationError with why it cannot be.
    """
    require_teacher(group, by, at)
    if not members(group, day_of(at)).filter(pk=learner.pk).exists():
        raise ValidationError(_("This person is not in the class."))
    require_another(learner, by)
    words = reason.strip()
    if not words:
        raise ValidationError({"reason": _("Write a reason first.")})
    if len(words) > (most := Reopening._meta.get_field("reason").max_length or 0):
        raise ValidationError({"reason": _("Write at most %(most)s characters.") % {"most": most}})
    with transaction.atomic():
        learner_lock(learner)
        same = Reopening.objects.filter(act_id=act_id).select_related("attempt").first()
        if same is not None:
            return same.attempt
        attempt = attempt_in(group, learner, attempt_uuid, at)
        if attempt is None:
            raise ValidationError(_("There is no such attempt in this class."))
        if hindrance := obstacle(attempt, at):
            raise ValidationError(hindrance)
        observer = staff_actor(by) if by is not None else UUID(int=0)
        gone = said_of(attempt)
        _open(attempt, observer, act_id=act_id, at=at)
        Reopening.objects.create(attempt=attempt, act_id=act_id, reason=words, by=by, at=at)
        void_all(gone, by=observer, reason_code=REASON, at=at)
        settle(attempt.learner, attempt.activity_key, by=observer, at=at)
    return attempt


def _open(attempt: Attempt, observer: UUID, *, act_id: UUID, at: datetime) -> None:
    last = last_step(attempt)
    assert last is not None  # noqa: S101  narrowing for the type checker
    # As they were handed in, the numbers of typed words too; a copy of the page from before replaces none of them.
    responses = last.data.get("responses", {})
    data = {
        "responses": responses,
        "since": {key: [last.seq + 1, ""] for key in responses},
        "observer": str(observer),
    }
    attempt.due_at = again_until(attempt, at)
    attempt.gradings = {"all": attempt.next_grading}
    attempt.reopenings += 1
    attempt.reopened_at = at
    attempt.submitted_at = attempt.submitted_received_at = None
    attempt.raw = attempt.success = attempt.grade = attempt.graded_by = None
    attempt.save()
    step_id = uuid.uuid5(attempt.uuid, f"{act_id}|{AttemptStep.Kind.REOPENED}")
    keep_step(attempt, last.seq + 1, AttemptStep.Kind.REOPENED, data, act_id=step_id, moment=at, at=at)
