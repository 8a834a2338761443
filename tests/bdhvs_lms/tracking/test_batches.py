"""Statements of many learners in one batch: folded together, with the outcome and the queries of one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency.models import Attainment, Evidence
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_lms.tracking import api as tracking
from tests.support.soak import SELDOM
from tests.support.world import T0, World

NAMES = ("an", "binh", "chi")
# (who, what, minutes after T0, points)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(["experienced", "passed", "failed", "task"]),
        st.integers(min_value=0, max_value=40),
        st.integers(min_value=0, max_value=10),
    ),
    min_size=1,
    max_size=12,
)


class Undo(Exception):
    """Rolls an example back, so that the next one meets an empty ledger."""


def acts_of(world: World, learners: dict[str, Learner], drawn: list[tuple[str, str, int, int]]) -> list[Any]:
    acts = []
    for number, (name, kind, minutes, score) in enumerate(drawn, start=1):
        who = learners[name]
        if kind == "experienced":
            act = world.act(who, tracking.VERB_EXPERIENCED, world.lesson, minutes=minutes, try_no=number)
        else:
            verb = tracking.VERB_FAILED if kind == "failed" else tracking.VERB_PASSED
            key = world.task if kind == "task" else world.quiz
            act = world.act(who, verb, key, minutes=minutes, score=score, try_no=number)
        acts.append(act)
    return acts


def kept() -> dict[str, list[Any]]:
    """Every row of every projection, without ids of statements, which follow from the enrolment, and without surrogate
    keys: a sequence of PostgreSQL goes on when what took from it is rolled back."""
    named = {"learner_id": "learner__actor", "competency_id": "competency__code"}
    found: dict[str, list[Any]] = {}
    for model, left_out in (
        (Result, {"id"}),
        (CourseResult, {"id", "statement_id"}),
        (Evidence, {"id", "statement_id"}),
        (Attainment, {"id", "statement_id", "evidence_ids"}),
    ):
        columns = [field.attname for field in model._meta.concrete_fields if field.name not in left_out]
        names = [named.get(column, column) for column in columns]
        lines = [
            tuple(str(value) for value in line)
            for line in model._default_manager.values_list(*names)  # type: ignore[attr-defined]
        ]
        found[model.__name__] = sorted(lines)
    return found


def outcome(drawn: list[tuple[str, str, int, int]], sizes: list[int]) -> dict[str, list[Any]]:
    """What follows when the acts come in batches of these sizes, in a world of its own that is clean."""
    result: dict[str, list[Any]] = {}
    try:
        with transaction.atomic():
            world = World()
            learners = {name: world.learner(name) for name in NAMES}
            left = acts_of(world, learners, drawn)
            for size in sizes:
                world.record(*left[:size])
                left = left[size:]
            world.record(*left)
            assert list(tracking.check()) == []
            result = kept()
            for projection in tracking.projections():
                projection.refold(dict.fromkeys(learners.values()))
            assert kept() == result
            raise Undo
    except Undo:
        return result


@pytest.mark.django_db
@SELDOM
@given(drawn=ACTS, sizes=st.lists(st.integers(min_value=1, max_value=5), max_size=3))
def test_a_batch_leaves_what_its_acts_one_by_one_and_a_rebuild_leave(
    drawn: list[tuple[str, str, int, int]], sizes: list[int]
) -> None:
    # In the order of their times: what is decided late has a decision more, which is no difference of batches.
    drawn = sorted(drawn, key=lambda act: act[2])
    one_by_one = outcome(drawn, [1] * len(drawn))
    assert outcome(drawn, []) == one_by_one
    assert outcome(drawn, sizes) == one_by_one


def queries_of(world: World, learners: list[Learner]) -> int:
    acts = [
        act
        for learner in learners
        for act in (
            world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
            world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=2, score=9),
            world.act(learner, tracking.VERB_PASSED, world.task, minutes=3, score=9),
        )
    ]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        world.record(*acts, at=T0.replace(year=2026))
    return len(queries)


@pytest.mark.django_db
def test_more_learners_of_a_batch_cost_no_more_queries() -> None:
    """Each finishes a lesson and the course and masters three competencies: every decider has something to say."""
    world = World()
    queries_of(world, [world.learner("first")])
    few = queries_of(world, [world.learner(f"few-{number}") for number in range(2)])
    many = queries_of(world, [world.learner(f"many-{number}") for number in range(10)])
    assert CourseResult.objects.count() == 13
    assert Attainment.objects.filter(status=Attainment.Status.DEMONSTRATED).count() == 13 * 3
    assert many == few
