"""A class at a glance: exclusive numbers that add up, one cell a learner and activity, the same cost for any size."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.classes.api import ClassGroup, ClassSession, Membership
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner, register
from bdhvs_lms.progress.api import CourseResult, Result, reached_in
from bdhvs_lms.reporting.api import courses_of
from bdhvs_lms.reporting.class_courses import course_choice
from bdhvs_lms.reporting.class_page import Page
from bdhvs_lms.reporting.class_table import Reasons
from bdhvs_lms.reporting.queries.class_numbers import class_numbers
from bdhvs_lms.reporting.queries.review import State, class_review
from bdhvs_lms.tracking import api as tracking
from tests.support.reading import reading
from tests.support.world import T0, World, uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY = T0.date()


made, world = made_once(World)


@pytest.fixture
def group(world: World) -> ClassGroup:
    course = courses.Course.objects.get(key=world.course_key)
    return ClassGroup.objects.create(name="Lớp thử", code="lop-thu", course=course, area=world.area, starts=DAY)


def member(world: World, group: ClassGroup, name: str) -> Learner:
    learner = world.learner(name)
    Membership.objects.create(learner=learner, class_group=group, valid_from=DAY)
    return learner


def finish(world: World, learner: Learner) -> None:
    world.record(
        world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=5),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=6, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=7, score=8),
    )


def test_the_states_are_exclusive_and_add_up(world: World, group: ClassGroup) -> None:
    finish(world, member(world, group, "Nguyễn Thị Xong"))
    reading = member(world, group, "Trần Văn Học")
    world.record(world.act(reading, tracking.VERB_EXPERIENCED, world.lesson, minutes=1))
    member(world, group, "Lê Thị Mới")
    stuck = member(world, group, "Phạm Văn Kẹt")
    world.record(world.act(stuck, tracking.VERB_FAILED, world.quiz, minutes=1, score=3))
    review = class_review(group, DAY)
    assert review.counts == {"needs_help": 1, "not_begun": 1, "in_progress": 1, "done": 1}
    assert [(row.name, row.state, row.done, row.required) for row in review.rows] == [
        ("Phạm Văn Kẹt", "needs_help", 0, 3),
        ("Lê Thị Mới", "not_begun", 0, 3),
        ("Trần Văn Học", "in_progress", 1, 3),
        ("Nguyễn Thị Xong", "done", 3, 3),
    ]
    assert [[one.status for one in row.cells] for row in review.rows] == [
        ["not_begun", "in_progress", "not_begun"],
        ["not_begun", "not_begun", "not_begun"],
        ["done", "not_begun", "not_begun"],
        ["done", "done", "done"],
    ]


def test_failing_needs_help_until_it_is_passed(world: World, group: ClassGroup) -> None:
    learner = member(world, group, "An")
    world.record(world.act(learner, tracking.VERB_FAILED, world.quiz, minutes=1, score=3))
    (row,) = class_review(group, DAY).rows
    assert [one.activity.key for one in row.failed] == [world.quiz]
    world.record(world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9, try_no=2))
    world.record(world.act(learner, tracking.VERB_FAILED, world.quiz, minutes=3, score=2, try_no=3))
    (row,) = class_review(group, DAY).rows
    assert (row.state, row.failed) == ("in_progress", ())


@pytest.mark.parametrize(
    ("days", "state", "idle"), [(6, "in_progress", None), (7, "needs_help", 7), (30, "needs_help", 30)]
)
def test_a_week_without_activity_after_starting_needs_help(
    world: World, group: ClassGroup, days: int, state: str, idle: int | None
) -> None:
    learner = member(world, group, "An")
    world.record(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1))
    (row,) = class_review(group, DAY + timedelta(days=days)).rows
    assert (row.state, row.idle_days) == (state, idle)


def test_who_never_began_or_is_done_is_not_idle(world: World, group: ClassGroup) -> None:
    finish(world, member(world, group, "An"))
    member(world, group, "Bình")
    review = class_review(group, DAY + timedelta(days=60))
    assert review.counts == {"needs_help": 0, "not_begun": 1, "in_progress": 0, "done": 1}


def test_after_the_second_session_whoever_has_not_begun_needs_help(world: World, group: ClassGroup) -> None:
    for name in ("An", "Bình"):
        member(world, group, name)
    reading = member(world, group, "Chi")
    world.record(world.act(reading, tracking.VERB_EXPERIENCED, world.lesson, minutes=1))
    asked = group.pk

    def states(day: date) -> tuple[dict[State, int], list[str]]:
        review = class_review(group, day)
        assert class_numbers([group], day) == {asked: review.counts}
        reasons = Reasons()
        return review.counts, [reasons.of(row) for row in review.rows if row.last_at is None]

    def session(days: int, **values: Any) -> None:
        moment = T0 + timedelta(days=days)
        ClassSession.objects.create(class_group=group, starts_at=moment, **{"held_at": moment, **values})

    session(0)
    # Not held, called off, at somebody's home, to come.
    session(1, held_at=None)
    session(2, cancelled=True)
    session(2, kind="visit")
    session(5)
    few = {"needs_help": 0, "not_begun": 2, "in_progress": 1, "done": 0}
    assert states(DAY + timedelta(days=4)) == (few, ["chưa mở bài nào"] * 2)
    many = {"needs_help": 2, "not_begun": 0, "in_progress": 1, "done": 0}
    assert states(DAY + timedelta(days=5)) == (many, ["học 2 buổi chưa mở bài nào"] * 2)
    choice = course_choice(group, "")
    assert choice is not None
    page = Page(class_review(group, DAY + timedelta(days=5)), (), None, "can-giup", choice)
    assert [tile.count for tile in page.tiles] == [2, 0, 1, 0]


def test_a_finished_course_stays_finished_when_an_activity_is_added(world: World, group: ClassGroup) -> None:
    finish(world, member(world, group, "An"))
    add_activity(world, "new", position=9)
    (row,) = class_review(group, DAY + timedelta(days=60)).rows
    assert (row.state, row.done, row.required) == ("done", 3, 4)


def test_only_members_of_the_day_are_shown(world: World, group: ClassGroup) -> None:
    left, here = member(world, group, "Đi"), member(world, group, "Ở")
    Membership.objects.filter(learner=left).update(valid_to=DAY + timedelta(days=3))
    world.learner("Người ngoài")
    assert [row.learner for row in class_review(group, DAY + timedelta(days=4)).rows] == [here]


def test_names_are_in_vietnamese_order_within_a_state(world: World, group: ClassGroup) -> None:
    for name in ("Bùi Văn Dũng", "Nguyễn Thị Đào", "Trần Thị Ánh", "Lê Văn An"):
        member(world, group, name)
    assert [row.name for row in class_review(group, DAY).rows] == [
        "Lê Văn An",
        "Trần Thị Ánh",
        "Bùi Văn Dũng",
        "Nguyễn Thị Đào",
    ]


def test_those_who_need_help_most_come_first_and_not_by_the_alphabet(world: World, group: ClassGroup) -> None:
    """Names run against the order that is asked for: by name everybody would stand the other way round."""
    days = 24 * 60
    world.record(
        # On the way: whoever was here longest ago first.
        world.act(member(world, group, "An"), tracking.VERB_EXPERIENCED, world.lesson, minutes=29 * days),
        world.act(member(world, group, "Bình"), tracking.VERB_EXPERIENCED, world.lesson, minutes=26 * days),
    )
    for name, failed, done, day in (
        # Here lately, and stuck: in one quiz with a lesson read, in one without, in two.
        ("Cúc", [world.quiz], [world.lesson], 29),
        ("Dũng", [world.quiz], [], 29),
        ("Giang", [world.quiz, world.task], [], 29),
        # Away: for 14 days with a quiz failed, for 20 with one passed, for 20 with nothing, for 25.
        ("Hà", [world.quiz], [], 16),
        ("Khánh", [], [world.lesson, world.quiz], 10),
        ("Lan", [], [world.lesson], 10),
        ("Xuân", [], [world.lesson, world.quiz], 5),
    ):
        learner = member(world, group, name)
        for activity in failed:
            world.record(world.act(learner, tracking.VERB_FAILED, activity, minutes=day * days, score=2))
        for activity in done:
            verb = tracking.VERB_EXPERIENCED if activity == world.lesson else tracking.VERB_PASSED
            score = None if activity == world.lesson else 9
            world.record(world.act(learner, verb, activity, minutes=day * days, score=score))
    review = class_review(group, DAY + timedelta(days=30))
    assert [(row.name, row.state) for row in review.rows] == [
        *((name, "needs_help") for name in ("Xuân", "Lan", "Khánh", "Hà", "Giang", "Dũng", "Cúc")),
        ("Bình", "in_progress"),
        ("An", "in_progress"),
    ]


def test_a_withdrawn_activity_stays_while_it_has_results_and_no_longer_counts(world: World, group: ClassGroup) -> None:
    learner = member(world, group, "An")
    world.record(world.act(learner, tracking.VERB_PASSED, world.task, minutes=1, score=9))
    courses.withdraw_activity(world.task, at=T0)
    courses.withdraw_activity(world.lesson, at=T0)
    review = class_review(group, DAY)
    assert [activity.key for activity in review.activities] == [world.quiz, world.task]
    assert (review.rows[0].done, review.rows[0].required) == (0, 1)


def add_activity(world: World, name: str, *, position: int) -> None:
    courses.push_activity(
        world.course_key,
        courses.ActivityFacts(
            key=uid(name),
            type_key="tests.more",
            plugin="tests",
            titles={"vi": name},
            done_on="passed",
            revision="1",
            position=position,
            max_score=Decimal(10),
            pass_score=Decimal(8),
        ),
        at=T0,
    )


def fill(world: World, group: ClassGroup, people: int) -> None:
    """Members with results in every activity, as rows of the projection."""
    keys = list(courses.Activity.objects.values_list("key", flat=True))
    learners = [register(full_name=f"Người {number}", at=T0) for number in range(people)]
    Membership.objects.bulk_create(
        Membership(learner=learner, class_group=group, valid_from=DAY) for learner in learners
    )
    Result.objects.bulk_create(
        Result(learner=learner, activity_key=key, last_at=T0) for learner in learners for key in keys
    )


@pytest.mark.parametrize(("people", "activities"), [(5, 3), (40, 3), (5, 12), (40, 12)])
def test_a_review_takes_seven_queries(world: World, group: ClassGroup, people: int, activities: int) -> None:
    for number in range(activities - 3):
        add_activity(world, f"more {number}", position=10 + number)
    fill(world, group, people)
    group = ClassGroup.objects.select_related("course").get(pk=group.pk)
    with CaptureQueriesContext(connection) as queries:
        review = class_review(group, DAY)
    assert (len(review.rows), len(review.activities), len(queries)) == (people, activities, 7)


def test_numbers_of_many_classes_are_those_of_each_and_cost_the_same(world: World, group: ClassGroup) -> None:
    finish(world, member(world, group, "An"))
    stuck = member(world, group, "Bình")
    world.record(world.act(stuck, tracking.VERB_FAILED, world.quiz, minutes=1, score=3))
    member(world, group, "Chi")
    gone = member(world, group, "Dũng")
    Membership.objects.filter(learner=gone).update(valid_to=DAY - timedelta(days=1))
    courses.withdraw_activity(world.lesson, at=T0)
    other_course = courses.push_course(uid("other"), host="tests", titles={"vi": "Khóa khác"}, revision="1", at=T0)
    moved = world.task
    counts, classes = [], [group]
    for round_ in range(2):
        for number in range(round_ * 5):
            other = ClassGroup.objects.create(
                name=f"Lớp {number}", code=f"lop-{number}", course=other_course, area=world.area, starts=DAY
            )
            Membership.objects.create(learner=stuck, class_group=other, valid_from=DAY)
            classes.append(other)
        with CaptureQueriesContext(connection) as queries:
            numbers = class_numbers(classes, DAY)
        counts.append(len(queries))
        assert numbers == {one.pk: class_review(one, DAY).counts for one in classes}
        assert numbers[group.pk] == {"needs_help": 1, "not_begun": 1, "in_progress": 0, "done": 1}
    # An activity that moved to the other course is as good as withdrawn here, and its results stay.
    task = courses.Activity.objects.get(key=moved)
    task.former_courses.add(task.course)
    courses.Activity.objects.filter(pk=task.pk).update(course=other_course)
    assert class_numbers(classes, DAY) == {one.pk: class_review(one, DAY).counts for one in classes}
    assert counts == [5, 5]


def test_own_courses_say_how_far_and_what_is_next(world: World) -> None:
    learner = world.learner("An")
    world.record(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1))
    (progress,) = courses_of(learner, DAY)
    assert (progress.done, progress.total, progress.finished_at) == (1, 3, None)
    assert progress.next_activity is not None and progress.next_activity.key == world.quiz
    world.record(
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=11, score=9),
        world.act(learner, tracking.VERB_PASSED, world.task, minutes=12, score=8),
    )
    (progress,) = courses_of(learner, DAY)
    assert (progress.done, progress.next_activity, progress.finished_at) == (3, None, T0 + timedelta(minutes=12))


def test_own_courses_cost_the_same_for_one_and_for_many(world: World) -> None:
    learner = world.learner("An")
    counts = []
    for round_ in range(2):
        for number in range(round_ * 6):
            key = uid(f"course {number}")
            courses.push_course(key, host="tests", titles={"vi": f"Khóa {number}"}, revision="1", at=T0)
            courses.enrol(learner, key, at=T0)
        with CaptureQueriesContext(connection) as queries:
            courses_of(learner, DAY)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_a_day_is_a_day_in_vietnam(world: World, group: ClassGroup) -> None:
    learner = member(world, group, "An")
    # 12:00 UTC and six hours: one o'clock in the night of the next day in Vietnam.
    world.record(world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=6 * 60))
    assert class_review(group, date(2025, 9, 8)).rows[0].state == "in_progress"
    assert class_review(group, date(2025, 9, 9)).rows[0].state == "needs_help"


def test_numbers_are_those_of_a_review_whatever_an_activity_is_and_whatever_was_reached(
    world: World, group: ClassGroup
) -> None:
    """Every kind of activity (finished by what, compulsory or not, offered, withdrawn, moved in or out), and for many
    learners, of whom some have finished the course, whatever a result can say."""
    chance = Random(7)
    elsewhere = courses.push_course(uid("other"), host="tests", titles={"vi": "Khóa khác"}, revision="1", at=T0)
    other = ClassGroup.objects.create(name="Lớp khác", code="lop-khac", course=elsewhere, area=world.area, starts=DAY)
    here = group.course
    kinds = list(product(("passed", "completed"), (True, False), (True, False), ("stays", "out", "in")))
    for place, (done_on, required, active, moved) in enumerate(kinds):
        row = courses.Activity.objects.create(
            key=uid(f"kind {place}"),
            course=elsewhere if moved == "out" else here,
            type_key="tests.more",
            plugin="tests",
            titles={"vi": f"Bài {place}"},
            position=place,
            required=required,
            done_on=done_on,
            revision="1",
            active=active,
            pushed_at=T0,
        )
        if moved != "stays":
            row.former_courses.add(here if moved == "out" else elsewhere)
    keys = list(courses.Activity.objects.values_list("key", flat=True))
    learners = [register(full_name=f"Người {number}", at=T0) for number in range(60)]
    for class_group in (group, other):
        Membership.objects.bulk_create(
            Membership(learner=learner, class_group=class_group, valid_from=DAY) for learner in learners
        )

    def moment(likely: float) -> datetime | None:
        return T0 + timedelta(hours=chance.randrange(200)) if chance.random() < likely else None

    likely = {learner.pk: chance.choice((0.0, 0.1, 0.6, 0.97, 1.0)) for learner in learners}
    Result.objects.bulk_create(
        Result(
            learner=learner,
            activity_key=key,
            last_at=T0 + timedelta(hours=chance.randrange(200)),
            completed_at=moment(likely[learner.pk]),
            passed_at=moment(likely[learner.pk]),
            failed_at=chance.choice((None, None, None, T0)),
        )
        for learner in learners
        for key in keys
        if chance.random() < likely[learner.pk]
    )
    CourseResult.objects.bulk_create(
        CourseResult(learner=learner, course_key=here.key, completed_at=T0, statement_id=uid("done"), trust=1)
        for learner in learners[:20:5]
    )
    seen: set[State] = set()
    for day in (DAY + timedelta(days=1), DAY + timedelta(days=12)):
        numbers = class_numbers([group, other], day)
        assert numbers == {one.pk: class_review(one, day).counts for one in (group, other)}
        seen |= {state for counts in numbers.values() for state, count in counts.items() if count}
    assert seen == {"needs_help", "not_begun", "in_progress", "done"}


def test_numbers_read_as_many_rows_of_a_long_course_as_of_a_short_one(world: World, group: ClassGroup) -> None:
    found = []
    for number in range(2):
        fill(world, group, 10)
        with reading() as read:
            class_numbers([group], DAY)
        found.append(read.rows["bdhvs_lms_result"])
        Result.objects.all().delete()
        Membership.objects.all().delete()
        for place in range(20 * (1 - number)):
            add_activity(world, f"more {place}", position=10 + place)
    assert found == [20, 20]


def test_cells_that_say_the_same_are_one_object_and_what_is_shown_of_them_too(world: World, group: ClassGroup) -> None:
    for number in range(9):
        add_activity(world, f"more {number}", position=10 + number)
    fill(world, group, 40)
    world.record(world.act(member(world, group, "An"), tracking.VERB_FAILED, world.quiz, minutes=1, score=3))
    member(world, group, "Bình")
    review = class_review(group, DAY)
    cells = {id(cell) for row in review.rows for cell in row.cells}
    # Of each activity somebody has begun, and somebody not; one has failed in the quiz.
    assert len(cells) == 2 * 12 + 1
    choice = course_choice(group, "")
    assert choice is not None
    page = Page(review, review.rows, None, "ten", choice)
    assert len(page.matrix) == 42 and all(len(row.marks) == 12 for row in page.matrix)
    assert sorted((mark.word, mark.points, mark.style) for mark in page.marks) == [
        ("Chưa bắt đầu", "", "todo"),
        ("Chưa đạt", "3/10", "help"),
        ("Đang học", "", "doing"),
    ]


def test_a_class_reads_what_was_reached_as_the_projection_has_it(world: World, group: ClassGroup) -> None:
    """Read past Django's fields, and the same: times, points, who says so."""
    chance = Random(3)
    learners = [member(world, group, f"Người {number}") for number in range(12)]
    keys = [activity.key for activity in courses.activities_ever_in(world.course_key)]

    def moment() -> datetime | None:
        return T0 + timedelta(seconds=chance.randrange(9**7), microseconds=chance.choice((0, 1, 500_000)))

    points = {"grade_raw": Decimal("7.33"), "grade_max": Decimal(10)}
    counted: dict[str, Any] = {"grade_at": T0, "grade_from": "average", "grade_of": 3, **points}
    Result.objects.bulk_create(
        Result(
            learner=learner,
            activity_key=key,
            last_at=moment(),
            completed_at=chance.choice((None, moment())),
            completed_trust=chance.choice((None, 0, 2)),
            passed_at=chance.choice((None, moment())),
            trust=chance.choice((None, 0, 1)),
            failed_at=chance.choice((None, moment())),
            best_raw=chance.choice((None, Decimal("9.5"), Decimal("99999999.99"), Decimal(0))),
            best_max=chance.choice((None, Decimal(10))),
            **chance.choice(({}, counted)),
        )
        for learner in learners
        for key in keys
        if chance.random() < 0.8
    )
    found, last = reached_in(keys, [learner.pk for learner in learners])
    rows = list(Result.objects.all())
    assert {(learner, keys[place]): reached for learner, place, reached in found} == {
        (row.learner_id, row.activity_key): (
            row.passed_at is not None, row.completed_at is not None, row.failed_at is not None,
            row.trust == 0, row.completed_trust == 0,
            row.best_raw if row.grade_at is None else row.grade_raw,
            row.best_max if row.grade_at is None else row.grade_max,
            row.grade_from, row.grade_of,
        )
        for row in rows
    }  # fmt: skip
    assert last == {
        learner: max(row.last_at for row in rows if row.learner_id == learner)
        for learner in {r.learner_id for r in rows}
    }
