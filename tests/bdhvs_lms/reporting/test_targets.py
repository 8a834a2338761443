"""A target's row: who is counted, up to which day, what is never rounded up, and what is not shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import MEASURES, Area, AreaSuccession, Indicator, Judgement, Operator, Target, TargetGroup
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import Learner, belong, follow_successions
from bdhvs_lms.reporting.api import TargetRow
from bdhvs_lms.reporting.queries.board import Board as Reported
from bdhvs_lms.reporting.queries.board import board_targets
from tests.support.board import ASKED, IN_TIME, Board
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def target_row(target: Target, area: Area, at: datetime) -> TargetRow:
    """One row by itself, as a page with a single one asks for it."""
    found = Target.objects.select_related("group__part_of", "plan__area", "indicator").get(pk=target.pk)
    return Reported(at).row(found, area)


made, world = made_once(Board)


# --- Who is counted ---------------------------------------------------------------------------------------------------


def test_counts_people_of_the_area_and_the_group_who_attained_everything(world: Board) -> None:
    passed = world.people(6)
    world.attain(passed)
    world.attain(world.people(3), codes=["A1"])
    world.attain(world.people(7, world.other_area))
    world.people(4)
    world.count_everyone(100)
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.confirmed, row.verdict) == (6, 0, "not_met")
    assert (row.share, row.gap, row.as_of) == (Decimal("6.0"), 80, date(2025, 11, 15))


def test_an_area_includes_what_lies_below_it(world: Board) -> None:
    world.attain(world.people(6))
    world.attain(world.people(7, world.other_area))
    assert target_row(world.target, world.province, ASKED).numerator == 13
    assert target_row(world.target, world.other_area, ASKED).numerator == 7


def test_people_outside_the_group_are_not_counted(world: Board) -> None:
    people = world.people(7)
    world.attain(people)
    belong(people[0], world.group, valid_from=date(2025, 9, 1), valid_to=date(2025, 10, 31), at=ASKED)
    assert target_row(world.target, world.area, ASKED).numerator == 6


def test_the_placement_of_the_day_decides(world: Board) -> None:
    people = world.people(12)
    world.attain(people)
    for learner in people[:5]:
        place(learner, world.other_area, valid_from=date(2025, 11, 10), at=ASKED)
    assert target_row(world.target, world.area, ASKED - timedelta(days=10)).numerator == 12
    assert target_row(world.target, world.area, ASKED).numerator == 7
    assert target_row(world.target, world.other_area, ASKED).numerator == 5


def test_a_level_below_the_rule_does_not_pass_and_one_above_does(world: Board) -> None:
    world.add_rule(2025, level=2, number=2)
    low, high = world.people(5), world.people(6)
    world.attain(low, level=1)
    world.attain(high, level=2)
    assert target_row(world.target, world.area, ASKED).numerator == 6


# --- Up to which day --------------------------------------------------------------------------------------------------


def test_what_is_attained_or_moved_after_the_targets_day_leaves_it_as_it_is(world: Board) -> None:
    people = world.people(12)
    world.attain(people[:6])
    last, first_after = end_of_day(date(2025, 12, 31)), end_of_day(date(2025, 12, 31)) + timedelta(microseconds=1)
    world.attain(people[6:7], at=last)
    world.attain(people[7:], at=first_after)
    for learner in people[:6]:
        place(learner, world.other_area, valid_from=date(2026, 1, 1), at=first_after)
    world.count_everyone(100)
    world.count_everyone(7, as_of=date(2026, 1, 1))
    row = target_row(world.target, world.area, datetime(2026, 5, 1, tzinfo=UTC))
    assert (row.numerator, row.as_of, row.denominator and row.denominator.value) == (7, date(2025, 12, 31), 100)


def test_the_day_ends_at_midnight_in_vietnam(world: Board) -> None:
    assert end_of_day(date(2025, 12, 31)) < datetime(2025, 12, 31, 17, 0, tzinfo=UTC)
    assert end_of_day(date(2025, 12, 31)) > datetime(2025, 12, 31, 16, 59, 59, tzinfo=UTC)
    world.attain(world.people(6))
    late_evening_utc = datetime(2025, 11, 14, 18, 0, tzinfo=UTC)
    assert target_row(world.target, world.area, late_evening_utc).as_of == date(2025, 11, 15)


def test_asked_about_an_earlier_moment_later_attainments_do_not_count(world: Board) -> None:
    people = world.people(12)
    world.attain(people[:5])
    world.attain(people[5:], at=IN_TIME + timedelta(days=5))
    assert target_row(world.target, world.area, IN_TIME + timedelta(days=1)).numerator == 5


def test_a_naive_moment_is_refused(world: Board) -> None:
    with pytest.raises(ValueError, match="zone"):
        target_row(world.target, world.area, datetime(2025, 11, 15))  # noqa: DTZ001


# --- Met or not -------------------------------------------------------------------------------------------------------


def judged(operator: str, value: Decimal, people: int, everyone: int) -> Judgement:
    return MEASURES["share"].of_people(Operator(operator), value, people, everyone)


@for_each(
    ("operator", "value", "denominator", "minimum"),
    [
        (">", "85", 100, 86),
        (">", "85", 1000, 851),
        (">", "85", 7, 6),
        (">=", "85", 100, 85),
        (">=", "80", 7, 6),
        (">=", "33.33", 10_000, 3333),
        ("=", "100", 7, 7),
    ],
)
def test_the_smallest_number_that_meets_the_target(operator: str, value: str, denominator: int, minimum: int) -> None:
    assert judged(operator, Decimal(value), 0, denominator).gap == minimum
    assert judged(operator, Decimal(value), minimum, denominator).met
    assert not judged(operator, Decimal(value), minimum - 1, denominator).met


@given(st.integers(1, 400_000), st.integers(0, 10_000), st.sampled_from([">", ">="]))
def test_the_minimum_meets_the_target_and_one_less_does_not(denominator: int, hundredths: int, operator: str) -> None:
    value = Decimal(hundredths) / 100
    minimum = judged(operator, value, 0, denominator).gap
    assert minimum is not None

    def meets(count: int) -> bool:
        left, right = Decimal(count) * 100, value * denominator
        return left > right if operator == ">" else left >= right

    assert meets(minimum)
    assert minimum == 0 or not meets(minimum - 1)


@given(st.integers(1, 400_000), st.data())
def test_a_share_is_cut_and_never_rounded_up(denominator: int, data: st.DataObject) -> None:
    numerator = data.draw(st.integers(0, denominator))
    share = judged(">", Decimal(85), numerator, denominator).share
    assert share is not None
    assert share * denominator <= numerator * 100 < (share + Decimal("0.1")) * denominator
    assert share.as_tuple().exponent == -1


@pytest.mark.parametrize(("people", "verdict", "share", "gap"), [(34, "not_met", "85.0", 1), (35, "met", "87.5", 0)])
def test_over_85_percent_is_more_than_85_percent(world: Board, people: int, verdict: str, share: str, gap: int) -> None:
    world.attain(world.people(people))
    world.count_everyone(40)
    row = target_row(world.target, world.area, ASKED)
    assert (row.verdict, row.share, row.gap) == (verdict, Decimal(share), gap)


@pytest.mark.parametrize("everyone", [7, 9, 10])
def test_whom_a_target_is_missing_is_not_told_where_they_are_fewer_than_five(world: Board, everyone: int) -> None:
    """Nine workers, six pass: "3 missing" names three people. Neither the row nor what stands beside it tells them."""
    world.attain(world.people(6), at=datetime(2025, 8, 20, tzinfo=UTC))
    world.people(everyone - 6)
    world.attain(world.people(30, world.other_area), at=datetime(2025, 8, 20, tzinfo=UTC))
    world.count_everyone(everyone)
    world.count_everyone(100, area=world.other_area)
    world.count_everyone(everyone + 100, area=world.province)
    board = Reported(ASKED)
    row = board.row(world.target, world.area)
    assert (row.numerator, row.learning, row.confirmed, row.share, row.gap, row.points, row.reached, row.months) == (
        *[None] * 7,
        (),
    )
    assert (row.verdict, row.base) == ("suppressed", everyone)
    # 36 of the province less 30 of the other commune would tell it: one of them is not shown either.
    assert [one.numerator for one in board.below(world.target, world.province)] in ([None, None], [None, 30])
    assert board.row(world.target, world.province).numerator in (None, 36)
    shown = [board.row(world.target, area).numerator for area in (world.province, world.other_area)]
    assert shown != [36, 30] and shown != [None, None]


def test_all_pass_and_five_left_are_told(world: Board) -> None:
    world.attain(world.people(6))
    world.people(5)
    for everyone, left in ((6, 0), (11, 5)):
        world.count_everyone(everyone, as_of=date(2025, 10, everyone))
        row = target_row(world.target, world.area, ASKED)
        assert (row.numerator, row.base, everyone - (row.numerator or 0)) == (6, everyone, left)


def test_nobody_confirmed_yet_or_not_begun_is_told_of_few(world: Board) -> None:
    """12 of 20 pass, 8 do not: told. That 17 have begun would tell of 3 who have not."""
    people = world.people(20)
    world.attain(people[:12])
    world.evidence(people[12:17], world.framework.competencies.get(code="A1"), at=IN_TIME)
    world.count_everyone(20)
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.learning, row.hidden) == (12, None, {"learning", "active"})
    world.count_everyone(22, as_of=date(2025, 10, 2))
    assert target_row(world.target, world.area, ASKED).learning == 5


def test_who_waits_to_be_placed_is_a_total_too(world: Board) -> None:
    """Nine wait for their new commune, six of them pass: beside "9 people" the 6 would tell of three."""
    old = Area.objects.create(
        code="9", name="Xã Cũ", kind="commune", parent=world.province, valid_to=date(2025, 6, 30), valid_from=None
    )
    for new in (world.area, world.other_area):
        AreaSuccession.objects.create(old=old, new=new, part="part")
    waiting = world.people(9, old, at=datetime(2025, 3, 1, tzinfo=UTC))
    world.attain(waiting[:6])
    follow_successions(on=date(2025, 7, 2), at=ASKED)
    world.attain(world.people(30))
    rest = Reported(ASKED).below(world.target, world.province)[-1]
    assert (rest.area, rest.unassigned, rest.numerator) == (None, 9, None)


def test_more_people_than_the_denominator_counts_is_said(world: Board) -> None:
    world.attain(world.people(6))
    world.count_everyone(5)
    row = target_row(world.target, world.area, ASKED)
    assert row.more_than_everyone
    assert row.share == Decimal("120.0")


# --- Denominators -----------------------------------------------------------------------------------------------------


def test_without_a_denominator_there_is_no_share(world: Board) -> None:
    world.attain(world.people(6))
    world.count_everyone(100, area=world.province)
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.denominator, row.share, row.gap, row.verdict) == (6, None, None, None, "no_data")
    assert not row.illustrative


def test_an_illustrative_denominator_marks_the_row(world: Board) -> None:
    world.attain(world.people(6))
    world.count_everyone(100)
    assert not target_row(world.target, world.area, ASKED).illustrative
    world.count_everyone(90, as_of=date(2025, 11, 1), illustrative=True)
    row = target_row(world.target, world.area, ASKED)
    assert row.illustrative
    assert row.denominator is not None and row.denominator.value == 90
    # Entered again for the same day, as it was corrected.
    world.count_everyone(95, as_of=date(2025, 11, 1))
    corrected = target_row(world.target, world.area, ASKED)
    assert corrected.denominator is not None and (corrected.denominator.value, corrected.illustrative) == (95, False)


# --- Confirmed, and what is not shown ---------------------------------------------------------------------------------


def test_confirmed_means_every_competency_confirmed_by_then(world: Board) -> None:
    people = world.people(18)
    world.attain(people[:6], confirmed_at=IN_TIME)
    world.attain(people[6:12], codes=["A1"], confirmed_at=IN_TIME)
    world.attain(people[6:12], codes=["A2"])
    world.attain(people[12:], confirmed_at=ASKED + timedelta(days=1))
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.confirmed) == (18, 6)


@for_each(
    ("passed", "others", "suppressed"),
    [(0, 5, False), (0, 4, True), (1, 20, True), (4, 20, True), (5, 0, False), (4, 0, True)],
)
def test_small_numbers_are_hidden_from_every_caller(world: Board, passed: int, others: int, suppressed: bool) -> None:
    world.attain(world.people(passed))
    world.people(others)
    world.count_everyone(100)
    row = target_row(world.target, world.area, ASKED)
    assert row.suppressed is suppressed
    if suppressed:
        assert (row.numerator, row.confirmed, row.share, row.gap, row.verdict) == (None, None, None, None, "suppressed")
    else:
        assert row.numerator == passed


@for_each(("confirmed", "shown"), [(0, 0), (4, None), (5, 5), (7, 7), (8, None), (12, 12)])
def test_a_small_confirmed_part_or_remainder_is_hidden(world: Board, confirmed: int, shown: int | None) -> None:
    people = world.people(12)
    world.attain(people[:confirmed], confirmed_at=IN_TIME)
    world.attain(people[confirmed:])
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.confirmed) == (12, shown)


# --- Rows that cannot be computed -------------------------------------------------------------------------------------


def test_not_measurable_as_written_stays_so_whatever_people_attain(world: Board) -> None:
    target = world.add_target("T6-2025", 2025, measure="rank", measurable=False, reason_vi="Không còn cấp huyện")
    world.attain(world.people(6))
    row = target_row(target, world.area, ASKED)
    assert (row.verdict, row.numerator, row.share) == ("not_measurable", None, None)


def test_without_a_pass_rule_nothing_is_computed(world: Board) -> None:
    target = world.add_target("T3-2026", 2026)
    world.attain(world.people(6))
    row = target_row(target, world.area, ASKED)
    assert (row.verdict, row.numerator, row.rule) == ("no_data", None, None)


def test_where_nobody_of_the_group_is_known_there_is_no_data(world: Board) -> None:
    world.count_everyone(100)
    row = target_row(world.target, world.area, ASKED)
    assert (row.verdict, row.numerator, row.share, row.hidden) == ("no_data", None, None, frozenset())


def test_learning_is_who_has_evidence_for_the_rule_and_does_not_pass(world: Board) -> None:
    passed, one_of_two, other, late = (world.people(count) for count in (6, 5, 7, 8))
    world.people(9)
    world.attain(passed)
    world.evidence(passed[:2] + one_of_two, world.a1, at=IN_TIME)
    world.evidence(other, world.a2, at=IN_TIME, success=False)
    world.evidence(late, world.a1, at=ASKED + timedelta(seconds=1))
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.learning) == (6, 12)


def test_few_who_are_learning_are_hidden_alone(world: Board) -> None:
    world.attain(world.people(6))
    world.evidence(world.people(4), world.a1, at=IN_TIME)
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.learning, row.hidden) == (6, None, frozenset({"learning", "active"}))


@pytest.mark.parametrize(
    ("lately", "before", "active"),
    [(5, 0, 5), (6, 5, 6), (0, 9, 0), (3, 6, None), (7, 3, None)],
    ids=["all", "some", "nobody", "few of them", "few have stopped"],
)
def test_still_learning_is_who_did_something_in_the_last_thirty_days(
    world: Board, lately: int, before: int, active: int | None
) -> None:
    """Beside who has ever begun; neither they nor who has stopped are told of where they are 1 to 4."""
    world.attain(world.people(6))
    world.evidence(world.people(lately), world.a1, at=ASKED - timedelta(days=29))
    world.evidence(world.people(before), world.a1, at=ASKED - timedelta(days=31))
    # Of another group, and after the day.
    world.evidence(Learner.objects.bulk_create(Learner() for _ in range(5)), world.a1, at=ASKED)
    world.evidence(world.people(5), world.a1, at=ASKED + timedelta(days=1))
    row = target_row(world.target, world.area, ASKED)
    assert (row.numerator, row.learning, row.active) == (6, lately + before, active)
    assert row.hidden == (frozenset() if active is not None else {"active"})


def test_work_below_the_rules_level_is_no_beginning(world: Board) -> None:
    target = world.add_target("T3-2026", 2026)
    world.add_rule(2026, level=2)
    world.evidence(world.people(7), world.a1, at=IN_TIME)
    assert target_row(world.target, world.area, ASKED).learning == 7
    assert target_row(target, world.area, ASKED).learning == 0


def test_the_same_day_a_year_ago_is_of_the_same_people(world: Board) -> None:
    passed = world.people(20, at=ASKED - timedelta(days=500))
    world.attain(passed[:8], at=ASKED - timedelta(days=366))
    world.attain(passed[8:], at=IN_TIME)
    world.count_everyone(100)
    row = target_row(world.target, world.area, ASKED)
    assert row.year_before is not None and row.year_before.day == date(2024, 11, 15)
    assert (row.numerator, row.year_before.numerator, row.change_of_year) == (20, 8, Decimal(12))


def test_the_board_shows_every_target_in_the_plans_order(world: Board) -> None:
    survey = Indicator.objects.create(key="smartphone", source_kind="survey")
    staff = TargetGroup.objects.create(key="public", label_vi="Cán bộ", counted_where="organisation")
    world.add_target("T3-2026", 2026)
    world.add_target("T6-2025", 2025, row=6, measure="rank", measurable=False, reason_vi="Không còn cấp huyện")
    world.add_target("T4-2025", 2025, row=4, indicator=survey)
    world.add_target("T1-2025", 2025, row=1, group=staff)
    keys = [target.key for target in board_targets(world.area)]
    assert keys == ["T1-2025", "T3-2025", "T4-2025", "T6-2025", "T3-2026"]


def test_a_neighbour_that_would_tell_a_small_number_is_hidden_everywhere_alike(world: Board) -> None:
    world.attain(world.people(3))
    world.attain(world.people(9, world.other_area))
    board = Reported(ASKED)
    (target,) = board_targets(world.province)
    assert board.row(target, world.province).numerator == 12
    for area in (world.area, world.other_area):
        assert board.row(target, area).suppressed
    assert [row.suppressed for row in board.below(target, world.province)] == [True, True]


def test_a_part_of_the_group_is_counted_in_urban_units_by_the_groups_own_rule(world: Board) -> None:
    Area.objects.filter(pk=world.area.pk).update(urban=True)
    urban = TargetGroup.objects.create(
        key="urban", label_vi="Người ở đô thị", counted_where="area", part_of=world.group, urban_only=True
    )
    target = world.add_target("T5-2025", 2025, row=5, group=urban)
    world.attain(world.people(7))
    people = world.people(30, world.other_area)
    world.attain(people[:11])
    assert target_row(target, world.province, ASKED).numerator == 7
    assert target_row(target, world.area, ASKED).numerator == 7
    assert target_row(target, world.other_area, ASKED).verdict == "no_data"
    # What is rural of the province, 3, would be the difference of the two rows: the urban one gives way.
    world.add_rule(2025, level=2, number=2)
    world.attain(people[:3], level=2)
    world.attain(Learner.objects.filter(placements__area=world.area), level=2)
    whole, part = (target_row(one, world.province, ASKED) for one in (world.target, target))
    assert (whole.numerator, part.numerator, part.suppressed) == (10, None, True)


def test_a_row_costs_the_same_for_few_and_many_learners(world: Board) -> None:
    counts = []
    for more in (6, 60):
        world.attain(world.people(more))
        with CaptureQueriesContext(connection) as queries:
            target_row(world.target, world.area, ASKED)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
