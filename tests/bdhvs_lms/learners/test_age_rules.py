"""Groups by age: from the year of birth alone, kept when the person is erased, corrected when the year was wrong."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.learners import age_rules
from bdhvs_lms.learners.actions import correct_person
from bdhvs_lms.learners.age_rules import day_of_age, set_min_age
from bdhvs_lms.learners.api import Belonging, Person, apply_group_rules, belonging_to, register
from bdhvs_lms.privacy.api import erase
from tests.bdhvs_lms.learners.making import AT, make_group, make_learner, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def adults() -> TargetGroup:
    group = make_group()
    set_min_age(group, 18, by=None)
    return group


def _correct(learner, birth_year: int | None) -> None:
    correct_person(learner, full_name="A", birth_year=birth_year, phone="", at=AT)


@pytest.mark.parametrize(
    ("birth_year", "day"),
    [
        (None, None),
        # Turns 18 on 31 December 2025 at the latest: in the year's result, and not a day before.
        (2007, date(2025, 12, 31)),
        (2008, date(2026, 12, 31)),
        # Of age before the campaign: one day for all of them, which tells nobody's year.
        (2006, date(2025, 1, 1)),
        (1940, date(2025, 1, 1)),
    ],
)
def test_the_day_is_the_last_of_the_year_of_the_age(adults, birth_year, day):
    learner = make_learner(birth_year=birth_year)
    assert day_of_age(birth_year, 18) == day
    assert list(Belonging.objects.values_list("valid_from", "basis")) == ([] if day is None else [(day, "rule")])
    if day is not None:
        assert list(belonging_to(adults, day)) == [learner]
        assert not belonging_to(adults, day.replace(day=30) if day.day == 31 else date(2024, 12, 31)).exists()


def test_who_is_listed_is_left_to_the_list(adults):
    learner = make_learner(birth_year=1950, groups=[adults])
    assert list(Belonging.objects.values_list("basis", flat=True)) == ["list"]
    _correct(learner, 2015)
    assert apply_group_rules(at=AT) == {"people": 1, "written": 0}
    assert Belonging.objects.count() == 1


def test_a_group_without_an_age_takes_nobody_by_rule():
    make_group()
    make_learner(birth_year=1950)
    assert not Belonging.objects.exists()


def test_erasing_a_person_changes_no_count_of_any_year(adults):
    learners = [make_learner(birth_year=year) for year in (1950, 2007, 2010)]
    days = [date(2025, 12, 30), date(2025, 12, 31), date(2026, 12, 31), date(2028, 12, 31)]
    before = [belonging_to(adults, day).count() for day in days]
    assert before == [1, 2, 2, 3]
    for learner in learners:
        erase(learner, by=None, at=AT)
    assert apply_group_rules(at=AT) == {"people": 0, "written": 0}
    assert [belonging_to(adults, day).count() for day in days] == before


YEARS = st.lists(st.none() | st.integers(2003, 2012), min_size=1, max_size=6)


class Corrections(TestCase):
    @given(YEARS)
    def test_after_any_corrections_it_is_as_if_the_last_year_had_always_been_there(self, years):
        adults = make_group()
        set_min_age(adults, 18, by=None)
        learner = register(full_name="A", at=AT, birth_year=years[0])
        for year in years[1:]:
            _correct(learner, year)
        first = day_of_age(years[-1], 18)
        for year in range(2024, 2032):
            for day in (date(year, 12, 30), date(year, 12, 31)):
                assert belonging_to(adults, day).exists() is (first is not None and first <= day)
        written = Belonging.objects.count()
        _correct(learner, years[-1])
        assert Belonging.objects.count() == written


def test_correcting_needs_the_permission_and_checks_the_year(adults):
    learner = make_learner(birth_year=1950)
    with pytest.raises(PermissionDenied):
        correct_person(learner, full_name="A", birth_year=1950, phone="", at=AT, by=make_user("add_person"))
    with pytest.raises(ValidationError) as refused:
        correct_person(learner, full_name="A", birth_year=1850, phone="", at=AT, by=make_user("change_person"))
    assert list(refused.value.message_dict) == ["birth_year"]
    correct_person(learner, full_name=" Đỗ  Hoà", birth_year=1951, phone="", at=AT, by=make_user("change_person"))
    assert Person.objects.values_list("full_name", "search_name", "birth_year").get() == ("Đỗ Hoà", "do hoa", 1951)


def test_registering_by_staff_needs_the_permission():
    with pytest.raises(PermissionDenied):
        register(full_name="A", at=AT, by=make_user())
    assert register(full_name="A", at=AT, by=make_user("add_person")).pk


def test_people_of_before_the_age_are_caught_up_with_in_pieces(monkeypatch, django_assert_num_queries):
    adults = make_group()
    learners = [make_learner(birth_year=1950) for _ in range(5)]
    children = [make_learner(birth_year=2015), make_learner()]
    set_min_age(adults, 18, by=None)
    monkeypatch.setattr(age_rules, "PIECE", 3)
    steps: list[int] = []
    assert apply_group_rules(at=AT, progress=steps.append) == {"people": 7, "written": 6}
    assert steps == [3, 3, 1]
    assert set(belonging_to(adults, AT.date())) == set(learners)
    assert set(belonging_to(adults, date(2033, 12, 31))) == {*learners, children[0]}
    out = StringIO()
    call_command("apply_group_rules", stdout=out)
    assert out.getvalue() == "7 people checked, 0 group assignments added.\n"
    # A lower age lets in who is younger, and takes out nobody.
    set_min_age(adults, 10, by=None)
    assert apply_group_rules(at=AT)["written"] == 1
    assert children[0] in belonging_to(adults, date(2025, 12, 31))


def test_the_age_is_an_operators_to_set(adults):
    part = TargetGroup.objects.create(key="t", label_vi="t", counted_where="area", part_of=adults)
    with pytest.raises(PermissionDenied):
        set_min_age(adults, 16, by=make_user("add_belonging"))
    for group, age in ((adults, 0), (adults, 121), (part, 18)):
        with pytest.raises(ValidationError):
            set_min_age(group, age, by=None)
    set_min_age(adults, 16, by=make_user("change_targetgroup"))
    assert TargetGroup.objects.get(pk=adults.pk).min_age == 16
    with pytest.raises(PermissionDenied):
        apply_group_rules(at=AT, by=make_user())
