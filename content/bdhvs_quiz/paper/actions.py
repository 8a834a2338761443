"""A teacher's actions with a test on paper: print it for the class, key a sheet in, correct what was keyed in wrongly.

A sheet is an attempt like every other, with the observer's trust and the teacher as its instructor: the same grader,
the same statements. It is written whole or not at all, in one short transaction for each learner.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from copy import copy as copied
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from bdhvs_lms.attempts.api import NotOffered, act_of, enrolled_in, observed, references
from bdhvs_lms.base.api import day_of
from bdhvs_lms.classes.api import ClassGroup, courses_of_class, members, require_another, require_teacher
from bdhvs_lms.courses.api import activity, enrol
from bdhvs_lms.learners.api import Learner, require_consent
from bdhvs_lms.tracking.api import (
    VERB_INITIALIZED,
    learner_lock,
    record,
    staff_actor,
    void,
)
from bdhvs_quiz.actions import QUIZ_TYPE, NoAttemptsLeft, Responses, checked_responses, keep_step
from bdhvs_quiz.crossing import OtherForm, met_otherwise
from bdhvs_quiz.grading import grade_all, outcome_json, total
from bdhvs_quiz.models import Attempt, AttemptStep, PaperPack, PaperSheet, QuizVersion
from bdhvs_quiz.models.paper import MOST_CODES
from bdhvs_quiz.paper.codes import problems_on_paper
from bdhvs_quiz.paper.queries import to_print_for
from bdhvs_quiz.queries import allowed_to, answers_of, attempts_of
from bdhvs_quiz.statements import said_of, submitted
from bdhvs_quiz.steps import last_step
from bdhvs_quiz.typed import forget_others, store_typed_answers
from bdhvs_quiz.weighing import say_again, weigh
from bdhvs_xapi.api import voided_among

# One of the reasons that operators have for taking statements out of force.
WRONG_RESULT = "wrong-result"
MOST_SHEETS = 300
MOST_SPARE = 60


class AlreadyEntered(Exception):
    """The sheet was keyed in or corrected with other answers since the page was sent out; nothing was written."""


@dataclass(frozen=True)
class Entered:
    """The result of keying in. `again`: the same was recorded already, and nothing was written."""

    sheet: PaperSheet
    attempt: Attempt
    again: bool


def make_pack(
    group: ClassGroup,
    activity_key: UUID,
    *,
    codes: int,
    spare: int,
    held_on: date,
    act_id: UUID,
    by: Any,
    at: datetime,
    language: str = "",
) -> PaperPack:
    """Make a pack of the quiz as it is published now, in this language (without it: in its first): a sheet for each
    member
    who has a name, and spare ones. Of a retest: for those who were drawn and not tested yet, where any were.

    The same form again is the same pack. Raises PermissionDenied, NotOffered (no quiz of the class's courses),
    QuestionTypeMissing, and ValidationError with what is wrong, in words.
    """
    require_teacher(group, by, at)
    made = _made_by(act_id, group)
    if made is not None:
        return made
    today = day_of(at)
    row = activity(activity_key)
    version = QuizVersion.published(activity_key, language).first()
    if row is None or row.type_key != QUIZ_TYPE or not row.active or version is None:
        raise NotOffered(activity_key)
    if row.course_id not in {course.pk for course in courses_of_class(group, today)}:
        raise NotOffered(activity_key)
    _require_printable(version, codes, spare, held_on, today)
    people = [member.learner for member in to_print_for(group, row, today)]
    if len(people) + spare == 0:
        raise ValidationError(_("There is no one in this class today. Add spare sheets or people."))
    if len(people) + spare > MOST_SHEETS:
        raise ValidationError(_("At most %(most)d sheets are printed at once.") % {"most": MOST_SHEETS})
    pack = PaperPack(class_group=group, version=version, codes=codes, held_on=held_on, act_id=act_id, created_at=at)
    try:
        with transaction.atomic():
            pack.save(force_insert=True)
            PaperSheet.objects.bulk_create(
                # Neighbours in the list have different codes.
                PaperSheet(pack=pack, number=place + 1, code=place % codes, learner=learner)
                for place, learner in enumerate([*people, *[None] * spare])
            )
    except IntegrityError:
        # The button was pressed twice, and the other press was first.
        made = _made_by(act_id, group)
        if made is None:
            raise
        return made
    return pack


def _made_by(act_id: UUID, group: ClassGroup) -> PaperPack | None:
    """Return the pack that this form has made. Raises PermissionDenied for one of another class."""
    made = PaperPack.objects.filter(act_id=act_id).select_related("class_group", "version").first()
    if made is not None and made.class_group_id != group.pk:
        raise PermissionDenied
    return made


def _require_printable(version: QuizVersion, codes: int, spare: int, held_on: date, today: date) -> None:
    if cannot := problems_on_paper(version):
        raise ValidationError(
            [_("“%(question)s” cannot be answered on paper.") % {"question": prompt} for prompt in cannot]
        )
    if not 1 <= codes <= MOST_CODES:
        raise ValidationError({"codes": _("Choose from 1 to %(most)d codes.") % {"most": MOST_CODES}})
    if not 0 <= spare <= MOST_SPARE:
        raise ValidationError({"spare": _("Choose at most %(most)d spare sheets.") % {"most": MOST_SPARE}})
    if held_on < today:
        words = _("The day of the test cannot be before today: the sheets are not printed yet.")
        raise ValidationError({"held_on": words})


def moment_of(pack: PaperPack, at: datetime) -> datetime:
    """Return when the test was taken, as far as known: `at` up to its day, afterwards noon of its day, but not before
    the pack
    was made."""
    if day_of(at) <= pack.held_on:
        return at
    noon = datetime.combine(pack.held_on, time(12), get_default_timezone())
    return max(pack.created_at, noon)


def enter_sheet(
    sheet: PaperSheet,
    responses: Responses,
    *,
    by: Any,
    act_id: UUID,
    at: datetime,
    learner: Learner | None = None,
    base: int = 0,
) -> Entered:
    """Record and grade a sheet's answers, all or nothing. Correct a sheet that is entered already.

    Args:
        sheet: with its pack, that one's version (key and all) and class.
        learner: who wrote on it, where that is somebody else than the sheet names.
        base: number of the step that the page was made from; 0: the sheet was not entered.

    Raises PermissionDenied, ConsentMissing, NoAttemptsLeft, NotOffered, OtherForm, QuestionTypeMissing, AlreadyEntered,
    and ValidationError (whose sheet it is) or ValueError (an answer that the quiz does not have).
    """
    pack = sheet.pack
    require_teacher(pack.class_group, by, at)
    given = checked_responses(pack.version.shown["questions"], responses)
    if sheet.attempt is not None:
        return _correct(sheet, sheet.attempt, given, by=by, act_id=act_id, at=at, base=base)
    who = learner or sheet.learner
    if who is None:
        raise ValidationError(_("Choose who filled in this sheet."))
    return _enter(sheet, who.whole, given, chosen=learner is not None, by=by, act_id=act_id, at=at)


def _enter(
    sheet: PaperSheet, learner: Learner, given: dict[str, Any], *, chosen: bool, by: Any, act_id: UUID, at: datetime
) -> Entered:
    """Record a sheet as the learner's. `chosen`: the page chose this learner, and not the sheet."""
    pack = sheet.pack
    require_member(pack, learner, by, at)
    with transaction.atomic():
        learner_lock(learner)
        pack_lock(pack)
        now_is = PaperSheet.objects.select_related("attempt").get(pk=sheet.pk)
        if now_is.attempt is not None:
            return _same_or_raise(sheet, now_is.attempt, learner, given)
        if not chosen and now_is.learner_id not in learner.ids:
            # It is somebody else's since the page named whose it is.
            raise AlreadyEntered
        sheet.learner_id = now_is.learner_id
        attempt = attempt_on_paper(
            pack, learner, given, by=by, act_id=uuid.uuid5(act_id, str(sheet.pk)), moment=moment_of(pack, at), at=at
        )
        give(sheet, learner)
        sheet.attempt = attempt
        sheet.save(update_fields=["learner", "attempt"])
        say(attempt, given, by=staff_actor(by), at=at)
    return Entered(sheet, attempt, again=False)


def pack_lock(pack: PaperPack) -> None:
    """Lock the sheets of a pack until the transaction ends. Lock the learners first, so that two teachers who key in
    each
    other's sheets wait in one order."""
    PaperPack.objects.select_for_update(no_key=True).get(pk=pack.pk)


def attempt_on_paper(
    pack: PaperPack, learner: Learner, given: dict[str, Any], *, by: Any, act_id: UUID, moment: datetime, at: datetime
) -> Attempt:
    """Create the rows of a sheet's answers, under the learner's lock. `say` records the statements.
    Raises ConsentMissing, NoAttemptsLeft, NotOffered; OtherForm, where what they have taken asks for another form."""
    require_consent(learner, at)
    questions = pack.version.shown["questions"]
    outcomes = grade_all(questions, pack.version.key, given)
    raw = total(questions, outcomes)
    row = activity(pack.version.activity_key)
    if row is None:
        raise NotOffered(pack.version.activity_key)
    # Whoever agreed and sits the test takes the course, as whoever presses its button does.
    enrol(learner, row.course.key, at=at)
    _row, enrolment = enrolled_in(learner, row.key, QUIZ_TYPE)
    other = met_otherwise(learner, row)
    if other is not None:
        raise OtherForm(other)
    allowed = allowed_to(learner, row.key, pack.version.shown["attempts_allowed"])
    if allowed and attempts_of(learner, row.key).count() >= allowed:
        raise NoAttemptsLeft(row.key)
    ever = Attempt.objects.filter(learner__in=learner.ids, activity_key=row.key)
    stored = references(learner, row, moment, revision=str(pack.version.number), language=pack_language(pack))
    attempt = Attempt(
        learner=learner,
        enrolment=enrolment,
        version=pack.version,
        activity_key=row.key,
        number=(ever.aggregate(last=Max("number"))["last"] or 0) + 1,
        act_id=act_id,
        references=observed(stored, staff_actor(by)),
        opened_at=moment,
        opened_received_at=at,
        submitted_at=moment,
        submitted_received_at=at,
        raw=raw,
        success=raw >= pack.version.pass_score,
    )
    attempt.save(force_insert=True)
    data = {
        "responses": store_typed_answers(attempt, given),
        "outcomes": {key: outcome_json(outcome) for key, outcome in outcomes.items()},
    }
    times = {"moment": moment, "at": at}
    keep_step(attempt, 1, AttemptStep.Kind.OPENED, {}, act_id=attempt.act_id, **times)
    second = uuid.uuid5(attempt.act_id, AttemptStep.Kind.SUBMITTED)
    keep_step(attempt, 2, AttemptStep.Kind.SUBMITTED, data, act_id=second, **times)
    return attempt


def say(attempt: Attempt, given: dict[str, Any], *, by: UUID, at: datetime) -> None:
    """Record the statements of a sheet's answers."""
    others = weigh(attempt, late=True)
    if attempt.grade is not None:
        attempt.save(update_fields=["grade"])
    outcomes = grade_all(attempt.questions, attempt.version.key, given)
    opened = act_of(attempt, VERB_INITIALIZED, attempt.opened_at)
    record([opened, *submitted(attempt, outcomes)], at=at)
    say_again(others, by=by, at=at)


def pack_language(pack: PaperPack) -> str:
    return pack.version.language


def give(sheet: PaperSheet, learner: Learner) -> None:
    """Give a sheet to the learner who wrote on it. If they have a sheet of their own, it becomes the other
    learner's."""
    if sheet.learner_id in learner.ids:
        return
    own = own_sheet(sheet.pack, learner)
    if own is not None and own.attempt_id is not None:
        raise ValidationError(
            _("A sheet of this person is entered already: number %(number)d.") % {"number": own.number}
        )
    before = sheet.learner
    if own is not None:
        PaperSheet.objects.filter(pk__in=[own.pk, sheet.pk]).update(learner=None)
        PaperSheet.objects.filter(pk=own.pk).update(learner=before)
    sheet.learner = learner


def own_sheet(pack: PaperPack, learner: Learner) -> PaperSheet | None:
    """Return the person's sheet of this pack, in whichever of their records."""
    return PaperSheet.objects.filter(pack=pack, learner__in=learner.ids).select_related("attempt").first()


def require_member(pack: PaperPack, learner: Learner, by: Any, at: datetime) -> None:
    """Raise ValidationError for a person who is not in the class on that day, and for the teacher's own sheet."""
    if not members(pack.class_group, day_of(at)).filter(pk=learner.pk).exists():
        raise ValidationError(_("This person is not in the class."))
    require_another(learner, by)


def _same_or_raise(sheet: PaperSheet, attempt: Attempt, learner: Learner, given: Mapping[str, Any]) -> Entered:
    if attempt.learner_id not in learner.ids or answers_of(attempt, last_step(attempt)) != dict(given):
        raise AlreadyEntered
    return Entered(sheet, attempt, again=True)


def _correct(
    sheet: PaperSheet, entered: Attempt, given: dict[str, Any], *, by: Any, act_id: UUID, at: datetime, base: int
) -> Entered:
    """Grade a sheet anew: take the earlier grading's statements out of force, and record those of this one. The same
    answers
    are recorded again too if an operator has voided their statements."""
    version = sheet.pack.version
    with transaction.atomic():
        learner_lock(entered.learner_id)
        attempt = Attempt.objects.select_related("version", "learner", "graded_by").get(pk=entered.pk)
        if attempt.taken_back_at is not None:
            raise AlreadyEntered
        require_member(sheet.pack, attempt.learner.whole, by, at)
        require_consent(attempt.learner.whole, at)
        step = last_step(attempt)
        assert step is not None  # noqa: S101  narrowing for the type checker
        ids = said_of(attempt)
        gone = voided_among(ids)
        if answers_of(attempt, step) == given and not gone:
            return Entered(sheet, attempt, again=True)
        if step.seq != base:
            raise AlreadyEntered
        outcomes = grade_all(attempt.questions, attempt.keys, given)
        observer = staff_actor(by)
        graded = copied(attempt)
        graded.raw = total(version.shown["questions"], outcomes)
        graded.success = graded.raw >= version.pass_score
        graded.gradings = {"all": attempt.next_grading}
        others = weigh(graded, late=True)
        graded.save(update_fields=["raw", "success", "grade", "gradings"])
        kept = store_typed_answers(attempt, given)
        data = {
            "responses": kept,
            "outcomes": {key: outcome_json(outcome) for key, outcome in outcomes.items()},
            "observer": str(observer),
        }
        forget_others(attempt, kept)
        corrected = uuid.uuid5(act_id, f"{attempt.uuid}|{step.seq}")
        keep_step(attempt, step.seq + 1, AttemptStep.Kind.CORRECTED, data, act_id=corrected, moment=at, at=at)
        # Said anew first: what followed from it has evidence at every moment, and is not decided again by later rules.
        record(submitted(graded, outcomes, instructor=observer), at=at)
        for known in ids:
            if known not in gone:
                void(known, by=observer, reason_code=WRONG_RESULT, at=at)
        say_again(others, by=observer, at=at)
    return Entered(sheet, graded, again=False)
