"""Going on from the stored rows says what a whole fold says, after every step of any history; and at the same cost."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency import api as competency
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.api import Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void
from bdhvs_lms.tracking.acts import REPORTED
from bdhvs_lms.tracking.statements import build
from bdhvs_xapi import api as xapi
from bdhvs_xapi.outbox.recording import prepare_parsed, store_prepared
from bdhvs_xapi.statements.validate import parse_batch
from bdhvs_xapi.statements.versions import Version
from tests.bdhvs_quiz.test_growing import Read, reading
from tests.support.world import T0, World, uid

pytestmark = pytest.mark.database

AUTHORITIES = (REPORTED, tracking.SERVER, tracking.OBSERVER)
# (what, minutes after T0, points, attempt, who says so)
ACT = st.tuples(
    st.sampled_from(["experienced", "passed", "failed", "task"]),
    st.integers(min_value=0, max_value=12),
    st.integers(min_value=0, max_value=10),
    st.integers(min_value=1, max_value=4),
    st.sampled_from(AUTHORITIES),
)
# Acts of one call; the number of an earlier statement that is voided; a rule that speaks from a minute on.
STEP = st.one_of(
    st.lists(ACT, min_size=1, max_size=3),
    st.lists(ACT, min_size=1, max_size=3),
    st.integers(min_value=0, max_value=30),
)
TREES = (
    {"pick": "any", "passed": True, "trust": 1},
    {"pick": "any", "passed": True},
    {"pick": "any", "passed": True, "times": 2, "distinct": True},
    {"pick": "best", "min_scaled": "0.5"},
    {"pick": "best", "passed": True, "within_days": 1},
    {"pick": "latest", "passed": True},
    {"all": [{"presence": 1}, {"pick": "any", "min_scaled": "0.8"}]},
    {"n_of": 2, "of": [{"presence": 2}, {"pick": "latest", "passed": True}, {"pick": "any", "min_scaled": "0.9"}]},
)


class Undo(Exception):
    """Rolls an example back, so that the next one meets an empty ledger."""


def act(world: World, learner: Learner, number: int, drawn: tuple[str, int, int, int, str]) -> Any:
    kind, minutes, score, attempt, authority = drawn
    # Days, not minutes: rules have windows of days.
    minutes *= 600
    if kind == "experienced":
        verb, key, points = tracking.VERB_EXPERIENCED, world.lesson, None
    else:
        verb = tracking.VERB_FAILED if kind == "failed" else tracking.VERB_PASSED
        key, points = (world.task if kind == "task" else world.quiz), score
    return world.act(
        learner, verb, key, minutes=minutes, score=points, try_no=attempt, grading=number, authority=authority
    )


def differences() -> list[str]:
    return [str(difference) for difference in tracking.check()]


@pytest.mark.django_db
@given(
    steps=st.lists(STEP, min_size=1, max_size=8),
    trees=st.lists(st.tuples(st.sampled_from(TREES), st.integers(min_value=0, max_value=12)), max_size=2),
)
def test_going_on_is_a_whole_fold_and_nothing_is_left_to_decide(steps: list[Any], trees: list[Any]) -> None:
    try:
        with transaction.atomic():
            world = World()
            rule = competency.EvidenceRule.objects.get(framework=world.framework)
            for tree, minutes in trees:
                competency.add_rule_version(
                    rule, tree, effective_from=T0 + timedelta(minutes=minutes * 600), by=None, at=T0
                )
            learner = world.learner()
            for number, step in enumerate(steps):
                if isinstance(step, int):
                    found = xapi.facts(actor_key=tracking.actor_key(learner))
                    if not found:
                        continue
                    target = found[step % len(found)].statement_id
                    void(target, by=uid("operator"), reason_code="x", at=T0 + timedelta(days=200 + number))
                else:
                    world.record(*(act(world, learner, number * 10 + n, drawn) for n, drawn in enumerate(step)))
                assert differences() == []
                # Looking at everything finds nothing that looking at what is new has not found.
                with transaction.atomic():
                    assert tracking.decide(learner) == 0
            raise Undo
    except Undo:
        pass


@pytest.mark.django_db
@pytest.mark.parametrize("waiting_at", [1, 5, 9])
def test_what_waits_to_be_folded_is_counted_once_whenever_it_is(waiting_at: int) -> None:
    """A statement is stored, and folded after an act of the same attempt that came later."""
    world = World()
    learner = world.learner()
    first = world.act(learner, tracking.VERB_FAILED, world.quiz, minutes=3, score=3)
    waits, then = (
        world.act(learner, tracking.VERB_FAILED, world.quiz, minutes=minutes, score=3, try_no=2, grading=grading)
        for grading, minutes in enumerate((waiting_at, 7), start=1)
    )
    world.record(first)
    batch = parse_batch(json.dumps(build(waits).as_version()).encode(), Version.V1, most=1)
    with transaction.atomic():
        store_prepared(prepare_parsed(batch, received_at=T0), authority=tracking.SERVER, later=True)
    assert tracking.waiting() == 1
    world.record(then)
    tracking.on_catching_up(None, go_on=lambda: True)
    assert tracking.waiting() == 0
    assert differences() == []


@pytest.mark.django_db
@pytest.mark.parametrize("others", [0, 2])
def test_reading_a_lesson_again_costs_the_same_however_often_it_was_read(others: int) -> None:
    """Another program may say it every minute. `others`: learners in the same batch."""
    world = World()
    learners = [world.learner(name) for name in ("an", "binh", "chi")[: 1 + others]]

    def again(number: int) -> Read:
        with reading() as read:
            world.record(
                *(
                    world.act(one, tracking.VERB_EXPERIENCED, world.lesson, minutes=number, try_no=number)
                    for one in learners
                )
            )
        return read

    few = [again(number) for number in range(1, 6)][-1]
    assert Result.objects.filter(completed_at=T0 + timedelta(minutes=1)).count() == len(learners)
    for number in range(6, 20):
        again(number)
    many = again(20)
    assert many.rows == few.rows
    assert len(many.queries) == len(few.queries)
    # A date before the one that stands is still looked at.
    again(0)
    assert Result.objects.filter(completed_at=T0).count() == len(learners)
