"""Who was where, and in which group, on a day: the SQL against a few lines of plain Python."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from bdhvs_lms.campaign.api import Area, AreaSuccession, Organisation, TargetGroup
from bdhvs_lms.learners import successions
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import (
    Belonging,
    Learner,
    Placement,
    area_of,
    belong,
    belonging_to,
    belongings_of,
    belongings_on,
    follow_successions,
    placed_in,
    placement_of,
    placements_on,
)
from tests.bdhvs_lms.learners.making import (
    AT,
    DAY,
    FIRST_OF_NEW,
    LAST_OF_OLD,
    make_group,
    make_land,
    make_learner,
    make_user,
)

pytestmark = pytest.mark.database

START = date(2025, 1, 1)
days = st.integers(0, 12).map(lambda number: START + timedelta(days=number))
# Who, where (None: not assigned), from when; in the order of writing.
placements = st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0, 1, 2, None]), days), max_size=14)
# Who, at which organisation, from when, for how many days (None: until further notice).
belongings = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([0, 1, None]), days, st.none() | st.integers(0, 6)), max_size=14
)


class OnADay(TestCase):
    """Properties; each example runs in a transaction of its own."""

    def setup_example(self):
        # Not setUp: hypothesis runs that once and outside the example's transaction.
        super().setup_example()
        self.areas = [Area.objects.create(code=str(n), name=str(n), kind=Area.Kind.COMMUNE) for n in range(3)]
        self.group = make_group()
        self.other_group = make_group("worker")
        self.organisations = [
            Organisation.objects.create(name=str(n), kind=Organisation.Kind.AGENCY, area=self.areas[0])
            for n in range(2)
        ]
        self.learners = [Learner.objects.create() for _ in range(3)]

    @given(placements, days, st.sets(st.integers(0, 2)))
    def test_the_newest_placement_not_after_the_day_speaks(self, history, on, asked):
        for who, where, first in history:
            area = None if where is None else self.areas[where]
            place(self.learners[who], area, valid_from=first, at=AT)
        expected = set()
        for who in range(3):
            # sorted() is stable: of equal days the one written later comes last.
            past = sorted((row for row in history if row[0] == who and row[2] <= on), key=lambda row: row[2])
            if past and past[-1][1] in asked:
                expected.add(self.learners[who].pk)
            # While a split unit's people are unassigned, they live where they were named last.
            named = [row[1] for row in past if row[1] is not None]
            assert area_of(self.learners[who], on) == (self.areas[named[-1]] if named else None)
            found = placement_of(self.learners[who], on)
            where = past[-1][1] if past else None
            assert (found.area if found else None) == (None if where is None else self.areas[where])
            named = [row[1] for row in past if row[1] is not None]
            last = self.areas[named[-1]].pk if named else None
            speaking = placements_on(on).filter(learner=self.learners[who]).values_list("pk", "last_area")
            assert list(speaking) == ([(found.pk, last)] if found else [])
        area_ids = [self.areas[number].pk for number in asked]
        assert sorted(placed_in(area_ids, on).values_list("pk", flat=True)) == sorted(expected)

    @given(placements, days)
    def test_nobody_is_counted_in_two_areas(self, history, on):
        for who, where, first in history:
            place(self.learners[who], None if where is None else self.areas[where], valid_from=first, at=AT)
        counted = [pk for area in self.areas for pk in placed_in([area.pk], on).values_list("pk", flat=True)]
        assert len(counted) == len(set(counted))
        assert sorted(counted) == sorted(placed_in([a.pk for a in self.areas], on).values_list("pk", flat=True))

    @given(placements, days, days)
    def test_a_later_placement_leaves_earlier_days_as_they_were(self, history, on, moved):
        for who, where, first in history:
            place(self.learners[who], None if where is None else self.areas[where], valid_from=first, at=AT)
        before = {a.pk: sorted(placed_in([a.pk], on).values_list("pk", flat=True)) for a in self.areas}
        place(self.learners[0], self.areas[0], valid_from=max(moved, on) + timedelta(days=1), at=AT)
        assert before == {a.pk: sorted(placed_in([a.pk], on).values_list("pk", flat=True)) for a in self.areas}

    @given(belongings, days)
    def test_the_newest_row_of_each_line_speaks_and_people_count_once(self, history, on):
        for who, where, first, lasts in history:
            belong(
                self.learners[who],
                self.group,
                organisation=None if where is None else self.organisations[where],
                valid_from=first,
                valid_to=None if lasts is None else first + timedelta(days=lasts),
                at=AT,
            )
        expected, counted = [], []
        for who in range(3):
            lines = 0
            joined = []
            for where in (0, 1, None):
                past = [row for row in history if row[:2] == (who, where) and row[2] <= on]
                if past:
                    _who, _where, first, lasts = sorted(past, key=lambda row: row[2])[-1]
                    if lasts is None or on <= first + timedelta(days=lasts):
                        lines += 1
                        # An organisation before none; then the one joined last.
                        joined.append((where is not None, first, where))
            if lines:
                expected.append(self.learners[who].pk)
                named, first, _where = max(joined, key=lambda line: line[:2])
                counted.append((self.learners[who].pk, named, first))
            assert belongings_of(self.learners[who], on).count() == lines
        assert list(belonging_to(self.group.pk, on).order_by("pk").values_list("pk", flat=True)) == expected
        assert not belonging_to(self.other_group.pk, on).exists()
        rows = belongings_on(self.group, on).order_by("learner").select_related("organisation")
        assert [(row.learner_id, row.organisation is not None, row.valid_from) for row in rows] == counted


@pytest.mark.django_db
def test_a_belonging_ends_by_a_further_row_and_its_past_stays():
    learner, group = make_learner(), make_group("worker")
    belong(learner, group, valid_from=DAY, at=AT)
    belong(learner, group, valid_from=DAY, valid_to=DAY + timedelta(days=9), at=AT)
    assert belonging_to(group.pk, DAY + timedelta(days=9)).exists()
    assert not belonging_to(group.pk, DAY + timedelta(days=10)).exists()
    belong(learner, group, valid_from=DAY + timedelta(days=20), at=AT)
    assert not belonging_to(group.pk, DAY + timedelta(days=15)).exists()
    assert belonging_to(group.pk, DAY + timedelta(days=20)).exists()
    assert Belonging.objects.count() == 3


@pytest.mark.django_db
def test_an_area_counts_who_is_placed_below_it(django_assert_num_queries):
    land = make_land()
    in_village, in_north = make_learner(area=land.village), make_learner(area=land.north)
    make_learner(area=land.south)
    make_learner()
    with django_assert_num_queries(1):
        assert set(placed_in([land.north.pk, land.village.pk], DAY)) == {in_village, in_north}


@pytest.mark.django_db
class TestFollowSuccessions:
    """What becomes of people whose unit has ended."""

    @pytest.fixture
    def land(self):
        return make_land()

    def _settle(self, area):
        learner = Learner.objects.create()
        place(learner, area, valid_from=date(2025, 5, 1), at=AT)
        return learner

    def test_whole_units_move_and_people_of_split_units_wait(self, land):
        sure, unsure = self._settle(land.whole), self._settle(land.split)
        assert follow_successions(on=DAY, at=AT) == {"placed": 1, "unassigned": 1}
        assert placement_of(sure, LAST_OF_OLD).area == land.whole
        assert placement_of(sure, FIRST_OF_NEW).area == land.north
        assert placement_of(unsure, LAST_OF_OLD).area == land.split
        assert placement_of(unsure, FIRST_OF_NEW).area is None
        for area in (land.north, land.south, land.split):
            assert not placed_in([area.pk], FIRST_OF_NEW).filter(pk=unsure.pk).exists()

    def test_one_known_successor_of_a_part_is_no_certainty(self, land):
        AreaSuccession.objects.filter(old=land.split, new=land.south).delete()
        unsure = self._settle(land.split)
        assert follow_successions(on=DAY, at=AT) == {"placed": 0, "unassigned": 1}
        assert placement_of(unsure, FIRST_OF_NEW).area is None

    def test_again_is_nothing_and_nobody_who_was_assigned_is_moved(self, land):
        unsure = self._settle(land.split)
        follow_successions(on=DAY, at=AT)
        place(unsure, land.south, valid_from=FIRST_OF_NEW, at=AT)
        assigned = self._settle(land.whole)
        place(assigned, land.south, valid_from=date(2025, 8, 1), at=AT)
        assert follow_successions(on=DAY, at=AT) == {"placed": 0, "unassigned": 0}
        assert placement_of(unsure, DAY).area == land.south
        assert placement_of(assigned, DAY).area == land.south

    def test_nothing_happens_before_the_end(self, land):
        self._settle(land.whole)
        assert follow_successions(on=LAST_OF_OLD, at=AT) == {"placed": 0, "unassigned": 0}

    def test_it_goes_in_pieces_and_says_how_far(self, land, monkeypatch):
        monkeypatch.setattr(successions, "PIECE", 2)
        for _ in range(5):
            self._settle(land.whole)
        told = []
        assert follow_successions(on=DAY, at=AT, progress=told.append) == {"placed": 5, "unassigned": 0}
        assert told == [2, 2, 1]
        assert Placement.objects.count() == 10

    def test_it_needs_the_permission(self, land):
        self._settle(land.whole)
        with pytest.raises(PermissionDenied):
            follow_successions(on=DAY, at=AT, by=make_user())
        assert Placement.objects.count() == 1

    def test_the_command_says_what_it_did(self, land):
        sure, unsure = self._settle(land.whole), self._settle(land.split)
        out = StringIO()
        call_command("follow_successions", on="2025-07-01", stdout=out)
        assert out.getvalue() == "1 people moved to the successor, 1 not assigned yet.\n"
        assert placement_of(sure, FIRST_OF_NEW).area == land.north
        assert placement_of(unsure, FIRST_OF_NEW).area is None

    @pytest.mark.parametrize("on", ["soon", "2999-01-01"])
    def test_the_command_refuses_what_is_no_past_day(self, land, on):
        self._settle(land.whole)
        with pytest.raises(CommandError, match="--on"):
            call_command("follow_successions", on=on)
        assert Placement.objects.count() == 1


@pytest.mark.django_db
def test_a_part_of_a_group_is_who_lives_in_town_on_that_day(django_assert_num_queries):
    land, adults, workers = make_land(), make_group(), make_group("worker")
    land.north.urban = land.whole.urban = True
    land.north.save()
    land.whole.save()
    townspeople = TargetGroup.objects.create(
        key="urban_adult", label_vi="đô thị", counted_where="area", part_of=adults, urban_only=True
    )
    parents = TargetGroup.objects.create(key="parents", label_vi="x", counted_where="area", part_of=adults)
    town, moved, country, worker = (make_learner(name) for name in ("A", "B", "C", "D"))
    for learner in (town, moved, country):
        belong(learner, adults, valid_from=FIRST_OF_NEW, at=AT)
    belong(worker, workers, valid_from=FIRST_OF_NEW, at=AT)
    for learner, area, first in [
        (town, land.north, FIRST_OF_NEW),
        (worker, land.north, FIRST_OF_NEW),
        (moved, land.north, FIRST_OF_NEW),
        (moved, land.south, DAY),
        (country, land.village, FIRST_OF_NEW),
    ]:
        place(learner, area, valid_from=first, at=AT)
    before = DAY - timedelta(days=1)
    with django_assert_num_queries(1):
        assert set(belonging_to(townspeople, before)) == {town, moved}
    assert set(belonging_to(townspeople, DAY)) == {town}
    with django_assert_num_queries(2):
        assert set(belonging_to(townspeople.pk, DAY)) == {town}
    assert set(belonging_to(parents, DAY)) == {town, moved, country}
    with pytest.raises(ValidationError):
        belong(worker, townspeople, valid_from=DAY, at=AT)
