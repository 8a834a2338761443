"""What people have gained: marks at entry beside those at exit, of whoever has both, and nothing of few people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.campaign.api import Area, Organisation
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.models import Evidence
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.actions import end_belonging
from bdhvs_lms.learners.api import Belonging, Learner, Placement
from bdhvs_lms.progress.models import Result
from bdhvs_lms.reporting.queries.gain import Gain, Gains, gains
from bdhvs_lms.reporting.queries.gain_table import PARTS, GainTable, Sums
from bdhvs_lms.reporting.queries.places import AreaHistory, AreaTree
from bdhvs_lms.reporting.suppression import Tree, is_small
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.board import ASKED
from tests.support.world import T0, uid
from tests.support.worlds import made_once

pytestmark = pytest.mark.database

DAY = timedelta(days=1)
AFTER = T0 + 30 * DAY


class Ends(Stage):
    """`Stage` whose quiz is at entry and whose task is at exit; both are about A2."""

    def __post_init__(self) -> None:
        super().__post_init__()
        Activity.objects.filter(key=self.quiz).update(role="entry")
        Activity.objects.filter(key=self.task).update(role="exit")

    def mark(
        self,
        learners: list[Learner],
        activity: UUID,
        percent: int,
        *,
        at: datetime,
        trust: int = 1,
        presence: bool = False,
        about: Any = None,
    ) -> None:
        Evidence.objects.bulk_create(
            Evidence(
                learner=learner,
                competency=about or self.a2,
                level=1,
                statement_id=uuid4(),
                activity_key=activity,
                occurred_at=at,
                success=percent >= 80,
                scaled=Decimal(percent) / 100,
                trust=trust,
                presence=presence,
            )
            for learner in learners
        )

    def both(self, count: int, before: int, after: int, area: Area | None = None) -> list[Learner]:
        people = self.people(count, area)
        self.mark(people, self.quiz, before, at=T0 + DAY)
        self.mark(people, self.task, after, at=AFTER)
        return people

    def gains(self, on: date | None = None) -> Gains:
        on = on or ASKED.date()
        competency.fill()
        return gains(AreaTree(AreaHistory(), (on,)), on)

    def at(self, area: Area | None = None) -> Gain:
        [one] = self.gains().at(self.group, (area or self.area).pk)
        assert one.competency == self.a2
        return one


made, ends = made_once(Ends)


def test_it_is_the_mean_of_those_who_have_both(ends: Ends) -> None:
    ends.both(6, 40, 70)
    ends.both(6, 50, 60)
    # One end alone says nothing, however good.
    ends.mark(ends.people(7), ends.quiz, 100, at=T0 + DAY)
    ends.mark(ends.people(7), ends.task, 100, at=AFTER)
    found = ends.at()
    assert (found.people, found.before, found.after, found.points) == (12, 45, 65, 20)
    assert (found.rose, found.same, found.fell) == (12, 0, 0)
    assert ends.at(ends.province) == found


def test_what_counts_is_the_first_attempt_at_entry_and_the_best_afterwards(ends: Ends) -> None:
    people = ends.both(5, 40, 60)
    ends.mark(people, ends.quiz, 90, at=T0 + 2 * DAY)
    ends.mark(people, ends.task, 75, at=AFTER + DAY)
    ends.mark(people, ends.task, 30, at=AFTER + 2 * DAY)
    # Before they had begun, a claim of a browser, presence: none of them is what they know at the end.
    ends.mark(people, ends.task, 99, at=T0)
    ends.mark(people, ends.task, 98, at=AFTER, trust=0)
    ends.mark(people, ends.task, 97, at=AFTER, presence=True)
    assert (ends.at().before, ends.at().after) == (40, 75)


@pytest.mark.parametrize("method", ["last", "average"])
def test_a_quiz_that_says_so_counts_what_was_said_last(ends: Ends, method: str) -> None:
    people = ends.both(5, 40, 90)
    ends.mark(people, ends.task, 55, at=AFTER + DAY)
    rows = [Result(learner=one, activity_key=ends.task, last_at=AFTER, grade_from=method) for one in people]
    Result.objects.bulk_create(rows)
    assert ends.at().after == 55


def test_of_two_courses_the_one_left_last_counts_and_nobody_twice(ends: Ends) -> None:
    from bdhvs_lms.courses import api as courses

    people = ends.both(5, 40, 60)
    other = uid("other course")
    courses.push_course(other, host="tests", titles={"vi": "Khóa khác"}, revision="1", at=T0)
    for role in ("entry", "exit"):
        courses.push_activity(
            other,
            courses.ActivityFacts(
                key=uid(role), type_key="tests.x", plugin="tests", titles={"vi": role}, done_on="passed", revision="1",
                role=role,  # type: ignore[arg-type]
            ),
            at=T0,
        )  # fmt: skip
    ends.mark(people, uid("entry"), 60, at=AFTER + DAY)
    ends.mark(people, uid("exit"), 90, at=AFTER + 2 * DAY)
    found = ends.at()
    assert (found.people, found.before, found.after) == (5, 60, 90)


def test_people_count_where_they_were_on_the_day_of_the_exit(ends: Ends) -> None:
    people = ends.both(6, 40, 60)
    for one in people:
        Placement.objects.create(
            learner=one, area=ends.other_area, valid_from=AFTER.date() + DAY, recorded_at=AFTER + DAY
        )
    assert ends.at().people == 6
    assert ends.at(ends.other_area).people == 0


def test_whoever_was_not_in_the_group_that_day_does_not_count(ends: Ends) -> None:
    for one in ends.both(6, 40, 60):
        [belonging] = Belonging.objects.filter(learner=one)
        end_belonging(belonging, last_day=AFTER.date() - DAY, at=AFTER)
    assert ends.gains().at(ends.group, ends.area.pk) == []


def test_a_group_counted_at_work_counts_where_the_organisation_is(ends: Ends) -> None:
    ends.group.counted_where = "organisation"
    ends.group.save()
    office = Organisation.objects.create(name="Ủy ban xã", kind="agency", area=ends.other_area)
    for one in ends.both(6, 40, 60):
        Belonging.objects.create(
            learner=one, group=ends.group, organisation=office, valid_from=T0.date() + DAY, recorded_at=T0
        )
    assert ends.at(ends.other_area).people == 6
    assert ends.at(ends.area).people == 0


def test_few_people_are_not_shown_nor_what_would_tell_of_them(ends: Ends) -> None:
    ends.both(4, 40, 60)
    ends.both(8, 40, 60, ends.other_area)
    # The other commune alone would leave four of the province.
    assert ends.at().people is None
    shown = [one.people for one in (ends.at(ends.other_area), ends.at(ends.province))]
    assert None in shown
    assert (ends.at().before, ends.at().after, ends.at().points) == (None, None, None)


def test_of_few_who_fell_only_the_means_are_shown(ends: Ends) -> None:
    ends.both(8, 40, 60)
    ends.both(2, 60, 40)
    found = ends.at()
    assert (found.people, found.before, found.after) == (10, Decimal(44), Decimal(56))
    assert (found.rose, found.same, found.fell) == (None, None, None)


def test_what_is_not_done_by_the_day_asked_about_does_not_count(ends: Ends) -> None:
    ends.both(6, 40, 60)
    before = ends.gains(AFTER.date() - DAY)
    assert before.at(ends.group, ends.area.pk) == []


def test_the_number_of_queries_does_not_grow(ends: Ends) -> None:
    ends.both(6, 40, 60)
    ends.gains()

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = ends.gains()
            for area in (ends.area, ends.other_area, ends.province):
                found.at(ends.group, area.pk)
        return len(queries)

    few = asked()
    for number in range(5):
        area = Area.objects.create(code=f"2{number}", name=f"Xã {number}", kind="commune", parent=ends.province)
        ends.both(6, 30, 70, area)
    ends.gains()
    assert asked() == few


PARENTS: dict[Any, Any] = {"T": None, "A": "T", "B": "T", "C": "T"}
numbers = st.builds(
    lambda rose, fell, same: Sums(rose + fell + same, 0, 0, rose, fell),
    *(st.integers(0, 9) for _part in range(3)),
)


@given(st.dictionaries(st.sampled_from([1, 2]), st.fixed_dictionaries(dict.fromkeys("ABC", numbers)), min_size=1))
def test_no_few_people_follow_from_what_is_shown(sums: dict[int, dict[Any, Sums]]) -> None:
    table = GainTable(Tree(PARENTS), sums)
    found: dict[str, dict[tuple[int, str], int]] = {}
    for pk in sums:
        for node in PARENTS:
            for name in ("people", *PARTS):
                if table.may(name, pk, node):
                    found.setdefault(name, {})[pk, node] = getattr(table.sums[pk].get(node, Sums()), name)
    for by_cell in found.values():
        for pk in sums:
            own = {node: value for (one, node), value in by_cell.items() if one == pk}
            assert not any(map(is_small, own.values()))
            if "T" in own:
                below = [own[leaf] for leaf in "ABC" if leaf in own]
                for count in range(1, len(below) + 1):
                    for chosen in combinations(below, count):
                        assert not is_small(own["T"] - sum(chosen))
        if len(sums) == 2:
            # Of the whole, its leaves may be known by themselves: then the difference is not of the same people.
            leaves = [leaf for leaf in "ABC" if (1, leaf) in by_cell or (2, leaf) in by_cell]
            for node in leaves or ["T"]:
                if (1, node) in by_cell and (2, node) in by_cell:
                    assert not is_small(by_cell[1, node] - by_cell[2, node])
