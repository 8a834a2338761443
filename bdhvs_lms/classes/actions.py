"""Actions on a class: make it, and say who is in it and who teaches it. A teacher acts on own classes only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import DateField, Q, Value
from django.db.models.functions import Greatest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import allowed, day_of, one_line, require
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.models import AssignedCourse, ClassGroup, ClassTeacher, Membership, TeamMember
from bdhvs_lms.classes.queries import (
    courses_of_class,
    covering,
    may_make_classes,
    members,
    new_code,
    owns,
    teaches,
)
from bdhvs_lms.courses.api import Course, CourseClosed, enrol, enrolments_in
from bdhvs_lms.learners.api import Learner, agreed_among, clean_phone, learner_for_user
from bdhvs_lms.tracking.api import class_iri, learner_lock
from bdhvs_xapi.api import Turns, register_iris


def _span(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise ValidationError(_("The last day must not be before the first day."))


def _may_change(by: Any, class_group: ClassGroup, at: datetime, permission: str) -> None:
    if not allowed(by, permission) and not teaches(by, class_group, day_of(at)):
        raise PermissionDenied("A teacher changes the classes that the teacher teaches on that day, and no others.")


def require_teacher(class_group: ClassGroup, by: Any, at: datetime) -> None:
    """Raise PermissionDenied unless the account teaches the class on the day of `at` or is a superuser's; None is the
    machine itself."""
    if by is not None and not (by.is_active and by.is_superuser) and not teaches(by, class_group, day_of(at)):
        raise PermissionDenied("This is for teachers of the class, on a day on which they teach it.")


def require_another(learner: Learner, by: Any) -> None:
    """Raise ValidationError when the account is the learner's own: nobody vouches for themselves."""
    own = learner_for_user(by) if by is not None else None
    if own is not None and own.whole.pk == learner.whole.pk:
        raise ValidationError(_("You cannot record this for yourself. Ask a colleague."))


def create_class(
    *,
    name: str,
    code: str,
    course: Course,
    area: Area,
    starts: date,
    at: datetime,
    by: Any,
    ends: date | None = None,
    phone: str = "",
) -> ClassGroup:
    """Create a class that takes one course in one place. Needs the permission add_classgroup.

    Args:
        code: short, unique, letters, digits and hyphens; printed on papers.
        phone: whom its learners call, and see.
        by: the account that makes it; None: the machine itself (imports, demo).

    Raises:
        PermissionDenied, or ValidationError (fields that cannot be, code taken).
    """
    require(by, "add_classgroup")
    return _made(name=name, code=code, course=course, area=area, starts=starts, ends=ends, phone=phone, at=at)


def _made(
    *,
    name: str,
    code: str,
    course: Course,
    area: Area,
    starts: date,
    ends: date | None,
    phone: str,
    at: datetime,
) -> ClassGroup:
    day_of(at)
    _span(starts, ends)
    group = ClassGroup(name=one_line(name), code=code, course=course, area=area, starts=starts, ends=ends)
    group.phone = clean_phone(phone)
    group.full_clean()
    register_iris([class_iri(group.uuid)])
    group.save(force_insert=True)
    return group


def create_own_class(
    *,
    name: str,
    course: Course,
    area: Area,
    starts: date,
    at: datetime,
    by: Any,
    ends: date | None = None,
    phone: str = "",
) -> ClassGroup:
    """Create a class that the account itself teaches and owns. The site chooses its code; the phone number is the
    account's.

    Raises PermissionDenied unless `may_make_classes`; ValidationError for fields that cannot be.
    """
    if not may_make_classes(by, day_of(at)):
        raise PermissionDenied("This is for teachers.")
    with transaction.atomic():
        group = _made(
            name=name, code=new_code(), course=course, area=area, starts=starts, ends=ends, phone=phone, at=at
        )
        ClassTeacher.objects.create(class_group=group, user=by, valid_from=day_of(at), owner=True)
        if group.phone:
            group.phone_of = by
            group.save(update_fields=["phone_of"])
    return group


def change_class(
    class_group: ClassGroup,
    *,
    name: str,
    area: Area,
    starts: date,
    at: datetime,
    by: Any,
    ends: date | None = None,
    phone: str = "",
    phone_of: Any = None,
) -> ClassGroup:
    """Rename a class, move its days, close it (`ends`) or open it again (no `ends`). Its code and course stay.

    Args:
        phone: whom its learners call, and see; empty: nobody.
        phone_of: the account of a teacher of the class whose own number it is: it goes when that teacher is ended at
            once, when the account is closed, and when the person is erased. None: nobody's own.

    Needs change_classgroup, or to own the class: a co-teacher runs the class and does not close it. Raises
    PermissionDenied, ValidationError.
    """
    require_owner(class_group, by, at, "change_classgroup")
    _span(starts, ends)
    class_group.name, class_group.area, class_group.starts, class_group.ends = one_line(name), area, starts, ends
    class_group.phone = clean_phone(phone)
    if phone_of is not None and not teaches(phone_of, class_group, day_of(at)):
        raise ValidationError({"phone_of": _("Choose a teacher of this class.")})
    class_group.phone_of = phone_of if class_group.phone else None
    class_group.full_clean()
    class_group.save(update_fields=["name", "area", "starts", "ends", "phone", "phone_of"])
    return class_group


def assign_course(
    class_group: ClassGroup, course: Course, *, opens: date, at: datetime, by: Any, due: date | None = None
) -> AssignedCourse:
    """Give the class a further course from a day on; `enrol_members` enrols the members who have agreed once that day
    has come. Assigning it again changes the days.

    Needs change_classgroup, or to teach the class on that day. Raises PermissionDenied; ValidationError for the class's
    own course, a course that is no longer offered, days that cannot be.
    """
    _may_change(by, class_group, at, "change_classgroup")
    if course.pk == class_group.course_id:
        raise ValidationError(_("This is already the class's main course."))
    if not course.active:
        raise ValidationError(_("This course is no longer offered."))
    _span(opens, due)
    assigned, _created = AssignedCourse.objects.update_or_create(
        class_group=class_group, course=course, defaults={"opens": opens, "due": due}
    )
    return assigned


def remove_course(class_group: ClassGroup, course: Course, *, at: datetime, by: Any) -> None:
    """Remove a further course from the class; people already enrolled stay enrolled.
    Needs what `assign_course` needs."""
    _may_change(by, class_group, at, "change_classgroup")
    AssignedCourse.objects.filter(class_group=class_group, course=course).delete()


def enrol_members(class_group: ClassGroup, *, at: datetime) -> int:
    """Enrol the members of that day who have agreed in the courses that the class takes on that day. Returns how many
    enrolments that made; a repeated call makes none. One learner at a time, with room for others, so that nobody
    waits for long."""
    today = day_of(at)
    learners = list(members(class_group, today))
    agreed = agreed_among(learners, at)
    courses = {course.pk: course for course in courses_of_class(class_group, today) if course.active}
    already = {(row.person, row.course_id) for row in enrolments_in([one.pk for one in learners], courses)}
    made, turns = 0, Turns(DEFAULT_DB_ALIAS)
    for learner in learners:
        for pk, course in courses.items():
            if learner.pk in agreed and (learner.pk, pk) not in already:
                made += _enrolled(learner, course, at)
                turns.leave()
    return made


def _enrolled(learner: Learner, course: Course, at: datetime) -> bool:
    """Enrol the learner, unless the consent was taken back or the course closed meanwhile; tell whether it did."""
    with transaction.atomic():
        learner_lock(learner)
        if not agreed_among([learner], at):
            return False
        try:
            enrol(learner, course.key, at=at)
        except CourseClosed:
            return False
    return True


def add_member(
    class_group: ClassGroup, learner: Learner, *, at: datetime, by: Any, valid_from: date | None = None
) -> Membership:
    """Add a learner to the class from a day on (None: the day of `at`). Somebody already in it keeps the same
    membership.

    Raises ValidationError when the learner comes in later, or leaves on that day or later: one stay at a time.

    Needs add_membership, or that the account teaches the class on the day of `at`.
    """
    _may_change(by, class_group, at, "add_membership")
    first = valid_from or day_of(at)
    with transaction.atomic():
        # The class is locked, so that two clicks do not find it without the learner at the same time.
        ClassGroup.objects.select_for_update().get(pk=class_group.pk)
        lasting = Membership.objects.filter(learner__in=learner.ids, class_group=class_group)
        for membership in lasting.order_by("valid_from"):
            if membership.valid_to is None or membership.valid_to >= first:
                if membership.valid_from > first:
                    raise ValidationError(_("This person joins the class on a later day."))
                if membership.valid_to is not None:
                    raise ValidationError(
                        _("This person is in the class until %(day)s. Add them from a later day.")
                        % {"day": date_format(membership.valid_to, "SHORT_DATE_FORMAT")}
                    )
                if membership.found and by is not None and allowed(by, "add_membership"):
                    # An operator knows who it is.
                    membership.found = False
                    membership.save(update_fields=["found"])
                return membership
        return Membership.objects.create(learner=learner, class_group=class_group, valid_from=first)


def end_member(class_group: ClassGroup, learner: Learner, *, last_day: date, at: datetime, by: Any) -> Membership:
    """Record until which day (included) the learner is in the class. Needs what `add_member` needs.

    Raises ValidationError when the learner is not in the class on that day, or left before.
    """
    _may_change(by, class_group, at, "change_membership")
    with transaction.atomic():
        lasting = (
            Membership.objects.select_for_update()
            .filter(learner__in=learner.ids, class_group=class_group, valid_from__lte=last_day, valid_to=None)
            .order_by("pk")
        )
        # Of somebody whose records were merged there may be several.
        ended = list(lasting)
        if not ended:
            raise ValidationError(_("This person is not in the class on that day or has already left."))
        for membership in ended:
            membership.valid_to = last_day
            membership.save(update_fields=["valid_to"])
        return ended[0]


def require_owner(class_group: ClassGroup, by: Any, at: datetime, permission: str) -> None:
    """Raise PermissionDenied unless the account has the permission, or owns the class on that day."""
    if not allowed(by, permission) and not owns(by, class_group, day_of(at)):
        raise PermissionDenied("This is for the owners of the class.")


def add_teacher(
    class_group: ClassGroup,
    user: Any,
    *,
    at: datetime,
    by: Any,
    valid_from: date | None = None,
    valid_to: date | None = None,
    owner: bool = False,
) -> ClassTeacher:
    """Allow this account to teach the class from a day on (None: the day of `at`), and so to see its learners by name.

    Needs add_classteacher, or to own the class: another teacher does not appoint teachers. A call for the same first
    day keeps the same appointment, and reopens one that was ended at once; raises ValidationError when that appointment
    ends on another day (`end_teacher` ends one).
    """
    require_owner(class_group, by, at, "add_classteacher")
    first = valid_from or day_of(at)
    _span(first, valid_to)
    with transaction.atomic():
        teacher, created = ClassTeacher.objects.select_for_update().get_or_create(
            class_group=class_group, user=user, valid_from=first, defaults={"valid_to": valid_to, "owner": owner}
        )
        if teacher.ended_at is not None:
            teacher.valid_to, teacher.ended_at = valid_to, None
        elif teacher.valid_to != valid_to:
            raise ValidationError(_("This person already teaches the class from that day until another day."))
        if not created:
            teacher.owner = teacher.owner or owner
            teacher.save(update_fields=["valid_to", "ended_at", "owner"])
    return teacher


def end_appointments(user: Any, at: datetime) -> int:
    """End the appointments and team memberships of an account that is closed, from this moment on. Returns how many
    that ended."""
    today = day_of(at)
    running = Q(valid_to=None) | Q(valid_to__gte=today)
    # What begins later is over too, and has to end after it begins.
    last = Greatest("valid_from", Value(today), output_field=DateField())
    ended = 0
    for kind in (ClassTeacher, TeamMember):
        mine = kind._default_manager.filter(running, user=user, ended_at=None)
        ended += mine.update(valid_to=last, ended_at=at)
    forget_numbers([user.pk])
    return ended


def forget_numbers(accounts: Iterable[Any], **of: Any) -> int:
    """Remove these accounts' own numbers, so that learners no longer see them. Returns of how many classes (`of`:
    some)."""
    return ClassGroup.objects.filter(phone_of__in=list(accounts), **of).update(phone="", phone_of=None)


def end_teacher(class_group: ClassGroup, user: Any, *, last_day: date, at: datetime, by: Any) -> int:
    """Stop this account from teaching the class and seeing its learners from the day after; when the last day is that
    of `at` or before, it stops at once and the teacher's own number goes too. Needs change_classteacher, or to own
    the class.

    Returns how many appointments it ended: those that had begun and would have gone on. Raises ValidationError when
    there is none, and when an owner would leave a class that nobody else owns.
    """
    require_owner(class_group, by, at, "change_classteacher")
    today = day_of(at)
    with transaction.atomic():
        # The class is locked, so that two owners do not end each other.
        ClassGroup.objects.select_for_update().get(pk=class_group.pk)
        at_once = last_day <= today
        going_on = ClassTeacher.objects.filter(
            Q(valid_to=None) | (Q(valid_to__gte=last_day) if at_once else Q(valid_to__gt=last_day)),
            class_group=class_group,
            user=user,
            valid_from__lte=last_day,
            ended_at=None,
        )
        if not allowed(by, "change_classteacher") and not (
            ClassTeacher.objects.filter(covering(today), class_group=class_group, owner=True, ended_at=None)
            .exclude(user=user)
            .exists()
        ):
            raise ValidationError(_("Add another owner of the class first."))
        ended = going_on.update(valid_to=last_day, **({"ended_at": at} if at_once else {}))
        if at_once and ended:
            forget_numbers([user.pk], pk=class_group.pk)
    if not ended:
        raise ValidationError(_("This person does not teach the class after that day."))
    return ended
