"""One process of a race, started by test_races.py against the test's own installation.

Reads a line of JSON {"jobs": [...]}; says "ready"; then does job after job, each when a line "go" comes, and says
after each {"ok": …} or {"error": "…"}. A job is [name of a function below, keyword arguments].
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")
django.setup()

from django.db import transaction  # noqa: E402

from bdhvs_lms.learners.api import learner_for_actor  # noqa: E402
from bdhvs_lms.tracking import api as tracking  # noqa: E402
from bdhvs_quiz import api as quiz  # noqa: E402
from bdhvs_quiz.models import Attempt  # noqa: E402

AT = datetime(2025, 11, 15, 3, tzinfo=UTC)


def learner(actor: str) -> Any:
    found = learner_for_actor(UUID(actor))
    assert found is not None
    return found


def responses(attempt: Attempt, right: int) -> dict[str, str]:
    """The first `right` questions answered rightly, the rest wrongly."""
    answers = {}
    for place, question in enumerate(attempt.version.shown["questions"]):
        correct = attempt.version.key[question["key"]]["right"]
        options = [option["id"] for option in question["shown"]["options"]]
        answers[question["key"]] = correct if place < right else next(each for each in options if each != correct)
    return answers


def open_attempt(actor: str, activity: str, act_id: str, uuid: str | None = None) -> str:
    attempt = quiz.open_attempt(
        learner(actor), UUID(activity), act_id=UUID(act_id), at=AT, uuid=UUID(uuid) if uuid else None
    )
    return str(attempt.uuid)


def submit(actor: str, attempt: str, act_id: str, right: int) -> dict[str, Any]:
    row = Attempt.objects.select_related("version").get(uuid=attempt)
    done = quiz.submit(
        row.uuid, learner(actor), responses(row, right), act_id=UUID(act_id), at=AT + timedelta(minutes=3)
    )
    return {"already": done.already, "raw": str(done.attempt.raw)}


def save(actor: str, attempt: str, act_id: str, right: int) -> None:
    row = Attempt.objects.select_related("version").get(uuid=attempt)
    quiz.save_answers(row.uuid, learner(actor), responses(row, right), act_id=UUID(act_id), at=AT)


def act(name: str, kind: str, minutes: int, try_no: int) -> None:
    """One act of the small world (tests/support/world.py)."""
    from tests.support.world import World, uid

    world = World.__new__(World)
    for key in ("lesson", "quiz", "task"):
        setattr(world, key, uid(key))
    world.course_key = uid("course")
    person = learner_for_actor(uid(name))
    assert person is not None
    verb, key, score = {
        "read": (tracking.VERB_EXPERIENCED, world.lesson, None),
        "pass": (tracking.VERB_PASSED, world.quiz, 9),
        "fail": (tracking.VERB_FAILED, world.task, 3),
    }[kind]
    built = world.act(person, verb, key, minutes=minutes, score=score, try_no=try_no)
    with transaction.atomic():
        tracking.learner_lock(person)
        tracking.record([built], at=AT)


def rebuild(times: int) -> int:
    return sum(tracking.rebuild(now=lambda: AT, restart=True) for _ in range(times))


def say(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> None:
    jobs = json.loads(sys.stdin.readline())["jobs"]
    # Connect and warm up before the race: what is raced is the transaction, not the start of a process.
    learner_for_actor(UUID(int=0))
    say("ready")
    for name, arguments in jobs:
        if sys.stdin.readline().strip() != "go":
            return
        try:
            say({"ok": globals()[name](**arguments)})
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
