"""One process of a race, forked for test_races.py against the test's own installation.

Says "ready"; then records one act whenever a line of JSON [kind, minutes, try number] comes, and answers "ok" or the
error. The acts are those of the small world in tests/support/world.py, by An or whoever is named.
"merge" and "part" in place of a kind merge Bình's record into An's, and part them.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

from django.db import transaction

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import api as tracking
from tests.support.world import World, uid

AT = datetime(2025, 11, 15, 3, tzinfo=UTC)
KINDS = {
    "read": (tracking.VERB_EXPERIENCED, "lesson", None),
    "pass": (tracking.VERB_PASSED, "quiz", 9),
    "fail": (tracking.VERB_FAILED, "task", 3),
}


def act(world: World, learner: Learner, kind: str, minutes: int, try_no: int) -> None:
    if kind in ("merge", "part"):
        an, binh = (Learner.objects.get(actor=uid(name)) for name in ("an", "binh"))
        if kind == "merge":
            tracking.merge_records(binh, an, by=None, reason="one person", at=AT)
        else:
            tracking.part_records(binh, by=None, at=AT)
        return
    verb, activity, score = KINDS[kind]
    built = world.act(learner, verb, getattr(world, activity), minutes=minutes, score=score, try_no=try_no)
    with transaction.atomic():
        tracking.learner_lock(learner)
        tracking.record([built], at=AT)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(who: str) -> None:
    world = World.existing()
    # Connects, too: what is raced is the transaction, not the start of a process.
    # As it was when the process began, as a page has it: records may be merged since.
    learner = Learner.objects.get(actor=uid(who))
    say("ready")
    for line in sys.stdin:
        try:
            act(world, learner, *json.loads(line))
            say("ok")
        except Exception as error:
            say(f"{type(error).__name__}: {error}")
