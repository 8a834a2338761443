"""What follows from statements of other systems: noted with them, done in steps, and never lost."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.progress.models import Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking import folding
from bdhvs_lms.tracking.models import Unfolded
from bdhvs_xapi import api as xapi
from bdhvs_xapi.models import Statement
from tests.bdhvs_lms.tracking.step_worker import COMMENTS, DEFINITIONS, LEARNERS
from tests.bdhvs_lms.tracking.test_posted import client, passed
from tests.support.live import ROOT, Installation
from tests.support.world import World

pytestmark = pytest.mark.database


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.mark.thorough
def test_a_process_killed_before_any_of_its_commits_loses_nothing_and_doubles_nothing(
    installation: Installation,
) -> None:
    """Real processes; a batch is there whole or not at all, and what follows from it is done by whoever comes next."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bdhvs_lms.tracking.step_worker"],
        cwd=ROOT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = json.loads(ran.stdout.splitlines()[-1])
    whole = LEARNERS * 3 + COMMENTS
    # Killed before the first commit nothing is there, ever after all of it.
    assert set(found["stored"].values()) == {0, whole}
    assert [count for count in found["stored"].values() if count == 0] == [0]
    batches = len(found["stored"]) - 1
    assert found["kills"] >= 6, "storing, several pages of references and several folds"
    assert all(map(any, zip(*found["left"], strict=True))), "killed while each kind of work was left"
    assert (found["waiting"], found["following"], found["defining"], found["differences"]) == (0, 0, 0, [])
    assert found["defined"] == batches * DEFINITIONS
    assert found["results"] == batches * LEARNERS * 3
    assert found["courses"] == batches * LEARNERS
    assert found["demonstrated"] == batches * LEARNERS * 3
    assert found["taken_over"] == batches * COMMENTS


def test_the_transaction_that_stores_a_batch_folds_nothing(world: World) -> None:
    """One query notes them all; everything else comes after the commit."""
    people = [world.learner(f"{number}") for number in range(5)]
    with CaptureQueriesContext(connection) as queries:
        sent = client().post("statements", [passed(world, str(person.actor), 1) for person in people])
    assert sent.status_code == 200
    texts = [query["sql"] for query in queries]
    stored = next(n for n, sql in enumerate(texts) if 'INSERT INTO "bdhvs_xapi_statement"' in sql)
    noted = next(n for n, sql in enumerate(texts) if 'INSERT INTO "bdhvs_lms_unfolded"' in sql)
    end = next(n for n, sql in enumerate(texts) if sql.startswith("RELEASE SAVEPOINT") and n > noted)
    assert stored < noted < end
    assert not [sql for sql in texts[stored:end] if "bdhvs_lms_" in sql and "unfolded" not in sql]
    assert Result.objects.count() == 5 and not Unfolded.objects.exists()


def test_learners_of_a_long_batch_are_folded_some_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "STEP", 2)
    people = [world.learner(f"{number}") for number in range(5)]
    with CaptureQueriesContext(connection) as queries:
        client().post("statements", [passed(world, str(person.actor), 1) for person in people])
    assert sum('DELETE FROM "bdhvs_lms_unfolded"' in query["sql"] for query in queries) == 3
    assert Result.objects.count() == 5
    assert list(tracking.check()) == []


def test_what_is_left_is_no_difference_and_the_next_request_does_it(world: World) -> None:
    lan = world.learner("Nguyễn Thị Lan")
    with tracking_paused():
        client().post("statements", [passed(world, str(lan.actor), 1)])
        assert tracking.waiting() == 1 and not Result.objects.exists()
        assert list(tracking.check()) == []
    assert client().post("statements", [passed(world, "a stranger", 1)]).status_code == 200
    assert tracking.waiting() == 0
    assert Result.objects.get().learner == lan


def tracking_paused() -> Any:
    """Nothing listens to `catching_up`, as in a process that dies right after the commit."""
    from contextlib import contextmanager

    @contextmanager
    def paused() -> Any:
        xapi.catching_up.disconnect(dispatch_uid="bdhvs_lms.tracking.fold")
        try:
            yield
        finally:
            xapi.catching_up.connect(tracking.on_catching_up, dispatch_uid="bdhvs_lms.tracking.fold")

    return paused()


class Broken(tracking.Decider):
    """A decider that cannot cope with one learner."""

    name = "tests.broken"

    def __init__(self, learner: Any) -> None:
        self.learner = learner

    def decide(self, facts: Any) -> list[tracking.LearningAct]:
        if self.learner in facts:
            raise ValueError("this one is too much for me")
        return []


def test_one_that_nobody_can_fold_keeps_back_no_other_and_is_left_alone_in_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan, hoa = world.learner("Nguyễn Thị Lan"), world.learner("Trần Thị Hoa")
    from bdhvs_lms.tracking import projections

    monkeypatch.setattr(projections, "_deciders", [*projections._deciders, Broken(lan)])
    sent = client().post("statements", [passed(world, str(lan.actor), 1), passed(world, str(hoa.actor), 2)])
    assert sent.status_code == 200, "stored is stored"
    assert set(Result.objects.values_list("learner", flat=True)) == {hoa.pk}
    assert Statement.objects.filter(authority__key__startswith="lrs-").count() == 2
    assert tracking.waiting() == 1
    for _ in range(folding.FAILURES + 1):
        client().post("statements", [passed(world, "a stranger", 3)])
    [row] = Unfolded.objects.all()
    assert row.failures == folding.FAILURES and tracking.unfoldable() == [row.seq]
