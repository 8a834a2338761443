"""Who answers for a child, and which class of a school it is in on which day."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from bdhvs_lms.campaign.declaring import add_organisation
from bdhvs_lms.learners.api import belong, belonging_to, belongings_of, erase_person
from bdhvs_lms.learners.guardians import forget_guardian, guardian_of, name_guardian
from bdhvs_lms.learners.models import Belonging, Guardian, LearnerAlias
from bdhvs_lms.learners.records import derive
from tests.bdhvs_lms.learners.making import AT, DAY, make_group, make_land, make_learner, make_user
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db


def named(learner, name="Trần Thị Sen", phone="0912 345 678", relation="mother", by=None):
    return name_guardian(learner, full_name=name, phone=phone, relation=relation, at=AT, by=by)


def test_a_child_has_one_guardian_who_is_replaced_and_goes_with_the_child():
    child = make_learner(birth_year=2014)
    named(child)
    named(child, "Trần  Văn Bình", "", "father")
    found = guardian_of(child)
    assert (found.full_name, found.phone, found.get_relation_display()) == ("Trần Văn Bình", "", "cha")
    assert forget_guardian(child) == 1 and guardian_of(child) is None
    named(child)
    erase_person(child)
    assert not Guardian.objects.exists()


def test_of_two_records_of_one_child_the_one_that_stands_has_the_guardian():
    child, double = make_learner("Nguyễn Thị Mơ", birth_year=2014), make_learner("Nguyễn Mơ", birth_year=2014)
    named(double, "Lê Thị Cúc")
    LearnerAlias.objects.create(duplicate=double, number=1, kept=child, recorded_at=AT)
    derive([child.pk, double.pk])
    child.refresh_from_db()
    double.refresh_from_db()
    whole = double.whole
    assert guardian_of(whole).full_name == "Lê Thị Cúc"
    named(whole, "Lê Văn Đào", relation="other")
    assert list(Guardian.objects.values_list("learner", "full_name")) == [(child.pk, "Lê Văn Đào")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "guardian"),
        ({"name": "Mẹ 0912"}, "guardian"),
        ({"phone": "gọi"}, "guardian_phone"),
        ({"relation": "aunt"}, "relation"),
    ],
)
def test_what_cannot_be_is_said_by_field(wrong, field):
    child = make_learner(birth_year=2014)
    with pytest.raises(ValidationError) as refused:
        named(child, **wrong)
    assert list(refused.value.message_dict) == [field]
    assert not Guardian.objects.exists()


def test_nobody_of_age_has_a_guardian_and_who_may_not_writes_none():
    # Of age all of 2025 is who was born in 2006; of 2007 nobody knows.
    with pytest.raises(ValidationError):
        named(make_learner(birth_year=2006))
    named(make_learner(birth_year=2007))
    named(make_learner())
    with pytest.raises(PermissionDenied):
        named(make_learner(birth_year=2014), by=make_user())
    assert Guardian.objects.count() == 2


def test_a_grade_is_of_a_day_at_a_school_and_the_next_one_follows():
    land, pupils, child = make_land(), make_group("pupil"), make_learner(birth_year=2013)
    school = add_organisation(name="Trường", kind="school", area=land.north, at=AT, by=None)
    belong(child, pupils, organisation=school, grade="lớp 6a2", valid_from=DAY, at=AT)
    belong(child, pupils, organisation=school, grade="7A2", valid_from=date(2026, 9, 1), at=AT)
    for day, grade in ((DAY, "6A2"), (date(2026, 8, 31), "6A2"), (date(2026, 9, 1), "7A2")):
        assert belongings_of(child, day).get().grade == grade
        assert belonging_to(pupils, day).count() == 1
    erase_person(child)
    assert belongings_of(child, DAY).get().grade == "6A2"


@for_each("grade", ["Lan", "7 Nguyễn Lan", "13", "0A", "7A12345", "A7"])
def test_a_grade_has_no_room_for_a_name(grade):
    land, pupils, child = make_land(), make_group("pupil"), make_learner(birth_year=2013)
    school = add_organisation(name="Trường", kind="school", area=land.north, at=AT, by=None)
    with pytest.raises(ValidationError) as refused:
        belong(child, pupils, organisation=school, grade=grade, valid_from=DAY, at=AT)
    assert list(refused.value.message_dict) == ["grade"]
    assert not Belonging.objects.filter(group=pupils).exists()


def test_a_grade_is_at_a_school():
    with pytest.raises(ValidationError):
        belong(make_learner(birth_year=2013), make_group("pupil"), grade="7A", valid_from=DAY, at=AT)
