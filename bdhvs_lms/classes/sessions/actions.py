"""Plan sessions and take attendance. A teacher of the class does; what was recorded is voided, never deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bdhvs_lms.attempts.api import references_within, stored
from bdhvs_lms.base.api import day_of, one_line
from bdhvs_lms.classes.actions import require_teacher
from bdhvs_lms.classes.models import Attendance, ClassGroup, ClassSession, SessionAct
from bdhvs_lms.classes.queries import members
from bdhvs_lms.classes.sessions.queries import lessons_to_watch, listed_at, present_at
from bdhvs_lms.classes.sessions.statements import standing, statement_of
from bdhvs_lms.courses.api import Activity, course_ref, enrol, enrolments_in
from bdhvs_lms.learners.api import Learner, agreed_among
from bdhvs_lms.tracking.api import (
    REASON_CORRECTED,
    TYPE_SESSION,
    VERB_ATTENDED,
    VERB_EXPERIENCED,
    ObjectRef,
    class_iri,
    class_type,
    learner_lock,
    record,
    session_iri,
    staff_actor,
    statement_id,
    void,
)
from bdhvs_xapi.api import register_iris

# People whose attendance is written in one transaction: with three lessons each a third of a second.
PIECE = 20
LATE = timedelta(days=60)
"""So long after a session attendance may be taken for the first time: sheets of paper are keyed in, a finished year is
not changed."""
MOST_VISITED = 3
MOST_WEEKS = 30


def plan_sessions(
    class_group: ClassGroup,
    *,
    starts_at: datetime,
    at: datetime,
    by: Any,
    minutes: int = 90,
    place: str = "",
    weeks: int = 1,
) -> list[ClassSession]:
    """Plan sessions at this time in this week and the following ones (`weeks` in all, 1 to 30). Planned again is the
    same.

    Raises PermissionDenied; ValidationError for what cannot be.
    """
    require_teacher(class_group, by, at)
    if not 1 <= weeks <= MOST_WEEKS:
        raise ValidationError({"weeks": _("Enter a number from 1 to %(most)d.") % {"most": MOST_WEEKS}})
    moments = [starts_at + timedelta(weeks=week) for week in range(weeks)]
    return [_session(class_group, ClassSession.Kind.CLASS, moment, minutes, place) for moment in moments]


def _session(class_group: ClassGroup, kind: str, starts_at: datetime, minutes: int, place: str) -> ClassSession:
    session = ClassSession(class_group=class_group, kind=kind, starts_at=starts_at, minutes=minutes)
    session.place = one_line(place)
    session.clean_fields()
    known = ClassSession.objects.filter(class_group=class_group, kind=kind, starts_at=starts_at)
    found = known.first()
    if found is None:
        register_iris([session_iri(session.uuid)])
        try:
            with transaction.atomic():
                session.save(force_insert=True)
            return session
        except IntegrityError:
            found = known.get()
    if found.cancelled:
        found.cancelled = False
        found.save(update_fields=["cancelled"])
    return found


def change_session(
    session: ClassSession, *, starts_at: datetime, minutes: int, place: str, at: datetime, by: Any
) -> ClassSession:
    """Set another time, length or place. What was recorded keeps the time that it says. Raises PermissionDenied;
    ValidationError when the class meets at that time already."""
    require_teacher(session.class_group, by, at)
    session.starts_at, session.minutes, session.place = starts_at, minutes, one_line(place)
    session.full_clean()
    session.save(update_fields=["starts_at", "minutes", "place"])
    return session


def cancel_session(session: ClassSession, *, at: datetime, by: Any) -> None:
    """Cancel the session. Raises PermissionDenied; ValidationError when somebody is marked as present."""
    require_teacher(session.class_group, by, at)
    with transaction.atomic():
        locked = ClassSession.objects.select_for_update().get(pk=session.pk)
        if present_at(locked).exists():
            raise ValidationError(_("People are marked as present. Unmark them first."))
        ClassSession.objects.filter(pk=session.pk).update(cancelled=True)


def visit(
    class_group: ClassGroup,
    learners: Sequence[Learner],
    *,
    starts_at: datetime,
    at: datetime,
    by: Any,
    minutes: int = 45,
    place: str = "",
    watched: Collection[UUID] = (),
) -> ClassSession:
    """Record that one to three learners of the class were helped at home. Raises PermissionDenied; ValidationError for
    other numbers, and for people who are not in the class or have not consented."""
    require_teacher(class_group, by, at)
    if not 1 <= len(learners) <= MOST_VISITED:
        raise ValidationError(_("Choose one to three people."))
    inside = set(members(class_group, day_of(starts_at)).values_list("pk", flat=True))
    if {one.pk for one in learners} - inside:
        raise ValidationError(_("Someone is no longer in this class. Reload the page."))
    _require_agreed(learners, at)
    with transaction.atomic():
        session = _session(class_group, ClassSession.Kind.VISIT, starts_at, minutes, place)
        others = Attendance.objects.filter(session=session).exclude(learner__in=[one.pk for one in learners])
        if others.exists():
            raise ValidationError(_("Another visit is already recorded for that time. Choose another time."))
        take_attendance(session, {one.pk: True for one in learners}, watched=watched, at=at, by=by, expected=learners)
    return session


@dataclass(frozen=True)
class Taken:
    """Result of taking attendance: how many are present now, and how many acts it recorded and voided."""

    present: int
    recorded: int
    voided: int


def take_attendance(
    session: ClassSession,
    marks: Mapping[int, bool],
    *,
    at: datetime,
    by: Any,
    watched: Collection[UUID] = (),
    others: int = 0,
    expected: Iterable[Learner] = (),
) -> Taken:
    """Record who was there, and which lessons were watched together. A repeated call changes only what differs: what no
    longer holds is voided.

    Args:
        marks: primary key of a learner to whether they were there; whoever is not in it stays as they are.
        watched: keys of lessons of the class's courses; recorded for everybody who is present.
        others: how many came who are in no list.
        expected: whom a visit is made to.

    Raises PermissionDenied; ValidationError, before anything is written, for a session that is cancelled or to come,
    for people who cannot have been there, for somebody present who has not consented, for a lesson of another course.
    """
    class_group = session.class_group
    require_teacher(class_group, by, at)
    lessons = {row.key: row for row in lessons_to_watch(class_group)}
    if session.cancelled:
        raise ValidationError(_("This session was cancelled."))
    if session.is_to_come(at):
        raise ValidationError(_("This session has not taken place yet."))
    if session.held_at is None and session.starts_at < at - LATE:
        raise ValidationError(_("This session is too long ago to be recorded now."))
    if set(watched) - set(lessons):
        raise ValidationError(_("Choose lessons from the list."))
    known = {one.pk: one for one in [*listed_at(session), *expected]}
    if set(marks) - set(known):
        raise ValidationError(_("Someone is no longer in this class. Reload the page."))
    _require_agreed([known[pk] for pk, present in marks.items() if present], at)
    ClassSession.objects.filter(pk=session.pk, held_at=None).update(held_at=at)
    ClassSession.objects.filter(pk=session.pk).update(others=others)
    seen = [row for key, row in lessons.items() if key in set(watched)]
    writing = _Writing(session, by=by, at=at, offered=set(lessons), watched=seen)
    ids = sorted(marks)
    for start in range(0, len(ids), PIECE):
        writing.write({pk: marks[pk] for pk in ids[start : start + PIECE]}, known)
    return Taken(present_at(session).count(), writing.recorded, writing.voided)


def _require_agreed(here: Sequence[Learner], at: datetime) -> None:
    agreed = agreed_among(here, at)
    if any(one.pk not in agreed for one in here):
        raise ValidationError(_("Without consent no one can be marked as present."))


class _Writing:
    """Bring what is recorded in line with what a teacher says, some people at a time."""

    def __init__(
        self, session: ClassSession, *, by: Any, at: datetime, offered: Collection[UUID], watched: Sequence[Activity]
    ) -> None:
        self.session, self.at, self.offered = session, at, offered
        self.instructor = staff_actor(by) if by is not None else None
        self.recorded = self.voided = 0
        self.lessons = watched
        group = session.class_group
        own_class = ObjectRef(class_iri(group.uuid), class_type())
        meeting = ObjectRef(session_iri(session.uuid), TYPE_SESSION)
        payloads: dict[tuple[str, UUID], tuple[str, dict[str, Any]]] = {
            (VERB_ATTENDED, session.uuid): ("", stored(meeting, [course_ref(group.course), own_class], language="vi"))
        }
        for row in watched:
            grouping = [course_ref(row.course), own_class]
            payload = references_within(grouping, row, revision=row.revision, language="vi")
            payloads[VERB_EXPERIENCED, row.key] = (row.revision, payload)
        self.wanted = payloads

    def write(self, marks: Mapping[int, bool], known: Mapping[int, Learner]) -> None:
        with transaction.atomic():
            learner_lock(*marks)
            # Asked again: withdrawing takes the same lock.
            here = [known[pk] for pk, present in marks.items() if present]
            _require_agreed(here, self.at)
            self._enrol(here)
            found: dict[int, list[SessionAct]] = {pk: [] for pk in marks}
            # Acts stay with the record that they were written under; whoever merged records marks a person once.
            whose = {record: pk for pk in marks for record in known[pk].ids}
            rows = SessionAct.objects.filter(session=self.session, learner__in=list(whose))
            acts = list(rows.select_related("session", "learner").order_by("grading"))
            for act in acts:
                found[whose[act.learner_id]].append(act)
            stands = {act.pk for act in standing(acts)}
            merged = [record for record, pk in whose.items() if record != pk]
            if merged:
                Attendance.objects.filter(session=self.session, learner__in=merged).delete()
            fresh: list[SessionAct] = []
            Attendance.objects.bulk_create(
                (
                    Attendance(session=self.session, learner_id=pk, present=present, marked_at=self.at)
                    for pk, present in marks.items()
                ),
                update_conflicts=True,
                unique_fields=["session", "learner"],
                update_fields=["present", "marked_at"],
            )
            for pk, present in marks.items():
                fresh += self._differing(known[pk], present, found[pk], stands)
            SessionAct.objects.bulk_create(fresh)
            record([statement_of(act) for act in fresh], at=self.at)
            self.recorded += len(fresh)

    def _differing(
        self, learner: Learner, present: bool, acts: Sequence[SessionAct], stands: Collection[int]
    ) -> list[SessionAct]:
        """Void what no longer holds. Returns what is to be recorded, not saved yet.

        `stands`: primary keys of what counts. What an operator has voided does not stand in the way of saying it again.
        """
        in_force: dict[tuple[str, UUID], list[SessionAct]] = {}
        for act in acts:
            if act.pk in stands:
                # Of merged records there may be two.
                in_force.setdefault((act.verb, act.object_key), []).append(act)
        wanted = self.wanted if present else {}
        for key, same in in_force.items():
            # A lesson that is no longer offered is in no form: what was watched then was watched.
            gone = key[0] == VERB_EXPERIENCED and key[1] not in self.offered
            if key not in wanted and not (present and gone):
                for act in same:
                    self._void(act)
        fresh = []
        for (verb, object_key), (revision, payload) in wanted.items():
            if (verb, object_key) in in_force:
                continue
            earlier = [act.grading for act in acts if (act.verb, act.object_key) == (verb, object_key)]
            fresh.append(
                SessionAct(
                    session=self.session,
                    learner=learner,
                    verb=verb,
                    object_key=object_key,
                    revision=revision,
                    grading=max(earlier, default=0) + 1,
                    instructor=self.instructor,
                    payload=payload,
                    occurred_at=min(self.session.starts_at, self.at),
                    received_at=self.at,
                )
            )
        return fresh

    def _enrol(self, here: Sequence[Learner]) -> None:
        """Enrol those present, who have agreed, in the class's own course and the courses of the watched lessons."""
        courses = {row.pk: row for row in (self.session.class_group.course, *(row.course for row in self.lessons))}
        already = {(row.person, row.course_id) for row in enrolments_in([one.pk for one in here], courses)}
        for learner in here:
            for pk, course in courses.items():
                if (learner.pk, pk) not in already and course.active:
                    enrol(learner, course.key, at=self.at)

    def _void(self, act: SessionAct) -> None:
        known = statement_id(statement_of(act))
        void(known, by=self.instructor or UUID(int=0), reason_code=REASON_CORRECTED, at=self.at)
        act.voided_at = self.at
        act.save(update_fields=["voided_at"])
        self.voided += 1
