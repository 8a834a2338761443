"""Sheets keyed in for the wrong person: taken back, and given to the learner who wrote on them.

The wrong person's statements are taken out of force, and the same answers are recorded for the other learner in an
attempt of their own: in one transaction, under the locks of both. Nothing is deleted: the attempt stays as taken back.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.attempts.api import act_of
from bdhvs_lms.classes.api import require_another, require_teacher
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import VERB_INITIALIZED, learner_lock, staff_actor, statement_id, void
from bdhvs_quiz.actions import keep_step
from bdhvs_quiz.models import Attempt, AttemptStep, PaperPack, PaperSheet
from bdhvs_quiz.paper import actions
from bdhvs_quiz.paper.actions import AlreadyEntered
from bdhvs_quiz.queries import answers_of
from bdhvs_quiz.statements import said_of
from bdhvs_quiz.steps import last_step
from bdhvs_quiz.typed import forget_others, unerased
from bdhvs_quiz.weighing import settle
from bdhvs_xapi.api import voided_among

WRONG_PERSON = "wrong-person"
# Codes of the record store's pages: a voiding goes to other record stores too, and words about a person must not.
REASONS = {
    WRONG_PERSON: gettext_lazy("It was entered for the wrong person"),
    "not-own-work": gettext_lazy("It is not this person's own work"),
    "recorded-twice": gettext_lazy("It was entered twice"),
    "other": gettext_lazy("Another reason"),
}


class OtherSheetEntered(Exception):
    """The receiving learner has another sheet of the pack, which is entered (`number`): exchange the two, or nothing is
    written."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True)
class Given:
    """An attempt that is to be recorded for another learner: the sheet, the learner, the answers, the old attempt."""

    sheet: PaperSheet
    learner: Learner
    answers: dict[str, Any]
    before: Attempt


def take_back(
    sheet: PaperSheet,
    entered: UUID,
    *,
    reason: str,
    by: Any,
    act_id: UUID,
    at: datetime,
    to: Learner | None = None,
    exchange: bool = False,
) -> list[Attempt]:
    """Take back a sheet's answers; return the attempts that take their place: none, one, of two exchanged sheets two.

    Args:
        sheet: with its pack, that one's version (key and all) and class.
        entered: UUID of the attempt that the page showed.
        reason: of `REASONS`; the wrong person, where it is given to another.
        to: who wrote on it. None: nobody's; it can be keyed in anew.
        exchange: their own sheet, which is entered too, is given to whom this one was entered for.

    The same form again changes nothing. Raises PermissionDenied; ConsentMissing, NoAttemptsLeft, NotOffered of whom it
    is given to; OtherSheetEntered; AlreadyEntered, where the sheet holds something else by now; ValidationError.
    """
    pack = sheet.pack
    require_teacher(pack.class_group, by, at)
    if reason not in REASONS:
        raise ValidationError(_("Choose a reason."))
    if to is not None and reason != WRONG_PERSON:
        raise ValidationError(_("It can be given to someone else only if it was entered for the wrong person."))
    old = Attempt.objects.select_related("version", "learner").filter(uuid=entered).first()
    if old is None or old.version_id != pack.version_id:
        raise AlreadyEntered
    from_whom, to = old.learner.whole, to.whole if to is not None else None
    require_another(from_whom, by)
    if to is not None:
        _require_other(pack, from_whom, to, by, at)
    with transaction.atomic():
        learner_lock(from_whom, *([to] if to is not None else []))
        actions.pack_lock(pack)
        again = AttemptStep.objects.filter(act_id=_own_act(act_id, old))
        if again.exists():
            return list(Attempt.objects.filter(act_id__in=[_new_act(act_id, old, to)]) if to is not None else [])
        held = PaperSheet.objects.select_related("attempt").get(pk=sheet.pk)
        if held.attempt is None or held.attempt_id != old.pk:
            raise AlreadyEntered
        # Corrected perhaps while we waited.
        old = Attempt.objects.select_related("version", "learner").get(pk=old.pk)
        moved = [Given(held, to, _answers(old), old)] if to is not None else []
        left = [old]
        if to is not None:
            own = actions.own_sheet(pack, to)
            if own is not None and own.attempt is not None:
                if not exchange:
                    raise OtherSheetEntered(own.number)
                _require_other(pack, to, from_whom, by, at)
                other = Attempt.objects.select_related("version", "learner").get(pk=own.attempt.pk)
                moved.append(Given(own, from_whom, _answers(other), other))
                left.append(other)
        for attempt in left:
            _leave(attempt, reason, by=by, act_id=_own_act(act_id, attempt), at=at)
        made = _give(pack, moved, by=by, act_id=act_id, at=at)
        # Said anew first: what followed from it has evidence at every moment.
        for one, attempt in zip(moved, made, strict=True):
            actions.say(attempt, one.answers, by=staff_actor(by), at=at)
        for attempt in left:
            _void(attempt, reason, by=staff_actor(by), at=at)
            forget_others(attempt, {})
            settle(attempt.learner, attempt.activity_key, by=staff_actor(by), at=at)
    return made


def _require_other(pack: PaperPack, before: Learner, after: Learner, by: Any, at: datetime) -> None:
    if before.pk == after.pk:
        raise ValidationError(_("It is already entered for this person. Choose someone else."))
    actions.require_member(pack, after, by, at)


def _own_act(act_id: UUID, attempt: Attempt) -> UUID:
    return uuid.uuid5(act_id, f"{attempt.uuid}/taken-back")


def _new_act(act_id: UUID, before: Attempt, learner: Learner) -> UUID:
    return uuid.uuid5(act_id, f"{before.uuid}/{learner.actor}")


def _answers(attempt: Attempt) -> dict[str, Any]:
    """Return the attempt's answers. Raises ValidationError if words are erased that would have to be graded."""
    answers = answers_of(attempt, last_step(attempt))
    if any(unerased(response) != response for response in answers.values()):
        raise ValidationError(_("What was written on this sheet was erased. Take it back and enter it anew."))
    return answers


def _leave(attempt: Attempt, reason: str, *, by: Any, act_id: UUID, at: datetime) -> None:
    last = last_step(attempt)
    assert last is not None  # noqa: S101  narrowing for the type checker
    data = {"observer": str(staff_actor(by)), "reason": reason}
    keep_step(attempt, last.seq + 1, AttemptStep.Kind.RETURNED, data, act_id=act_id, moment=at, at=at)
    Attempt.objects.filter(pk=attempt.pk).update(taken_back_at=at)
    PaperSheet.objects.filter(attempt=attempt).update(attempt=None)


def _give(pack: PaperPack, moved: list[Given], *, by: Any, act_id: UUID, at: datetime) -> list[Attempt]:
    """Create the attempts, and set the learner of each sheet."""
    made = []
    for one in moved:
        moment = one.before.submitted_at
        assert moment is not None  # noqa: S101  narrowing for the type checker
        act = _new_act(act_id, one.before, one.learner)
        made.append(actions.attempt_on_paper(pack, one.learner, one.answers, by=by, act_id=act, moment=moment, at=at))
    for one, attempt in zip(moved, made, strict=True):
        sheet = PaperSheet.objects.select_related("pack", "learner").get(pk=one.sheet.pk)
        actions.give(sheet, one.learner)
        sheet.attempt = attempt
        sheet.save(update_fields=["learner", "attempt"])
    return made


def _void(attempt: Attempt, reason: str, *, by: UUID, at: datetime) -> None:
    opened = statement_id(act_of(attempt, VERB_INITIALIZED, attempt.opened_at))
    ids = [*said_of(attempt), opened]
    gone = voided_among(ids)
    for known in ids:
        if known not in gone:
            void(known, by=by, reason_code=reason, at=at)
