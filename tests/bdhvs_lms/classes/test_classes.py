from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError

from bdhvs_lms.classes.actions import end_member
from bdhvs_lms.classes.adding import resume_member
from bdhvs_lms.classes.api import (
    ClassGroup,
    ClassTeacher,
    Membership,
    add_member,
    add_teacher,
    classes_of_teacher,
    create_class,
    end_teacher,
    members,
)
from bdhvs_lms.classes.queries import classes_of_learner, teaches
from bdhvs_lms.courses.api import Course, push_course
from bdhvs_lms.learners.api import Person
from tests.bdhvs_lms.learners.making import AT, DAY, Land, make_land, make_learner, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NEXT = DAY + timedelta(days=1)
WEEK = DAY + timedelta(days=7)


@dataclass(frozen=True)
class School:
    land: Land
    course: Course
    own: ClassGroup
    other: ClassGroup
    teacher: Any


def _class(course: Course, land: Land, code: str, **kwargs: Any) -> ClassGroup:
    values = {"name": f"Class {code}", "starts": DAY, "at": AT, "by": None, **kwargs}
    return create_class(code=code, course=course, area=land.north, **values)


@pytest.fixture
def school() -> School:
    land = make_land()
    course = push_course(key=uuid4(), host="tests", titles={"vi": "Khóa"}, revision="1", at=AT)
    own, other = _class(course, land, "own"), _class(course, land, "other")
    teacher = make_user()
    add_teacher(own, teacher, at=AT, by=None)
    return School(land, course, own, other, teacher)


def test_a_class_is_made_by_who_may(school):
    operator = make_user("add_classgroup")
    made = _class(school.course, school.land, "new", name=" Tổ  dân phố 1 ", by=operator, ends=WEEK)
    assert (made.name, made.starts, made.ends, made.area) == ("Tổ dân phố 1", DAY, WEEK, school.land.north)
    with pytest.raises(PermissionDenied):
        _class(school.course, school.land, "newer", by=school.teacher)
    assert not ClassGroup.objects.filter(code="newer").exists()


def test_an_ended_stay_goes_on_unless_they_came_in_again(school):
    learner = make_learner()
    stay = add_member(school.own, learner, at=AT, by=None)
    with pytest.raises(ValidationError):
        resume_member(stay, by=None)
    end_member(school.own, learner, last_day=DAY, at=AT, by=None)
    with pytest.raises(PermissionDenied):
        resume_member(stay, by=make_user())
    resume_member(stay, by=make_user("change_membership"))
    assert Membership.objects.get().valid_to is None
    end_member(school.own, learner, last_day=DAY, at=AT, by=None)
    add_member(school.own, learner, valid_from=NEXT, at=AT, by=None)
    with pytest.raises(ValidationError):
        resume_member(stay, by=None)


@pytest.mark.parametrize(
    "bad", [{"code": "own"}, {"code": "two words"}, {"name": " "}, {"ends": DAY - timedelta(days=1)}], ids=str
)
def test_a_class_that_cannot_be_is_refused(school, bad):
    with pytest.raises(ValidationError):
        _class(school.course, school.land, **{"code": "fine", **bad})
    assert ClassGroup.objects.count() == 2


def test_members_are_those_of_the_day_in_order_of_names(school, django_assert_num_queries):
    zung, an, bao = make_learner("Đỗ Dũng"), make_learner("Ân"), make_learner("Bảo")
    for learner in (zung, an):
        add_member(school.own, learner, at=AT, by=None)
    add_member(school.own, bao, valid_from=NEXT, at=AT, by=None)
    end_member(school.own, an, last_day=NEXT, at=AT, by=None)
    with django_assert_num_queries(1):
        assert list(members(school.own, DAY)) == [an, zung]
    assert list(members(school.own, NEXT)) == [an, bao, zung]
    assert list(members(school.own, WEEK)) == [bao, zung]
    assert list(members(school.own, DAY - timedelta(days=1))) == []
    assert list(members(school.other, WEEK)) == []
    Person.objects.filter(learner=bao).delete()
    assert list(members(school.own, WEEK)) == [zung, bao]
    assert list(classes_of_learner(an, DAY)) == [school.own]
    assert list(classes_of_learner(an, WEEK)) == []


def test_in_already_is_the_same_membership_and_coming_back_is_a_further_one(school):
    learner = make_learner()
    first = add_member(school.own, learner, at=AT, by=None)
    assert add_member(school.own, learner, at=AT + timedelta(days=3), by=None) == first
    end_member(school.own, learner, last_day=NEXT, at=AT, by=None)
    again = add_member(school.own, learner, valid_from=WEEK, at=AT, by=None)
    assert list(Membership.objects.order_by("valid_from").values_list("pk", "valid_from", "valid_to")) == [
        (first.pk, DAY, NEXT),
        (again.pk, WEEK, None),
    ]
    for day in (DAY, NEXT, WEEK - timedelta(days=1)):
        with pytest.raises(ValidationError):
            add_member(school.own, learner, valid_from=day, at=AT, by=None)
    assert Membership.objects.count() == 2


def test_who_is_not_there_cannot_leave_and_leaving_is_once(school):
    learner = make_learner()
    with pytest.raises(ValidationError):
        end_member(school.own, learner, last_day=DAY, at=AT, by=None)
    add_member(school.own, learner, at=AT, by=None)
    with pytest.raises(ValidationError):
        end_member(school.own, learner, last_day=DAY - timedelta(days=1), at=AT, by=None)
    end_member(school.own, learner, last_day=NEXT, at=AT, by=None)
    with pytest.raises(ValidationError):
        end_member(school.own, learner, last_day=DAY, at=AT, by=None)
    assert Membership.objects.get().valid_to == NEXT


def test_a_teacher_acts_on_own_classes_only(school):
    learner = make_learner()
    add_member(school.own, learner, at=AT, by=school.teacher)
    end_member(school.own, learner, last_day=DAY, at=AT, by=school.teacher)
    for stranger in (school.teacher, make_user(), AnonymousUser()):
        with pytest.raises(PermissionDenied):
            add_member(school.other, learner, at=AT, by=stranger)
        with pytest.raises(PermissionDenied):
            end_member(school.other, learner, last_day=DAY, at=AT, by=stranger)
        with pytest.raises(PermissionDenied):
            add_teacher(school.own, stranger, at=AT, by=stranger)
    assert not Membership.objects.filter(class_group=school.other).exists()
    assert ClassTeacher.objects.count() == 1


def test_a_teacher_of_yesterday_or_tomorrow_does_not_act_today(school):
    past, future = make_user(), make_user()
    add_teacher(school.own, past, at=AT, by=None, valid_from=date(2025, 8, 1), valid_to=date(2025, 8, 31))
    add_teacher(school.own, future, at=AT, by=None, valid_from=NEXT)
    for user, day, may in [
        (past, date(2025, 8, 31), True),
        (past, DAY, False),
        (future, DAY, False),
        (future, NEXT, True),
        (school.teacher, DAY, True),
    ]:
        assert teaches(user, school.own, day) is may
    for user in (past, future):
        with pytest.raises(PermissionDenied):
            add_member(school.own, make_learner(), at=AT, by=user)


def test_an_operator_acts_on_every_class_but_teaches_none(school):
    operator = make_user("add_membership", "change_membership", "add_classteacher")
    learner, colleague = make_learner(), make_user()
    add_member(school.other, learner, at=AT, by=operator)
    end_member(school.other, learner, last_day=DAY, at=AT, by=operator)
    add_teacher(school.other, colleague, at=AT, by=operator)
    add_teacher(school.other, colleague, at=AT, by=operator)
    assert list(classes_of_teacher(colleague, DAY)) == [school.other]
    assert list(classes_of_teacher(operator, DAY)) == []
    assert list(classes_of_teacher(get_user_model().objects.create_superuser("root"), DAY)) == []


def test_classes_of_a_teacher_are_one_query_and_none_for_who_left(school, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(classes_of_teacher(school.teacher, DAY)) == [school.own]
    assert list(classes_of_teacher(AnonymousUser(), DAY)) == []
    school.teacher.is_active = False
    assert list(classes_of_teacher(school.teacher, DAY)) == []
    assert not teaches(school.teacher, school.own, DAY)


def test_a_teachers_access_ends_on_its_last_day(school):
    with pytest.raises(PermissionDenied):
        end_teacher(school.own, school.teacher, last_day=DAY, at=AT, by=school.teacher)
    assert end_teacher(school.own, school.teacher, last_day=NEXT, at=AT, by=None) == 1
    assert teaches(school.teacher, school.own, NEXT)
    assert not teaches(school.teacher, school.own, WEEK)
    with pytest.raises(ValidationError):
        end_teacher(school.own, school.teacher, last_day=WEEK, at=AT, by=None)


def test_an_appointment_with_another_end_is_not_silently_the_old_one(school):
    with pytest.raises(ValidationError):
        add_teacher(school.own, school.teacher, at=AT, by=None, valid_to=WEEK)
    add_teacher(school.own, school.teacher, at=AT, by=None)
    assert ClassTeacher.objects.filter(class_group=school.own).count() == 1
