"""Concurrent acts of one person, with real processes on a file database or PostgreSQL (invariants 2 and 12)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.live import ROOT, Installation

pytestmark = pytest.mark.process


class Racer:
    """A worker process: `go()` lets it do its next job, `heard()` is what came of it."""

    def __init__(self, site: Installation, jobs: list[tuple[str, dict[str, Any]]]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.worker"],
            cwd=ROOT,
            env=site.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.write(json.dumps({"jobs": jobs}))

    def write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def heard(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the worker ended before it answered"
        return json.loads(line)

    def go(self) -> None:
        self.write("go")

    def close(self) -> None:
        with self.process:  # closes the pipes and waits
            self.process.terminate()


def race(site: Installation, *lanes: list[tuple[str, dict[str, Any]]]) -> list[list[Any]]:
    """Every lane is a process; jobs of equal place run at the same time. The answers, lane by lane."""
    racers = [Racer(site, jobs) for jobs in lanes]
    answers: list[list[Any]] = [[] for _ in racers]
    try:
        for racer in racers:
            assert racer.heard() == "ready"
        for place in range(max(len(jobs) for jobs in lanes)):
            running = [number for number, jobs in enumerate(lanes) if place < len(jobs)]
            for number in running:
                racers[number].go()
            for number in running:
                answers[number].append(racers[number].heard())
    finally:
        for racer in racers:
            racer.close()
    return answers


@pytest.fixture
def site(demo: Installation) -> Installation:
    return demo


LEARNER = """
from bdhvs_lms.learners.models import Person
from bdhvs_quiz.models import QuizPage
print(Person.objects.get(full_name="Bùi Văn Sơn").learner.actor, QuizPage.objects.get().translation_key)
"""


@pytest.fixture
def who(site: Installation) -> tuple[str, str]:
    """(actor, activity) of somebody who has read everything and tried nothing."""
    actor, activity = site.python(LEARNER).split()
    return actor, activity


def facts(site: Installation, actor: str) -> dict[str, Any]:
    """What the database says of this learner's attempts, steps and statements, and whether a rebuild would differ."""
    code = f"""
import json
from collections import Counter
from bdhvs_lms.learners.api import learner_for_actor
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz.models import Attempt, AttemptStep
from bdhvs_xapi import api as xapi
from uuid import UUID
person = learner_for_actor(UUID("{actor}"))
found = xapi.facts(actor_key=tracking.actor_key(person))
registered = Counter((str(f.registration), f.verb.rsplit("/", 1)[1]) for f in found if f.registration)
print(json.dumps({{
    "attempts": Attempt.objects.filter(learner=person).count(),
    "open": Attempt.objects.filter(learner=person, submitted_at=None).count(),
    "submitted_steps": AttemptStep.objects.filter(attempt__learner=person, kind="submitted").count(),
    "verbs": [[key[0], key[1], count] for key, count in sorted(registered.items())],
    "differences": [str(d) for d in tracking.check()],
}}))
"""
    return dict(json.loads(site.python(code)))


def oks(answers: list[list[Any]]) -> list[Any]:
    flat = [answer for lane in answers for answer in lane]
    assert [answer for answer in flat if "error" in answer] == []
    return [answer["ok"] for answer in flat]


def verbs(found: dict[str, Any]) -> dict[str, int]:
    return {verb: count for _registration, verb, count in found["verbs"]}


ONE_ATTEMPT = {"initialized": 1, "answered": 5, "completed": 1}


def test_double_submit_is_one_attempt_and_one_completed(site: Installation, who: tuple[str, str]) -> None:
    actor, activity = who
    attempt, act_id = str(uuid4()), str(uuid4())
    race(site, [("open_attempt", {"actor": actor, "activity": activity, "act_id": act_id, "uuid": attempt})])
    job = ("submit", {"actor": actor, "attempt": attempt, "act_id": act_id, "right": 5})
    results = oks(race(site, *[[job] for _ in range(6)]))
    assert sorted(result["already"] for result in results) == [False] + [True] * 5
    assert {result["raw"] for result in results} == {"5.00"}
    found = facts(site, actor)
    assert (found["attempts"], found["open"], found["submitted_steps"]) == (1, 0, 1)
    assert verbs(found) == ONE_ATTEMPT | {"passed": 1}
    assert found["differences"] == []


def test_two_tabs_open_one_attempt_and_the_first_submit_counts(site: Installation, who: tuple[str, str]) -> None:
    actor, activity = who
    opening = [[("open_attempt", {"actor": actor, "activity": activity, "act_id": str(uuid4())})] for _ in range(6)]
    opened = set(oks(race(site, *opening)))
    assert len(opened) == 1
    attempt = opened.pop()
    tabs = [
        [
            ("save", {"actor": actor, "attempt": attempt, "act_id": str(uuid4()), "right": right}),
            ("submit", {"actor": actor, "attempt": attempt, "act_id": str(uuid4()), "right": right}),
        ]
        for right in (5, 1, 4, 0)
    ]
    answers = race(site, *tabs)
    results = [lane[1]["ok"] for lane in answers]
    assert oks(answers)
    assert sorted(result["already"] for result in results) == [False, True, True, True]
    assert len({result["raw"] for result in results}) == 1, "every tab is shown the first result"
    found = facts(site, actor)
    assert (found["attempts"], found["open"], found["submitted_steps"]) == (1, 0, 1)
    assert verbs(found).get("passed", 0) + verbs(found).get("failed", 0) == 1
    assert verbs(found)["completed"] == 1
    assert found["differences"] == []


@pytest.fixture
def small_world(installation: Installation) -> Iterator[Installation]:
    installation.python("from tests.support.world import World; World().learner('an')")
    yield installation


CHECK_WORLD = """
import json
from bdhvs_lms.learners.api import learner_for_actor
from bdhvs_lms.progress.api import Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.support.world import statuses, uid
person = learner_for_actor(uid("an"))
found = xapi.facts(actor_key=tracking.actor_key(person))
print(json.dumps({
    "differences": [str(d) for d in tracking.check()],
    "attempts": {str(r.activity_key): r.attempts for r in Result.objects.filter(learner=person)},
    "completed": sum(f.verb == tracking.VERB_COMPLETED for f in found),
    "mastered": sorted(f.object_id.rsplit("competencies/", 1)[1] for f in found if f.verb == tracking.VERB_MASTERED),
    "statuses": {k: v[0] for k, v in statuses(person).items()},
}))
"""


def test_150_concurrent_pairs_of_one_learner_leave_correct_rows(small_world: Installation) -> None:
    from tests.support.world import uid

    kinds = ("pass", "fail", "read")
    left = [("act", {"name": "an", "kind": kinds[n % 3], "minutes": n, "try_no": n + 1}) for n in range(150)]
    right = [("act", {"name": "an", "kind": kinds[(n + 1) % 3], "minutes": n, "try_no": 1000 + n}) for n in range(150)]
    oks(race(small_world, left, right))
    found = json.loads(small_world.python(CHECK_WORLD))
    assert found["differences"] == []
    assert found["attempts"][str(uid("quiz"))] == 100
    assert found["attempts"][str(uid("task"))] == 100
    assert found["completed"] == 1, "the lesson, once; the course's task was never passed"
    assert found["mastered"] == ["test-framework/A1/levels/1", "test-framework/A2/levels/1"]
    assert found["statuses"] == {"A1/1": "demonstrated", "A2/1": "demonstrated", "A2/2": "in_progress"}


def test_rebuild_during_100_submits(site: Installation, who: tuple[str, str]) -> None:
    actor, activity = who
    lane = []
    for number in range(50):
        attempt = str(UUID(int=10_000 + number))
        lane.append(("open_attempt", {"actor": actor, "activity": activity, "act_id": str(uuid4()), "uuid": attempt}))
        lane.append(("submit", {"actor": actor, "attempt": attempt, "act_id": str(uuid4()), "right": number % 6}))
    other = site.python(LEARNER.replace("Bùi Văn Sơn", "Đặng Thị Yến")).split()[0]
    second = []
    for number in range(50):
        attempt = str(UUID(int=20_000 + number))
        second.append(("open_attempt", {"actor": other, "activity": activity, "act_id": str(uuid4()), "uuid": attempt}))
        second.append(("submit", {"actor": other, "attempt": attempt, "act_id": str(uuid4()), "right": number % 6}))
    rebuilding: list[tuple[str, dict[str, Any]]] = [("rebuild", {"times": 1})] * 100
    oks(race(site, lane, second, rebuilding))
    for person in (actor, other):
        found = facts(site, person)
        assert (found["attempts"], found["open"], found["submitted_steps"]) == (50, 0, 50)
        assert found["differences"] == []
        completed = [count for _registration, verb, count in found["verbs"] if verb == "completed"]
        assert completed == [1] * 50
