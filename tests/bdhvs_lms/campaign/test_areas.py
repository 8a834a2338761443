from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from bdhvs_lms.campaign.api import (
    Area,
    AreaSuccession,
    Denominator,
    Plan,
    SteeringAssignment,
    areas_around,
    areas_for,
    areas_in_force,
    assign_steering,
    enter_denominator,
    in_force,
    plans_for,
)
from tests.bdhvs_lms.learners.making import (
    AT,
    DAY,
    FIRST_OF_NEW,
    LAST_OF_OLD,
    Land,
    make_group,
    make_land,
    make_user,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def land() -> Land:
    return make_land()


def _ids(*areas: Area) -> list[int]:
    return sorted(area.pk for area in areas)


def _seen_from(*areas: Area) -> list[int]:
    member = make_user()
    for area in areas:
        assign_steering(member, area, by=None)
    return _ids(*areas_for(member))


def test_a_circle_of_successions_ends(land):
    AreaSuccession.objects.create(old=land.north, new=land.whole, part="all")
    assert _seen_from(land.whole) == _ids(land.whole, land.north, land.village)


def test_a_reused_code_is_two_areas(land):
    assert land.whole.code == land.north.code
    for taken in ({"valid_from": None}, {"valid_from": FIRST_OF_NEW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Area.objects.create(code="10030", name="again", kind=Area.Kind.COMMUNE, **taken)


@pytest.mark.parametrize("as_who", ["visitor", "stranger", "closed"])
def test_who_has_no_board_sees_no_area(land, as_who):
    user = AnonymousUser() if as_who == "visitor" else make_user(is_active=as_who != "closed")
    if as_who == "closed":
        assign_steering(user, land.province, by=None)
    assert list(areas_for(user)) == []


def test_a_superuser_sees_all(land):
    root = get_user_model().objects.create_superuser("root")
    assert areas_for(root).count() == len(vars(land))


def test_a_member_sees_below_and_what_became_of_it_and_no_more(land, django_assert_num_queries):
    district = make_user()
    assign_steering(district, land.district, by=None)
    with django_assert_num_queries(2):
        seen = sorted(area.pk for area in areas_for(district))
    assert seen == _ids(land.district, land.whole, land.split, land.north, land.south, land.village)
    assert _seen_from(land.whole) == _ids(land.whole, land.north, land.village)
    # What came before is not theirs: the old unit may have given parts to others.
    assert _seen_from(land.north) == _ids(land.north, land.village)
    assert _seen_from(land.province) == _ids(*vars(land).values())
    assert _seen_from(land.village, land.south) == _ids(land.village, land.south)


def test_what_concerns_an_area_is_what_it_lies_in_and_came_out_of(land, django_assert_num_queries):
    def around(area: Area) -> list[int]:
        with django_assert_num_queries(1):
            return sorted(area.pk for area in areas_around(area))

    assert around(land.province) == _ids(land.province)
    above = (land.province, land.district, land.whole, land.split)
    assert around(land.north) == _ids(*above, land.north)
    assert around(land.village) == _ids(*above, land.north, land.village)
    assert around(land.south) == _ids(land.province, land.district, land.split, land.south)
    # Of a unit that is no more: also what became of it, and nothing below that.
    assert around(land.split) == _ids(*above, land.north, land.south)
    AreaSuccession.objects.create(old=land.north, new=land.whole, part="all")
    assert around(land.whole) == _ids(*above, land.north)


def test_assigning_needs_the_permission_and_twice_is_once(land):
    member, operator = make_user(), make_user("add_steeringassignment")
    assign_steering(member, land.north, by=operator)
    assign_steering(member, land.north, by=operator)
    with pytest.raises(PermissionDenied):
        assign_steering(member, land.south, by=member)
    assert list(SteeringAssignment.objects.values_list("user", "area")) == [(member.pk, land.north.pk)]


def test_in_force_includes_first_and_last_day(land):
    assert in_force(land.whole, LAST_OF_OLD)
    assert not in_force(land.whole, FIRST_OF_NEW)
    assert in_force(land.north, FIRST_OF_NEW)
    assert not in_force(land.north, LAST_OF_OLD)
    assert set(areas_in_force(LAST_OF_OLD)) == {land.province, land.district, land.whole, land.split}
    assert set(areas_in_force(FIRST_OF_NEW)) == {land.province, land.north, land.south, land.village}


def test_the_plan_of_the_old_district_is_the_plan_of_what_came_of_it(land):
    def plan(key: str, area: Area, **kwargs) -> Plan:
        return Plan.objects.create(
            key=key, title_vi=key, issued_by="x", area=area, source="x", confidence="A", **kwargs
        )

    old = plan("old", land.district)
    own = plan("own", land.south)
    assert list(plans_for(land.village)) == [old]
    assert list(plans_for(land.south)) == [old, own]
    assert list(plans_for(land.district)) == [old]
    assert list(plans_for(land.province)) == []
    newer = plan("newer", land.district, replaces=old)
    assert list(plans_for(land.village)) == [newer]


class TestDenominator:
    """How many people a target speaks of, on a day."""

    @pytest.fixture
    def enter(self, land):
        group = make_group()

        def enter(value: int, as_of: date, hours: int = 0, **kwargs) -> Denominator:
            values = {"group": group, "area": land.north, "source": "register", "by": None, **kwargs}
            return enter_denominator(value=value, as_of=as_of, at=AT + timedelta(hours=hours), **values)

        enter.group = group
        return enter

    @pytest.mark.parametrize(
        "bad",
        [{"value": 0}, {"value": -1}, {"source": "  "}, {"as_of": LAST_OF_OLD}],
        ids=lambda bad: str(next(iter(bad))),
    )
    def test_what_cannot_be_is_refused(self, enter, bad):
        with pytest.raises(ValidationError):
            enter(**{"value": 300, "as_of": DAY, **bad})
        assert not Denominator.objects.exists()

    def test_it_needs_the_permission_and_remembers_who(self, enter):
        operator = make_user("add_denominator")
        with pytest.raises(PermissionDenied):
            enter(300, DAY, by=make_user())
        row = enter(300, DAY, by=operator, illustrative=True)
        assert (row.entered_by, row.illustrative, row.entered_at) == (operator, True, AT)
