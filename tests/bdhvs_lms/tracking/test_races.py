"""Acts of one person at the same time, in two processes on a file database or PostgreSQL (invariant 12).

Quizzes are raced in tests/bdhvs_quiz; here different activities feed the same competencies and the same course.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.support.forks import Fork, Forks
from tests.support.live import Installation
from tests.support.soak import rounds
from tests.support.world import T0, uid

pytestmark = pytest.mark.database

# A multiple of the kinds.
PAIRS = rounds(24, soak=150)
KINDS = ("pass", "fail", "read")

SAID = """
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
    "passed": sum(f.verb == tracking.VERB_PASSED for f in found),
    "failed": sum(f.verb == tracking.VERB_FAILED for f in found),
    "last": {str(r.activity_key): r.last_at.isoformat() for r in Result.objects.filter(learner=person)},
    "completed": sum(f.verb == tracking.VERB_COMPLETED for f in found),
    "mastered": sorted(f.object_id.rsplit("competencies/", 1)[1] for f in found if f.verb == tracking.VERB_MASTERED),
    "statuses": {k: v[0] for k, v in statuses(person).items()},
}))
"""


@pytest.fixture
def forks(installation: Installation) -> Iterator[Forks]:
    """Processes of a site."""
    site = Forks(installation.environment)
    yield site
    site.close()


@contextmanager
def racers(forks: Forks, *people: str) -> Iterator[list[Fork]]:
    """Processes that record what they are told to, each by one person."""
    started = [forks.start(f"from tests.bdhvs_lms.tracking.race_worker import main; main({who!r})") for who in people]
    try:
        assert [racer.hear() for racer in started] == ["ready"] * len(people)
        yield started
    finally:
        for racer in started:
            racer.end()


@pytest.mark.thorough
def test_concurrent_pairs_of_one_learner_leave_correct_rows(forks: Forks) -> None:
    forks.python("from tests.support.world import World; World().learner('an')")
    answers = []
    with racers(forks, "an", "an") as both:
        for number in range(PAIRS):
            both[0].say([KINDS[number % 3], number, number + 1])
            both[1].say([KINDS[(number + 1) % 3], number, number + 1001])
            answers += [racer.hear() for racer in both]
    assert answers == ["ok"] * (2 * PAIRS)
    found = json.loads(forks.python(SAID))
    assert found["differences"] == []
    assert found["passed"] == found["failed"] == 2 * PAIRS // 3
    last = {
        str(uid(name)): T0
        + timedelta(minutes=max(n for n in range(PAIRS) if kind in (KINDS[n % 3], KINDS[(n + 1) % 3])))
        for kind, name in (("pass", "quiz"), ("fail", "task"), ("read", "lesson"))
    }
    assert found["last"] == {key: at.isoformat() for key, at in last.items()}
    assert found["completed"] == 1, "the lesson, once; the course's task was never passed"
    assert found["mastered"] == ["test-framework/A1/levels/1", "test-framework/A2/levels/1"]
    assert found["statuses"] == {"A1/1": "demonstrated", "A2/1": "demonstrated", "A2/2": "in_progress"}


MERGED = """
import json
from bdhvs_lms.learners.api import Learner, learner_for_actor
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.support.world import uid
person = learner_for_actor(uid("binh"))
print(json.dumps({
    "differences": [str(d) for d in tracking.check()],
    "records": len(person.records),
    "rows": [Result.objects.filter(learner=each).count() for each in person.records],
    "said": len([f for f in tracking.facts_about(person) if f.verb == tracking.VERB_PASSED]),
    "decided": sum(not f.voided for f in tracking.facts_about(person, verbs=[tracking.VERB_MASTERED])),
}))
"""
TURNS = rounds(12, soak=100)


@pytest.mark.thorough
def test_records_are_merged_and_parted_while_both_learn(forks: Forks) -> None:
    forks.python("from tests.support.world import World; w = World(); w.learner('an'); w.learner('binh')")
    answers = []
    with racers(forks, "an", "binh", "an") as three:
        for number in range(TURNS):
            three[0].say(["read" if number % 2 else "pass", TURNS - number, number + 1])
            three[1].say(["pass", number, number + 1001])
            three[2].say(["part" if number % 2 else "merge", 0, 0])
            answers += [racer.hear() for racer in three]
        three[2].say(["merge", 0, 0])
        answers.append(three[2].hear())
    assert answers == ["ok"] * (3 * TURNS + 1)
    found = json.loads(forks.python(MERGED))
    assert found["differences"] == []
    assert found["records"] == 2 and found["rows"][0] >= 2 and found["rows"][1] == 0
    assert found["said"] == TURNS + TURNS // 2 and found["decided"] >= 2
